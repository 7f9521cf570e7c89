package present

import (
	"strings"
	"time"

	"warroom/model"
)

// Restricted names the only people who may see a room.
func Restricted(r *model.Room) model.Safe {
	return model.Safef("RESTRICTED: only %s may see this room", strings.Join(r.Restricted, ", "))
}

// peopleLines describes who is in a room, and from where, and who left.
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
		seen := model.Lit("seen just now")
		if ago := now.Sub(p.LastSeen); ago >= time.Minute {
			seen = model.Safef("seen %s ago", model.Span(ago))
		}
		if p.Via == "ssh" || p.Via != "" && p.From != "" {
			seen = model.Safef("%s, %s", seen, p.Way())
		}
		left = append(left, model.Safef("%s (%s)", p.Handle, seen))
	}
	if len(left) > 0 {
		out = append(out, model.Safef("Away: %s", model.JoinSafe(model.Lit(", "), left...)))
	}
	return out
}
