package cli

import (
	"fmt"
	"slices"

	"warroom/model"
)

// heldBy returns the roles that a person holds.
func heldBy(r *model.Room, handle string) []model.Assignment {
	var out []model.Assignment
	for _, h := range r.Roles {
		if h.Person == handle && h.Until.IsZero() {
			out = append(out, h)
		}
	}
	return out
}

// printLostRoles prints which of the roles in held a person no longer holds, each with a
// beep, except for those that they gave up themselves. It returns the roles that they
// hold now.
func (a *plainRoom) printLostRoles(r *model.Room, handle string, held []model.Assignment) []model.Assignment {
	for _, was := range held {
		if slices.Contains(r.RolesOf(handle), was.Role) {
			continue
		}
		label := model.CleanLine(was.Role)
		if d := r.Plan.Role(was.Role); d != nil {
			label = model.CleanLine(d.Label)
		}
		what := model.Safef("you are no longer %s", label)
		if l := lossOf(r, was); l != nil {
			if l.By == handle {
				continue
			}
			what = model.Safef("%s: entry %d by %s, %s", what, l.Seq, l.By, model.CleanLine(l.Text.String()))
		}
		a.beep()
		a.printErr(what)
	}
	return heldBy(r, handle)
}

// lossOf returns the line that ended an assignment, or nil.
func lossOf(r *model.Room, was model.Assignment) *model.Line {
	ends := []model.Kind{model.KindRoleAssumed, model.KindRoleRenounced, model.KindHandoffAccepted,
		model.KindKeyRevoked,
		model.KindRightChanged, model.KindKeyAdmitted}
	for _, h := range r.Roles {
		if h.Role != was.Role || h.Person != was.Person || !h.From.Equal(was.From) || h.Until.IsZero() {
			continue
		}
		for _, l := range slices.Backward(r.Lines()) {
			if l.RecordedAt.Equal(h.Until) && l.Refused.IsEmpty() && slices.Contains(ends, l.Kind) {
				return l
			}
		}
	}
	return nil
}

// beep rings the bell of the terminal, if the configuration enables it.
func (a *plainRoom) beep() {
	if a.cfg.Screen.Bell {
		fmt.Fprint(a.Stderr, "\a")
	}
}
