package report

import (
	"time"

	"warroom/model"
)

// Verdict is how a number of the plan was kept.
type Verdict string

// The verdicts.
const (
	Met      Verdict = "met"
	Missed   Verdict = "missed"
	Waived   Verdict = "waived"
	Running  Verdict = "running"    // its time is not over
	NotAsked Verdict = "not needed" // what starts it did not happen
)

// Number is one number of the plan, and what became of it.
type Number struct {
	ID      string     `json:"id"`
	Label   model.Safe `json:"label"`
	Rule    model.Safe `json:"rule"` // "within 15m of the alert"
	Law     bool       `json:"law"`
	From    model.Safe `json:"from"` // where the plan has it from
	Verdict Verdict    `json:"verdict"`
	Entry   uint64     `json:"entry"` // that met, waived or stopped it; 0: none
	By      model.Safe `json:"by"`
	Start   *time.Time `json:"start"`
	Due     *time.Time `json:"due"`
	At      *time.Time `json:"at"`
	LateS   int64      `json:"late_s"` // after its due time; negative: before
	Why     model.Safe `json:"why"`
	Every   *Cadence   `json:"cadence"` // of one that is due again and again
}

// Cadence is how something that is due again and again was kept. An update is
// late when it came after its due time, and for each whole further period that
// had passed by then one more was missed. Where the clock was stopped, or runs,
// past its due time, that one was missed too.
type Cadence struct {
	OnTime int        `json:"on_time"`
	Late   int        `json:"late"`
	Missed int        `json:"missed"`
	WorstS int64      `json:"worst_s"`
	Times  []Delivery `json:"times"`
}

// Delivery is one time that it was met.
type Delivery struct {
	Entry uint64     `json:"entry"`
	By    model.Safe `json:"by"`
	At    time.Time  `json:"at"`
	LateS int64      `json:"late_s"` // negative: before it was due
}

// numbers are the clocks of the plan in its order.
func (w *walk) numbers(now time.Time) []Number {
	out := make([]Number, 0, len(w.room.Clocks))
	views := map[string]model.ClockView{}
	for _, v := range w.room.ClockViews(now) {
		views[v.Def.ID] = v
	}
	for _, c := range w.room.Clocks {
		if v, ok := views[c.ID]; ok {
			out = append(out, w.number(v, now))
		}
	}
	return out
}

func (w *walk) number(v model.ClockView, now time.Time) Number {
	d := v.Def
	n := Number{ID: d.ID, Label: model.CleanLine(d.Label), Rule: w.rule(v), Law: d.Law, From: model.CleanLine(d.From),
		Start: maybe(v.Run.From), Due: maybe(v.Run.DueAt), Why: model.CleanLine(v.Run.Why)}
	marks := w.marks[d.ID]
	if k := len(marks); k > 0 && (!v.Run.MetAt.IsZero() || v.Run.Waived != "") {
		n.Entry, n.By, n.At = marks[k-1].seq, model.CleanLine(marks[k-1].by), maybe(marks[k-1].at)
	}
	if d.Every > 0 && len(marks) > 0 || d.Every > 0 && !v.Run.StartedAt.IsZero() {
		n.cadence(v, marks, d.Length(w.room.Severity))
		return n
	}
	switch v.State {
	case model.ClockMet:
		n.Verdict = Met
	case model.ClockMissed, model.ClockOverdue:
		n.Verdict = Missed
	case model.ClockWaived:
		n.Verdict, n.Why = Waived, model.CleanLine(v.Run.Waived)
	case model.ClockNotStarted:
		n.Verdict, n.Why = NotAsked, v.Waits()
		n.Start, n.Due = nil, nil
	default:
		n.Verdict = Running
	}
	n.late(v, now)
	w.watched(&n, v)
	return n
}

// late says by how much a deadline was missed or kept.
func (n *Number) late(v model.ClockView, now time.Time) {
	switch {
	case n.Verdict == Met && v.Def.AtLeast > 0:
		n.At = maybe(v.Run.DueAt)
	case n.Verdict == Met:
		n.LateS = -seconds(v.Remaining)
	case n.Verdict == Missed && n.Entry != 0:
		n.LateS = -seconds(v.Remaining)
	case n.Verdict == Missed && v.Run.StoodBy != "":
		n.LateS, n.At = seconds(v.Run.StoodAt.Sub(v.Run.DueAt)), maybe(v.Run.StoodAt)
		n.Why = model.Safef("nothing met it; stopped by %s", v.Run.StoodBy)
	case n.Verdict == Missed:
		n.LateS = seconds(now.Sub(v.Run.DueAt))
		n.Why = model.Lit("nothing has met it")
	}
}

// watched sees that what has to run for a time was not cut short by closing the
// room.
func (w *walk) watched(n *Number, v model.ClockView) {
	closed, ok := w.room.Milestones[model.MilestoneClosed]
	if v.Def.AtLeast == 0 || !ok || w.room.Status != model.Closed || !closed.At.Before(v.Run.DueAt) || n.Verdict != Met && n.Verdict != Running {
		return
	}
	n.Verdict, n.Entry, n.By, n.At = Missed, closed.Seq, model.CleanLine(closed.By), maybe(closed.At)
	n.LateS = -seconds(v.Run.DueAt.Sub(closed.At))
	n.Why = model.Safef("the room was closed %s before it was over", spanD(v.Run.DueAt.Sub(closed.At)))
}

// cadence counts what was due again and again.
func (n *Number) cadence(v model.ClockView, marks []mark, length time.Duration) {
	c := &Cadence{Times: []Delivery{}}
	passed := func(off, length time.Duration) int { return int(off / max(length, time.Second)) }
	for _, m := range marks {
		switch m.what {
		case "met":
			c.OnTime++
		case "late":
			c.Late++
			c.Missed += passed(m.off(), m.length)
			c.WorstS = max(c.WorstS, seconds(m.off()))
		case "stopped":
			if m.off() > 0 {
				c.Missed += 1 + passed(m.off(), m.length)
			}
			continue
		case "waived":
			continue
		}
		c.Times = append(c.Times, Delivery{m.seq, model.CleanLine(m.by), m.at, seconds(m.off())})
	}
	n.Every, n.Verdict = c, Met
	if v.State == model.ClockNotStarted || v.Run.StoodBy != "" { // nothing more is due
		n.Due = nil
	}
	if v.State == model.ClockOverdue {
		c.Missed += 1 + passed(-v.Remaining, length)
		n.Why = model.Safef("overdue by %s", spanD(v.Remaining))
	}
	switch {
	case v.State == model.ClockWaived:
		n.Verdict, n.Why = Waived, model.CleanLine(v.Run.Waived)
	case c.Late > 0 || c.Missed > 0:
		n.Verdict = Missed
	case len(c.Times) == 0 && v.State != model.ClockNotStarted:
		n.Verdict = Running
	}
	if k := len(c.Times); k > 0 {
		n.LateS = c.WorstS
	}
}

// rule is a number of the plan in words.
func (w *walk) rule(v model.ClockView) model.Safe {
	d := v.Def
	length := model.Duration(d.Length(w.room.Severity))
	switch {
	case d.Every > 0:
		return model.Safef("every %s from %s", length, v.Start)
	case d.AtLeast > 0:
		return model.Safef("at least %s from %s", length, v.Start)
	}
	return model.Safef("within %s of %s", length, v.Start)
}

func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
