package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds of events about follow-ups.
const (
	KindFollowupAdded   Kind = "followup.added"
	KindFollowupDone    Kind = "followup.done"
	KindFollowupDropped Kind = "followup.dropped"
)

var _ = register(
	bodyOf[FollowupAdded](KindFollowupAdded), bodyOf[FollowupDone](KindFollowupDone),
	bodyOf[FollowupDropped](KindFollowupDropped),
)

// Followup is work for after the incident.
type Followup struct {
	N     int       `json:"n"`
	ID    string    `json:"id"`
	Title string    `json:"title"`
	Owner string    `json:"owner,omitempty"`
	Due   string    `json:"due,omitempty"`  // date, YYYY-MM-DD
	Type  string    `json:"type,omitempty"` // detect, prevent or correct
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Done  bool      `json:"done,omitempty"`
	Note  string    `json:"note,omitempty"` // how it was done

	Tickets []string `json:"tickets,omitempty"` // addresses in issue trackers

	Dropped   string `json:"dropped,omitempty"` // why it will not be done
	DroppedBy string `json:"dropped_by,omitempty"`

	Item string `json:"item,omitempty"` // item of the plan that adds this follow-up
}

// IsOpen reports whether the follow-up is neither done nor dropped.
func (f *Followup) IsOpen() bool { return !f.Done && f.DroppedBy == "" }

// FollowupTypes are the purposes of follow-ups.
var FollowupTypes = []string{"detect", "prevent", "correct"}

// FollowupAdded adds a follow-up, or completes the existing one with the id Of.
type FollowupAdded struct {
	Of    string `json:"of,omitempty"`
	Title string `json:"title"`
	Owner string `json:"owner,omitempty"`
	Due   string `json:"due,omitempty"`
	Type  string `json:"type,omitempty"`
}

func (b *FollowupAdded) free() []*string { return []*string{&b.Title} }

func (b *FollowupAdded) check(r *Room, _ *Event) error {
	if b.Owner != "" && !ValidHandle(b.Owner) {
		return badHandle(b.Owner)
	}
	if err := r.fit(b.Owner); err != nil {
		return err
	}
	if b.Due != "" {
		if _, err := time.Parse(time.DateOnly, b.Due); err != nil {
			return Refuse(Invalid, "%s is not a date; write 2026-11-30, fri or 3d", b.Due)
		}
	}
	if b.Type != "" && !slices.Contains(FollowupTypes, b.Type) {
		return Refuse(Invalid, "a follow-up is of type detect, prevent or correct, not %s", b.Type)
	}
	if i := r.followup(b.Of); b.Of != "" && i < 0 {
		return Refuse(NotFound, "there is no such follow-up")
	} else if b.Of != "" && r.Followups[i].DroppedBy != "" {
		return r.Followups[i].dropped()
	}
	return oneLine("follow-up", b.Title, 500)
}

func (r *Room) followup(id string) int {
	return slices.IndexFunc(r.Followups, func(f Followup) bool { return f.ID == id })
}

func (b *FollowupAdded) apply(r *Room, e *Event) {
	f := Followup{N: len(r.Followups) + 1, ID: e.ID, Title: b.Title, Owner: b.Owner, Due: b.Due, Type: b.Type, By: e.By,
		At: e.RecordedAt}
	if i := r.followup(b.Of); b.Of != "" {
		f.N, f.ID, f.Tickets, f.Item = r.Followups[i].N, b.Of, r.Followups[i].Tickets, r.Followups[i].Item
		r.Followups = set(r, r.Followups, i, f)
		return
	}
	r.Followups = push(r.Followups, f)
}

func (b *FollowupAdded) line(*Room, *Event) Safe {
	s := Safef("%s", b.Title)
	if b.Owner != "" {
		s = Safef("%s, @%s", s, b.Owner)
	}
	if b.Due != "" {
		s = Safef("%s, due %s", s, b.Due)
	}
	if b.Type != "" {
		s = Safef("%s, to %s", s, b.Type)
	}
	return s
}

// FollowupDone records that a follow-up is done.
type FollowupDone struct {
	Of   string `json:"of"`
	Note string `json:"note,omitempty"` // how it was done
}

func (b *FollowupDone) free() []*string { return []*string{&b.Note} }

func (b *FollowupDone) check(r *Room, _ *Event) error {
	i := r.followup(b.Of)
	if i < 0 {
		return Refuse(NotFound, "there is no such follow-up")
	}
	if r.Followups[i].Done {
		return Refuse(Conflict, "follow-up %d is already done", r.Followups[i].N)
	}
	if err := r.Followups[i].dropped(); err != nil {
		return err
	}
	return longText("note", b.Note, true)
}

func (b *FollowupDone) apply(r *Room, _ *Event) {
	i := r.followup(b.Of)
	f := r.Followups[i]
	f.Done, f.Note = true, b.Note
	r.Followups = set(r, r.Followups, i, f)
}

func (b *FollowupDone) line(r *Room, _ *Event) Safe {
	f := r.Followups[r.followup(b.Of)]
	return because(Safef("%d  %s is done", f.N, f.Title), b.Note)
}

// FollowupDropped records that a follow-up will not be done, and why. It stays in
// the list.
type FollowupDropped struct {
	Of     string `json:"of"`
	Reason string `json:"reason"`
}

func (b *FollowupDropped) free() []*string { return []*string{&b.Reason} }

func (b *FollowupDropped) check(r *Room, _ *Event) error {
	i := r.followup(b.Of)
	if i < 0 {
		return Refuse(NotFound, "there is no such follow-up")
	}
	f := &r.Followups[i]
	switch {
	case f.Done:
		return Refuse(Conflict, "follow-up %d is done and can no longer be dropped", f.N)
	case f.DroppedBy != "":
		return f.dropped()
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :drop %d REASON", f.N)
	}
	return longText("reason", b.Reason, false)
}

// dropped returns the refusal for a follow-up that was dropped, or nil for any
// other.
func (f *Followup) dropped() error {
	if f.DroppedBy == "" {
		return nil
	}
	return Refuse(Conflict, "follow-up %d was dropped by %s: %s; add a new one with :todo TEXT", f.N, f.DroppedBy,
		f.Dropped)
}

func (b *FollowupDropped) apply(r *Room, e *Event) {
	i := r.followup(b.Of)
	f := r.Followups[i]
	f.Dropped, f.DroppedBy = b.Reason, e.By
	r.Followups = set(r, r.Followups, i, f)
}

func (b *FollowupDropped) line(r *Room, _ *Event) Safe {
	f := r.Followups[r.followup(b.Of)]
	return because(Safef("%d  %s is dropped", f.N, f.Title), b.Reason)
}
