package cli

import (
	"strings"
	"time"

	"warroom/model"
)

// restrictedLine says who alone may see a room.
func restrictedLine(r *model.Room) model.Safe {
	return model.Safef("RESTRICTED: only %s may see this room", strings.Join(r.Restricted, ", "))
}

// peopleLines say who is in a room, by which way, and who was.
func peopleLines(v *model.View, now time.Time) []model.Safe {
	var out, here []model.Safe
	for _, p := range v.Here {
		s := model.Safef("%s", p.Handle)
		if p.Via == "ssh" || p.From != "" {
			s = model.Safef("%s %s", s, p.Way())
		}
		here = append(here, s)
	}
	if len(here) > 0 {
		out = append(out, model.Safef("Here: %s", model.JoinSafe(model.Lit(", "), here...)))
	}
	var left []model.Safe
	for _, p := range v.Absent() {
		s := model.Safef("%s, seen %s ago", p.Handle, model.Span(now.Sub(p.LastSeen)))
		if p.Via == "" {
			s = model.Safef("%s, heard %s ago", p.Handle, model.Span(now.Sub(p.LastSeen)))
		} else if p.Via == "ssh" || p.From != "" {
			s = model.Safef("%s, %s", s, p.Way())
		}
		left = append(left, s)
	}
	if len(left) > 0 {
		out = append(out, model.Safef("Not here: %s", model.JoinSafe(model.Lit("; "), left...)))
	}
	return out
}
