package model

import (
	"slices"
	"strings"
)

// parseChannel reads how a channel is judged: "slack compromised REASON".
func parseChannel(a *args) (Body, error) {
	b := &ChannelJudged{Channel: strings.ToLower(a.word()), State: Trust(strings.ToLower(a.word()))}
	a.as("channel", CleanLine(b.Channel))
	a.as("state", CleanLine(string(b.State)))
	b.Reason = a.reason()
	switch {
	case b.Channel == "":
		return nil, Refuse(Invalid, "say which channel and how it is: :channel slack compromised REASON")
	case b.State == "":
		return nil, Refuse(Invalid, "say how %s is: trusted, suspected or compromised", b.Channel)
	}
	return b, nil
}

// channels are those that were judged, and those that most houses have.
func channels(c Ctx, _ []string) []option {
	var out []option
	for _, ch := range c.Room.Channels {
		out = append(out, option{ch.Name, Safef("%s, by %s: %s", string(ch.State), ch.By, CleanLine(ch.Reason))})
	}
	for _, name := range ChannelNames {
		if !slices.ContainsFunc(out, func(o option) bool { return o.word == name }) {
			out = append(out, option{name, Lit("nobody judged it yet")})
		}
	}
	return out
}

func trusts(Ctx, []string) []option {
	return []option{{string(Compromised), Lit("nothing goes over it, in or out")}, {string(Suspected), Lit("it goes on, what comes over it is marked")}, {string(Trusted), Lit("it can be relied on")}}
}
