package model

// mayApprove reports whether a person may approve updates: a confirmed Commander, or
// somebody with the right "command" while there is none. Under older rules, it is
// whoever has every power.
func (r *Room) mayApprove(handle, key string) bool {
	if !r.Has(handle, key, PowerAll) {
		return false
	}
	d := r.CommandRole()
	if r.Rules < strictRules || d == nil {
		return true
	}
	held := false
	for i := range r.Roles {
		a := &r.Roles[i]
		if a.Role != d.ID || !a.Until.IsZero() || !a.isConfirmed() {
			continue
		}
		if a.Person == handle {
			return true
		}
		held = true
	}
	return !held && r.Members[key].Right == Command
}

// approver names who approves updates: "the Incident Commander (ana)".
func (r *Room) approver() Safe {
	d := r.CommandRole()
	if d == nil {
		return Lit("somebody with the right \"command\"")
	}
	if r.Rules >= strictRules {
		var names []string
		for i := range r.Roles {
			if a := &r.Roles[i]; a.Role == d.ID && a.Until.IsZero() && a.isConfirmed() {
				names = append(names, a.Person)
			}
		}
		switch held := r.Holders(d.ID); {
		case len(names) > 0:
			return Safef("the %s (%s)", d.Label, nobody(names))
		case len(held) > 0:
			return Safef("somebody with the right \"command\" (nobody confirmed %s as %s)", nobody(held), d.Label)
		}
		return Safef("somebody with the right \"command\" (nobody is %s)", d.Label)
	}
	return Safef("the %s (%s)", d.Label, nobody(r.Holders(d.ID)))
}
