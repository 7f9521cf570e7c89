package model

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// KindEntryRedacted is the kind that removes text from the log.
const KindEntryRedacted Kind = "entry.redacted"

var _ = register(bodyOf[EntryRedacted](KindEntryRedacted))

// Blank replaces redacted text.
const Blank = "[redacted]"

// EntryRedacted removes the free text of a stored message, such as a secret that was
// typed by mistake. The effects, position, author and time of the message stay. Its
// stored bytes are deleted, and the fields of EntryRedacted stand in for them, in
// the log and in its tree.
type EntryRedacted struct {
	Entry  string `json:"entry"` // ULID of the event
	Seq    uint64 `json:"seq"`
	Reason string `json:"reason"`

	// Filled in by the redactor's client from the log.
	Leaf     string          `json:"leaf,omitempty"`     // leaf hash of the message as stored
	Recorded int64           `json:"recorded,omitempty"` // when it was recorded, in nanoseconds of Unix time
	Rejected bool            `json:"void,omitempty"`     // the message had no effect
	Event    json.RawMessage `json:"event,omitempty"`    // the message with [Blank] in place of its free text
}

// Redaction is a message whose text was removed from the log.
type Redaction struct {
	Seq          uint64    `json:"seq"` // sequence of the message
	By           string    `json:"by"`
	Reason       string    `json:"reason"`
	At           time.Time `json:"at"`
	RedactionSeq uint64    `json:"place"` // sequence of the redaction
	Leaf         string    `json:"leaf"`
	Entry        string    `json:"entry,omitempty"` // ULID of the message; not stored under older rules
}

// worded is a body with free text, which people or tools wrote and which has no
// effect on the room. Bodies without free text do not implement it.
type worded interface {
	// free returns pointers to the texts. The event has the same effect if every
	// non-empty text is replaced.
	free() []*string
}

// Redactable reports whether events of the kind have text that can be removed.
func (k Kind) Redactable() bool {
	mk := registry[k]
	if mk == nil {
		return false
	}
	_, ok := mk().(worded)
	return ok
}

// WithoutText returns a message with [Blank] in place of its free text. It drops
// members that this program does not know, since they might contain text.
func WithoutText(payload []byte) ([]byte, error) {
	e, err := DecodeEvent(payload)
	if err != nil {
		return nil, err
	}
	b, err := e.DecodeBody()
	if err != nil {
		return nil, err
	}
	w, ok := b.(worded)
	if !ok {
		return nil, fmt.Errorf("%s has no text to redact", e.Kind)
	}
	for _, s := range w.free() {
		if strings.TrimSpace(*s) != "" {
			*s = Blank
		}
	}
	if e.Body, err = json.Marshal(b); err != nil {
		return nil, err
	}
	return e.Encode()
}

func (*EntryRedacted) need(*Room, *Event) Power { return PowerRedact }

func (b *EntryRedacted) check(r *Room, e *Event) error {
	if strings.TrimSpace(b.Reason) == "" {
		return Refuse(Invalid, "give a reason: :redact %d REASON", b.Seq)
	}
	if err := longText("reason", b.Reason, false); err != nil {
		return err
	}
	if prev := r.Redaction(b.Seq); prev != nil {
		return Refuse(Conflict, "entry %d is already redacted, by %s: %s", b.Seq, prev.By, prev.Reason)
	}
	l := r.Line(b.Seq)
	switch {
	case l == nil && b.Seq > 0 && b.Seq <= uint64(r.Older()):
	case l == nil:
		return Refuse(NotFound, "there is no entry %d", b.Seq)
	case l.ID != b.Entry:
		return Refuse(Invalid, "entry %d is not the entry that was meant; check the number", b.Seq)
	case l.Fault:
		return Refuse(Conflict,
			"entry %d does not verify, so nobody knows which part of it is the text; the hub's "+
				"administrator can delete the "+
				"whole message, and the record will show the gap", b.Seq)
	case b.Seq <= 2:
		return Refuse(Conflict,
			"entry %d declares the room and cannot be redacted: revoke or change any secret in its title; :rename "+
				"changes the title that is shown", b.Seq)
	case !l.Kind.Redactable():
		return Refuse(Conflict, "entry %d (%s) has no text to redact", b.Seq, l.Word())
	}
	if e.Seq == 0 && b.Leaf == "" {
		return nil // the author's client adds the other fields
	}
	return b.stands(r, l)
}

// stands checks the statements about the redacted message against the line that the
// room has.
func (b *EntryRedacted) stands(r *Room, l *Line) error {
	lies := Refuse(Invalid, "the redaction describes entry %d incorrectly", b.Seq)
	original, err := DecodeEvent(b.Event)
	if err != nil || len(b.Leaf) != 44 || original.Room != r.ID || original.ID != b.Entry ||
		!original.Kind.Redactable() {
		return lies
	}
	body, err := original.DecodeBody()
	if err != nil {
		return lies
	}
	for _, s := range body.(worded).free() { // Redactable was checked
		if *s != Blank && strings.TrimSpace(*s) != "" {
			return lies
		}
	}
	if l != nil &&
		(original.Kind != l.Kind || original.By != l.By || original.Key != l.Key || original.Via != l.Via ||
			!original.At.Equal(l.At) ||
			time.Unix(0, b.Recorded).After(l.RecordedAt) || b.Rejected == l.Refused.IsEmpty()) {
		return lies
	}
	return nil
}

func (b *EntryRedacted) apply(r *Room, e *Event) {
	d := Redaction{Seq: b.Seq, By: e.By, Reason: b.Reason, At: e.RecordedAt, RedactionSeq: e.Seq, Leaf: b.Leaf}
	if r.Rules >= confirmedRules {
		d.Entry = b.Entry
	}
	r.Redactions = push(r.Redactions, d)
	for i := range r.Evidence {
		if p := r.Evidence[i]; p.Report && !p.Withheld {
			p.Withheld = true
			r.Evidence = set(r, r.Evidence, i, p)
		}
	}
	if i := r.timeline.find(b.Seq); i < 0 || !r.timeline.rows[i].Blank {
		r.stale = true
		r.timeline = r.timeline.blank(i)
	}
}

func (b *EntryRedacted) line(*Room, *Event) Safe {
	return because(Safef("%d", b.Seq), b.Reason)
}

// Redaction returns the redaction of a message, or nil if it was not redacted.
func (r *Room) Redaction(seq uint64) *Redaction {
	for i := range r.Redactions {
		if r.Redactions[i].Seq == seq {
			return &r.Redactions[i]
		}
	}
	return nil
}

// Stale reports whether the room was folded from text that was redacted since. Its
// lines are blank already, but the room has to be folded again, with the redaction
// in place of the message, to equal the room of other readers.
func (r *Room) Stale() bool { return r.stale }

// redactImpact describes what a redaction does not reach.
func (r *Room) redactImpact(seq uint64) Safe {
	s := Lit("This cannot be undone. It does not reach screens, scrollback, backups, exports, messages that were " +
		"sent, or a cluster's own logs; revoke or change the secret itself")
	for _, a := range r.Marks[seq].Amended {
		if r.Redaction(a.Seq) == nil {
			s = Safef("%s; entry %d has it as well: redact that too", s, a.Seq)
		}
	}
	return s
}
