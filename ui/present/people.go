package present

import (
	"time"

	"warroom/model"
)

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
		left = append(left, model.Safef("%s (%s)", p.Handle, AwaySince(p, now)))
	}
	if len(left) > 0 {
		out = append(out, Away(left))
	}
	return out
}

// AwaySince describes since when a member of the room is away, and from where they last came.
func AwaySince(p model.Presence, now time.Time) model.Safe {
	seen := model.Safef("seen %s", Ago(now.Sub(p.LastSeen)))
	if p.Via == "" {
		return seen
	}
	if p.Via == "ssh" || p.From != "" {
		return model.Safef("left, %s, %s", seen, p.Way())
	}
	return model.Safef("left, %s", seen)
}

// Away lists the people who are away.
func Away(list []model.Safe) model.Safe {
	return model.Safef("Away: %s", model.JoinSafe(model.Lit(", "), list...))
}
