package jsonform

import (
	"time"

	"warroom/model"
)

// Room is one room in rooms --json.
type Room struct {
	ID         string       `json:"id"`
	ULID       string       `json:"ulid"`
	Title      string       `json:"title"`
	Kind       string       `json:"kind"`
	Severity   string       `json:"severity"`
	Status     model.Status `json:"status"`
	Phase      string       `json:"phase"`
	DeclaredAt time.Time    `json:"declared_at"`
	Drill      bool         `json:"drill"`
	Restricted bool         `json:"restricted"`
	Seq        uint64       `json:"seq"`
	AgeS       int64        `json:"age_s"` // in seconds; stops when the incident ends
	EndedAt    *time.Time   `json:"ended_at"`
	Ended      string       `json:"ended,omitempty"` // resolved, or closed if it was never resolved
	Reopened   int          `json:"reopened"`        // number of times

	Commander  []string   `json:"commander"`
	Next       string     `json:"next_deadline"` // name of the clock
	NextAt     *time.Time `json:"next_deadline_at"`
	Overdue    int        `json:"overdue"`      // number of clocks
	Asks       int        `json:"asks_overdue"` // number of asks
	LastUpdate *time.Time `json:"last_update_at"`
	LastEntry  time.Time  `json:"last_entry_at"`
	ClosedAt   *time.Time `json:"closed_at"`
	Stale      bool       `json:"stale"`
	Duplicate  string     `json:"duplicate_of"` // short id, or ULID of a room of another hub; if "", none
}

// Rooms returns the JSON form of a list of rooms. now is the hub's time.
func Rooms(list []model.Overview, now time.Time) []Room {
	out := []Room{}
	for _, o := range list {
		r := o.Room
		if r == nil {
			continue
		}
		row := Room{ID: o.Short, ULID: r.ID, Title: r.Title, Kind: r.Kind, Severity: r.Severity, Status: r.Status,
			Phase:      r.Phase,
			DeclaredAt: r.DeclaredAt, Drill: r.Drill, Restricted: r.IsRestricted(), Seq: r.Seq,
			Commander: append([]string{}, o.Commander...),
			Overdue:   o.Overdue, Asks: o.Asks, LastUpdate: maybe(o.Update), LastEntry: o.Written,
			ClosedAt: maybe(o.ClosedAt), Stale: o.Stale}
		life := r.Lifetime()
		row.AgeS, row.EndedAt, row.Reopened = int64(life.Age(now)/time.Second), maybe(life.Until), life.Reopened
		if row.EndedAt != nil {
			row.Ended = string(life.Outcome)
		}
		if x := r.DuplicateOf(); x != nil {
			row.Duplicate = x.IDHere()
		}
		if o.Next != nil {
			row.Next, row.NextAt = o.Next.Def.ID, maybe(o.Next.Run.DueAt)
		}
		out = append(out, row)
	}
	return out
}
