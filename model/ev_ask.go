package model

import (
	"cmp"
	"slices"
	"time"
)

// The kinds of events about asks.
const (
	KindAskMade     Kind = "ask.made"
	KindAskAcked    Kind = "ask.acked"
	KindAskAnswered Kind = "ask.answered"
)

var _ = register(
	bodyOf[AskMade](KindAskMade),
	shared(func(k Kind) Body { return &AskReply{kind: k} }, KindAskAcked, KindAskAnswered),
)

// Ask is a request to one person, or to the holders of a role, with a time limit.
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

	Role       string `json:"role,omitempty"` // the role whose holders are asked; To is then empty
	AckedBy    string `json:"acked_by,omitempty"`
	AnsweredBy string `json:"answered_by,omitempty"` // if that is not To, see Answerer
}

// AskState is the state of an ask at a moment.
type AskState string

// The states of an ask.
const (
	AskOpen     AskState = "open"
	AskAcked    AskState = "acknowledged"
	AskOverdue  AskState = "overdue" // past its time limit, without an answer
	AskAnswered AskState = "answered"
)

// State returns the state of the ask at now, the hub's time.
func (a *Ask) State(now time.Time) AskState {
	switch {
	case a.Done:
		return AskAnswered
	case !now.Before(a.Due):
		return AskOverdue
	case a.Acked:
		return AskAcked
	}
	return AskOpen
}

// Answerer returns who answered the ask, or "" if nobody did.
func (a *Ask) Answerer() string {
	if !a.Done {
		return ""
	}
	return cmp.Or(a.AnsweredBy, a.To)
}

// AskOutcome describes the outcome of an ask at now, the hub's time: "answered in time by wri
// for bo: yes". An ask that had time left when the room was closed has not expired, also if the
// room was reopened later.
func (r *Room) AskOutcome(a *Ask, now time.Time) Safe {
	now = r.AsOf(now)
	who := CleanLine(a.Answerer())
	if a.To != "" && a.Answerer() != a.To {
		who = Safef("%s for %s", who, CleanLine(a.To))
	}
	switch {
	case a.Done && a.DoneAt.After(a.Due) && r.answeredInTime(a) < 0:
		return Safef("answered %s late by the record, %s as reported, by %s: %s", Took(a.DoneAt.Sub(a.Due)),
			Lateness(r.answeredInTime(a)), who, CleanLine(a.Answer))
	case a.Done && a.DoneAt.After(a.Due):
		return Safef("answered %s late by %s: %s", Took(a.DoneAt.Sub(a.Due)), who, CleanLine(a.Answer))
	case a.Done:
		return Safef("answered in time by %s: %s", who, CleanLine(a.Answer))
	case now.After(a.Due) && r.closedAt(a.Due) && a.Acked:
		return Lit("acknowledged, not answered when the room was closed")
	case now.After(a.Due) && r.closedAt(a.Due):
		return Lit("not answered when the room was closed")
	case now.After(a.Due) && a.Acked:
		return Lit("acknowledged, but not answered in time")
	case now.After(a.Due):
		return Lit("expired: not answered in time")
	case a.Acked && r.Status == Closed:
		return Lit("acknowledged, not answered when the room was closed")
	case r.Status == Closed:
		return Lit("not answered when the room was closed")
	case a.Acked:
		return Lit("acknowledged, not answered yet")
	}
	return Lit("not answered yet")
}

// answeredInTime returns how long before its deadline an ask was answered as its answerer
// reports, as a negative duration. It returns 0 if that was not before, or is not known. An
// answer that was typed while the hub was away is recorded later.
func (r *Room) answeredInTime(a *Ask) time.Duration {
	for _, l := range slices.Backward(r.Lines()) {
		switch {
		case l.RecordedAt.Before(a.DoneAt):
			return 0
		case l.Kind == KindAskAnswered && l.Refused.IsEmpty() && l.RecordedAt.Equal(a.DoneAt) && l.By == a.Answerer() &&
			TimesDiffer(l.At, l.RecordedAt):
			return min(0, l.At.Sub(a.Due))
		}
	}
	return 0
}

// AskedOf returns the people an ask is for: one person, or the current holders of a
// role.
func (r *Room) AskedOf(a *Ask) []string {
	if a.Role != "" {
		return r.Holders(a.Role)
	}
	return []string{a.To}
}

// IsAsked reports whether the ask is for the person.
func (r *Room) IsAsked(a *Ask, person string) bool { return slices.Contains(r.AskedOf(a), person) }

// AskTo describes whom an ask is for: "@di", "Scribe (bo)".
func (r *Room) AskTo(a *Ask) Safe {
	if a.Role == "" {
		return Safef("@%s", CleanLine(a.To))
	}
	return r.askRole(a.Role, r.Holders(a.Role))
}

// askRole returns a role with people: "Scribe (bo)".
func (r *Room) askRole(role string, who []string) Safe {
	label := CleanLine(role)
	if d := r.Plan.Role(role); d != nil {
		label = CleanLine(d.Label)
	}
	return Safef("%s (%s)", label, nobody(who))
}

// AskedInTime describes whom an ask was for while it could be answered in time: for a role, all
// who held it from the ask until its answer or deadline, in order. A later holder did not miss it.
func (r *Room) AskedInTime(a *Ask) Safe {
	if a.Role == "" {
		return r.AskTo(a)
	}
	end := a.Due
	if a.Done && a.DoneAt.Before(end) {
		end = a.DoneAt
	}
	var who []string
	for _, run := range r.Roles {
		if run.Role == a.Role && run.From.Before(end) && (run.Until.IsZero() || run.Until.After(a.At)) &&
			!slices.Contains(who, run.Person) {
			who = append(who, run.Person)
		}
	}
	return r.askRole(a.Role, who)
}

// OpenAsks returns the asks without an answer, those due first in front.
func (r *Room) OpenAsks() []Ask {
	if r.Status == Closed {
		return nil
	}
	var out []Ask
	for _, a := range r.Asks {
		if !a.Done {
			out = append(out, *a)
		}
	}
	slices.SortStableFunc(out, func(a, b Ask) int { return cmp.Or(a.Due.Compare(b.Due), cmp.Compare(a.N, b.N)) })
	return out
}

// maxAsk is the longest deadline of an ask.
const maxAsk = 7 * 24 * time.Hour

// AskMade asks one person, or the holders of a role, for something within a time
// limit.
type AskMade struct {
	To   string   `json:"to"`
	Role string   `json:"role,omitempty"`
	For  Duration `json:"for"`
	Text string   `json:"text"`
}

func (b *AskMade) free() []*string { return []*string{&b.Text} }

func (b *AskMade) check(r *Room, _ *Event) error {
	if b.Role != "" {
		if err := b.checkRole(r); err != nil {
			return err
		}
	} else if !ValidHandle(b.To) {
		return badHandle(b.To)
	}
	if err := r.fit(b.To); err != nil {
		return err
	}
	if b.For <= 0 || time.Duration(b.For) > maxAsk {
		return Refuse(Invalid, "give a deadline of up to %s, as in :ask %s 3m TEXT", Duration(maxAsk), b.to())
	}
	return longText("ask", b.Text, false)
}

// to returns the addressee as it is typed.
func (b *AskMade) to() Safe {
	if b.Role != "" {
		return CleanLine(b.Role)
	}
	return Safef("@%s", CleanLine(b.To))
}

// checkRole refuses a role that the plan does not have, or that nobody holds.
func (b *AskMade) checkRole(r *Room) error {
	d := r.Plan.Role(b.Role)
	switch {
	case b.To != "":
		return Refuse(Invalid, "an ask goes to a person or to a role, not to both")
	case d == nil:
		return Refuse(NotFound, "the plan has no role %s; it has: %s", b.Role, r.Plan.roleIDs())
	case len(r.Holders(d.ID)) == 0:
		return Refuse(Conflict, "nobody is %s, so nobody would get the ask; give the role first, with :role %s "+
			"@WHO, or ask a person", d.Label, d.ID)
	}
	return nil
}

func (b *AskMade) apply(r *Room, e *Event) {
	a := Ask{N: len(r.Asks) + 1, ID: e.ID, To: b.To, Text: b.Text, From: e.By, At: e.RecordedAt,
		Due: e.RecordedAt.Add(time.Duration(b.For)), Seq: e.Seq}
	if b.Role != "" {
		a.Role = r.Plan.Role(b.Role).ID
	}
	r.Asks, r.owned.asks = grown(r, r.Asks, r.owned.asks, &a)
}

func (b *AskMade) line(r *Room, _ *Event) Safe {
	a := Ask{To: b.To}
	if d := r.Plan.Role(b.Role); d != nil {
		a.Role = d.ID
	}
	return Safef("%d  %s within %s: %s", len(r.Asks)+1, r.AskTo(&a), b.For, Clean(b.Text))
}

// AskReply acknowledges or answers an ask.
type AskReply struct {
	Ask  string `json:"ask"`
	Text string `json:"text,omitempty"`
	kind Kind
}

func (b *AskReply) ownKind() Kind { return b.kind }

func (b *AskReply) free() []*string { return []*string{&b.Text} }

// ask returns the index of an ask, or -1 if there is none.
func (r *Room) ask(id string) int {
	for i, a := range slices.Backward(r.Asks) {
		if a.ID == id {
			return i
		}
	}
	return -1
}

func (b *AskReply) check(r *Room, e *Event) error {
	i := r.ask(b.Ask)
	if i < 0 {
		return Refuse(NotFound, "there is no such ask in this room")
	}
	a := *r.Asks[i]
	switch {
	case a.Done:
		return Refuse(Conflict, "ask %d is already answered", a.N)
	case b.kind == KindAskAcked && !r.IsAsked(&a, e.By):
		return Refuse(Forbidden, "only %[2]s can acknowledge ask %[1]d", a.N, nobody(r.AskedOf(&a)))
	case b.kind == KindAskAcked && a.Acked:
		return Refuse(Conflict, "ask %d is already acknowledged", a.N)
	}
	return longText("answer", b.Text, b.kind == KindAskAcked)
}

func (b *AskReply) apply(r *Room, e *Event) {
	i := r.ask(b.Ask)
	a := *r.Asks[i]
	if a.Role != "" && !a.Acked { // from now on it belongs to the person who acknowledged it
		a.AckedBy = e.By
	}
	a.Acked = true
	if b.kind == KindAskAnswered {
		a.Done, a.Answer, a.DoneAt = true, b.Text, e.RecordedAt
		if a.Role != "" || e.By != a.To {
			a.AnsweredBy = e.By
		}
	}
	r.Asks = set(r, r.Asks, i, &a)
}

func (b *AskReply) line(r *Room, _ *Event) Safe {
	a := r.Asks[r.ask(b.Ask)]
	if b.kind == KindAskAcked {
		return because(Safef("%d  %s", a.N, Clean(a.Text)), b.Text)
	}
	return answered(Safef("%d  %s", a.N, Clean(a.Text)), Clean(b.Text))
}
