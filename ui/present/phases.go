package present

import (
	"slices"
	"strings"

	"warroom/model"
)

// Phases returns the open phases: "Containment + Recovery".
func Phases(r *model.Room) model.Safe {
	var out []model.Safe
	for _, id := range OpenPhases(r) {
		out = append(out, PhaseName(r, id))
	}
	return model.JoinSafe(model.Lit(" + "), out...)
}

// Stage returns the open phases, or the status of an incident that has ended.
func Stage(r *model.Room) model.Safe {
	if r.Status == model.Resolved || r.Status == model.Closed {
		return model.CleanLine(string(r.Status))
	}
	return Phases(r)
}

// Phase returns the open phases in small letters, or "-" if the room is closed.
func Phase(r *model.Room) string {
	p := Phases(r)
	if r.Status == model.Closed || p.IsEmpty() {
		return "-"
	}
	return strings.ToLower(p.String())
}

// PhaseName returns the label of a phase in the plan.
func PhaseName(r *model.Room, id string) model.Safe {
	if r.Plan != nil {
		if p := r.Plan.Phase(id); p != nil {
			return model.CleanLine(p.Label)
		}
	}
	return model.CleanLine(id)
}

// OpenPhases returns the open phases in the order of the plan.
func OpenPhases(r *model.Room) []string {
	var out []string
	for _, s := range r.Phases {
		if s.Until.IsZero() && !slices.Contains(out, s.Phase) {
			out = append(out, s.Phase)
		}
	}
	if len(out) == 0 && r.Phase != "" {
		out = append(out, r.Phase)
	}
	if r.Plan != nil {
		at := func(id string) int {
			return slices.IndexFunc(r.Plan.Phases, func(p model.PhaseDef) bool { return p.ID == id })
		}
		slices.SortStableFunc(out, func(a, b string) int { return at(a) - at(b) })
	}
	return out
}

// PhaseProgress returns a phase with its progress: "Containment 3/9".
func PhaseProgress(r *model.Room, phase string) model.Safe {
	done, all := r.Progress(phase)
	if all == 0 {
		return PhaseName(r, phase)
	}
	return model.Safef("%s %d/%d", PhaseName(r, phase), done, all)
}
