package model

import "strings"

// Commands about the incident as a whole.

func parseSev(a *args) (Body, error) {
	s := a.Room.Plan.Severity(a.word())
	if s == nil {
		return nil, Refuse(NotFound, "say which severity: %s", a.Room.Plan.severityIDs())
	}
	b := &SeverityChanged{To: s.ID}
	a.as("severity", CleanLine(s.ID))
	for _, c := range s.Criteria {
		if strings.EqualFold(c.ID, a.peek()) {
			a.word()
			b.Criterion = c.ID
			a.as("criterion", CleanLine(c.Text))
		}
	}
	b.Reason = a.reason()
	return b, nil
}

func parsePhase(a *args) (Body, error) {
	w := a.word()
	leave, overlap := strings.EqualFold(w, "leave"), strings.HasPrefix(w, "+")
	if leave || w == "+" {
		w = a.word()
	}
	name := strings.TrimPrefix(w, "+")
	d := a.Room.Plan.Phase(name)
	if d == nil {
		d = a.Room.phaseByPrefix(name)
	}
	if d == nil {
		return nil, Refuse(NotFound, "say which phase: %s", a.Room.Plan.phaseIDs())
	}
	a.as("phase", CleanLine(d.Label))
	if leave {
		return &PhaseLeft{Phase: d.ID}, nil
	}
	return &PhaseEntered{Phase: d.ID, Overlap: overlap}, nil
}

func (r *Room) phaseByPrefix(name string) *PhaseDef {
	for i := range r.Plan.Phases {
		if name != "" && strings.HasPrefix(r.Plan.Phases[i].ID, strings.ToLower(name)) {
			return &r.Plan.Phases[i]
		}
	}
	return nil
}

func parseKind(a *args) (Body, error) {
	w := strings.ToLower(a.word())
	ids := a.Room.Plan.kindIDs()
	switch {
	case len(a.Room.Plan.Kinds) == 0:
		return nil, Refuse(NotFound, "the plan knows no kinds of incidents")
	case w == "":
		return nil, Refuse(Invalid, "say which kind: %s", ids)
	}
	a.as("kind", CleanLine(w))
	return &KindChanged{To: w}, nil
}

func parseRename(a *args) (Body, error) { return &IncidentRenamed{Title: a.textAs("title")}, nil }

func parseResolve(a *args) (Body, error) {
	return &IncidentResolved{Text: a.text()}, nil
}

func parseReopen(a *args) (Body, error) { return &IncidentReopened{Reason: a.reason()}, nil }

func parseClose(a *args) (Body, error) {
	why, ok, err := a.override()
	if !ok && a.text() != "" {
		return nil, Refuse(Invalid, "write :close, or :close override REASON")
	}
	return &IncidentClosed{Override: why}, err
}
