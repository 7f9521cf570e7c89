package jsonform

import (
	"time"

	"warroom/model"
)

// Indicator is one indicator in JSON.
type Indicator struct {
	N         int        `json:"n"`
	Type      string     `json:"type"`
	Value     string     `json:"value"` // not defanged
	Shown     string     `json:"shown"` // defanged
	FirstSeen time.Time  `json:"first_seen"`
	By        string     `json:"by"`
	Reason    string     `json:"reason"`
	BlockedAt *time.Time `json:"blocked_at"`
	BlockedBy string     `json:"blocked_by"`
	Blocked   string     `json:"blocked_reason"`
}

// Indicators returns the indicators of a room.
func Indicators(r *model.Room) []Indicator {
	out := []Indicator{}
	for i := range r.Indicators {
		is := r.Indicators[i]
		row := Indicator{N: is.N, Type: is.Type, Value: is.Value, Shown: is.Shown().String(), FirstSeen: is.Seen,
			By:     is.By,
			Reason: is.Reason, BlockedAt: maybe(is.BlockedAt())}
		if b := is.Blocked; b != nil {
			row.BlockedBy, row.Blocked = b.By, b.Reason
		}
		out = append(out, row)
	}
	return out
}
