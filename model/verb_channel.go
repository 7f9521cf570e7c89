package model

import (
	"slices"
	"strings"
)

// parseChannel parses a verdict on a channel: "slack compromised REASON".
func parseChannel(a *args) (Body, error) {
	b := &ChannelJudged{Channel: strings.ToLower(a.word()), State: Trust(strings.ToLower(a.word()))}
	a.as("channel", CleanLine(b.Channel))
	a.as("state", CleanLine(string(b.State)))
	b.Reason = a.reason()
	switch {
	case b.Channel == "":
		return nil, Refuse(Invalid, "give a channel and its state: :channel slack compromised REASON")
	case b.State == "":
		return nil, Refuse(Invalid, "give the state of %s: trusted, suspected or compromised", b.Channel)
	}
	return b, nil
}

// channels lists the judged channels and common ones.
func channels(c Ctx, _ []string) []option {
	var out []option
	for _, ch := range c.Room.Channels {
		out = append(out, option{word: ch.Name, help: Safef("%s, by %s: %s", string(ch.State), ch.By,
			CleanLine(ch.Reason))})
	}
	for _, name := range ChannelNames {
		if !slices.ContainsFunc(out, func(o option) bool { return o.word == name }) {
			out = append(out, option{word: name, help: Lit("not judged yet")})
		}
	}
	return out
}

func trusts(Ctx, []string) []option {
	return []option{{word: string(Compromised), help: Lit("no longer used, in or out")},
		{word: string(Suspected), help: Lit("still used; what arrives over it is marked")},
		{word: string(Trusted), help: Lit("can be relied on")}}
}
