package model

import (
	"slices"
	"strings"
	"time"
)

// KindChannelJudged is the kind about whether a channel can be trusted.
const KindChannelJudged Kind = "channel.judged"

var _ = register(func() Body { return new(ChannelJudged) })

// Trust is whether what is said over a channel can be relied on, and kept from
// whom it is not for.
type Trust string

// The states of a channel. One that nobody judged is trusted.
const (
	Trusted     Trust = "trusted"
	Suspected   Trust = "suspected"   // it works on; what comes over it is marked
	Compromised Trust = "compromised" // nothing goes over it, either way
)

// Trusts are the states, the best first.
var Trusts = []Trust{Trusted, Suspected, Compromised}

// ChannelNames are the channels that are proposed. Any other word is one too.
var ChannelNames = []string{"slack", "pagerduty", "mail", "jira", "notion", "sso", "vpn", "phone", "ssh"}

// MaxChannels is how many channels a room judges at most.
const MaxChannels = 100

// Channel is a way to speak to people or tools, as it was judged last.
type Channel struct {
	Name   string    `json:"name"`
	State  Trust     `json:"state"`
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"` // since when, as its author says
	Seq    uint64    `json:"seq"`
	Key    string    `json:"key,omitempty"` // of By; by older rules it is not kept
}

// ChannelJudged says whether a channel can be trusted, from its place in the
// log on.
type ChannelJudged struct {
	Channel string `json:"channel"`
	State   Trust  `json:"state"`
	Reason  string `json:"reason,omitempty"`
}

// Kind names the kind.
func (*ChannelJudged) Kind() Kind               { return KindChannelJudged }
func (*ChannelJudged) need(*Room, *Event) Power { return PowerTrust }

func (b *ChannelJudged) free() []*string { return []*string{&b.Reason} }

func (b *ChannelJudged) check(r *Room, _ *Event) error {
	if !ValidChannel(b.Channel) {
		return Refuse(Invalid, "%s names no channel; write one word of a-z 0-9 . _ -, as slack, mail or vpn", quoted(b.Channel))
	}
	if !slices.Contains(Trusts, b.State) {
		return Refuse(Invalid, "a channel is trusted, suspected or compromised, not %s", quoted(string(b.State)))
	}
	was := r.Channel(b.Channel)
	switch {
	case was.State == b.State && was.Seq > 0:
		return Refuse(Conflict, "%s is %s already, since %s by %s", b.Channel, string(b.State), Stamp(was.At), was.By)
	case was.Seq == 0 && len(r.Channels) >= MaxChannels:
		return Refuse(Invalid, "the room has judged %d channels, which is all it holds", MaxChannels)
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "say why: :channel %s %s REASON", b.Channel, string(b.State))
	}
	return longText("reason", b.Reason, false)
}

func (b *ChannelJudged) apply(r *Room, e *Event) {
	c := Channel{Name: b.Channel, State: b.State, Reason: b.Reason, By: e.By, At: e.At, Seq: e.Seq}
	if r.Rules >= confirmedRules {
		c.Key = e.Key
	}
	if i := r.channel(b.Channel); i >= 0 {
		r.Channels = set(r.Channels, i, c)
		return
	}
	r.Channels = push(r.Channels, c)
}

func (b *ChannelJudged) line(r *Room, _ *Event) Safe {
	s := Safef("%s is %s", b.Channel, string(b.State))
	switch {
	case b.State == Compromised:
		s = Safef("%s is COMPROMISED, nothing goes over it now, in or out; speak elsewhere", b.Channel)
	case b.State == Suspected:
		s = Safef("%s is SUSPECTED, what comes over it is marked", b.Channel)
	case r.ChannelCut(b.Channel):
		s = Safef("%s is trusted again, it is used from here on", b.Channel)
	}
	return because(s, b.Reason)
}

// toll says what judging it costs, before it is sent.
func (b *ChannelJudged) toll(r *Room) Safe {
	switch {
	case b.State == Compromised:
		return Safef("cuts %s both ways at once: nothing is sent over it, nothing from it is taken", b.Channel)
	case b.State == Trusted && r.ChannelCut(b.Channel):
		return Safef("what waits for %s is sent", b.Channel)
	}
	return Safe{}
}

func (r *Room) channel(name string) int {
	return slices.IndexFunc(r.Channels, func(c Channel) bool { return c.Name == name })
}

// Channel returns how a channel was judged. One that nobody judged is trusted,
// with no sequence.
func (r *Room) Channel(name string) Channel {
	if i := r.channel(strings.ToLower(name)); i >= 0 {
		return r.Channels[i]
	}
	return Channel{Name: strings.ToLower(name), State: Trusted}
}

// ChannelCut says whether nothing may go over a channel, in or out, because it
// was judged compromised.
func (r *Room) ChannelCut(name string) bool { return r.Channel(name).State == Compromised }

// ChannelDoubted says whether what comes over a channel is to be marked.
func (r *Room) ChannelDoubted(name string) bool { return r.Channel(name).State != Trusted }

// doubted marks the line of what came over a channel in doubt. Nobody is kept
// out by that: the keys decide who may write.
func (r *Room) doubted(over string, s Safe) Safe {
	if len(r.Channels) == 0 || !r.ChannelDoubted(over) {
		return s
	}
	return Safef("(over %s, %s) %s", over, string(r.Channel(over).State), s)
}

// CutChannels names the channels that are compromised.
func (r *Room) CutChannels() []string {
	var out []string
	for _, c := range r.Channels {
		if c.State == Compromised {
			out = append(out, c.Name)
		}
	}
	return out
}

// ValidChannel says whether s may name a channel: [a-z0-9._-]{1,40}.
func ValidChannel(s string) bool {
	if len(s) < 1 || len(s) > 40 {
		return false
	}
	for i := range len(s) {
		if !handleByte(s[i]) && s[i] != '.' {
			return false
		}
	}
	return true
}
