package cli

import (
	"time"

	"warroom/model"
)

// clockRow is one clock in status --json. State goes by the time of the record;
// done_at is what the author of what met it says.
type clockRow struct {
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
	OnTime     int           `json:"on_time,omitempty"` // of a repeating clock, over all runs
	Late       int           `json:"late,omitempty"`
	LateByWord int           `json:"late_but_in_time_by_word,omitempty"`
	Missed     int           `json:"missed,omitempty"`
	Runs       []runRow      `json:"runs"`
	Stretches  []gapRow      `json:"stretches"` // in which it was waived, snoozed or stopped
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
	EndedAt    *time.Time    `json:"ended_at"` // met, waived or stopped, by the record
	EndedBy    string        `json:"ended_by,omitempty"`
	LateS      int64         `json:"late_s"` // by the record; negative: before its time
	LateWordS  int64         `json:"late_by_word_s"`
	Entry      uint64        `json:"entry,omitempty"` // that ended it
	OnTime     int           `json:"on_time,omitempty"`
	Late       int           `json:"late,omitempty"`
	Missed     int           `json:"missed,omitempty"`
}

// gapRow is a stretch in which a clock did not count.
type gapRow struct {
	What    string     `json:"what"`
	From    time.Time  `json:"from"`
	Until   *time.Time `json:"until"`
	LengthS int64      `json:"length_s"`
	By      string     `json:"by"`
	Reason  string     `json:"reason"`
	Entry   uint64     `json:"entry"`
}

// clockRows are the clocks with all their runs, in the order of the screen.
func clockRows(r *model.Room, now time.Time) []clockRow {
	all := map[string]*model.ClockHistory{}
	list := r.ClockHistories(now)
	for i := range list {
		all[list[i].Def.ID] = &list[i]
	}
	out := make([]clockRow, 0, len(list))
	for _, v := range r.ClockViews(now) {
		out = append(out, clockRowOf(all[v.Def.ID], now))
	}
	return out
}

func clockRowOf(h *model.ClockHistory, now time.Time) clockRow {
	row := clockRow{ID: h.Def.ID, Label: h.Def.Label, State: h.State, StartedAt: maybe(h.Run.From),
		StartEvent: h.Start.String(), DueAt: maybe(h.Run.DueAt),
		Audience: h.Def.Audience, Source: "plan", From: h.Def.From, Verdict: h.Verdict, Why: h.Why.String(), DoneAt: maybe(h.Run.DoneAt), RecordedAt: maybe(h.Run.MetAt),
		MetBy: h.Run.MetBy, OnTime: h.OnTime, Late: h.LateN, LateByWord: h.ByWord, Missed: h.Missed, Runs: []runRow{}, Stretches: []gapRow{}}
	if h.Def.Law {
		row.Source = "law"
	}
	if h.State == model.ClockNotStarted {
		row.Needs, row.StartedAt, row.DueAt = h.Needs.String(), nil, nil
	} else {
		left := int64(h.Remaining / time.Second)
		row.RemainingS = &left
	}
	for i := range h.Runs {
		v := &h.Runs[i]
		row.Runs = append(row.Runs, runRow{N: v.Run.N, Verdict: v.Verdict, StartedAt: maybe(v.Run.From),
			BeganAt: maybe(v.Run.BeganAt), DueAt: maybe(v.Due),
			DoneAt: maybe(v.Run.DoneAt), RecordedAt: maybe(v.Run.MetAt), EndedAt: maybe(v.Until), EndedBy: v.Run.EndBy, LateS: int64(v.Late / time.Second),
			LateWordS: int64(v.WordLate / time.Second), Entry: v.Run.EndSeq, OnTime: v.Run.OnTime, Late: v.Run.Late, Missed: v.Missed})
	}
	for _, g := range h.Gaps {
		row.Stretches = append(row.Stretches, gapRow{What: g.What, From: g.From, Until: maybe(g.Until),
			LengthS: int64(g.Length(now) / time.Second), By: g.By, Reason: g.Reason.String(), Entry: g.Seq})
	}
	return row
}

// zoned writes times in a zone, each with its own offset.
func zoned(zone *time.Location) model.At {
	return func(t time.Time) model.Safe {
		return model.Safef("%s", t.In(zone).Format("2006-01-02 15:04:05 -07:00"))
	}
}

// clockStatus is every clock in words: how it stands, and below it all its runs
// where there is more to it than that.
func clockStatus(r *model.Room, now time.Time, zone *time.Location) []model.Safe {
	all := map[string]*model.ClockHistory{}
	list := r.ClockHistories(now)
	for i := range list {
		all[list[i].Def.ID] = &list[i]
	}
	var out []model.Safe
	for _, c := range r.ClockViews(now) {
		h := all[c.Def.ID]
		line := clockLine(c)
		if said := string(h.Verdict); len(h.Runs) == 0 && h.Verdict == model.VerdictNotAssessed || h.Differs() {
			line = model.Safef("%s; over all: %s", line, said)
		}
		out = append(out, line)
		if len(h.Runs) == 0 || len(h.Runs) == 1 && len(h.Gaps) == 0 && len(h.Runs[0].Run.Changes) == 0 &&
			h.Runs[0].Until.IsZero() && h.Def.Every == 0 {
			continue
		}
		for k := range h.Runs {
			out = append(out, model.Safef("    run %d: %s", h.Runs[k].Run.N, h.Runs[k].Words(h.Def, zoned(zone))))
		}
		for k := range h.Gaps {
			out = append(out, model.Safef("    %s", h.Gaps[k].Words(now, zoned(zone))))
		}
	}
	return out
}
