package model

import (
	"slices"
	"strings"
)

// Who is present and who has left, for the screen and the command line.

// maxRecentLines is the maximum number of the newest lines that are searched for what a
// person last wrote.
const maxRecentLines = 2000

// Way returns from where a person is connected: "over SSH from 192.0.2.7".
func (p Presence) Way() Safe {
	switch {
	case p.Via != "ssh":
		return Safef("from %s", p.From)
	case p.From == "":
		return ViaWords(p.Via)
	}
	return Safef("%s from %s", ViaWords(p.Via), p.From)
}

// ViaWords describes a way of writing to a room, such as "over SSH".
func ViaWords(via string) Safe {
	switch via {
	case "ssh":
		return Lit("over SSH")
	case "tui":
		return Lit("in a terminal")
	case "cli":
		return Lit("on the command line")
	}
	return Safef("via %s", via)
}

// Known returns the names and jobs with which a person's keys were admitted.
func (r *Room) Known(handle string) []Safe {
	var out []Safe
	for _, m := range r.Members {
		t := CleanLine(strings.Trim(m.Name+", "+m.Job, ", "))
		if m.Handle == handle && !m.Revoked && !t.IsEmpty() && !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Safe) int { return strings.Compare(a.String(), b.String()) })
	return out
}

// Absent returns the people of the room who are not present, the one who was seen
// last first. For a person whom this process did not see, the time is that of their
// last line, or of their admission, and it is not known how they connected.
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
	for _, l := range lines[max(0, len(lines)-maxRecentLines):] {
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
