package present

import (
	"strings"

	"warroom/model"
)

// AllTrusted is the sentence for a room in which no channel was judged.
var AllTrusted = model.Lit("All channels count as trusted. If the attacker may read or use one: :channel slack " +
	"suspected REASON marks what arrives over it, :channel slack compromised REASON cuts it off.")

// ChannelState describes whether a channel can be trusted.
func ChannelState(s model.Trust) Wording {
	switch s {
	case model.Compromised:
		return Wording{Full: model.Lit("COMPROMISED, not used"), Short: model.Lit("COMPROMISED")}
	case model.Suspected:
		return same(model.Lit("suspected"))
	}
	return same(model.Lit("trusted"))
}

// Channels describes the channels that were judged.
func Channels(r *model.Room) []model.Safe {
	var out []model.Safe
	for _, c := range r.Channels {
		out = append(out, model.Safef("channel %s: %s, by %s since %s: %s", c.Name, ChannelState(c.State).Full, c.By,
			model.FormatTime(c.At), c.Reason))
	}
	return out
}

// NewlyCut describes the channels that were cut between two states of a room.
func NewlyCut(old, r *model.Room) model.Safe {
	var out []model.Safe
	for _, name := range r.CutChannels() {
		if !old.ChannelCut(name) {
			c := r.Channel(name)
			out = append(out, model.Safef("%s is COMPROMISED according to %s: do not use it (F8)", name, c.By))
		}
	}
	return model.JoinSafe(model.Lit("; "), out...)
}

// CutMark returns the mark of the compromised channels in the header.
func CutMark(r *model.Room) model.Safe {
	switch cut := r.CutChannels(); len(cut) {
	case 0:
		return model.Safe{}
	case 1:
		return model.Safef(" %s CUT ", strings.ToUpper(cut[0]))
	default:
		return model.Safef(" %d CUT ", len(cut))
	}
}
