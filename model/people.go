package model

import (
	"slices"
	"strings"
)

// Who is here and who left, in words that the screen and the plain face share.

// mostHeard is how many of the newest lines are looked through for what somebody
// said last.
const mostHeard = 2000

// Way is how somebody comes: "by ssh from 192.0.2.7".
func (p Presence) Way() Safe {
	s := Safef("by %s", p.Via)
	if p.From != "" {
		s = Safef("%s from %s", s, p.From)
	}
	return s
}

// Known is what the doors of a person's keys said of them: name and job.
func (r *Room) Known(handle string) []Safe {
	var out []Safe
	for _, m := range r.Members {
		t := CleanLine(strings.Trim(m.Name+", "+m.Job, ", "))
		if m.Handle == handle && !m.Struck && !t.IsEmpty() && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Safe) int { return strings.Compare(a.String(), b.String()) })
	return out
}

// Absent are the people of the room who are not here, who was seen last first.
// Whom this process did not see itself was seen when they wrote last, or else when
// they were let in; no way is known of them then.
func (v *View) Absent() []Presence {
	at := map[string]Presence{}
	for _, p := range v.Left {
		at[p.Handle] = p
	}
	for _, m := range v.Room.Members {
		if p := at[m.Handle]; !m.Hub && m.Since.After(p.LastSeen) {
			at[m.Handle] = Presence{Handle: m.Handle, LastSeen: m.Since}
		}
	}
	lines := v.Room.Lines()
	for _, l := range lines[max(0, len(lines)-mostHeard):] {
		if p, ok := at[l.By]; ok && l.RecordedAt.After(p.LastSeen) {
			at[l.By] = Presence{Handle: l.By, LastSeen: l.RecordedAt}
		}
	}
	for _, p := range v.Here {
		delete(at, p.Handle)
	}
	out := make([]Presence, 0, len(at))
	for _, p := range at {
		out = append(out, p)
	}
	slices.SortFunc(out, func(a, b Presence) int {
		if c := b.LastSeen.Compare(a.LastSeen); c != 0 {
			return c
		}
		return strings.Compare(a.Handle, b.Handle)
	})
	return out
}
