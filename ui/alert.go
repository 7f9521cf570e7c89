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
	apart   apart                // from the hub, since the link was lost
	passing                      // who came or left
}

// passing is a word on who came or left, which goes away by itself.
type passing struct {
	word  model.Safe
	until time.Time
	calm  time.Time // until then people are only found to be here
}

const (
	passFor  = 6 * time.Second // a word is shown
	findWait = 3 * time.Second // those who are here say so within it
)

// now is the word while it is shown.
func (p *passing) now(t time.Time) model.Safe {
	if t.Before(p.until) {
		return p.word
	}
	return model.Safe{}
}

// came notes who is here who was not, and who left.
func (p *passing) came(s *Shared, old, v *model.View, me string, now time.Time) {
	if now.Before(p.calm) || v.Link.State != model.Live || old.Link.State != model.Live {
		return
	}
	var words []model.Safe
	who := s.between(old.Here, v.Here)
	for _, q := range who.came {
		if q.Handle != me {
			words = append(words, model.Safef("%s came%s", q.Handle, byDoor(q)))
		}
	}
	for _, q := range who.left {
		if q.Handle != me {
			words = append(words, model.Safef("%s left", q.Handle))
		}
	}
	if len(words) > 0 {
		p.word, p.until = model.JoinSafe(model.Lit(", "), words...), now.Add(passFor)
	}
}

// byDoor is the way somebody came, where it is not a terminal of their own.
func byDoor(q model.Presence) model.Safe {
	if q.Via != "ssh" {
		return model.Safe{}
	}
	return model.Lit(" by ssh")
}

// arrived says what is new since the last visit, and takes the clocks that ran
// out already as known.
func (p *place) arrived() {
	p.rung, p.calm = map[string]time.Time{}, p.a.now().Add(findWait)
	for _, v := range p.view.Room.ClockViews(p.a.now()) {
		if v.State == model.ClockOverdue {
			p.rung[v.Def.ID] = v.Run.DueAt
		}
	}
	last, been := p.a.store.loadSeen(p.view.Room.ID)
	if been {
		p.told = catchUp(p.view.Room, last, p.a.o.Handle, p.a.zone())
	} else {
		last = seen{p.view.Room.Seq, p.a.o.Clock.Now()}
	}
	p.told = joined(p.told, ranOut(p.view.Room, last.at, been, p.a.now()))
	if p.view.Link.State != model.Live || len(p.view.Waiting) > 0 {
		p.apart = apart{from: last}
	}
	if p.view.Link.State == model.Live {
		p.apart.met(p.a.o.Clock.Now(), p.view)
	}
}

// ranOut names the clocks that ran out while this person was away, or all that
// have where they come for the first time.
func ranOut(r *model.Room, since time.Time, been bool, now time.Time) model.Safe {
	var out []model.Safe
	for _, v := range r.ClockViews(now) {
		if v.State == model.ClockOverdue && (!been || v.Run.DueAt.After(since)) {
			out = append(out, model.Safef("%s (%s)", v.Def.Label, v.Run.DueAt.In(now.Location()).Format("15:04")))
		}
	}
	if len(out) == 0 {
		return model.Safe{}
	}
	return model.Safef("ran out: %s", model.JoinSafe(model.Lit(", "), out...))
}

// noticed compares two views: the link, and lines that name this person.
func (p *place) noticed(old, v *model.View) {
	p.came(p.a.o.Shared, old, v, p.a.o.Handle, p.a.now())
	if v.Link.Moved > old.Link.Moved {
		p.moved = true
	}
	switch was, is := old.Link.State, v.Link.State; {
	case was == model.Live && is != model.Live:
		p.apart = apart{from: seen{old.Room.Seq, p.a.o.Clock.Now()}, key: p.seat.Who().Key}
	case was != model.Live && is == model.Live:
		p.apart.met(p.a.o.Clock.Now(), old, v)
	}
	if t := p.apart.words(v, p.a.o.Handle, p.a.zone()); !t.IsEmpty() {
		p.told = t
	}
	if t := newlyCut(old.Room, v.Room); !t.IsEmpty() {
		p.told = t
		p.a.beep()
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
	for _, v := range p.a.o.Shared.clockViews(p.view.Room, p.a.second()) {
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
