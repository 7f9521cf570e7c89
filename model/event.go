package model

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"time"
)

// Version is the version of the message form that this program writes.
const Version = 1

// MaxMessage is the largest message in bytes that a reader decodes. A plan is
// the only body that may come near it.
const MaxMessage = 512 << 10

// MaxBody is the largest body in bytes of every kind but plan.adopted.
const MaxBody = 32 << 10

// TimeForm is how times are written on the wire: UTC, to the millisecond.
const TimeForm = "2006-01-02T15:04:05.000Z07:00"

// Kind is the dotted, past-tense name of what happened.
type Kind string

// Event is one message of a room's log as a reader has it: what its author
// wrote and signed, and what the store and the reader's own checks add.
type Event struct {
	V    int             // version of the form
	Room string          // ULID of the room
	ID   string          // ULID of the event
	Key  string          // public key of the writer, see package seal
	N    uint64          // running number of this key in this room, from 1
	Prev string          // leaf hash of this key's previous message, "" at 1
	Kind Kind            // what happened
	At   time.Time       // when it happened: the author's word
	By   string          // handle of the author
	Via  string          // the door: tui, cli, ssh, hub, demo
	Body json.RawMessage // see the file of the kind

	Seq        uint64    // place in the log, from 1; 0 while it is not stored
	RecordedAt time.Time // when it was stored: the hub's word
	Leaf       string    // hash of signature and payload
	Fault      string    // why the message does not check; "" where it does
	Stray      bool      // it does not check, and its author's messages are complete without it
	Unread     bool      // its author signed it in a newer form, of which this program reads nothing
	Duplicate  string    // a key that it has twice, see DuplicateKey
	Redacted   bool      // its free text was taken out, so its signature cannot be checked any more
	Void       bool      // and it had no effect
}

// message is the form on the wire. The order of its fields is the order of the
// bytes.
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

// Encode returns the bytes that are signed and published. They are never made
// again from a decoded event: readers keep what they got.
//
// A body in which a key stands twice is refused, see [DuplicateKey].
func (e *Event) Encode() ([]byte, error) {
	raw, err := json.Marshal(message{
		V: e.V, Room: e.Room, ID: e.ID, Key: e.Key, N: e.N, Prev: e.Prev, Kind: e.Kind,
		At: e.At.UTC().Format(TimeForm), By: e.By, Via: e.Via, Body: e.Body,
	})
	if err != nil {
		return nil, err
	}
	if key, found := duplicateKey(raw); found {
		return nil, Refuse(Invalid, "%s has the key %s twice, also where upper and lower case count as one; nothing is written", string(e.Kind), key)
	}
	return raw, nil
}

// DecodeEvent reads a message. It fails with a reason where the bytes are no
// message of a version that can be read at all; a kind that is not known is no
// failure. Fields that a newer version added are passed over.
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
	e.Duplicate, _ = duplicateKey(payload) // it is valid JSON: it was decoded
	return e, nil
}

// FormOf returns the version of the form that a message states, and false where
// it is none or states none. It reads nothing else of it.
func FormOf(payload []byte) (v int, ok bool) {
	var m struct {
		V int `json:"v"`
	}
	if len(payload) > MaxMessage || json.Unmarshal(payload, &m) != nil || m.V < 1 {
		return 0, false
	}
	return m.V, true
}

// Body is what an event of one kind says. Every kind has one type, in the
// ev_*.go file of its family.
type Body interface {
	// Kind names the kind on the wire.
	Kind() Kind
	// check refuses an event that the room, as it stands at the event's place
	// in the log, does not allow: wrong content, or against the room's state.
	// Who may is looked at before, see may.go. It is the same check at the
	// author's door (Decide) and at every reader (Apply).
	check(r *Room, e *Event) error
	// apply changes the copy of the room that Apply made.
	apply(r *Room, e *Event)
	// line says what happened, for the timeline, as it stood before e.
	line(r *Room, e *Event) Safe
}

// registry has a maker for the body of every known kind.
var registry = map[Kind]func() Body{}

// register is called by the ev_*.go files while the package is made.
func register(makers ...func() Body) bool {
	for _, m := range makers {
		registry[m().Kind()] = m
	}
	return true
}

// Kinds returns whether a kind is known to this program.
func (k Kind) Known() bool { return registry[k] != nil }

// DecodeBody reads the body of a known kind. Fields it does not know are passed
// over: a newer program may have added them.
func (e *Event) DecodeBody() (Body, error) {
	mk := registry[e.Kind]
	if mk == nil {
		return nil, fmt.Errorf("kind %q is not known", e.Kind)
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

// Draft is an event that its author has decided on and that is not signed yet:
// what waits in an outbox.
type Draft struct {
	ID   string          `json:"id"` // ULID, the id of the event to be
	Kind Kind            `json:"kind"`
	At   time.Time       `json:"at"` // zero: when it was made
	Made time.Time       `json:"made"`
	By   string          `json:"by"`
	Via  string          `json:"via"`
	Body json.RawMessage `json:"body"`
}

// Event returns the event that the draft will be, without key, number and
// signature.
func (d Draft) Event(room string) *Event {
	at := d.At
	if at.IsZero() {
		at = d.Made
	}
	return &Event{V: Version, Room: room, ID: d.ID, Kind: d.Kind, At: at, By: d.By, Via: d.Via, Body: d.Body}
}

// NewDraft encodes a command's body. The id is the caller's: the model makes
// nothing at random.
func NewDraft(id string, who Actor, c Act, now time.Time) (Draft, error) {
	raw, err := json.Marshal(c.Body)
	if err != nil {
		return Draft{}, fmt.Errorf("encode %s: %w", c.Body.Kind(), err)
	}
	if key, found := duplicateKey(raw); found {
		return Draft{}, Refuse(Invalid, "%s has the key %s twice, also where upper and lower case count as one; name one of them otherwise", string(c.Body.Kind()), key)
	}
	return Draft{ID: id, Kind: c.Body.Kind(), At: c.At, Made: now, By: who.Handle, Via: who.Via, Body: raw}, nil
}
