package view

import (
	"cmp"
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/present"
	"warroom/ui/theme"
)

// persons returns the people in a list of terminals, each once, sorted by handle.
func persons(here []model.Presence) []model.Presence {
	list := slices.Clone(here)
	slices.SortStableFunc(list, func(a, b model.Presence) int { return cmp.Compare(a.Handle, b.Handle) })
	return slices.CompactFunc(list, func(a, b model.Presence) bool { return a.Handle == b.Handle })
}

// personLine describes one person who is here.
func personLine(v *model.View, p model.Presence, now time.Time, w int, th *theme.Theme) draw.Line {
	line := draw.Column(th.Accent, model.CleanLine(p.Handle), 10)
	return append(line, draw.T(th.Plain, personWords(v.Room, v.Here, p, now))).Clip(w)
}

// restrictedLines names the only people who may see a restricted room.
func restrictedLines(r *model.Room, w int, th *theme.Theme) []draw.Line {
	if !r.IsRestricted() {
		return nil
	}
	return append(draw.Rows(th.Bad, present.Restricted(r), w), nil)
}

// herePage returns the people who are here, each with name and origin.
func herePage(v *model.View, now time.Time, w int, th *theme.Theme) []draw.Line {
	if len(v.Here) == 0 {
		return peopleLines(v, now, w, th)
	}
	var out []draw.Line
	for _, p := range persons(v.Here) {
		out = append(out, personLine(v, p, now, w, th))
		if s := who(v, p.Handle); !s.IsEmpty() {
			out = append(out, draw.Indent(draw.Rows(th.Dim, s, w-4), 4)...)
		}
	}
	return out
}

// who describes a person and the origin of their terminals: "Ana K., SRE lead; over SSH
// from 192.0.2.7".
func who(v *model.View, handle string) model.Safe {
	parts := v.Room.Known(handle)
	for _, p := range v.Here {
		if p.Handle != handle || p.Via != "ssh" && p.From == "" {
			continue
		}
		if s := p.Way(); !slices.Contains(parts, s) {
			parts = append(parts, s)
		}
	}
	return model.JoinSafe(model.Lit("; "), parts...)
}

// leftLines returns the members of the room who are not here and when they were last seen
// or wrote: one row per person who was seen, and one for all others.
func leftLines(v *model.View, now time.Time, w int, th *theme.Theme) []draw.Line {
	var out []draw.Line
	var unseen []model.Safe
	for _, p := range v.Absent() {
		when := present.AwaySince(p, now)
		if p.Via == "" {
			unseen = append(unseen, model.Safef("%s (%s)", p.Handle, when))
			continue
		}
		out = append(out, append(draw.Column(th.Dim, model.CleanLine(p.Handle), 10), draw.T(th.Dim, when)).Clip(w))
	}
	if len(unseen) > 0 {
		out = append(out, draw.Limit(draw.Rows(th.Dim, present.Away(unseen), w), 3)...)
	}
	return out
}

// Distinct returns the people of a list, each by their first terminal.
func Distinct(list []model.Presence) []model.Presence {
	seen := make(map[string]bool, len(list))
	out := make([]model.Presence, 0, len(list))
	for _, p := range list {
		if !seen[p.Handle] {
			seen[p.Handle] = true
			out = append(out, p)
		}
	}
	return out
}
