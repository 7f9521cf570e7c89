package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"time"
)

// Version is the form of the messages that this program writes.
const Version = 1

// MaxMessage is the size in bytes of the largest message that a reader decodes. Only
// the body of plan.adopted comes close to it.
const MaxMessage = 512 << 10

// MaxBody is the maximum size in bytes of a body, except that of plan.adopted.
const MaxBody = 32 << 10

// TimeForm is the form of times on the wire: UTC, in milliseconds.
const TimeForm = "2006-01-02T15:04:05.000Z07:00"

// Kind is what happened, as a dotted name in the past tense.
type Kind string

// Event is one message of a room's log, with what the store and the reader's checks
// add to it.
type Event struct {
	V    int             // form of the message
	Room string          // ULID of the room
	ID   string          // ULID of the event
	Key  string          // public key of the author, see package signing
	N    uint64          // number of this message among those of its key in the room, from 1
	Prev string          // leaf hash of the previous message of this key; "" if N is 1
	Kind Kind            // what happened
	At   time.Time       // when it happened, as the author reports
	By   string          // handle of the author
	Via  string          // how the author connects: tui, cli, ssh, hub, demo
	Body json.RawMessage // its form depends on Kind

	Seq        uint64    // position in the log, from 1; if 0, not stored
	RecordedAt time.Time // when it was stored, by the hub's clock
	Leaf       string    // hash of signature and payload
	Fault      string    // why the message does not check; "" if it does
	Stray      bool      // it does not check, but nothing by its author is missing
	Unread     bool      // signed by its author in a newer form that this program cannot read
	Duplicate  string    // a key that occurs twice, see DuplicateKey
	Redacted   bool      // its free text was removed, so its signature cannot be checked
	Rejected   bool      // of a redacted message: it had no effect
}

// message is the form on the wire. Its fields are in the order of the bytes.
type message struct {
	V    int             `json:"v"`
	Room string          `json:"room"`
	ID   string          `json:"id"`
	Key  string          `json:"key"`
	N    uint64          `json:"n"`
	Prev string          `json:"prev"`
	Kind Kind            `json:"kind"`
	At   string          `json:"at"`
	By   string          `json:"by"`
	Via  string          `json:"via"`
	Body json.RawMessage `json:"body"`
}

// Encode returns the bytes to sign and publish. Readers keep the bytes they received
// and never encode a decoded event again.
//
// It returns an error if an object in the body has a duplicate key, see
// [DuplicateKey].
func (e *Event) Encode() ([]byte, error) {
	raw, err := json.Marshal(message{
		V: e.V, Room: e.Room, ID: e.ID, Key: e.Key, N: e.N, Prev: e.Prev, Kind: e.Kind,
		At: e.At.UTC().Format(TimeForm), By: e.By, Via: e.Via, Body: e.Body,
	})
	if err != nil {
		return nil, err
	}
	if key, found := duplicateKey(raw); found {
		return nil, Refuse(Invalid,
			"%s has the key %s twice (upper and lower case count as the same); nothing is written", string(e.Kind),
			key)
	}
	return raw, nil
}

// DecodeEvent decodes a message. It returns an error if the payload is not a message
// in a form that can be read. An unknown kind is not an error, and members that a
// newer version added are ignored.
func DecodeEvent(payload []byte) (*Event, error) {
	if len(payload) > MaxMessage {
		return nil, fmt.Errorf("larger than %d bytes", MaxMessage)
	}
	var m message
	d := json.NewDecoder(bytes.NewReader(payload))
	if err := d.Decode(&m); err != nil {
		return nil, fmt.Errorf("not a message: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("not one message: something follows it")
	}
	at, err := time.Parse(time.RFC3339Nano, m.At)
	if err != nil {
		return nil, fmt.Errorf("its time cannot be read")
	}
	if m.V < 1 || m.ID == "" || m.Room == "" || m.Kind == "" {
		return nil, fmt.Errorf("a field of the envelope is missing")
	}
	e := &Event{V: m.V, Room: m.Room, ID: m.ID, Key: m.Key, N: m.N, Prev: m.Prev, Kind: m.Kind,
		At: at.UTC(), By: m.By, Via: m.Via, Body: m.Body}
	e.Duplicate, _ = duplicateKey(payload) // it was decoded, so it is valid JSON
	return e, nil
}

// MayBeOf reports whether a message may be of one of the kinds. It is a cheap test that
// rules out most messages without decoding them: a JSON string either has the letters of the
// kind, or an escape in place of one of them.
func MayBeOf(payload []byte, kinds ...Kind) bool {
	if bytes.Contains(payload, []byte(`\u`)) {
		return true
	}
	return slices.ContainsFunc(kinds, func(k Kind) bool { return bytes.Contains(payload, []byte(k)) })
}

// FormOf returns the form that a message states, or false if it states none. It
// reads nothing else.
func FormOf(payload []byte) (v int, ok bool) {
	var m struct {
		V int `json:"v"`
	}
	if len(payload) > MaxMessage || json.Unmarshal(payload, &m) != nil || m.V < 1 {
		return 0, false
	}
	return m.V, true
}

// Body is the content of an event of one kind. Every kind has one type, in an
// ev_*.go file.
type Body interface {
	// check refuses an event that the room, as it is at the event's position in the
	// log, does not allow: because of its content, or of the state of the room.
	// Rights are checked before that, see may.go. The author (Decide) and every
	// reader (Apply) make the same check.
	check(r *Room, e *Event) error
	// apply applies the event to r, the copy of the room that Apply made.
	apply(r *Room, e *Event)
	// line returns the line for the timeline, given the room before e.
	line(r *Room, e *Event) Safe
}

// registration is a kind with the constructor of its body.
type registration struct {
	kind Kind
	make func() Body
}

// bodyOf registers the type T as the body of one kind.
func bodyOf[T any, P interface {
	*T
	Body
}](k Kind) []registration {
	return []registration{{kind: k, make: func() Body { return P(new(T)) }}}
}

// severalKinds is a body type that several kinds share. It returns its own kind.
type severalKinds interface{ ownKind() Kind }

// shared registers one body type for several kinds.
func shared(make func(Kind) Body, kinds ...Kind) []registration {
	var out []registration
	for _, k := range kinds {
		out = append(out, registration{kind: k, make: func() Body { return make(k) }})
	}
	return out
}

var (
	// registry maps every known kind to the constructor of its body.
	registry = map[Kind]func() Body{}
	// kindOfType maps body types to their kinds, except types that several kinds
	// share.
	kindOfType = map[reflect.Type]Kind{}
)

// register adds kinds to the registry. The ev_*.go files call it during
// initialization.
func register(lists ...[]registration) bool {
	for _, r := range slices.Concat(lists...) {
		registry[r.kind] = r.make
		b := r.make()
		if _, ok := b.(severalKinds); !ok {
			kindOfType[reflect.TypeOf(b)] = r.kind
		}
	}
	return true
}

// KindOf returns the kind of a body, or "" for nil.
func KindOf(b Body) Kind {
	if s, ok := b.(severalKinds); ok {
		return s.ownKind()
	}
	return kindOfType[reflect.TypeOf(b)]
}

// Kinds returns all kinds that this program knows, sorted.
func Kinds() []Kind { return slices.Sorted(maps.Keys(registry)) }

// Known reports whether this program knows the kind.
func (k Kind) Known() bool { return registry[k] != nil }

// DecodeBody decodes the body. It returns an error if the kind is not known or the
// body is malformed. It ignores fields that it does not know, since a newer program
// may have added them.
func (e *Event) DecodeBody() (Body, error) {
	mk := registry[e.Kind]
	if mk == nil {
		return nil, fmt.Errorf("kind %q is unknown", e.Kind)
	}
	b := mk()
	if len(e.Body) > MaxBody && e.Kind != KindPlanAdopted {
		return nil, fmt.Errorf("its body is larger than %d bytes", MaxBody)
	}
	if err := json.Unmarshal(e.Body, b); err != nil {
		return nil, fmt.Errorf("its body cannot be read: %w", err)
	}
	return b, nil
}

// Draft is an event that its author has decided on but not signed. The outbox stores
// drafts.
type Draft struct {
	ID   string          `json:"id"` // ULID of the future event
	Kind Kind            `json:"kind"`
	At   time.Time       `json:"at"` // zero: when the draft was made
	Made time.Time       `json:"made"`
	By   string          `json:"by"`
	Via  string          `json:"via"`
	Body json.RawMessage `json:"body"`
	Line string          `json:"line,omitempty"` // as it was typed; it stays in the outbox
}

// Event returns the event for the draft, without key, number and signature.
func (d Draft) Event(room string) *Event {
	at := d.At
	if at.IsZero() {
		at = d.Made
	}
	return &Event{V: Version, Room: room, ID: d.ID, Kind: d.Kind, At: at, By: d.By, Via: d.Via, Body: d.Body}
}

// NewDraft returns a draft for an act, and an error if its body cannot be encoded.
// The caller supplies the id, since this package uses no randomness.
func NewDraft(id string, who Actor, c Act, now time.Time) (Draft, error) {
	raw, err := json.Marshal(c.Body)
	if err != nil {
		return Draft{}, fmt.Errorf("encode %s: %w", KindOf(c.Body), err)
	}
	if key, found := duplicateKey(raw); found {
		return Draft{},
			Refuse(Invalid,
				"%s has the key %s twice (upper and lower case count as the same); rename one of them",
				string(KindOf(c.Body)), key)
	}
	return Draft{ID: id, Kind: KindOf(c.Body), At: c.At, Made: now, By: who.Handle, Via: who.Via, Body: raw,
		Line: c.Line}, nil
}
