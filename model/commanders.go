package model

import "slices"

// CommandRole returns the role that commands, which is the first role of the plan
// with every power, or nil if there is none.
func (r *Room) CommandRole() *RoleDef {
	if r.Plan == nil {
		return nil
	}
	for i := range r.Plan.Roles {
		if d := &r.Plan.Roles[i]; slices.Contains(d.Powers, PowerAll) {
			return d
		}
	}
	return nil
}

// Commanders returns the holders of the role that commands.
func (r *Room) Commanders() []string {
	if d := r.CommandRole(); d != nil {
		return r.Holders(d.ID)
	}
	return nil
}
