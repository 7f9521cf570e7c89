package jsonform

import (
	"time"

	"warroom/model"
)

// commandRow is a gap in command in status --json: the role is vacant, or its holder is
// silent.
type commandRow struct {
	Role     string    `json:"role"`
	Silent   string    `json:"silent,omitempty"` // the silent holder
	Since    time.Time `json:"since"`
	Deputies []string  `json:"deputies"`
}

func commandOf(r *model.Room, now time.Time) *commandRow {
	g, ok := r.CommandGap(now)
	if !ok {
		return nil
	}
	return &commandRow{Role: g.Role.ID, Silent: g.Holder, Since: g.Since, Deputies: append([]string{}, g.Deputies...)}
}

// twoJobsRow is a person who is commander and scribe.
type twoJobsRow struct {
	Person string `json:"person"`
	Reason string `json:"reason"` // "": no reason was given yet
	By     string `json:"by,omitempty"`
}

func twoJobsOf(r *model.Room) *twoJobsRow {
	who, why := r.TwoJobs()
	if who == "" {
		return nil
	}
	row := &twoJobsRow{Person: who}
	if why != nil {
		row.Reason, row.By = why.Reason, why.By
	}
	return row
}
