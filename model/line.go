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
	At         time.Time `json:"at"`          // happened
	RecordedAt time.Time `json:"recorded_at"` // stored
	By         string    `json:"by"`
	Via        string    `json:"via,omitempty"`
	Key        string    `json:"key,omitempty"`
	Text       Safe      `json:"text"`
	Refused    Safe      `json:"refused,omitzero"` // why it has no effect
	Fault      bool      `json:"fault,omitempty"`  // the message itself does not check
	Repeat     bool      `json:"repeat,omitempty"` // says the same as the line before: shown as one
	Quiet      bool      `json:"quiet,omitempty"`  // machinery: in the record, not on a timeline
	Blank      bool      `json:"blank,omitempty"`  // its text was redacted
}

// Word is the one word for a line's kind in the timeline.
func (l *Line) Word() Safe { return l.Kind.Word() }

// IsEntry says whether a person wrote the line as text.
func (l *Line) IsEntry() bool { return l.Kind.IsEntry() }

// Backdated says whether the author put the time of the line further back than
// writing it takes.
func (l *Line) Backdated() bool { return l.RecordedAt.Sub(l.At) > time.Minute }

// quieter is a body whose line is not for a timeline: what follows it says how it
// went.
type quieter interface{ quiet() bool }

// repeatWithin is how close two equal lines must be to be shown as one.
const repeatWithin = 10 * time.Minute

// record puts a line at the end of the timeline and into its digest.
func (n *Room) record(l *Line) {
	if rows := n.tape.rows; len(rows) > 0 {
		p := rows[len(rows)-1]
		l.Repeat = p.By == l.By && p.Kind == l.Kind && p.Text == l.Text && p.Refused == l.Refused &&
			l.RecordedAt.Sub(p.RecordedAt) < repeatWithin
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%d\n%s\n%s\n%s\n%s\n%v", n.Digest, l.Seq, l.ID, l.Kind, l.Text, l.Refused, l.Repeat)
	n.Digest = hex.EncodeToString(h.Sum(nil))
	n.tape = n.tape.push(l)
}

// tape is a list that only grows. Rooms that follow one another share its
// memory; a second room after the same one copies it.
type tape struct {
	rows  []*Line
	older int           // lines before rows that are not held
	owned *atomic.Int64 // how many of the shared rows are taken
}

// find returns where the line of a sequence is, -1 where it is not held.
func (t tape) find(seq uint64) int {
	i, ok := slices.BinarySearchFunc(t.rows, seq, func(l *Line, s uint64) int {
		return int(int64(l.Seq) - int64(s))
	})
	if !ok {
		return -1
	}
	return i
}

// blank returns the tape without the text of line i, which may be -1.
func (t tape) blank(i int) tape {
	if i < 0 {
		return t
	}
	l := *t.rows[i]
	l.Text, l.Blank = Lit(Blank), true
	t.rows, t.owned = slices.Clone(t.rows), nil
	t.rows[i] = &l
	return t
}

// push returns the tape with l at its end.
func (t tape) push(l *Line) tape {
	n := int64(len(t.rows))
	if t.owned == nil || !t.owned.CompareAndSwap(n, n+1) {
		t.rows = append(make([]*Line, 0, 2*n+16), t.rows...)
		t.owned = new(atomic.Int64)
		t.owned.Store(n + 1)
	}
	t.rows = append(t.rows, l)
	return t
}

// Mentions returns whether a line names a person as @handle.
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

// UnmarshalJSON reads the text of a line from this terminal's own snapshot,
// cleaning it again.
func (s *Safe) UnmarshalJSON(b []byte) error {
	var t string
	err := json.Unmarshal(b, &t)
	*s = Clean(t)
	return err
}
