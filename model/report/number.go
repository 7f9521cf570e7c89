package report

import (
	"time"

	"warroom/model"
)

// Verdict is the outcome of a clock of the plan.
type Verdict = model.Verdict

// The verdicts that this package counts.
const (
	Met          = model.VerdictMet
	Partly       = model.VerdictPartly
	Missed       = model.VerdictMissed
	RecordedLate = model.VerdictRecordedLate
	Corrected    = model.VerdictCorrected
	Waived       = model.VerdictWaived
	Running      = model.VerdictRunning
	NotAsked     = model.VerdictNotNeeded
	NotAssessed  = model.VerdictNotAssessed
	NotStarted   = model.VerdictNotStarted
)

// Number is one clock of the plan with its outcome over all runs.
type Number struct {
	ID      string     `json:"id"`
	Label   model.Safe `json:"label"`
	Rule    model.Safe `json:"rule"` // "within 15m of the alert"
	Law     bool       `json:"law"`
	From    model.Safe `json:"from"` // the source of the clock in the plan
	Verdict Verdict    `json:"verdict"`
	Entry   uint64     `json:"entry"` // that met, waived or stopped the deciding run; if 0, none
	By      model.Safe `json:"by"`
	Start   *time.Time `json:"start"`
	Due     *time.Time `json:"due"`
	At      *time.Time `json:"at"`          // the same as recorded_at
	Done    *time.Time `json:"done_at"`     // when it was met, according to By
	Rec     *time.Time `json:"recorded_at"` // when that was recorded
	LateS   int64      `json:"late_s"`      // after its due time, as recorded; negative: before
	WordS   int64      `json:"late_by_word_s"`
	Why     model.Safe `json:"why"`
	Every   *Cadence   `json:"cadence"` // of a recurring clock
	Runs    []Run      `json:"runs"`
	Gaps    []Gone     `json:"stretches"` // in which it was waived, snoozed or stopped
}

// Run is one run of a clock.
type Run struct {
	N       int        `json:"n"`
	Verdict Verdict    `json:"verdict"`
	Start   *time.Time `json:"start"`
	Began   *time.Time `json:"began_at"` // when its start was recorded
	Due     *time.Time `json:"due"`
	Done    *time.Time `json:"done_at"`
	Until   *time.Time `json:"until"` // when it was met, waived or stopped, as recorded
	LateS   int64      `json:"late_s"`
	By      model.Safe `json:"by"`
	First   uint64     `json:"first_entry"` // that started it
	Last    uint64     `json:"last_entry"`  // that ended it; if 0, still running
	Words   model.Safe `json:"words"`
	Undone  model.Safe `json:"undone,omitzero"` // that what met it was taken back
}

// Gone is a period in which a clock was not counted.
type Gone struct {
	What    string     `json:"what"` // waived, snoozed, stopped
	From    time.Time  `json:"from"`
	Until   *time.Time `json:"until"`
	LengthS int64      `json:"length_s"`
	By      model.Safe `json:"by"`
	Entry   uint64     `json:"entry"`
	Reason  model.Safe `json:"reason"`
}

// Cadence is the outcome of a recurring clock. An update after its due time is late, and
// each further full period that had passed by then counts as one missed update. A clock
// that is snoozed, waived or stopped after its due time, or still runs after it, counts as
// one missed update too.
type Cadence struct {
	OnTime int        `json:"on_time"`
	Late   int        `json:"late"`
	ByWord int        `json:"late_but_in_time_by_word"`
	Missed int        `json:"missed"`
	WorstS int64      `json:"worst_s"`
	Times  []Delivery `json:"times"`
}

// Delivery is one time at which a recurring clock was met.
type Delivery struct {
	Entry uint64     `json:"entry"`
	By    model.Safe `json:"by"`
	At    time.Time  `json:"at"`      // recorded
	Done  time.Time  `json:"done_at"` // according to By
	LateS int64      `json:"late_s"`  // negative: before it was due

	Undone model.Safe `json:"undone,omitzero"` // that it was taken back
}

// numbersOf returns the clocks of the plan in its order.
func numbersOf(r *model.Room, now time.Time, at model.At) []Number {
	all := r.ClockHistories(now)
	out := make([]Number, 0, len(all))
	for i := range all {
		out = append(out, numberOf(r, &all[i], now, at))
	}
	return out
}

func numberOf(r *model.Room, h *model.ClockHistory, now time.Time, at model.At) Number {
	d := h.Def
	n := Number{ID: d.ID, Label: model.CleanLine(d.Label), Rule: ruleOf(r, h), Law: d.Law,
		From:    model.CleanLine(d.From),
		Verdict: h.Verdict, Why: h.Why, Runs: []Run{}, Gaps: []Gone{}}
	for i := range h.Runs {
		v := &h.Runs[i]
		run := Run{N: v.Run.N, Verdict: v.Verdict, Start: maybe(v.CountsFrom()), Began: maybe(v.Run.BeganAt),
			Due: maybe(v.Due), Done: maybe(v.Run.DoneAt),
			Until: maybe(v.Until), LateS: seconds(v.Late), By: model.CleanLine(v.Run.EndBy), First: v.Run.StartSeq,
			Last: v.Run.EndSeq, Words: v.Words(d, at), Undone: v.Undone}
		n.Runs = append(n.Runs, run)
	}
	for _, g := range h.Gaps {
		n.Gaps = append(n.Gaps, Gone{What: g.What, From: g.From, Until: maybe(g.Until),
			LengthS: seconds(g.Length(now)), By: model.CleanLine(g.By), Entry: g.Seq, Reason: g.Reason})
	}
	if v := h.Decisive(); v != nil {
		n.Start, n.Due, n.LateS, n.WordS = maybe(v.CountsFrom()), maybe(v.Due), seconds(v.Late), seconds(v.WordLate)
		n.Entry, n.By = v.Run.EndSeq, model.CleanLine(v.Run.EndBy)
		n.At, n.Done, n.Rec = maybe(v.Until), maybe(v.Run.DoneAt), maybe(v.Run.MetAt)
	}
	if d.Every > 0 && len(h.Runs) > 0 {
		n.cadence(r, h)
	}
	return n
}

// cadence sets the outcome of a recurring clock over all runs.
func (n *Number) cadence(r *model.Room, h *model.ClockHistory) {
	c := &Cadence{OnTime: h.OnTime, Late: h.LateN, ByWord: h.ByWord, Missed: h.Missed, WorstS: seconds(h.Worst),
		Times: []Delivery{}}
	for _, m := range h.Times() {
		c.Times = append(c.Times, Delivery{Entry: m.Seq, By: model.CleanLine(m.By), At: m.At, Done: m.Done,
			LateS: seconds(m.At.Sub(m.Due)), Undone: r.UndoneIn(m.Seq)})
	}
	n.Every, n.LateS, n.WordS = c, c.WorstS, 0
}

// ruleOf describes the deadline of a clock.
func ruleOf(r *model.Room, h *model.ClockHistory) model.Safe {
	d := h.Def
	length := model.Duration(d.Length(r.Severity))
	switch {
	case d.Every > 0:
		return model.Safef("%s from %s", h.CadenceWords(r.Severity), h.Start)
	case d.AtLeast > 0:
		return model.Safef("at least %s from %s", length, h.Start)
	}
	return model.Safef("within %s of %s", length, h.Start)
}
