package model

import (
	"maps"
	"slices"
	"strings"
)

// fit refuses who can be given nothing: the hub's own key, and whoever was struck
// from the room.
func (r *Room) fit(handle string) error {
	if r.Rules < 2 || handle == "" {
		return nil
	}
	if r.IsStruck(handle) {
		return Refuse(Forbidden, "%s was struck from this room; here are %s", handle, r.here())
	}
	for _, m := range r.Members {
		if m.Hub && m.Handle == handle {
			return Refuse(Forbidden, "%s is the hub's own key, not a person; here are %s", handle, r.here())
		}
	}
	if handle == "hub" {
		return Refuse(Forbidden, "hub is the name of the hub's own key, not of a person; here are %s", r.here())
	}
	return nil
}

// knownAs is the name and job with which a person's key came: from an invitation
// or an SSH key.
func (r *Room) knownAs(handle string) (name, job string) {
	for _, k := range slices.Sorted(maps.Keys(r.Members)) {
		if m := r.Members[k]; m.Handle == handle && !m.Struck && (m.Name != "" || m.Job != "") {
			return m.Name, m.Job
		}
	}
	return "", ""
}

// named gives an assignment the name and job that are known of its holder, where
// nobody wrote others.
func (r *Room) named(a Assignment) Assignment {
	if a.Name == "" && a.Job == "" {
		a.Name, a.Job = r.knownAs(a.Person)
	}
	for _, was := range slices.Backward(r.Roles) {
		if a.Name == "" && a.Job == "" && was.Person == a.Person {
			a.Name, a.Job = was.Name, was.Job
		}
	}
	return a
}

// mayHandOff reports whether a person may offer a role to somebody: its holder,
// or the Commander; where there is none, whoever has the right command.
func (r *Room) mayHandOff(d *RoleDef, e *Event) bool {
	if slices.Contains(r.Holders(d.ID), e.By) {
		return true
	}
	commanders := r.commanders()
	return len(commanders) == 0 || slices.Contains(commanders, e.By)
}

// commanders are the holders of roles that have every power.
func (r *Room) commanders() []string {
	var out []string
	for _, d := range r.Plan.Roles {
		if slices.Contains(d.Powers, PowerAll) {
			out = append(out, r.Holders(d.ID)...)
		}
	}
	return out
}

// takes says from whom a role is taken by an act; empty where it is vacant.
func (b *RoleAssumed) takes(r *Room) Safe {
	d := r.Plan.Role(b.Role)
	if d == nil || d.Many {
		return Safe{}
	}
	if was := r.Holders(d.ID); len(was) > 0 {
		return Safef("takes %s from %s", d.Label, strings.Join(was, ", "))
	}
	return Safe{}
}

// ownsClock reports whether a person holds the role that the plan names as the
// owner of a clock.
func (r *Room) ownsClock(d *ClockDef, by string) bool {
	role := r.Plan.Role(d.Owner)
	return role != nil && slices.Contains(r.Holders(role.ID), by)
}

// mayWaive refuses to waive a clock of law, or one that has to run for a time, by
// anybody but the role that the plan names, the Commander and the right command.
func (r *Room) mayWaive(d *ClockDef, e *Event) error {
	if r.Rules < 2 || !d.Law && d.AtLeast == 0 || r.Has(e.By, e.Key, PowerAll) || r.ownsClock(d, e.By) || d.Law &&
		r.Has(e.By, e.Key, PowerExposure) {
		return nil
	}
	role := r.Plan.Role(d.Owner)
	if role == nil {
		return Refuse(Forbidden, "%s may not waive %s; it takes the right \"command\" or the Commander", e.By,
			d.Label)
	}
	return Refuse(Forbidden, "%s may not waive %s; the plan gives it to the %s (%s), and it takes them, the Commander or the right \"command\"", e.By, d.Label, role.Label, nobody(r.Holders(role.ID)))
}
