package jsonform

import (
	"time"

	"warroom/model"
)

// draftRow is the draft of an update in status --json.
type draftRow struct {
	N          int        `json:"n"` // 0: prepared from the log, and not in the log yet
	Audience   string     `json:"audience"`
	State      string     `json:"state"` // prepared, waiting, approved, replaced
	Conditions string     `json:"conditions"`
	Actions    string     `json:"actions"`
	Needs      string     `json:"needs"`
	By         string     `json:"by,omitempty"`
	At         *time.Time `json:"at"`
	ApprovedBy string     `json:"approved_by,omitempty"`
	ApprovedAt *time.Time `json:"approved_at"`
	Entry      uint64     `json:"entry,omitempty"`

	WithdrawnBy string     `json:"withdrawn_by,omitempty"`
	WithdrawnAt *time.Time `json:"withdrawn_at"`
	Reason      string     `json:"reason,omitempty"` // why it was withdrawn
}

// draftRows returns the drafts of updates: the prepared ones, then those in the log.
func draftRows(r *model.Room, now time.Time) []draftRow {
	out := []draftRow{}
	for _, a := range r.PreparedUpdates() {
		u := r.DraftUpdate(a.ID, now)
		out = append(out, draftRow{Audience: a.ID, State: "prepared", Conditions: u.Conditions, Actions: u.Actions,
			Needs: u.Needs})
	}
	for i := range r.Drafts {
		d := &r.Drafts[i]
		out = append(out, draftRow{N: d.N, Audience: d.Audience, State: d.State(), Conditions: d.Conditions,
			Actions: d.Actions, Needs: d.Needs, By: d.By, At: maybe(d.At), ApprovedBy: d.ApprovedBy,
			ApprovedAt: maybe(d.ApprovedAt), Entry: d.Seq, WithdrawnBy: d.WithdrawnBy,
			WithdrawnAt: maybe(d.WithdrawnAt),
			Reason:      d.Reason})
	}
	return out
}

// signalRow is a signal of the radar in status --json.
type signalRow struct {
	Kind  string    `json:"kind"`
	What  string    `json:"what"`
	Since time.Time `json:"since"`
	ForS  int64     `json:"for_s"`          // negative: due in the future
	Line  string    `json:"line,omitempty"` // command that acts on it
}

func signalRows(r *model.Room, now time.Time) []signalRow {
	out := []signalRow{}
	for _, s := range r.Radar(now) {
		out = append(out, signalRow{Kind: s.Kind, What: s.What.String(), Since: s.Since,
			ForS: int64(now.Sub(s.Since) / time.Second), Line: s.Line})
	}
	return out
}

// process adds the radar and the drafts.
func (s *RoomStatus) process(r *model.Room, now time.Time) {
	s.Drafts, s.Radar, s.LeftOpen = draftRows(r, now), signalRows(r, now), []string{}
	s.OpenPoints, s.PointAnswers = []pointRow{}, append([]model.PointAnswer{}, r.PointAnswers...)
	for _, p := range r.PointsLeft(r.Status != model.Open, now) {
		s.OpenPoints = append(s.OpenPoints, pointRow{Point: p.ID, Text: p.Text.String()})
	}
	if r.Status == model.Closed {
		return
	}
	for _, l := range r.LeftOpen(now) {
		s.LeftOpen = append(s.LeftOpen, l.String())
	}
}

// pointRow is something that is open and has no reason in status --json.
type pointRow struct {
	Point string `json:"point"` // as it is typed: "item 5"
	Text  string `json:"text"`
}

// handoffRow is an offer of a role in status --json.
type handoffRow struct {
	model.Handoff
	State model.HandoffState `json:"state"`
}

func handoffRows(r *model.Room) []handoffRow {
	out := []handoffRow{}
	for _, h := range r.AllHandoffs() {
		out = append(out, handoffRow{Handoff: h, State: h.State()})
	}
	return out
}

// namedSelf returns the holders of a role who gave it to themselves, if that matters for
// the role.
func namedSelf(r *model.Room, role string) []string {
	out := []string{}
	for _, h := range r.Roles {
		if h.Role == role && h.Until.IsZero() && !r.NamedSelf(h).IsEmpty() {
			out = append(out, h.Person)
		}
	}
	return out
}
