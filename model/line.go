package model

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// Line is one event as the timeline shows it.
type Line struct {
	Seq        uint64    `json:"seq"`
	ID         string    `json:"id"`
	Kind       Kind      `json:"kind"`
	At         time.Time `json:"at"`          // when it happened
	RecordedAt time.Time `json:"recorded_at"` // when it was stored
	By         string    `json:"by"`
	Via        string    `json:"via,omitempty"`
	Key        string    `json:"key,omitempty"`
	Text       Safe      `json:"text"`
	Refused    Safe      `json:"refused,omitzero"`  // why it has no effect
	Fault      bool      `json:"fault,omitempty"`   // its message does not check
	Repeat     bool      `json:"repeat,omitempty"`  // same as the line before: the two are shown as one
	Hidden     bool      `json:"quiet,omitempty"`   // in the record, but not on a timeline
	Blank      bool      `json:"blank,omitempty"`   // its text was redacted
	Pending    bool      `json:"pending,omitempty"` // it needs the confirmation of a second person in another line
}

// Word returns the word for the line's kind.
func (l *Line) Word() Safe { return l.Kind.Word() }

// IsEntry reports whether the line is text that a person wrote.
func (l *Line) IsEntry() bool { return l.Kind.IsEntry() }

// Backdated reports whether the line was stored more than a minute after the time
// that its author gave.
func (l *Line) Backdated() bool { return l.RecordedAt.Sub(l.At) > time.Minute }

// hideable is a body whose line may be left out of the timeline, since later lines
// report the result.
type hideable interface{ hidden() bool }

// repeatWithin is the longest time between two equal lines that are shown as one.
const repeatWithin = 10 * time.Minute

// record appends a line to the timeline and to its digest.
func (r *Room) record(l *Line) {
	if rows := r.timeline.rows; len(rows) > 0 {
		p := rows[len(rows)-1]
		l.Repeat = p.By == l.By && p.Kind == l.Kind && p.Text == l.Text && p.Refused == l.Refused &&
			l.RecordedAt.Sub(p.RecordedAt) < repeatWithin
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n%s\n%s\n%s\n%s\n%v", r.Digest, l.Seq, l.ID, l.Kind, l.Text, l.Refused, l.Repeat)
	r.Digest = hex.EncodeToString(h.Sum(nil))
	r.timeline = r.timeline.push(l)
}

// timeline is an append-only list of lines. Rooms made one after the other share its
// memory; if two rooms are made from the same one, the second copies it.
type timeline struct {
	rows  []*Line
	older int           // number of lines before rows, which are not held
	owned *atomic.Int64 // number of rows of the shared memory that are in use
}

// find returns the index of the line with a sequence, or -1 if it is not held.
func (t timeline) find(seq uint64) int {
	i, ok := slices.BinarySearchFunc(t.rows, seq, func(l *Line, s uint64) int {
		return int(int64(l.Seq) - int64(s))
	})
	if !ok {
		return -1
	}
	return i
}

// blank returns the timeline with the text of line i blanked. If i is -1, it returns
// t.
func (t timeline) blank(i int) timeline {
	if i < 0 {
		return t
	}
	l := *t.rows[i]
	l.Text, l.Blank = Lit(Blank), true
	t.rows, t.owned = slices.Clone(t.rows), nil
	t.rows[i] = &l
	return t
}

// push returns the timeline with l appended.
func (t timeline) push(l *Line) timeline {
	n := int64(len(t.rows))
	if t.owned == nil || !t.owned.CompareAndSwap(n, n+1) {
		t.rows = append(make([]*Line, 0, 2*n+16), t.rows...)
		t.owned = new(atomic.Int64)
		t.owned.Store(n + 1)
	}
	t.rows = append(t.rows, l)
	return t
}

// Mentions reports whether a line names a person as @handle.
func (l *Line) Mentions(handle string) bool {
	rest := l.Text.String()
	for {
		i := strings.Index(rest, "@"+handle)
		if i < 0 {
			return false
		}
		after := rest[i+1+len(handle):]
		if after == "" || !handleByte(after[0]) {
			return true
		}
		rest = after
	}
}

// UnmarshalJSON decodes the text of a line from the client's own snapshot, and
// cleans it again.
func (s *Safe) UnmarshalJSON(b []byte) error {
	var t string
	err := json.Unmarshal(b, &t)
	*s = Clean(t)
	return err
}
