package ui

import (
	"time"

	"warroom/model"
)

// alert is what a room has told this person: bells that rang, and the line
// that says what came while they were away.
type alert struct {
	rung    map[string]time.Time // by clock: the due time it rang for
	moved   bool                 // the hub moved into this process; said until the next key
	told    model.Safe           // "12 new since 14:02: ..."; gone with Esc
	offline seen                 // where the link was lost
}

// arrived says what is new since the last visit, and takes the clocks that ran
// out already as known.
func (p *place) arrived() {
	p.rung = map[string]time.Time{}
	for _, v := range p.view.Room.ClockViews(p.a.now()) {
		if v.State == model.ClockOverdue {
			p.rung[v.Def.ID] = v.Run.DueAt
		}
	}
	if s, ok := p.a.store.loadSeen(p.view.Room.ID); ok {
		p.told = catchUp(p.view.Room, s, p.a.o.Handle, p.a.zone())
	}
	if p.view.Link.State != model.Live {
		p.offline = seen{p.view.Room.Seq, p.a.o.Clock.Now()}
	}
}

// noticed compares two views: the link, and lines that name this person.
func (p *place) noticed(old, v *model.View) {
	if v.Link.Moved > old.Link.Moved {
		p.moved = true
	}
	switch was, is := old.Link.State, v.Link.State; {
	case was == model.Live && is != model.Live:
		p.offline = seen{old.Room.Seq, p.a.o.Clock.Now()}
	case was != model.Live && is == model.Live && p.offline.seq > 0:
		if t := catchUp(v.Room, p.offline, p.a.o.Handle, p.a.zone()); !t.IsEmpty() {
			p.told = t
		}
	}
	from, lines := len(old.Room.Lines()), v.Room.Lines()
	for i := max(from, len(lines)-1000); i < len(lines); i++ {
		l := lines[i]
		if l.By != p.a.o.Handle && l.Refused.IsEmpty() && l.Mentions(p.a.o.Handle) {
			p.a.beep()
			return
		}
	}
}

// ring rings once for every clock that ran out.
func (p *place) ring() {
	for _, v := range p.view.Room.ClockViews(p.a.now()) {
		if v.State == model.ClockOverdue && !p.rung[v.Def.ID].Equal(v.Run.DueAt) {
			p.rung[v.Def.ID] = v.Run.DueAt
			p.a.beep()
		}
	}
}

func (a *app) beep() {
	if a.o.Bell {
		_ = a.scr.Beep() // a terminal without a bell stays silent
	}
}

// catchUp is "12 new since 14:02: 1 decision, severity raised", empty where
// nothing is new. What this person wrote is not counted.
func catchUp(r *model.Room, from seen, me string, zone *time.Location) model.Safe {
	n, decisions, updates := 0, 0, 0
	var phase, level, status model.Safe
	lines := r.Lines()
	for i := len(lines) - 1; i >= 0 && lines[i].Seq > from.seq; i-- {
		l := lines[i]
		if l.By == me || !l.Refused.IsEmpty() {
			continue
		}
		n++
		switch l.Kind {
		case model.KindDecisionMade:
			decisions++
		case model.KindUpdateSent:
			updates++
		case model.KindSeverityChanged:
			level = levelWords(r, l)
		case model.KindPhaseEntered:
			phase = model.Safef("now in %s", phaseLabel(r))
		case model.KindIncidentResolved, model.KindIncidentReopened, model.KindIncidentClosed:
			if status.IsEmpty() {
				status = l.Word()
			}
		}
	}
	if n == 0 {
		return model.Safe{}
	}
	var parts []model.Safe
	add := func(on bool, s model.Safe) {
		if on {
			parts = append(parts, s)
		}
	}
	add(decisions > 0, plural(decisions, "decision", "decisions"))
	add(updates > 0, plural(updates, "update", "updates"))
	add(!level.IsEmpty(), level)
	add(!phase.IsEmpty(), phase)
	add(!status.IsEmpty(), status)
	out := model.Safef("%d new since %s", n, from.at.In(zone).Format("15:04"))
	if len(parts) > 0 {
		out = model.Safef("%s: %s", out, model.JoinSafe(model.Lit(", "), parts...))
	}
	return out
}

// levelWords say which way the severity went at a line.
func levelWords(r *model.Room, l *model.Line) model.Safe {
	for i, s := range r.Levels {
		if i == 0 || !s.From.Equal(l.RecordedAt) || r.Plan == nil {
			continue
		}
		is, was := r.Plan.Severity(s.Severity), r.Plan.Severity(r.Levels[i-1].Severity)
		switch {
		case is == nil || was == nil:
		case is.Rank < was.Rank:
			return model.Lit("severity raised")
		default:
			return model.Lit("severity lowered")
		}
	}
	return model.Lit("severity changed")
}
