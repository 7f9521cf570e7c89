package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds of events about polls. There is no event for the end of a poll; it is
// computed from its length. A poll may be closed by hand.
const (
	KindPollOpened   Kind = "poll.opened"
	KindPollObjected Kind = "poll.objected"
	KindPollClosed   Kind = "poll.closed"
)

var _ = register(bodyOf[PollOpened](KindPollOpened), bodyOf[PollObjected](KindPollObjected),
	bodyOf[PollClosed](KindPollClosed))

// Limits on polls in a room, and on objections to one poll.
const (
	maxPolls      = 500
	maxPoll       = 24 * time.Hour
	maxObjections = 200
)

// Poll asks everybody for strong objections. The proposal is decided if nobody
// objects before the poll ends.
type Poll struct {
	N        int       `json:"n"`
	ID       string    `json:"id"`
	Text     string    `json:"text"`
	By       string    `json:"by"`
	At       time.Time `json:"at"`
	EndsAt   time.Time `json:"ends_at"`
	Executes string    `json:"executes,omitempty"` // who carries it out
	Seq      uint64    `json:"seq"`

	Objections []Objection `json:"objections,omitempty"`

	Closed   PollState `json:"closed,omitempty"` // as it was closed by hand; EndsAt stays as planned
	ClosedAt time.Time `json:"closed_at,omitzero"`
	ClosedBy string    `json:"closed_by,omitempty"`
	Why      string    `json:"why,omitempty"`
}

// Objection is one strong objection to a poll.
type Objection struct {
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
	Seq    uint64    `json:"seq"`
}

// PollState is the state of a poll at a moment.
type PollState string

// The states of a poll.
const (
	PollOpen     PollState = "open"
	PollProceeds PollState = "proceeds" // ended without objections, or decided by command
	PollObjects  PollState = "objected" // ended with objections: not decided
	PollChanged  PollState = "changed"  // closed: something else is done
	PollDropped  PollState = "dropped"  // closed: it is not done
	PollLapsed   PollState = "lapsed"   // the room was closed when it would have ended: not decided
)

// pollResults are the results with which a poll is closed by hand.
var pollResults = []PollState{PollProceeds, PollChanged, PollDropped}

// State returns the state of the poll at now, the hub's time.
func (p *Poll) State(now time.Time) PollState {
	switch {
	case p.Closed != "":
		return p.Closed
	case now.Before(p.EndsAt):
		return PollOpen
	case len(p.Objections) > 0:
		return PollObjects
	}
	return PollProceeds
}

// Objectors returns the people who objected.
func (p *Poll) Objectors() []string {
	out := make([]string, len(p.Objections))
	for i, o := range p.Objections {
		out[i] = o.By
	}
	return out
}

// Outcome describes the decision as of now, the hub's time.
func (p *Poll) Outcome(now time.Time) Safe {
	if p.Closed != "" {
		return p.closedWords()
	}
	switch p.State(now) {
	case PollOpen:
		if len(p.Objections) > 0 {
			return Safef("open, %s objects", strings.Join(p.Objectors(), ", "))
		}
		return Lit("open, no objection so far")
	case PollObjects:
		return Safef("not decided: %s objected", strings.Join(p.Objectors(), ", "))
	}
	if p.Executes != "" {
		return Safef("decided: nobody objected; @%s executes", p.Executes)
	}
	return Lit("decided: nobody objected")
}

// PollState returns the state of a poll at now, the hub's time. One that was open when the room
// was closed stays so, and has lapsed if the room was reopened after its end.
func (r *Room) PollState(p *Poll, now time.Time) PollState {
	if p.Closed == "" && r.Status != Closed && r.closedAt(p.EndsAt) {
		return PollLapsed
	}
	return p.State(r.AsOf(now))
}

// closedAt reports whether the room was closed at a time, and before it.
func (r *Room) closedAt(at time.Time) bool {
	return slices.ContainsFunc(r.States, func(s StatusSpan) bool {
		return s.Status == Closed && s.From.Before(at) && (s.Until.IsZero() || !s.Until.Before(at))
	})
}

// PollOutcome describes the decision of a poll as of now, the hub's time. One that was open
// when the room was closed has decided nothing, unless it was still open when the room was
// reopened.
func (r *Room) PollOutcome(p *Poll, now time.Time) Safe {
	now = r.AsOf(now)
	switch s := r.PollState(p, now); {
	case s != PollLapsed && (r.Status != Closed || s != PollOpen):
		return p.Outcome(now)
	case len(p.Objections) > 0:
		return Safef("open when the room was closed, %s objects", strings.Join(p.Objectors(), ", "))
	}
	return Lit("open when the room was closed, no objection")
}

// closedWords are the outcome of a poll that was closed by hand.
func (p *Poll) closedWords() Safe {
	s := Safef("%s by %s", string(p.Closed), p.ClosedBy)
	if p.Closed == PollProceeds {
		s = Safef("decided by %s", p.ClosedBy)
		if len(p.Objections) > 0 {
			s = Safef("%s despite objections from %s", s, strings.Join(p.Objectors(), ", "))
		}
	}
	if s = because(beforeEnd(s, p.EndsAt, p.ClosedAt), p.Why); p.Closed == PollProceeds && p.Executes != "" {
		s = Safef("%s; @%s executes", s, p.Executes)
	}
	return s
}

// EndedAt returns when the poll ended or will end: its planned end, or when it was closed
// before that.
func (p *Poll) EndedAt() time.Time {
	if p.Closed != "" && p.ClosedAt.Before(p.EndsAt) {
		return p.ClosedAt
	}
	return p.EndsAt
}

// beforeEnd appends how long before its planned end a poll was closed, if it was.
func beforeEnd(s Safe, planned, closed time.Time) Safe {
	if left := planned.Sub(closed); left > 0 {
		return Safef("%s %s before its end", s, Took(left))
	}
	return s
}

// pollOver returns the refusal of an act on a poll that has ended; next is the act to suggest
// instead.
func (r *Room) pollOver(p *Poll, now time.Time, next lit) error {
	verb, at := lit("ended"), p.EndsAt
	if p.Closed != "" {
		verb, at = "was closed", p.ClosedAt
	}
	return Refuse(Conflict, "poll %d %s at %s, %s; %s", p.N, verb, FormatTime(at), r.PollOutcome(p, now), next)
}

// anotherPoll is what to do about a poll that has ended.
const anotherPoll lit = "open another with :poll TEXT 60s"

// OpenPolls returns the polls that have not ended at now, those that end first in
// front.
func (r *Room) OpenPolls(now time.Time) []Poll {
	var out []Poll
	for _, p := range r.Polls {
		if p.State(now) == PollOpen && r.Status != Closed {
			out = append(out, p)
		}
	}
	slices.SortStableFunc(out, func(a, b Poll) int { return a.EndsAt.Compare(b.EndsAt) })
	return out
}

// PollOpened asks for strong objections within a length of time.
type PollOpened struct {
	Text     string   `json:"text"`
	For      Duration `json:"for"`
	Executes string   `json:"executes,omitempty"`
}

func (b *PollOpened) free() []*string { return []*string{&b.Text} }

func (b *PollOpened) check(r *Room, _ *Event) error {
	switch {
	case b.Executes != "" && !ValidHandle(b.Executes):
		return badHandle(b.Executes)
	case b.For <= 0 || time.Duration(b.For) > maxPoll:
		return Refuse(Invalid, "give a length of up to 24h, as in :poll TEXT 60s")
	case len(r.Polls) >= maxPolls:
		return Refuse(Conflict, "the room has had %d polls, which is the limit", maxPolls)
	}
	if err := r.fit(b.Executes); err != nil {
		return err
	}
	return longText("poll", b.Text, false)
}

func (b *PollOpened) apply(r *Room, e *Event) {
	r.Polls, r.owned.polls = grown(r, r.Polls, r.owned.polls, Poll{N: len(r.Polls) + 1, ID: e.ID, Text: b.Text,
		By: e.By, At: e.RecordedAt,
		EndsAt: e.RecordedAt.Add(time.Duration(b.For)), Executes: b.Executes, Seq: e.Seq})
}

func (b *PollOpened) line(r *Room, _ *Event) Safe {
	s := Safef("%d  any strong objection within %s: %s", len(r.Polls)+1, b.For, Clean(b.Text))
	if b.Executes != "" {
		s = Safef("%s; @%s executes", s, b.Executes)
	}
	return s
}

// PollObjected is a strong objection to an open poll.
type PollObjected struct {
	Poll   string `json:"poll"`
	Reason string `json:"reason"`
}

func (b *PollObjected) free() []*string { return []*string{&b.Reason} }

func (r *Room) poll(id string) int {
	return slices.IndexFunc(r.Polls, func(p Poll) bool { return p.ID == id })
}

func (b *PollObjected) check(r *Room, e *Event) error {
	i := r.poll(b.Poll)
	if i < 0 {
		return Refuse(NotFound, "there is no such poll in this room")
	}
	p := &r.Polls[i]
	switch {
	case p.State(e.RecordedAt) != PollOpen:
		return r.pollOver(p, e.RecordedAt, anotherPoll)
	case slices.Contains(p.Objectors(), e.By):
		return Refuse(Conflict, "%s already objects to poll %d", e.By, p.N)
	case len(p.Objections) >= maxObjections:
		return Refuse(Conflict, "poll %d has %d objections, which is the limit", p.N, maxObjections)
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :object %d REASON", p.N)
	}
	return longText("reason", b.Reason, false)
}

func (b *PollObjected) apply(r *Room, e *Event) {
	i := r.poll(b.Poll)
	p := r.Polls[i]
	p.Objections = push(p.Objections, Objection{By: e.By, At: e.RecordedAt, Reason: b.Reason, Seq: e.Seq})
	r.Polls = set(r, r.Polls, i, p)
}

func (b *PollObjected) line(r *Room, _ *Event) Safe {
	p := r.Polls[r.poll(b.Poll)]
	return because(Safef("%d  strong objection to \"%s\"", p.N, Clean(p.Text)), b.Reason)
}

// PollClosed closes a poll by hand: one that is open, or that decided nothing, because of
// objections or because the room was closed when it would have ended.
type PollClosed struct {
	Poll   string    `json:"poll"`
	Result PollState `json:"result"`
	Reason string    `json:"reason"`
}

func (b *PollClosed) free() []*string { return []*string{&b.Reason} }

// need returns PowerAll, or no power for the person who opened the poll and takes it back.
func (b *PollClosed) need(r *Room, e *Event) Power {
	if i := r.poll(b.Poll); i >= 0 && r.Polls[i].By == e.By && b.Result != PollProceeds {
		return ""
	}
	return PowerAll
}

func (b *PollClosed) check(r *Room, e *Event) error {
	i := r.poll(b.Poll)
	if i < 0 {
		return Refuse(NotFound, "there is no such poll in this room")
	}
	p := &r.Polls[i]
	switch {
	case p.Closed != "":
		return r.pollOver(p, e.RecordedAt, anotherPoll)
	case r.PollState(p, e.RecordedAt) == PollProceeds:
		return r.pollOver(p, e.RecordedAt, "record another decision with !TEXT")
	case !slices.Contains(pollResults, b.Result):
		return Refuse(Invalid, "%s is not a result of a poll; the results are proceeds, changed and dropped",
			quoted(string(b.Result)))
	case strings.TrimSpace(b.Reason) == "":
		return Refuse(Invalid, "give a reason: :poll %d %s REASON", p.N, string(b.Result))
	}
	return longText("reason", b.Reason, false)
}

func (b *PollClosed) apply(r *Room, e *Event) {
	i := r.poll(b.Poll)
	p := r.Polls[i]
	p.Closed, p.ClosedAt, p.ClosedBy, p.Why = b.Result, e.RecordedAt, e.By, b.Reason
	r.Polls = set(r, r.Polls, i, p)
}

func (b *PollClosed) line(r *Room, e *Event) Safe {
	p := r.Polls[r.poll(b.Poll)]
	s := Safef("%d  %s, %s", p.N, Clean(p.Text), string(b.Result))
	return because(beforeEnd(s, p.EndsAt, e.RecordedAt), b.Reason)
}
