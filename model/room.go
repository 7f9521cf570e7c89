package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"time"
)

// FoldVersion is the version of the rules by which events become a room. State
// hashes are comparable only between equal versions. The sentences of the timeline are part
// of the state, by its digest: when one changes, so does the version.
const FoldVersion = 10

// RulesVersion is the newest version of the checks that readers apply. A new room
// states it in its plan.adopted and keeps it: a stricter check applies only to rooms
// that state its version or a later one.
const RulesVersion = 3

// rulesPages is the version of the rules from which a page that nobody received does not
// complete an item.
const rulesPages = 3

// rulesDuplicates is the version of the rules from which a message with a duplicate
// key has no effect.
const rulesDuplicates = 2

// Status is the main state of an incident.
type Status string

// The states of an incident.
const (
	Open     Status = "open"
	Resolved Status = "resolved"
	Closed   Status = "closed"
)

// Room is one incident: the fold of its events by Apply. Apply never changes a Room
// that it returned, so readers may share it. They must not modify what its fields
// refer to.
type Room struct {
	Fold       int       `json:"fold"`
	ID         string    `json:"id"` // ULID
	Seq        uint64    `json:"seq"`
	RecordedAt time.Time `json:"recorded_at"` // of the newest event; it never decreases

	Title      string    `json:"title"`
	Kind       string    `json:"kind"`
	Severity   string    `json:"severity"`
	Criterion  string    `json:"criterion,omitempty"`
	Status     Status    `json:"status"`
	Drill      bool      `json:"drill,omitempty"`
	Salt       string    `json:"salt,omitempty"` // for fingerprints of secrets; never shown
	DeclaredAt time.Time `json:"declared_at"`
	DeclaredBy string    `json:"declared_by"`

	Plan    *Plan  `json:"plan,omitempty"`
	PlanSum string `json:"plan_sha256,omitempty"`
	Rules   int    `json:"rules,omitempty"` // version of the readers' checks; 0 in older rooms, see RulesVersion

	Phase      string               `json:"phase"` // the newest phase that has not been left
	Phases     []PhaseSpan          `json:"phases,omitempty"`
	Levels     []LevelSpan          `json:"levels,omitempty"` // severities over time
	States     []StatusSpan         `json:"states,omitempty"` // statuses over time
	Milestones map[string]Milestone `json:"milestones,omitempty"`
	Roles      []Assignment         `json:"roles,omitempty"`
	Handoffs   []Handoff            `json:"handoffs,omitempty"`
	Proposals  []Proposal           `json:"proposals,omitempty"`  // to take command: the last one of each person
	Combined   []Combined           `json:"combined,omitempty"`   // reasons for one person having two roles
	LastWrote  map[string]time.Time `json:"last_wrote,omitempty"` // by handle, to the minute; only if the plan needs it
	Items      []Item               `json:"items,omitempty"`
	Answers    map[string]Answer    `json:"answers,omitempty"` // answers to conditions
	Exposure   *Exposure            `json:"exposure,omitempty"`
	Clocks     []ClockRun           `json:"clocks,omitempty"` // in the order of the plan

	Validated   *Validation  `json:"validated,omitempty"`
	Assessments []Exposure   `json:"assessments,omitempty"` // of exposure, each with the result at that time
	Awareness   []AwareClaim `json:"awareness,omitempty"`

	Updates    map[string]LastUpdate    `json:"updates,omitempty"`
	Dispatches []Dispatch               `json:"dispatches,omitempty"` // updates that were sent
	Drafts     []UpdateDraft            `json:"drafts,omitempty"`     // updates that need approval
	Notices    []Notice                 `json:"notices,omitempty"`
	Asks       []*Ask                   `json:"asks,omitempty"`
	Polls      []Poll                   `json:"polls,omitempty"`
	Followups  []Followup               `json:"followups,omitempty"`
	Review     map[string]ReviewSection `json:"review,omitempty"` // by section
	Links      []LinkedTo               `json:"links,omitempty"`
	Members    map[string]Member        `json:"members,omitempty"`    // by key
	Rulings    map[string]Ruling        `json:"rulings,omitempty"`    // by handle
	Restricted []string                 `json:"restricted,omitempty"` // who may see the room; if empty, everybody
	Marks      map[uint64]Mark          `json:"marks,omitempty"`      // amendments, retractions and pins, by sequence
	Alerts     []RoomAlert              `json:"alerts,omitempty"`     // in the order of arrival
	Evidence   []EvidenceItem           `json:"evidence,omitempty"`   // the register of evidence, in order
	Breaks     []LogBreak               `json:"breaks,omitempty"`     // where the log was restored from a copy
	// Entries that bridges imported: channel and id there.
	Brought    []string    `json:"brought,omitempty"`
	Channels   []Channel   `json:"channels,omitempty"` // channels that were judged, in the order of the first verdict
	Lobby      bool        `json:"lobby,omitempty"`    // it is the lobby, not an incident
	AlertsSeen int         `json:"alerts_seen,omitempty"`
	Deliveries []Delivery  `json:"deliveries,omitempty"` // results of bridges, in the order of the first attempt
	Pages      []Page      `json:"pages,omitempty"`      // pages, in order
	Redactions []Redaction `json:"redactions,omitempty"` // redacted messages, in order
	Exports    []Export    `json:"exports,omitempty"`    // exports, in order

	// The attack, and other rooms.
	Assets     []*Asset     `json:"assets,omitempty"`     // in the order in which they were added
	Exceptions []Exception  `json:"exceptions,omitempty"` // assets that items except
	Indicators []*Indicator `json:"indicators,omitempty"` // in the order in which they were added
	Related    []Related    `json:"related,omitempty"`    // other rooms, in the order in which they were linked
	Unrelated  []Unrelated  `json:"unrelated,omitempty"`  // relations that ended
	Impacts    []Impact     `json:"impacts,omitempty"`    // in the order in which they were recorded

	PastOffers   []Handoff     `json:"past_handoffs,omitempty"` // offers that ended, in the order of their ends
	PointAnswers []PointAnswer `json:"point_answers,omitempty"` // reasons for what was left open, in order

	Entries int `json:"entries"` // number of lines that people wrote
	// Number of messages that do not check and are not strays.
	Bad      int    `json:"bad"`
	Strays   int    `json:"strays,omitempty"` // number of messages that do not check but do not count
	Rejected int    `json:"void"`             // number of events that the fold refused
	Digest   string `json:"digest"`           // over all lines of the timeline so far

	timeline timeline
	effects  []Safe // what the newest event changed on the checklist besides what its line is about
	owned    owners
	copied   *copied // see ApplyNext
	stale    bool    // see the method Stale
}

// NewRoom returns a room without events.
func NewRoom() *Room { return &Room{Fold: FoldVersion} }

// Apply returns the room after an event. It is a pure function and never fails: an
// event that does not check, is not known or is not allowed at its position in the
// log becomes a line that states this, and has no other effect.
func Apply(r *Room, e *Event) *Room { return r.after(e, nil) }

// ApplyNext is [Apply] for a room that nobody else has, as one between the first and
// the last event of a log: it may write to the lists of r, which must not be used
// afterwards.
func ApplyNext(r *Room, e *Event) *Room {
	own := r.copied
	if own == nil {
		own = &copied{}
	}
	return r.after(e, own)
}

// after returns the room after an event; own are the lists that only r has.
func (r *Room) after(e *Event, own *copied) *Room {
	n := r.alike()
	n.copied = own
	n.Seq = e.Seq
	if e.RecordedAt.After(n.RecordedAt) {
		n.RecordedAt = e.RecordedAt
	}
	ev := *e
	ev.RecordedAt = n.RecordedAt
	l := &Line{Seq: e.Seq, ID: e.ID, Kind: e.Kind, At: e.At, RecordedAt: ev.RecordedAt, By: e.By, Via: e.Via,
		Key: e.Key, Blank: e.Redacted}
	n.effect(r, &ev, l)
	n.record(l)
	return n
}

// effect applies an event to r, which is a copy of before, and sets the text of the
// line.
func (r *Room) effect(before *Room, e *Event, l *Line) {
	r.effects = nil
	switch {
	case e.Fault != "":
		r.faulty(before, e, l)
		return
	case e.Duplicate != "" && before.Rules >= rulesDuplicates && !e.Rejected:
		r.Rejected++
		l.Refused, l.Text = Sentence(e.ambiguous()), Safef("%s", string(e.Kind))
		if b, err := e.DecodeBody(); err == nil {
			l.Text = rejectedText(b, e)
		}
		return
	case before.ID != "" && !before.Knows(e.Key) && (e.V > Version || !e.Kind.Known()):
		r.Rejected++
		l.Refused, l.Text = Sentence(before.mayWrite(e)), Safef("%s", string(e.Kind))
		return
	case e.Unread:
		l.Text = Safef("%s: it has format %d; a newer warroom is needed to read it", string(e.Kind), e.V)
		return
	}
	if e.V > Version { // its content may have another meaning in the newer form
		l.Text = Safef("%s (format %d, unknown to this warroom, kept) %s", string(e.Kind), e.V, e.Body)
		return
	}
	if e.Rejected {
		r.Rejected++
		l.Refused, l.Text = Lit("it already had no effect when it was redacted"), Lit(Blank)
		return
	}
	b, err := e.DecodeBody()
	if err != nil && !e.Kind.Known() {
		l.Text = Safef("%s (unknown to this warroom, kept) %s", string(e.Kind), e.Body)
		return
	}
	if q, ok := b.(hideable); ok && err == nil {
		l.Hidden = q.hidden()
	}
	if err == nil {
		err = allowed(before, e, b)
	}
	if err != nil {
		r.Rejected++
		l.Refused = Sentence(err)
		l.Text = Safef("%s", string(e.Kind))
		if b != nil {
			l.Text = rejectedText(b, e)
		}
		return
	}
	r.accept(before, e, b, l)
}

// accept applies an event that is allowed.
func (r *Room) accept(before *Room, e *Event, b Body, l *Line) {
	l.Text = before.markUntrusted(e.Via, b.line(before, e))
	if d, ok := b.(*ItemDoneBody); ok {
		l.Pending = d.waitsForSecond(before)
	}
	b.apply(r, e)
	r.settleProposals(e)
	l.Text = JoinSafe(Lit("; "), append([]Safe{l.Text}, r.effects...)...)
	r.wrote(e)
	if e.Kind.IsEntry() {
		r.Entries++
	}
}

// faulty counts a message that does not check and sets the text of its line. A
// stray, or a message by a key that was never admitted, is hidden.
func (r *Room) faulty(before *Room, e *Event, l *Line) {
	l.Fault = true
	l.Text = Safef("%s", string(e.Kind))
	if e.Stray || before.ID != "" && !before.Knows(e.Key) {
		r.Strays++
		l.Refused = Safef("stray: %s", e.Fault)
		return
	}
	r.Bad++
	l.Refused = Safef("does not verify: %s", e.Fault)
}

// ambiguous refuses a message with a duplicate key.
func (e *Event) ambiguous() error {
	return Refuse(Invalid, "it has the key %s twice, so readers may read it differently", e.Duplicate)
}

// rejectedText returns the text of a refused event: what the person wrote, if it is
// an entry, and otherwise what kind of event it is.
func rejectedText(b Body, e *Event) Safe {
	if t, ok := b.(*Entry); ok {
		return Clean(t.Text)
	}
	return Lit("no effect")
}

// Replay applies events to a room. Replay(Replay(r, a...), b...) equals Replay(r,
// append(a, b...)...).
func Replay(r *Room, events ...*Event) *Room {
	if len(events) == 0 {
		return r
	}
	r = r.after(events[0], &copied{})
	for _, e := range events[1:] {
		r = ApplyNext(r, e)
	}
	r.copied = nil
	return r
}

// StateHash returns the SHA-256 of the room's state in hexadecimal. Two programs
// with the same [FoldVersion] get the same hash for the same log.
func (r *Room) StateHash() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic("model: a room cannot be encoded: " + err.Error()) // it has no type that cannot be encoded
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// snapshot is the form of a room on disk, with the newest part of its timeline.
type snapshot struct {
	Fold  int     `json:"fold"`
	Room  *Room   `json:"room"`
	Older int     `json:"older"`
	Lines []*Line `json:"lines"`
}

// Snapshot encodes the room with the newest tail lines of its timeline.
func (r *Room) Snapshot(tail int) ([]byte, error) {
	rows := r.timeline.rows
	cut := max(0, len(rows)-tail)
	return json.Marshal(snapshot{Fold: FoldVersion, Room: r, Older: r.timeline.older + cut, Lines: rows[cut:]})
}

// Restore decodes the output of Snapshot. It returns an error if another version of
// the fold wrote it.
func Restore(b []byte) (*Room, error) {
	var s snapshot
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("decode snapshot: %w", err)
	}
	if s.Fold != FoldVersion || s.Room == nil || s.Room.Fold != FoldVersion {
		return nil, fmt.Errorf("the snapshot has fold version %d, not %d", s.Fold, FoldVersion)
	}
	s.Room.timeline = timeline{older: s.Older, rows: s.Lines}
	return s.Room, nil
}

// Older returns the number of lines at the beginning of the timeline that the room
// does not hold, because it was restored from a snapshot.
func (r *Room) Older() int { return r.timeline.older }

// Lines returns the timeline, the oldest line first. The slice is shared and must
// not be modified.
func (r *Room) Lines() []*Line { return r.timeline.rows }

// Line returns the line with a sequence, or nil if the room does not hold it.
func (r *Room) Line(seq uint64) *Line {
	i := r.timeline.find(seq)
	if i < 0 {
		return nil
	}
	return r.timeline.rows[i]
}

// Refusal returns why the event with a sequence has no effect, or false if it has
// one.
func (r *Room) Refusal(seq uint64) (Safe, bool) {
	l := r.Line(seq)
	if l == nil || l.Refused.IsEmpty() {
		return Safe{}, false
	}
	return l.Refused, true
}

// with returns a copy of m with one key set. The maps of a room are never modified
// in place.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	c := maps.Clone(m)
	if c == nil {
		c = map[K]V{}
	}
	c[k] = v
	return c
}

// push returns a copy of s with v appended.
func push[V any](s []V, v V) []V { return append(s[:len(s):len(s)], v) }
