package model

import (
	"slices"
	"strings"
	"time"
)

// KindChannelJudged is the kind of a verdict on whether a channel can be trusted.
const KindChannelJudged Kind = "channel.judged"

var _ = register(bodyOf[ChannelJudged](KindChannelJudged))

// Trust is whether messages over a channel are reliable and confidential.
type Trust string

// The states of a channel. A channel that nobody judged is trusted.
const (
	Trusted     Trust = "trusted"
	Suspected   Trust = "suspected"   // still used; what arrives over it is marked
	Compromised Trust = "compromised" // not used in either direction
)

// Trusts are the states of a channel, the best first.
var Trusts = []Trust{Trusted, Suspected, Compromised}

// ChannelNames are the channels that completion offers. A channel may have any other
// name as well.
var ChannelNames = []string{"slack", "pagerduty", "mail", "jira", "notion", "sso", "vpn", "phone", "ssh"}

// MaxChannels is the maximum number of channels that a room can judge.
const MaxChannels = 100

// Channel is a way to communicate with people or tools, with the newest verdict on
// it.
type Channel struct {
	Name   string    `json:"name"`
	State  Trust     `json:"state"`
	Reason string    `json:"reason,omitempty"`
	By     string    `json:"by"`
	At     time.Time `json:"at"` // since when, as its author reports
	Seq    uint64    `json:"seq"`
	Key    string    `json:"key,omitempty"` // key of By; not stored under older rules
}

// ChannelJudged records whether a channel can be trusted from its position in the
// log on.
type ChannelJudged struct {
	Channel string `json:"channel"`
	State   Trust  `json:"state"`
	Reason  string `json:"reason,omitempty"`
}

func (*ChannelJudged) need(*Room, *Event) Power { return PowerTrust }

func (b *ChannelJudged) free() []*string { return []*string{&b.Reason} }

func (b *ChannelJudged) check(r *Room, _ *Event) error {
	if b.Channel == "" {
		return Refuse(Invalid, "name the channel, such as slack, mail or vpn")
	}
	if !ValidChannel(b.Channel) {
		return Refuse(Invalid, "%s is not the name of a channel; write one word from a-z 0-9 . _ -, such as slack, "+
			"mail or vpn",
			quoted(b.Channel))
	}
	switch {
	case slices.Contains(Trusts, b.State):
	case b.State == "":
		return Refuse(Invalid, "write what the channel is: trusted, suspected or compromised")
	default:
		return Refuse(Invalid, "a channel is trusted, suspected or compromised, not %s", quoted(string(b.State)))
	}
	prev := r.Channel(b.Channel)
	switch {
	case prev.State == b.State && prev.Seq > 0:
		return Refuse(Conflict, "%s is already %s, since %s by %s", b.Channel, string(b.State), FormatTime(prev.At),
			prev.By)
	case prev.Seq == 0 && len(r.Channels) >= MaxChannels:
		return Refuse(Invalid, "the room has %d channels, which is the limit", MaxChannels)
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :channel %s %s REASON", b.Channel, string(b.State))
	}
	return longText("reason", b.Reason, false)
}

func (b *ChannelJudged) apply(r *Room, e *Event) {
	c := Channel{Name: b.Channel, State: b.State, Reason: b.Reason, By: e.By, At: e.At, Seq: e.Seq}
	if r.Rules >= confirmedRules {
		c.Key = e.Key
	}
	if i := r.channel(b.Channel); i >= 0 {
		r.Channels = set(r, r.Channels, i, c)
		return
	}
	r.Channels = push(r.Channels, c)
}

func (b *ChannelJudged) line(r *Room, _ *Event) Safe {
	s := Safef("%s is %s", b.Channel, string(b.State))
	switch {
	case b.State == Compromised:
		s = Safef("%s is COMPROMISED and no longer used in either direction; talk elsewhere", b.Channel)
	case b.State == Suspected:
		s = Safef("%s is SUSPECTED; what arrives over it is marked", b.Channel)
	case r.ChannelCut(b.Channel):
		s = Safef("%s is trusted and used again", b.Channel)
	}
	return because(s, b.Reason)
}

// impact describes the consequences of the verdict, for the preview.
func (b *ChannelJudged) impact(r *Room) Safe {
	switch {
	case b.State == Compromised:
		return Safef("cuts %s off at once: nothing is sent over it, and nothing from it is accepted", b.Channel)
	case b.State == Trusted && r.ChannelCut(b.Channel):
		return Safef("everything waiting for %s is sent", b.Channel)
	}
	return Safe{}
}

func (r *Room) channel(name string) int {
	return slices.IndexFunc(r.Channels, func(c Channel) bool { return c.Name == name })
}

// Channel returns the newest verdict on a channel. If there is none, the channel is
// trusted and has no sequence.
func (r *Room) Channel(name string) Channel {
	if i := r.channel(strings.ToLower(name)); i >= 0 {
		return r.Channels[i]
	}
	return Channel{Name: strings.ToLower(name), State: Trusted}
}

// ChannelCut reports whether a channel may not be used, in either direction, because
// it was judged compromised.
func (r *Room) ChannelCut(name string) bool { return r.Channel(name).State == Compromised }

// ChannelUntrusted reports whether what arrives over a channel is marked.
func (r *Room) ChannelUntrusted(name string) bool { return r.Channel(name).State != Trusted }

// markUntrusted marks a line that arrived over an untrusted channel. The line still
// counts: keys decide who may write.
func (r *Room) markUntrusted(over string, s Safe) Safe {
	if len(r.Channels) == 0 || !r.ChannelUntrusted(over) {
		return s
	}
	return Safef("(over %s, %s) %s", over, string(r.Channel(over).State), s)
}

// CutChannels returns the names of the compromised channels.
func (r *Room) CutChannels() []string {
	var out []string
	for _, c := range r.Channels {
		if c.State == Compromised {
			out = append(out, c.Name)
		}
	}
	return out
}

// ValidChannel reports whether s may name a channel: [a-z0-9._-]{1,40}.
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
