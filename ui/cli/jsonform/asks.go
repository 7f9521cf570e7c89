package jsonform

import (
	"time"

	"warroom/model"
)

// askRow is an ask in status --json.
type askRow struct {
	N          int            `json:"n"`
	To         string         `json:"to"` // a handle, or the role whose holders are asked
	Role       string         `json:"role,omitempty"`
	Asked      []string       `json:"asked"` // handles that are asked now
	By         string         `json:"by"`
	Text       string         `json:"text"`
	At         time.Time      `json:"at"`
	DueAt      time.Time      `json:"due_at"`
	RemainingS int64          `json:"remaining_s"`
	State      model.AskState `json:"state"`
	AckedBy    string         `json:"acked_by,omitempty"`
	Answer     string         `json:"answer,omitempty"`
	AnsweredBy string         `json:"answered_by,omitempty"`
	AnsweredAt *time.Time     `json:"answered_at"`
	Outcome    string         `json:"outcome"`
	Entry      uint64         `json:"entry"`
}

// askRows returns all asks of a room in the order of the log.
func askRows(r *model.Room, now time.Time) []askRow {
	out := make([]askRow, 0, len(r.Asks))
	for i := range r.Asks {
		a := r.Asks[i]
		row := askRow{N: a.N, To: a.To, Role: a.Role, Asked: append([]string{}, r.AskedOf(a)...), By: a.From,
			Text: a.Text, At: a.At, DueAt: a.Due, State: a.State(r.AsOf(now)), AckedBy: a.AckedBy, Answer: a.Answer,
			AnsweredBy: a.Answerer(), Outcome: r.AskOutcome(a, now).String(), AnsweredAt: maybe(a.DoneAt), Entry: a.Seq}
		if a.Role != "" {
			row.To = a.Role
		}
		if !a.Done {
			row.RemainingS = int64(a.Due.Sub(r.AsOf(now)) / time.Second)
		}
		out = append(out, row)
	}
	return out
}

// pollRow is a poll in status --json.
type pollRow struct {
	N          int               `json:"n"`
	Text       string            `json:"text"`
	By         string            `json:"by"`
	At         time.Time         `json:"at"`
	EndsAt     time.Time         `json:"ends_at"` // as planned
	RemainingS int64             `json:"remaining_s"`
	State      model.PollState   `json:"state"`
	Outcome    string            `json:"outcome"`
	Executes   string            `json:"executes,omitempty"`
	Objections []model.Objection `json:"objections"`
	ClosedAt   *time.Time        `json:"closed_at"`           // by hand; null: it was not
	ClosedBy   string            `json:"closed_by,omitempty"` // by hand
	Entry      uint64            `json:"entry"`
}

// pollRows returns all polls of a room in the order of the log.
func pollRows(r *model.Room, now time.Time) []pollRow {
	out := make([]pollRow, 0, len(r.Polls))
	for i := range r.Polls {
		p := &r.Polls[i]
		row := pollRow{N: p.N, Text: p.Text, By: p.By, At: p.At, EndsAt: p.EndsAt, State: r.PollState(p, now),
			Outcome: r.PollOutcome(p, now).String(), Executes: p.Executes, Entry: p.Seq, ClosedBy: p.ClosedBy,
			ClosedAt: maybe(p.ClosedAt), Objections: append([]model.Objection{}, p.Objections...)}
		if row.State == model.PollOpen {
			row.RemainingS = int64(p.EndsAt.Sub(r.AsOf(now)) / time.Second)
		}
		out = append(out, row)
	}
	return out
}
