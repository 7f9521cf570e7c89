package model

import (
	"slices"
	"time"
)

// The kinds about work for people: asks now, follow-ups for after.
const (
	KindFollowupAdded Kind = "followup.added"
	KindFollowupDone  Kind = "followup.done"
	KindAskMade       Kind = "ask.made"
	KindAskAcked      Kind = "ask.acked"
	KindAskAnswered   Kind = "ask.answered"
)

var _ = register(
	func() Body { return new(FollowupAdded) }, func() Body { return new(FollowupDone) },
	func() Body { return new(AskMade) },
	func() Body { return &AskReply{kind: KindAskAcked} }, func() Body { return &AskReply{kind: KindAskAnswered} },
)

// Followup is work for after the incident.
type Followup struct {
	N     int       `json:"n"`
	ID    string    `json:"id"`
	Title string    `json:"title"`
	Owner string    `json:"owner,omitempty"`
	Due   string    `json:"due,omitempty"`  // date, YYYY-MM-DD
	Type  string    `json:"type,omitempty"` // detect, prevent, correct
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Done  bool      `json:"done,omitempty"`
	Note  string    `json:"note,omitempty"` // how it was done

	Tickets []string `json:"tickets,omitempty"` // where trackers have it
}

// FollowupTypes are what a follow-up is for.
var FollowupTypes = []string{"detect", "prevent", "correct"}

// FollowupAdded adds a follow-up, or fills in what one lacks: with Of it
// changes the one of that id.
type FollowupAdded struct {
	Of    string `json:"of,omitempty"`
	Title string `json:"title"`
	Owner string `json:"owner,omitempty"`
	Due   string `json:"due,omitempty"`
	Type  string `json:"type,omitempty"`
}

// Kind names the kind.
func (*FollowupAdded) Kind() Kind { return KindFollowupAdded }

func (b *FollowupAdded) free() []*string { return []*string{&b.Title} }

func (b *FollowupAdded) check(r *Room, _ *Event) error {
	if b.Owner != "" && !ValidHandle(b.Owner) {
		return Refuse(Invalid, "%s is no handle; handles are 1 to 32 of a-z 0-9 _ -", b.Owner)
	}
	if err := r.fit(b.Owner); err != nil {
		return err
	}
	if b.Due != "" {
		if _, err := time.Parse(time.DateOnly, b.Due); err != nil {
			return Refuse(Invalid, "%s is no date; write it as 2026-11-30, or as fri, or as 3d", b.Due)
		}
	}
	if b.Type != "" && !slices.Contains(FollowupTypes, b.Type) {
		return Refuse(Invalid, "a follow-up is of type detect, prevent or correct, not %s", b.Type)
	}
	if b.Of != "" && r.followup(b.Of) < 0 {
		return Refuse(NotFound, "there is no such follow-up")
	}
	return oneLine("follow-up", b.Title, 500)
}

func (r *Room) followup(id string) int {
	return slices.IndexFunc(r.Followups, func(f Followup) bool { return f.ID == id })
}

func (b *FollowupAdded) apply(r *Room, e *Event) {
	f := Followup{N: len(r.Followups) + 1, ID: e.ID, Title: b.Title, Owner: b.Owner, Due: b.Due, Type: b.Type, By: e.By, At: e.RecordedAt}
	if i := r.followup(b.Of); b.Of != "" {
		f.N, f.ID, f.Tickets = r.Followups[i].N, b.Of, r.Followups[i].Tickets
		r.Followups = set(r.Followups, i, f)
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

// FollowupDone says that a follow-up is done.
type FollowupDone struct {
	Of   string `json:"of"`
	Note string `json:"note,omitempty"` // how it was done
}

// Kind names the kind.
func (*FollowupDone) Kind() Kind { return KindFollowupDone }

func (b *FollowupDone) free() []*string { return []*string{&b.Note} }

func (b *FollowupDone) check(r *Room, _ *Event) error {
	i := r.followup(b.Of)
	if i < 0 {
		return Refuse(NotFound, "there is no such follow-up")
	}
	if r.Followups[i].Done {
		return Refuse(Conflict, "follow-up %d is done already", r.Followups[i].N)
	}
	return longText("note", b.Note, true)
}

func (b *FollowupDone) apply(r *Room, _ *Event) {
	i := r.followup(b.Of)
	f := r.Followups[i]
	f.Done, f.Note = true, b.Note
	r.Followups = set(r.Followups, i, f)
}

func (b *FollowupDone) line(r *Room, _ *Event) Safe {
	f := r.Followups[r.followup(b.Of)]
	return because(Safef("%d  %s", f.N, f.Title), b.Note)
}

// Ask is something asked of one person, to be done in a time.
type Ask struct {
	N      int       `json:"n"`
	ID     string    `json:"id"`
	To     string    `json:"to"`
	Text   string    `json:"text"`
	From   string    `json:"from"`
	At     time.Time `json:"at"`
	Due    time.Time `json:"due"`
	Seq    uint64    `json:"seq"`
	DoneAt time.Time `json:"done_at,omitzero"` // when it was answered
	Acked  bool      `json:"acked,omitempty"`
	Answer string    `json:"answer,omitempty"`
	Done   bool      `json:"done,omitempty"`
}

// AskMade asks one person for something, in a time box.
type AskMade struct {
	To   string   `json:"to"`
	For  Duration `json:"for"`
	Text string   `json:"text"`
}

// Kind names the kind.
func (*AskMade) Kind() Kind { return KindAskMade }

func (b *AskMade) free() []*string { return []*string{&b.Text} }

func (b *AskMade) check(r *Room, _ *Event) error {
	if !ValidHandle(b.To) {
		return Refuse(Invalid, "%s is no handle; handles are 1 to 32 of a-z 0-9 _ -", b.To)
	}
	if err := r.fit(b.To); err != nil {
		return err
	}
	if b.For <= 0 || time.Duration(b.For) > 7*24*time.Hour {
		return Refuse(Invalid, "give a time box, as in :ask @%s 3m TEXT", b.To)
	}
	return longText("ask", b.Text, false)
}

func (b *AskMade) apply(r *Room, e *Event) {
	r.Asks = push(r.Asks, Ask{N: len(r.Asks) + 1, ID: e.ID, To: b.To, Text: b.Text, From: e.By, At: e.RecordedAt, Due: e.RecordedAt.Add(time.Duration(b.For)), Seq: e.Seq})
}

func (b *AskMade) line(r *Room, _ *Event) Safe {
	return Safef("%d  @%s within %s: %s", len(r.Asks)+1, b.To, b.For, Clean(b.Text))
}

// AskReply acknowledges or answers an ask.
type AskReply struct {
	Ask  string `json:"ask"`
	Text string `json:"text,omitempty"`
	kind Kind
}

// Kind names the kind.
func (b *AskReply) Kind() Kind { return b.kind }

func (b *AskReply) free() []*string { return []*string{&b.Text} }

func (r *Room) ask(id string) int {
	return slices.IndexFunc(r.Asks, func(a Ask) bool { return a.ID == id })
}

func (b *AskReply) check(r *Room, e *Event) error {
	i := r.ask(b.Ask)
	if i < 0 {
		return Refuse(NotFound, "there is no such ask")
	}
	a := r.Asks[i]
	switch {
	case a.Done:
		return Refuse(Conflict, "ask %d is answered already", a.N)
	case b.kind == KindAskAcked && a.To != e.By:
		return Refuse(Forbidden, "ask %d is for %s to acknowledge", a.N, a.To)
	case b.kind == KindAskAcked && a.Acked:
		return Refuse(Conflict, "ask %d is acknowledged already", a.N)
	}
	return longText("answer", b.Text, b.kind == KindAskAcked)
}

func (b *AskReply) apply(r *Room, e *Event) {
	i := r.ask(b.Ask)
	a := r.Asks[i]
	a.Acked = true
	if b.kind == KindAskAnswered {
		a.Done, a.Answer, a.DoneAt = true, b.Text, e.RecordedAt
	}
	r.Asks = set(r.Asks, i, a)
}

func (b *AskReply) line(r *Room, _ *Event) Safe {
	a := r.Asks[r.ask(b.Ask)]
	if b.kind == KindAskAcked {
		return because(Safef("%d  %s", a.N, Clean(a.Text)), b.Text)
	}
	return Safef("%d  %s: %s", a.N, Clean(a.Text), Clean(b.Text))
}
