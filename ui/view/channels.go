package view

import (
	"maps"
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// ChannelPage returns the channels that were judged, the worst first, each with by whom,
// since when and why.
func ChannelPage(r *model.Room, now time.Time, w int, zone *time.Location, th *theme.Theme) []draw.Line {
	if len(r.Channels) == 0 {
		return append(draw.Rows(th.Dim, present.AllTrusted, w), outRows(r, now, w, zone, th)...)
	}
	list := slices.Clone(r.Channels)
	slices.SortStableFunc(list, func(a, b model.Channel) int {
		return slices.Index(model.Trusts, b.State) - slices.Index(model.Trusts, a.State)
	})
	var out []draw.Line
	for _, c := range list {
		look := th.Trust(c.State)
		line := draw.L(draw.T(look.Style, model.Safef("%s ", look.Glyph)))
		line = append(line, draw.Column(th.Bold, model.CleanLine(c.Name), 14)...)
		line = append(line, draw.Column(look.Style, look.Word, 13)...)
		since := c.At.In(zone)
		from := model.Safef("since %s, %s, by %s", since.Format("2006-01-02 15:04 MST"), model.Span(now.Sub(since)),
			c.By)
		if line.Width()+draw.Width(from) <= w {
			out = append(out, append(line, draw.T(th.Plain, from)))
		} else {
			out = append(append(out, line.Clip(w)), draw.Indent(draw.Rows(th.Plain, from, w-4), 4)...)
		}
		out = append(out, draw.Indent(draw.Rows(th.Dim, model.Clean(c.Reason), w-4), 4)...)
	}
	if len(r.CutChannels()) > 0 {
		out = append(out, nil)
		out = append(out, draw.Rows(th.Plain, cutWords, w)...)
	}
	return append(out, outRows(r, now, w, zone, th)...)
}

// outRows returns the deliveries of each bridge, by state.
func outRows(r *model.Room, now time.Time, w int, zone *time.Location, th *theme.Theme) []draw.Line {
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
		for _, s := range []model.DeliveryState{model.DeliverySent, model.DeliverySending, model.DeliveryFailed,
			model.DeliveryGivenUp, model.DeliveryCut} {
			if n := by[name][s]; n > 0 {
				parts = append(parts, model.Safef("%d %s", n, s.Words()))
			}
		}
		line := draw.Column(th.Bold, model.Safef("  %s", name), 16)
		line = append(line,
			draw.T(th.Plain,
				model.Safef("last %s: %s", model.DayTime(last[name], now.In(zone)),
					model.JoinSafe(model.Lit("; "), parts...))))
		out = append(out, line.Clip(w))
	}
	if len(out) > 0 {
		out = append([]draw.Line{nil, th.Heading(model.Lit("What left the room"))}, out...)
	}
	return out
}

// cutWords explains a compromised channel.
var cutWords = model.Lit("A compromised channel is not used: what is due there waits, and what arrives over it is " +
	"refused. Talk where the attacker cannot listen; docs/out-of-band.md describes how to move.")
