package model

import "strings"

// Commands about the incident as a whole.

func parseSev(a *args) (Body, error) {
	id, err := a.named("severity", a.Room.Plan.severityNames())
	if err != nil {
		return nil, err
	}
	s := a.Room.Plan.Severity(id)
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
	leave := strings.EqualFold(a.peek(), "leave")
	if leave {
		a.word()
	}
	a.remaining = strings.TrimLeft(a.remaining, " ")
	rest, overlap := strings.CutPrefix(a.remaining, "+")
	a.remaining = rest
	id, err := a.named("phase", a.Room.Plan.phaseNames())
	if err != nil {
		return nil, err
	}
	d := a.Room.Plan.Phase(id)
	a.as("phase", CleanLine(d.Label))
	if leave {
		return &PhaseLeft{Phase: d.ID}, nil
	}
	return &PhaseEntered{Phase: d.ID, Overlap: overlap}, nil
}

func parseKind(a *args) (Body, error) {
	if len(a.Room.Plan.Kinds) == 0 {
		return nil, Refuse(NotFound, "the plan has no kinds of incident")
	}
	id, err := a.named("kind", a.Room.Plan.kindNames())
	if err != nil {
		return nil, err
	}
	a.as("kind", CleanLine(a.Room.Plan.KindDef(id).Label))
	return &KindChanged{To: id}, nil
}

func parseRename(a *args) (Body, error) { return &IncidentRenamed{Title: a.textAs("title")}, nil }

func parseResolve(a *args) (Body, error) {
	if b, ok, err := a.pointAnswer(); ok {
		return b, err
	}
	if err := a.timed(true); err != nil {
		return nil, err
	}
	if why, ok, err := a.override(); ok {
		return &IncidentResolved{Override: why}, err
	}
	return &IncidentResolved{Text: a.text()}, nil
}

func parseReopen(a *args) (Body, error) { return &IncidentReopened{Reason: a.reason()}, nil }

func parseClose(a *args) (Body, error) {
	if b, ok, err := a.pointAnswer(); ok {
		return b, err
	}
	if w := a.peek(); timeWord(w) || bareTime(w) {
		if err := a.timed(true); err != nil {
			return nil, err
		}
	}
	why, ok, err := a.override()
	if !ok && a.text() != "" {
		return nil, Refuse(Invalid, ":close takes no text of its own; write :close, :close answer POINT REASON or "+
			":close override REASON")
	}
	if err == nil && !ok && a.Room.Status != Closed {
		if err := a.Room.mayClose(a.Now); err != nil {
			return nil, err
		}
	}
	return &IncidentClosed{Override: why}, err
}
