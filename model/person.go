package model

import (
	"maps"
	"slices"
	"strings"
)

// fit refuses to give anything to a handle that cannot hold it: the hub's, or that
// of a person who was revoked.
func (r *Room) fit(handle string) error {
	if r.Rules < 2 || handle == "" {
		return nil
	}
	if r.IsRevoked(handle) {
		return Refuse(Forbidden, "%s was revoked in this room; the people in the room are %s", handle, r.here())
	}
	for _, m := range r.Members {
		if m.Hub && m.Handle == handle {
			return Refuse(Forbidden, "%s is the hub's own key, not a person; the people in the room are %s",
				handle, r.here())
		}
	}
	if handle == "hub" {
		return Refuse(Forbidden, "hub is the name of the hub's own key, not of a person; the people in the room are %s",
			r.here())
	}
	return nil
}

// knownAs returns the name and job with which a person's key was admitted, which
// come from an invitation or an SSH key.
func (r *Room) knownAs(handle string) (name, job string) {
	for _, k := range slices.Sorted(maps.Keys(r.Members)) {
		if m := r.Members[k]; m.Handle == handle && !m.Revoked && (m.Name != "" || m.Job != "") {
			return m.Name, m.Job
		}
	}
	return "", ""
}

// named returns the assignment with the name and job that are known for its holder,
// unless it has others.
func (r *Room) named(a Assignment) Assignment {
	if a.Name == "" && a.Job == "" {
		a.Name, a.Job = r.knownAs(a.Person)
	}
	for _, prev := range slices.Backward(r.Roles) {
		if a.Name == "" && a.Job == "" && prev.Person == a.Person {
			a.Name, a.Job = prev.Name, prev.Job
		}
	}
	return a
}

// mayHandOff reports whether the author of an event may offer a role: they hold it,
// or they are the Commander. If there is no Commander, anybody may who passed the
// check of their right.
func (r *Room) mayHandOff(d *RoleDef, e *Event) bool {
	if slices.Contains(r.Holders(d.ID), e.By) {
		return true
	}
	commanders := r.commanders()
	return len(commanders) == 0 || slices.Contains(commanders, e.By)
}

// commanders returns the holders of the roles that have every power.
func (r *Room) commanders() []string {
	var out []string
	for _, d := range r.Plan.Roles {
		if slices.Contains(d.Powers, PowerAll) {
			out = append(out, r.Holders(d.ID)...)
		}
	}
	return out
}

// takes describes from whom the role is taken, or returns empty text if it is
// vacant.
func (b *RoleAssumed) takes(r *Room) Safe {
	d := r.Plan.Role(b.Role)
	if d == nil || d.Many {
		return Safe{}
	}
	if holders := r.Holders(d.ID); len(holders) > 0 {
		return Safef("takes %s from %s", d.Label, strings.Join(holders, ", "))
	}
	return Safe{}
}

// ownsClock reports whether a person holds the role that owns a clock.
func (r *Room) ownsClock(d *ClockDef, by string) bool {
	role := r.Plan.Role(d.Owner)
	return role != nil && slices.Contains(r.Holders(role.ID), by)
}

// mayWaive refuses to waive a legal clock, or a clock of AtLeast, unless its author owns
// it, is the Commander, or has the right "command". A legal clock may also be waived by a
// person who may assess exposure.
func (r *Room) mayWaive(d *ClockDef, e *Event) error {
	if r.Rules < 2 || !d.Law && d.AtLeast == 0 || r.Has(e.By, e.Key, PowerAll) || r.ownsClock(d, e.By) || d.Law &&
		r.Has(e.By, e.Key, PowerExposure) {
		return nil
	}
	role := r.Plan.Role(d.Owner)
	if role == nil {
		return Refuse(Forbidden, "%s may not waive %s; it needs the right \"command\" or the Commander", e.By,
			d.Label)
	}
	return Refuse(Forbidden,
		"%s may not waive %s; only the %s (%s), the Commander or somebody with the right \"command\" "+
			"may", e.By, d.Label, role.Label, nobody(r.Holders(role.ID)))
}
