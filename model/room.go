package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// FoldVersion is the version of the rules by which events make a room. State
// hashes are compared between equal versions only.
const FoldVersion = 8

// Status is the coarse state of an incident.
type Status string

// The three states of an incident.
const (
	Open     Status = "open"
	Resolved Status = "resolved"
	Closed   Status = "closed"
)

// Room is one incident as its log tells it: fold(Apply, events) and nothing
// else. A Room is never changed after Apply returned it; readers share it and
// must not write to what its fields point to.
type Room struct {
	Fold       int       `json:"fold"`
	ID         string    `json:"id"` // ULID
	Seq        uint64    `json:"seq"`
	RecordedAt time.Time `json:"recorded_at"` // of the newest event; never runs backwards

	Title      string    `json:"title"`
	Kind       string    `json:"kind"`
	Severity   string    `json:"severity"`
	Criterion  string    `json:"criterion,omitempty"`
	Status     Status    `json:"status"`
	Drill      bool      `json:"drill,omitempty"`
	Salt       string    `json:"salt,omitempty"` // for fingerprints of secrets; shown to nobody
	DeclaredAt time.Time `json:"declared_at"`
	DeclaredBy string    `json:"declared_by"`

	Plan    *Plan  `json:"plan,omitempty"`
	PlanSum string `json:"plan_sha256,omitempty"`

	Phase      string                `json:"phase"` // the newest phase that was entered and not left
	Phases     []PhaseSpan           `json:"phases,omitempty"`
	Levels     []LevelSpan           `json:"levels,omitempty"` // severities over time
	Milestones map[string]Milestone  `json:"milestones,omitempty"`
	Roles      []Assignment          `json:"roles,omitempty"`
	Handoffs   []Handoff             `json:"handoffs,omitempty"`
	Items      []Item                `json:"items,omitempty"`
	Answers    map[string]Answer     `json:"answers,omitempty"` // of conditions
	Exposure   *Exposure             `json:"exposure,omitempty"`
	Clocks     []ClockRun            `json:"clocks,omitempty"` // in the plan's order
	Updates    map[string]LastUpdate `json:"updates,omitempty"`
	Dispatches []Dispatch            `json:"dispatches,omitempty"` // updates as they were sent
	Notices    []Notice              `json:"notices,omitempty"`
	Asks       []Ask                 `json:"asks,omitempty"`
	Followups  []Followup            `json:"followups,omitempty"`
	Review     map[string]ReviewPart `json:"review,omitempty"` // by part
	Links      []LinkedTo            `json:"links,omitempty"`
	Members    map[string]Member     `json:"members,omitempty"`    // by key
	Rulings    map[string]Ruling     `json:"rulings,omitempty"`    // by handle
	Restricted []string              `json:"restricted,omitempty"` // who may see the room; nobody: everyone may
	Marks      map[uint64]Mark       `json:"marks,omitempty"`      // amended, retracted, pinned; by sequence
	Alerts     []RoomAlert           `json:"alerts,omitempty"`     // received, in order
	Evidence   []Piece               `json:"evidence,omitempty"`   // the register, in order
	Breaks     []LogBreak            `json:"breaks,omitempty"`     // where the log was restored from a copy
	Brought    []string              `json:"brought,omitempty"`    // what bridges brought in: channel and what it is there
	Channels   []Channel             `json:"channels,omitempty"`   // that were judged, in order of the first time
	Lobby      bool                  `json:"lobby,omitempty"`      // no incident: where alerts wait
	AlertsSeen int                   `json:"alerts_seen,omitempty"`
	Deliveries []Delivery            `json:"deliveries,omitempty"` // what bridges did, in the order of their first attempt
	Pages      []Page                `json:"pages,omitempty"`      // who was called, in order
	Redactions []Redaction           `json:"redactions,omitempty"` // whose text was taken out, in order

	Entries int    `json:"entries"` // lines a person wrote
	Bad     int    `json:"bad"`     // messages that did not check
	Void    int    `json:"void"`    // events that were refused in the fold
	Digest  string `json:"digest"`  // over every line of the timeline so far

	tape  tape
	stale bool // see Stale
}

// NewRoom returns the room before its first event.
func NewRoom() *Room { return &Room{Fold: FoldVersion} }

// Apply returns the room after an event. It is pure and never fails: an event
// that does not check, is not known or is not allowed at its place in the log
// becomes a line that says so, and has no effect.
func Apply(r *Room, e *Event) *Room {
	n := *r
	n.Seq = e.Seq
	if e.RecordedAt.After(n.RecordedAt) {
		n.RecordedAt = e.RecordedAt
	}
	ev := *e
	ev.RecordedAt = n.RecordedAt
	l := &Line{Seq: e.Seq, ID: e.ID, Kind: e.Kind, At: e.At, RecordedAt: ev.RecordedAt, By: e.By, Via: e.Via, Key: e.Key, Blank: e.Redacted}
	n.effect(r, &ev, l)
	n.record(l)
	return &n
}

// effect applies the event to n, the copy of r, and words the line.
func (n *Room) effect(r *Room, e *Event, l *Line) {
	if e.Fault != "" {
		n.Bad++
		l.Fault = true
		l.Refused = Safef("does not check: %s", e.Fault)
		l.Text = Safef("%s", string(e.Kind))
		return
	}
	if e.V > Version { // what it says may mean something else by now
		l.Text = Safef("%s (of form %d, not known to this program, kept) %s", string(e.Kind), e.V, e.Body)
		return
	}
	if e.Void {
		n.Void++
		l.Refused, l.Text = Lit("it had no effect before it was redacted"), Lit(Blank)
		return
	}
	b, err := e.DecodeBody()
	if err != nil && !e.Kind.Known() {
		l.Text = Safef("%s (not known to this program, kept) %s", string(e.Kind), e.Body)
		return
	}
	if q, ok := b.(quieter); ok && err == nil {
		l.Quiet = q.quiet()
	}
	if err == nil {
		err = allowed(r, e, b)
	}
	if err != nil {
		n.Void++
		l.Refused = Sentence(err)
		l.Text = Safef("%s", string(e.Kind))
		if b != nil {
			l.Text = voidText(b, e)
		}
		return
	}
	l.Text = r.doubted(e.Via, b.line(r, e))
	b.apply(n, e)
	if e.Kind.IsEntry() {
		n.Entries++
	}
}

// voidText words an event that was refused: its own text, where a person wrote
// one; the reason says the rest.
func voidText(b Body, e *Event) Safe {
	if t, ok := b.(*Entry); ok {
		return Clean(t.Text)
	}
	return Lit("no effect")
}

// Replay folds events into a room: Replay(Replay(r, a...), b...) is the same
// room as Replay(r, append(a, b...)...).
func Replay(r *Room, events ...*Event) *Room {
	for _, e := range events {
		r = Apply(r, e)
	}
	return r
}

// StateHash is the SHA-256 of the folded state in hexadecimal. Two programs
// with one [FoldVersion] that folded the same log have the same.
func (r *Room) StateHash() string {
	b, err := json.Marshal(r)
	if err != nil {
		panic("model: a room cannot be encoded: " + err.Error()) // no such type in it
	}
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// snapshot is a room on disk with the newest part of its timeline.
type snapshot struct {
	Fold  int     `json:"fold"`
	Room  *Room   `json:"room"`
	Older int     `json:"older"`
	Lines []*Line `json:"lines"`
}

// Snapshot encodes the room with the newest tail lines of its timeline.
func (r *Room) Snapshot(tail int) ([]byte, error) {
	rows := r.tape.rows
	cut := max(0, len(rows)-tail)
	return json.Marshal(snapshot{Fold: FoldVersion, Room: r, Older: r.tape.older + cut, Lines: rows[cut:]})
}

// Restore reads what Snapshot wrote. It fails where another version of the
// fold wrote it.
func Restore(b []byte) (*Room, error) {
	var s snapshot
	if err := json.Unmarshal(b, &s); err != nil {
		return nil, fmt.Errorf("decode snapshot: %w", err)
	}
	if s.Fold != FoldVersion || s.Room == nil || s.Room.Fold != FoldVersion {
		return nil, fmt.Errorf("the snapshot is of fold version %d, not %d", s.Fold, FoldVersion)
	}
	s.Room.tape = tape{older: s.Older, rows: s.Lines}
	return s.Room, nil
}

// Older returns how many lines of the timeline's beginning this room does not
// hold, because it was restored from a snapshot.
func (r *Room) Older() int { return r.tape.older }

// Lines returns the timeline, the oldest line first. It is shared: do not
// write to it.
func (r *Room) Lines() []*Line { return r.tape.rows }

// Line returns the line of a sequence, nil where this room does not hold it.
func (r *Room) Line(seq uint64) *Line {
	i := r.tape.find(seq)
	if i < 0 {
		return nil
	}
	return r.tape.rows[i]
}

// Refusal returns why the event at seq has no effect.
func (r *Room) Refusal(seq uint64) (Safe, bool) {
	l := r.Line(seq)
	if l == nil || l.Refused.IsEmpty() {
		return Safe{}, false
	}
	return l.Refused, true
}

// with returns a copy of m with one key set. Maps of a room are never written
// to in place.
func with[K comparable, V any](m map[K]V, k K, v V) map[K]V {
	c := maps.Clone(m)
	if c == nil {
		c = map[K]V{}
	}
	c[k] = v
	return c
}

// set returns a copy of s with element i replaced.
func set[V any](s []V, i int, v V) []V {
	c := slices.Clone(s)
	c[i] = v
	return c
}

// push returns a copy of s with v at its end.
func push[V any](s []V, v V) []V { return append(s[:len(s):len(s)], v) }
