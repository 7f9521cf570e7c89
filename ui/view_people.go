package ui

import (
	"cmp"
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/draw"
)

// persons are the people in a list of terminals, one of each, by their handles.
func persons(here []model.Presence) []model.Presence {
	list := slices.Clone(here)
	slices.SortStableFunc(list, func(a, b model.Presence) int { return cmp.Compare(a.Handle, b.Handle) })
	return slices.CompactFunc(list, func(a, b model.Presence) bool { return a.Handle == b.Handle })
}

// personLine is one person who is here, with their roles and what they do.
func personLine(v *model.View, p model.Presence, now time.Time, w int, th *theme) draw.Line {
	line := column(th.accent, model.CleanLine(p.Handle), 10)
	return append(line, draw.T(th.plain, personWords(v.Room, v.Here, p, now))).Clip(w)
}

// restrictedLines say who alone may see the room, where that is so.
func restrictedLines(r *model.Room, w int, th *theme) []draw.Line {
	if !r.IsRestricted() {
		return nil
	}
	say := model.Safef("RESTRICTED: only %s may see this room", model.JoinSafe(model.Lit(", "), cleanAll(r.Restricted)...))
	return append(wrapped(th.bad, say, w), nil)
}

// herePage is who is here, each with who they are and where they come from.
func herePage(v *model.View, now time.Time, w int, th *theme) []draw.Line {
	if len(v.Here) == 0 {
		return peopleLines(v, now, w, th)
	}
	var out []draw.Line
	for _, p := range persons(v.Here) {
		out = append(out, personLine(v, p, now, w, th))
		if s := who(v, p.Handle); !s.IsEmpty() {
			out = append(out, indented(wrapped(th.dim, s, w-4), 4)...)
		}
	}
	return out
}

// who says who a person is and where each of their terminals is: "Ana K., SRE
// lead; by ssh from 192.0.2.7".
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

// leftLines are the people of the room who are not here, and when they were seen
// or heard last: a row each for who was seen, one for all others.
func leftLines(v *model.View, now time.Time, w int, th *theme) []draw.Line {
	var out []draw.Line
	var heard []model.Safe
	for _, p := range v.Absent() {
		when := ago(now.Sub(p.LastSeen))
		if p.Via == "" {
			heard = append(heard, model.Safef("%s %s", p.Handle, when))
			continue
		}
		say := model.Safef("left, seen %s", when)
		if p.Via == "ssh" || p.From != "" {
			say = model.Safef("%s, %s", say, p.Way())
		}
		out = append(out, append(column(th.dim, model.CleanLine(p.Handle), 10), draw.T(th.dim, say)).Clip(w))
	}
	if len(heard) > 0 {
		out = append(out, limit(wrapped(th.dim, model.Safef("not here, heard last: %s", model.JoinSafe(model.Lit(", "), heard...)), w), 3)...)
	}
	return out
}

// ago is how long something is past.
func ago(d time.Duration) model.Safe {
	if d < time.Minute {
		return model.Lit("just now")
	}
	return model.Safef("%s ago", age(d))
}
