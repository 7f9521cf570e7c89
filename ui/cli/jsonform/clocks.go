package jsonform

import (
	"time"

	"warroom/model"
)

// Clock is one clock in status --json. State follows the recorded times; done_at is the
// time given by the author of the entry that met it.
type Clock struct {
	ID         string           `json:"id"`
	Label      string           `json:"label"`
	State      model.ClockState `json:"state"`
	StartedAt  *time.Time       `json:"started_at"`
	StartEvent string           `json:"start_event"`
	DueAt      *time.Time       `json:"due_at"`
	RemainingS *int64           `json:"remaining_s"`
	Audience   string           `json:"audience"`
	Source     string           `json:"source"` // plan or law
	Needs      string           `json:"needs,omitempty"`
	From       string           `json:"from,omitempty"`

	Verdict    model.Verdict `json:"verdict"` // over all runs
	Why        string        `json:"why,omitempty"`
	DoneAt     *time.Time    `json:"done_at"`
	RecordedAt *time.Time    `json:"recorded_at"`
	MetBy      string        `json:"met_by,omitempty"`
	EveryS     int64         `json:"every_s,omitempty"` // interval in seconds; if 0, due once
	OnTime     int           `json:"on_time,omitempty"` // of a repeating clock, over all runs
	Late       int           `json:"late,omitempty"`
	LateByWord int           `json:"late_but_in_time_by_word,omitempty"`
	Missed     int           `json:"missed,omitempty"`
	Runs       []runRow      `json:"runs"`
	Stretches  []gapRow      `json:"stretches"` // periods in which it was waived, snoozed or stopped
}

// runRow is one run of a clock.
type runRow struct {
	N          int           `json:"n"`
	Verdict    model.Verdict `json:"verdict"`
	StartedAt  *time.Time    `json:"started_at"`
	BeganAt    *time.Time    `json:"began_at"` // when its start was recorded
	DueAt      *time.Time    `json:"due_at"`
	DoneAt     *time.Time    `json:"done_at"`
	RecordedAt *time.Time    `json:"recorded_at"`
	EndedAt    *time.Time    `json:"ended_at"` // when it was met, waived or stopped, by the recorded time
	EndedBy    string        `json:"ended_by,omitempty"`
	LateS      int64         `json:"late_s"` // by the recorded time; negative: early
	LateWordS  int64         `json:"late_by_word_s"`
	Entry      uint64        `json:"entry,omitempty"` // the entry that ended it
	OnTime     int           `json:"on_time,omitempty"`
	Late       int           `json:"late,omitempty"`
	Missed     int           `json:"missed,omitempty"`
	Undone     string        `json:"undone,omitempty"` // that what met it was taken back
}

// gapRow is a period in which a clock did not count.
type gapRow struct {
	What    string     `json:"what"`
	From    time.Time  `json:"from"`
	Until   *time.Time `json:"until"`
	LengthS int64      `json:"length_s"`
	By      string     `json:"by"`
	Reason  string     `json:"reason"`
	Entry   uint64     `json:"entry"`
}

// Clocks returns the clocks with all their runs, in the order of the screen.
func Clocks(r *model.Room, now time.Time) []Clock {
	all := map[string]*model.ClockHistory{}
	list := r.ClockHistories(now)
	for i := range list {
		all[list[i].Def.ID] = &list[i]
	}
	out := make([]Clock, 0, len(list))
	for _, v := range r.ClockViews(now) {
		out = append(out, clockRowOf(all[v.Def.ID], r.Severity, now))
	}
	return out
}

func clockRowOf(h *model.ClockHistory, severity string, now time.Time) Clock {
	row := Clock{ID: h.Def.ID, Label: h.Def.Label, State: h.State, StartedAt: maybe(h.Run.From),
		StartEvent: h.Start.String(), DueAt: maybe(h.Run.DueAt),
		Audience: h.Def.Audience, Source: "plan", From: h.Def.From, Verdict: h.Verdict, Why: h.Why.String(),
		DoneAt: maybe(h.Run.DoneAt), RecordedAt: maybe(h.Run.MetAt),
		MetBy: h.Run.MetBy, OnTime: h.OnTime, Late: h.LateN, LateByWord: h.ByWord, Missed: h.Missed, Runs: []runRow{},
		EveryS: int64(h.Cadence(severity) / time.Second), Stretches: []gapRow{}}
	if h.Def.Law {
		row.Source = "law"
	}
	if h.State == model.ClockNotStarted || h.State == model.ClockStopped {
		row.Needs, row.StartedAt, row.DueAt = h.Needs.String(), nil, nil
	} else {
		left := int64(h.Remaining / time.Second)
		row.RemainingS = &left
	}
	for i := range h.Runs {
		v := &h.Runs[i]
		row.Runs = append(row.Runs, runRow{N: v.Run.N, Verdict: v.Verdict, StartedAt: maybe(v.CountsFrom()),
			BeganAt: maybe(v.Run.BeganAt), DueAt: maybe(v.Due),
			DoneAt: maybe(v.Run.DoneAt), RecordedAt: maybe(v.Run.MetAt), EndedAt: maybe(v.Until), EndedBy: v.Run.EndBy,
			LateS:     int64(v.Late / time.Second),
			LateWordS: int64(v.WordLate / time.Second), Entry: v.Run.EndSeq, OnTime: v.Run.OnTime, Late: v.Run.Late,
			Missed: v.Missed, Undone: v.Undone.String()})
	}
	for _, g := range h.Gaps {
		row.Stretches = append(row.Stretches, gapRow{What: g.What, From: g.From, Until: maybe(g.Until),
			LengthS: int64(g.Length(now) / time.Second), By: g.By, Reason: g.Reason.String(), Entry: g.Seq})
	}
	return row
}
