package ui

import (
	"maps"
	"slices"
	"strings"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// trust is the glyph, the word and the style of a channel's state.
func (t *theme) trust(s model.Trust) clockLook {
	switch s {
	case model.Compromised:
		return clockLook{model.Lit("x"), model.Lit("COMPROMISED"), t.alarm}
	case model.Suspected:
		return clockLook{model.Lit("?"), model.Lit("suspected"), t.warn}
	}
	return clockLook{model.Lit("+"), model.Lit("trusted"), t.good}
}

// openChannels shows the trust board.
func (a *app) openChannels() {
	a.openText(model.Lit("Channels"), func(w int) []draw.Line {
		return channelPage(a.in.view.Room, a.now(), w, a.zone(), a.th)
	})
}

// channelPage is every channel that was judged: the worst first, each with by
// whom, since when and why.
func channelPage(r *model.Room, now time.Time, w int, zone *time.Location, th *theme) []draw.Line {
	if len(r.Channels) == 0 {
		say := model.Lit("Nobody has judged a channel. When one may be read or used by whoever attacks: :channel slack suspected REASON marks what comes over it, :channel slack compromised REASON cuts it.")
		return append(wrapped(th.dim, say, w), outRows(r, w, zone, th)...)
	}
	list := slices.Clone(r.Channels)
	slices.SortStableFunc(list, func(a, b model.Channel) int {
		return slices.Index(model.Trusts, b.State) - slices.Index(model.Trusts, a.State)
	})
	var out []draw.Line
	for _, c := range list {
		look := th.trust(c.State)
		line := draw.L(draw.T(look.style, model.Safef("%s ", look.glyph)))
		line = append(line, column(th.bold, model.CleanLine(c.Name), 14)...)
		line = append(line, column(look.style, look.word, 13)...)
		since := c.At.In(zone)
		line = append(line, draw.T(th.plain, model.Safef("by %s since %s, for %s", c.By, since.Format("2006-01-02 15:04 MST"), model.Span(now.Sub(since)))))
		out = append(out, line.Clip(w))
		out = append(out, indented(wrapped(th.dim, model.Clean(c.Reason), w-4), 4)...)
	}
	if len(r.CutChannels()) > 0 {
		out = append(out, nil)
		out = append(out, wrapped(th.plain, cutWords, w)...)
	}
	return append(out, outRows(r, w, zone, th)...)
}

// outRows say what left the room by each bridge, and what did not.
func outRows(r *model.Room, w int, zone *time.Location, th *theme) []draw.Line {
	by := map[string]map[model.DeliveryState]int{}
	last := map[string]time.Time{}
	for _, d := range r.Deliveries {
		if by[d.Bridge] == nil {
			by[d.Bridge] = map[model.DeliveryState]int{}
		}
		by[d.Bridge][d.State]++
		if d.At.After(last[d.Bridge]) {
			last[d.Bridge] = d.At
		}
	}
	var out []draw.Line
	for _, name := range slices.Sorted(maps.Keys(by)) {
		var parts []model.Safe
		for _, s := range []model.DeliveryState{model.DeliverySent, model.DeliverySending, model.DeliveryFailed, model.DeliveryGivenUp, model.DeliveryCut} {
			if n := by[name][s]; n > 0 {
				parts = append(parts, model.Safef("%d %s", n, s.Words()))
			}
		}
		line := column(th.bold, model.Safef("  %s", name), 16)
		line = append(line, draw.T(th.plain, model.Safef("last %s: %s", last[name].In(zone).Format("15:04"), model.JoinSafe(model.Lit("; "), parts...))))
		out = append(out, line.Clip(w))
	}
	if len(out) > 0 {
		out = append([]draw.Line{nil, heading(model.Lit("What left the room"), th)}, out...)
	}
	return out
}

// cutWords is what a compromised channel means.
var cutWords = model.Lit("Nothing goes over a compromised channel: what is due there waits, what comes from there is refused. Speak where the attacker is not; docs/out-of-band.md says how to move.")

// cutMark is the word in the header for the channels that are compromised.
func cutMark(r *model.Room) model.Safe {
	switch cut := r.CutChannels(); len(cut) {
	case 0:
		return model.Safe{}
	case 1:
		return model.Safef(" %s CUT ", strings.ToUpper(cut[0]))
	default:
		return model.Safef(" %d CUT ", len(cut))
	}
}

// newlyCut says which channels were cut between two states of a room.
func newlyCut(old, r *model.Room) model.Safe {
	var out []model.Safe
	for _, name := range r.CutChannels() {
		if !old.ChannelCut(name) {
			c := r.Channel(name)
			out = append(out, model.Safef("%s is COMPROMISED, says %s: do not use it (F8)", name, c.By))
		}
	}
	return model.JoinSafe(model.Lit("; "), out...)
}
