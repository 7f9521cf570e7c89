package model

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// KindEntryRedacted is the kind that takes text out of the log.
const KindEntryRedacted Kind = "entry.redacted"

var _ = register(func() Body { return new(EntryRedacted) })

// Blank stands where text was redacted.
const Blank = "[redacted]"

// EntryRedacted takes the free text out of a message that lies in the log: a
// secret that should never have been written. What the message did stays, and so
// does its place, author and time. Its stored bytes are deleted; what is said of
// them here stands in for them from then on, in the log and in its tree.
type EntryRedacted struct {
	Entry  string `json:"entry"` // ULID of the event
	Seq    uint64 `json:"seq"`
	Reason string `json:"reason"`

	// What the redactor's terminal reads in the log and adds.
	Leaf     string          `json:"leaf,omitempty"`     // hash of the message as it was stored
	Recorded int64           `json:"recorded,omitempty"` // when it was, in nanoseconds of Unix time
	Void     bool            `json:"void,omitempty"`     // it had no effect
	Event    json.RawMessage `json:"event,omitempty"`    // the message with [Blank] for its free text
}

// Redaction is a message whose text was taken out of the log.
type Redaction struct {
	Seq    uint64    `json:"seq"` // the message
	By     string    `json:"by"`
	Reason string    `json:"reason"`
	At     time.Time `json:"at"`
	Place  uint64    `json:"place"` // sequence of the redaction
	Leaf   string    `json:"leaf"`
	Entry  string    `json:"entry,omitempty"` // ULID of the message; by older rules it is not kept
}

// worded is a body with free text: what people or tools wrote, and what drives
// nothing. Each stands next to the body; a body without is kept as it is.
type worded interface {
	// free points to the texts. With all that are not empty replaced the event
	// does what it did.
	free() []*string
}

// Redactable says whether events of a kind have text that can be taken out.
func (k Kind) Redactable() bool {
	mk := registry[k]
	if mk == nil {
		return false
	}
	_, ok := mk().(worded)
	return ok
}

// WithoutText returns a message with [Blank] for its free text. What this program
// does not know in it is left out, as nobody can say what that is.
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
		return nil, fmt.Errorf("%s has no text that can be taken out", e.Kind)
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

// Kind names the kind.
func (*EntryRedacted) Kind() Kind               { return KindEntryRedacted }
func (*EntryRedacted) need(*Room, *Event) Power { return PowerRedact }

func (b *EntryRedacted) check(r *Room, e *Event) error {
	if strings.TrimSpace(b.Reason) == "" {
		return Refuse(Invalid, "say why: :redact %d REASON", b.Seq)
	}
	if err := longText("reason", b.Reason, false); err != nil {
		return err
	}
	if was := r.Redaction(b.Seq); was != nil {
		return Refuse(Conflict, "entry %d is redacted already, by %s: %s", b.Seq, was.By, was.Reason)
	}
	l := r.Line(b.Seq)
	switch {
	case l == nil && b.Seq > 0 && b.Seq <= uint64(r.Older()):
	case l == nil:
		return Refuse(NotFound, "there is no entry %d", b.Seq)
	case l.ID != b.Entry:
		return Refuse(Invalid, "entry %d is another one", b.Seq)
	case l.Fault:
		return Refuse(Conflict, "entry %d does not check, so nobody can say what in it is text; who runs the hub can take its message out, and the record will show the hole", b.Seq)
	case b.Seq <= 2:
		return Refuse(Conflict, "entry %d is what the room stands on: a secret in its title can only be made worthless; :rename shows another title", b.Seq)
	case !l.Kind.Redactable():
		return Refuse(Conflict, "entry %d (%s) has no text that can be taken out", b.Seq, l.Word())
	}
	if e.Seq == 0 && b.Leaf == "" {
		return nil // its author's terminal adds the rest
	}
	return b.stands(r, l)
}

// stands checks what is said of the message that was there.
func (b *EntryRedacted) stands(r *Room, l *Line) error {
	lies := Refuse(Invalid, "what it says of entry %d is not what that entry was", b.Seq)
	was, err := DecodeEvent(b.Event)
	if err != nil || len(b.Leaf) != 44 || was.Room != r.ID || was.ID != b.Entry || !was.Kind.Redactable() {
		return lies
	}
	body, err := was.DecodeBody()
	if err != nil {
		return lies
	}
	for _, s := range body.(worded).free() { // it is: see Redactable
		if *s != Blank && strings.TrimSpace(*s) != "" {
			return lies
		}
	}
	if l != nil && (was.Kind != l.Kind || was.By != l.By || was.Key != l.Key || was.Via != l.Via || !was.At.Equal(l.At) ||
		time.Unix(0, b.Recorded).After(l.RecordedAt) || b.Void == l.Refused.IsEmpty()) {
		return lies
	}
	return nil
}

func (b *EntryRedacted) apply(r *Room, e *Event) {
	d := Redaction{Seq: b.Seq, By: e.By, Reason: b.Reason, At: e.RecordedAt, Place: e.Seq, Leaf: b.Leaf}
	if r.Rules >= confirmedRules {
		d.Entry = b.Entry
	}
	r.Redactions = push(r.Redactions, d)
	if i := r.tape.find(b.Seq); i < 0 || !r.tape.rows[i].Blank {
		r.stale = true
		r.tape = r.tape.blank(i)
	}
}

func (b *EntryRedacted) line(*Room, *Event) Safe {
	return Safef("%d  because %s", b.Seq, Clean(b.Reason))
}

// Redaction returns who took the text of a message out, nil where nobody did.
func (r *Room) Redaction(seq uint64) *Redaction {
	for i := range r.Redactions {
		if r.Redactions[i].Seq == seq {
			return &r.Redactions[i]
		}
	}
	return nil
}

// Stale says that the room was folded from text that was redacted since: its
// line is blank already, but the room has to be folded anew, from what stands in
// for the message, to be the one that everybody has.
func (r *Room) Stale() bool { return r.stale }

// redactToll says what a redaction does not reach.
func (r *Room) redactToll(seq uint64) Safe {
	s := Lit("for good: nobody can undo it. It does not reach screens, scrollback, backups, what was exported or sent out, and what a cluster's own logs hold; make the secret worthless")
	for _, a := range r.Marks[seq].Amended {
		if r.Redaction(a.Seq) == nil {
			s = Safef("%s; line %d says it anew, redact that too", s, a.Seq)
		}
	}
	return s
}
