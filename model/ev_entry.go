package model

import (
	"slices"
	"strings"
	"time"
)

// The kinds of entries that people write as text.
const (
	KindEntryNoted       Kind = "entry.noted"
	KindActionTaken      Kind = "action.taken"
	KindDecisionMade     Kind = "decision.made"
	KindFindingRecorded  Kind = "finding.recorded"
	KindHypothesisOpened Kind = "hypothesis.opened"
	KindEvidenceNoted    Kind = "evidence.noted"
	KindCommunication    Kind = "communication.noted"

	KindAdversaryObserved Kind = "adversary.observed" // what the attacker did

	KindEntryAmended   Kind = "entry.amended"
	KindEntryRetracted Kind = "entry.retracted"
	KindEntryPinned    Kind = "entry.pinned"
)

var entryKinds = []Kind{KindEntryNoted, KindActionTaken, KindDecisionMade, KindFindingRecorded, KindHypothesisOpened,
	KindEvidenceNoted, KindCommunication,
	KindAdversaryObserved}

var _ = register(
	shared(func(k Kind) Body { return &Entry{kind: k} },
		KindEntryNoted, KindActionTaken, KindDecisionMade, KindFindingRecorded,
		KindHypothesisOpened, KindEvidenceNoted, KindCommunication, KindAdversaryObserved),
	bodyOf[EntryAmended](KindEntryAmended), bodyOf[EntryRetracted](KindEntryRetracted),
	bodyOf[EntryPinned](KindEntryPinned),
)

// IsEntry reports whether events of the kind are text that a person wrote, which can
// be amended and retracted.
func (k Kind) IsEntry() bool { return slices.Contains(entryKinds, k) }

// Entry is a line that a person wrote. Its kind determines what it is: a note, an
// action, a decision, a finding, a hypothesis, or a remark on evidence or
// communication.
type Entry struct {
	Text string `json:"text"`
	Over string `json:"over,omitempty"` // the channel from which a bridge imported it; if "", typed here
	From string `json:"from,omitempty"` // its author there, as that channel reports it
	Ref  string `json:"ref,omitempty"`  // its id there, by which it is imported only once
	kind Kind
}

// NewEntry returns an entry of a kind, or a note if the kind is not one of entries.
func NewEntry(k Kind, text string) *Entry {
	if !k.IsEntry() {
		k = KindEntryNoted
	}
	return &Entry{Text: text, kind: k}
}

func (b *Entry) ownKind() Kind { return b.kind }

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
	return r.markUntrusted(b.Over, Safef("%s, %s: %s", b.Over, CleanLine(b.From), Clean(b.Text)))
}

// maxBrought is the maximum number of entries that bridges may import into a room.
const maxBrought = 2000

// brought checks an imported entry. The hub's key writes no other entries.
func (b *Entry) brought(r *Room, e *Event) error {
	switch {
	case b.Over == "" && r.Members[e.Key].Hub:
		return Refuse(Forbidden, "the hub's own key cannot write entries")
	case b.Over == "" && b.From+b.Ref == "":
		return nil
	case !ValidChannel(b.Over):
		return Refuse(Invalid, "%s is not the name of a channel", quoted(b.Over))
	case r.ChannelCut(b.Over):
		return Refuse(Forbidden, "the message arrived over %s, which has been compromised since %s", b.Over,
			FormatTime(r.Channel(b.Over).At))
	case slices.Contains(r.Brought, b.Over+" "+b.Ref):
		return Refuse(Conflict, "the message is already in the room")
	case len(r.Brought) >= maxBrought:
		return Refuse(Conflict, "the room has %d entries from bridges, which is the limit", maxBrought)
	}
	if err := oneLine("sender", b.From, 100); err != nil {
		return err
	}
	return oneLine("reference", b.Ref, 200)
}

// Mark is what happened to an entry after it was written.
type Mark struct {
	Amended   []Amendment `json:"amended,omitempty"`
	Retracted string      `json:"retracted,omitempty"` // the reason for retracting it
	By        string      `json:"by,omitempty"`        // who retracted it
	Pinned    bool        `json:"pinned,omitempty"`

	Corrected []Correction `json:"corrected,omitempty"` // corrections of its time, see TimeCorrected
	Outcome   *Outcome     `json:"outcome,omitempty"`   // outcome, if it is a hypothesis
}

// Amendment is a newer text of an entry.
type Amendment struct {
	Text string    `json:"text"`
	By   string    `json:"by"`
	At   time.Time `json:"at"`            // when it was amended
	When time.Time `json:"when,omitzero"` // the amended time of what it describes, if that was amended
	Seq  uint64    `json:"seq"`
}

// Text returns the current text of an entry: its newest amendment, or its own text.
func (r *Room) Text(l *Line) Safe {
	if m := r.Marks[l.Seq].Amended; len(m) > 0 {
		return Clean(m[len(m)-1].Text)
	}
	return l.Text
}

// When returns when what an entry describes happened: as last amended, or as its
// line states.
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

// target checks that an event refers to an entry of this room. If the room does not
// hold the line, because it was restored from a snapshot, target trusts the event;
// the full fold checks it later.
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
		return Refuse(Invalid, "line %d is not an entry that can be changed", seq)
	case !l.Refused.IsEmpty():
		return Refuse(Conflict, "entry %d already has no effect", seq)
	case own && l.By != e.By && !r.Has(e.By, e.Key, PowerAmend):
		return r.lacks(e, PowerAmend)
	case r.Marks[seq].Retracted != "":
		return Refuse(Conflict, "entry %d is retracted", seq)
	}
	return nil
}

// EntryAmended replaces the text of an entry. The old text stays in the log.
type EntryAmended struct {
	Entry string `json:"entry"` // ULID of the event
	Seq   uint64 `json:"seq"`
	Text  string `json:"text"`

	When *time.Time `json:"when,omitempty"` // the amended time, if that changes too
}

func (b *EntryAmended) free() []*string { return []*string{&b.Text} }

func (b *EntryAmended) check(r *Room, e *Event) error {
	if b.When != nil && b.When.After(e.RecordedAt.Add(Skew)) {
		return Refuse(Invalid, "%s is in the future", FormatTime(*b.When))
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
		return Safef("%d  at %s: %s", b.Seq, FormatTime(*b.When), Clean(b.Text))
	}
	return Safef("%d  %s", b.Seq, Clean(b.Text))
}

// EntryRetracted retracts an entry, with a reason. Its text stays in the log.
type EntryRetracted struct {
	Entry  string `json:"entry"`
	Seq    uint64 `json:"seq"`
	Reason string `json:"reason"`
}

func (b *EntryRetracted) free() []*string { return []*string{&b.Reason} }

func (b *EntryRetracted) check(r *Room, e *Event) error {
	if strings.TrimSpace(b.Reason) == "" {
		return Refuse(Invalid, "give a reason: :retract %d REASON", b.Seq)
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
	return because(Safef("%d", b.Seq), b.Reason)
}

// EntryPinned marks an entry as important, or removes the mark.
type EntryPinned struct {
	Entry string `json:"entry"`
	Seq   uint64 `json:"seq"`
	Off   bool   `json:"off,omitempty"`
}

func (*EntryPinned) need(*Room, *Event) Power { return PowerAmend }

func (b *EntryPinned) check(r *Room, e *Event) error {
	if r.Marks[b.Seq].Pinned != b.Off {
		return Refuse(Conflict, "entry %d is already in that state", b.Seq)
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
