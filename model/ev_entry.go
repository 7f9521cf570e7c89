package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds that a person writes as text.
const (
	KindEntryNoted       Kind = "entry.noted"
	KindActionTaken      Kind = "action.taken"
	KindDecisionMade     Kind = "decision.made"
	KindFindingRecorded  Kind = "finding.recorded"
	KindHypothesisOpened Kind = "hypothesis.opened"
	KindEvidenceNoted    Kind = "evidence.noted"
	KindCommunication    Kind = "communication.noted"

	KindEntryAmended   Kind = "entry.amended"
	KindEntryRetracted Kind = "entry.retracted"
	KindEntryPinned    Kind = "entry.pinned"
)

var entryKinds = []Kind{KindEntryNoted, KindActionTaken, KindDecisionMade, KindFindingRecorded, KindHypothesisOpened, KindEvidenceNoted, KindCommunication}

var _ = register(
	func() Body { return &Entry{kind: KindEntryNoted} }, func() Body { return &Entry{kind: KindActionTaken} },
	func() Body { return &Entry{kind: KindDecisionMade} }, func() Body { return &Entry{kind: KindFindingRecorded} },
	func() Body { return &Entry{kind: KindHypothesisOpened} }, func() Body { return &Entry{kind: KindEvidenceNoted} },
	func() Body { return &Entry{kind: KindCommunication} },
	func() Body { return new(EntryAmended) }, func() Body { return new(EntryRetracted) }, func() Body { return new(EntryPinned) },
)

// IsEntry says whether events of the kind are entries: text that a person
// wrote, which can be amended and retracted.
func (k Kind) IsEntry() bool { return slices.Contains(entryKinds, k) }

// Entry is a line that a person wrote. Its kind says what it is: a note, an
// action, a decision, a finding, a hypothesis, a word on evidence or on a
// communication.
type Entry struct {
	Text string `json:"text"`
	Over string `json:"over,omitempty"` // the channel that it came over: a bridge brought it, nobody typed it here
	From string `json:"from,omitempty"` // who wrote it there, as that channel says
	Ref  string `json:"ref,omitempty"`  // what it is there; the same is taken once
	kind Kind
}

// NewEntry makes an entry of a kind; of another kind than those of entries it
// makes a note.
func NewEntry(k Kind, text string) *Entry {
	if !k.IsEntry() {
		k = KindEntryNoted
	}
	return &Entry{Text: text, kind: k}
}

// Kind names the kind.
func (b *Entry) Kind() Kind { return b.kind }

func (b *Entry) free() []*string { return []*string{&b.Text, &b.From} }

func (b *Entry) check(r *Room, e *Event) error {
	if err := b.brought(r, e); err != nil {
		return err
	}
	return longText("entry", b.Text, false)
}

func (b *Entry) apply(r *Room, _ *Event) {
	if b.Over != "" && b.Ref != "" {
		r.Brought = push(r.Brought, b.Over+" "+b.Ref)
	}
}

func (b *Entry) line(r *Room, _ *Event) Safe {
	if b.Over == "" {
		return Clean(b.Text)
	}
	return r.doubted(b.Over, Safef("%s, %s: %s", b.Over, CleanLine(b.From), Clean(b.Text)))
}

// maxBrought is how many entries bridges bring into a room at most.
const maxBrought = 2000

// brought checks what a bridge brings in. The hub's key writes no other entries.
func (b *Entry) brought(r *Room, e *Event) error {
	switch {
	case b.Over == "" && r.Members[e.Key].Hub:
		return Refuse(Forbidden, "the hub's own key writes no entries of its own")
	case b.Over == "" && b.From+b.Ref == "":
		return nil
	case !ValidChannel(b.Over):
		return Refuse(Invalid, "%s names no channel", quoted(b.Over))
	case r.ChannelCut(b.Over):
		return Refuse(Forbidden, "it came over %s, which is compromised since %s", b.Over, Stamp(r.Channel(b.Over).At))
	case slices.Contains(r.Brought, b.Over+" "+b.Ref):
		return Refuse(Conflict, "it is in the room already")
	case len(r.Brought) >= maxBrought:
		return Refuse(Conflict, "bridges brought %d entries; no more fit", maxBrought)
	}
	if err := oneLine("sender", b.From, 100); err != nil {
		return err
	}
	return oneLine("reference", b.Ref, 200)
}

// Mark is what happened to an entry after it was written.
type Mark struct {
	Amended   []Amendment `json:"amended,omitempty"`
	Retracted string      `json:"retracted,omitempty"` // the reason
	By        string      `json:"by,omitempty"`        // who retracted it
	Pinned    bool        `json:"pinned,omitempty"`

	Corrected []Correction `json:"corrected,omitempty"` // when it happened, see TimeCorrected
	Outcome   *Outcome     `json:"outcome,omitempty"`   // of a hypothesis
}

// Amendment is a newer text of an entry.
type Amendment struct {
	Text string    `json:"text"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`            // when it was amended
	When time.Time `json:"when,omitzero"` // when the entry's matter happened, where that was amended
	Seq  uint64    `json:"seq"`
}

// Text returns what an entry says now: its newest amendment, else its own
// text.
func (r *Room) Text(l *Line) Safe {
	if m := r.Marks[l.Seq].Amended; len(m) > 0 {
		return Clean(m[len(m)-1].Text)
	}
	return l.Text
}

// When returns when an entry's matter happened: as newly amended, else as its
// line says.
func (r *Room) When(l *Line) time.Time {
	at := l.At
	for _, m := range r.Marks[l.Seq].Amended {
		if !m.When.IsZero() {
			at = m.When
		}
	}
	for _, c := range r.Marks[l.Seq].Corrected {
		at = c.At
	}
	return at
}

// target checks that an event is about an entry of this room. Where the line
// is older than what this room holds, the event's word is taken; the full fold
// behind settles it.
func (r *Room) target(e *Event, seq uint64, id string, own bool) error {
	l := r.Line(seq)
	if l == nil {
		if seq > 0 && seq <= uint64(r.Older()) {
			return nil
		}
		return Refuse(NotFound, "there is no entry %d", seq)
	}
	switch {
	case l.ID != id || !l.IsEntry():
		return Refuse(Invalid, "line %d is no entry that can be changed", seq)
	case !l.Refused.IsEmpty():
		return Refuse(Conflict, "entry %d has no effect already", seq)
	case own && l.By != e.By && !r.Has(e.By, e.Key, PowerAmend):
		return r.lacks(e, PowerAmend)
	case r.Marks[seq].Retracted != "":
		return Refuse(Conflict, "entry %d is retracted", seq)
	}
	return nil
}

// EntryAmended gives an entry a newer text. The old one stays readable.
type EntryAmended struct {
	Entry string `json:"entry"` // ULID of the event
	Seq   uint64 `json:"seq"`
	Text  string `json:"text"`

	When *time.Time `json:"when,omitempty"` // when it happened, where that is amended too
}

// Kind names the kind.
func (*EntryAmended) Kind() Kind { return KindEntryAmended }

func (b *EntryAmended) free() []*string { return []*string{&b.Text} }

func (b *EntryAmended) check(r *Room, e *Event) error {
	if b.When != nil && b.When.After(e.RecordedAt.Add(Skew)) {
		return Refuse(Invalid, "%s is in the future", Stamp(*b.When))
	}
	if err := longText("text", b.Text, false); err != nil {
		return err
	}
	return r.target(e, b.Seq, b.Entry, true)
}

func (b *EntryAmended) apply(r *Room, e *Event) {
	m := r.Marks[b.Seq]
	a := Amendment{Text: b.Text, By: e.By, At: e.RecordedAt, Seq: e.Seq}
	if b.When != nil {
		a.When = b.When.UTC()
	}
	m.Amended = push(m.Amended, a)
	r.Marks = with(r.Marks, b.Seq, m)
}

func (b *EntryAmended) line(*Room, *Event) Safe {
	if b.When != nil {
		return Safef("%d  at %s: %s", b.Seq, Stamp(*b.When), Clean(b.Text))
	}
	return Safef("%d  %s", b.Seq, Clean(b.Text))
}

// EntryRetracted takes an entry back, with a reason. It stays readable.
type EntryRetracted struct {
	Entry  string `json:"entry"`
	Seq    uint64 `json:"seq"`
	Reason string `json:"reason"`
}

// Kind names the kind.
func (*EntryRetracted) Kind() Kind { return KindEntryRetracted }

func (b *EntryRetracted) free() []*string { return []*string{&b.Reason} }

func (b *EntryRetracted) check(r *Room, e *Event) error {
	if strings.TrimSpace(b.Reason) == "" {
		return Refuse(Invalid, "say why: :retract %d REASON", b.Seq)
	}
	if err := longText("reason", b.Reason, false); err != nil {
		return err
	}
	return r.target(e, b.Seq, b.Entry, true)
}

func (b *EntryRetracted) apply(r *Room, e *Event) {
	m := r.Marks[b.Seq]
	m.Retracted, m.By = b.Reason, e.By
	r.Marks = with(r.Marks, b.Seq, m)
}

func (b *EntryRetracted) line(*Room, *Event) Safe {
	return Safef("%d  because %s", b.Seq, Clean(b.Reason))
}

// EntryPinned marks an entry as important, or no longer.
type EntryPinned struct {
	Entry string `json:"entry"`
	Seq   uint64 `json:"seq"`
	Off   bool   `json:"off,omitempty"`
}

// Kind names the kind.
func (*EntryPinned) Kind() Kind               { return KindEntryPinned }
func (*EntryPinned) need(*Room, *Event) Power { return PowerAmend }

func (b *EntryPinned) check(r *Room, e *Event) error {
	if r.Marks[b.Seq].Pinned != b.Off {
		return Refuse(Conflict, "entry %d is so already", b.Seq)
	}
	return r.target(e, b.Seq, b.Entry, false)
}

func (b *EntryPinned) apply(r *Room, _ *Event) {
	m := r.Marks[b.Seq]
	m.Pinned = !b.Off
	r.Marks = with(r.Marks, b.Seq, m)
}

func (b *EntryPinned) line(*Room, *Event) Safe {
	if b.Off {
		return Safef("%d  no longer pinned", b.Seq)
	}
	return Safef("%d", b.Seq)
}
