package signing

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"maps"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
)

// Prefix is prepended to the payload before signing, so that no signature made for another
// purpose is a valid signature of a message.
const Prefix = "warroom/v1\n"

// Header is the only header of a message that belongs to the record.
const Header = "Warroom-Sig"

// KeyText returns a public key in the form used in messages and subjects: base64url without
// padding, 43 characters.
func KeyText(k ed25519.PublicKey) string { return base64.RawURLEncoding.EncodeToString(k) }

// ParseKey parses the output of KeyText. It returns an error for any other text.
func ParseKey(s string) (ed25519.PublicKey, error) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(s)
	if err != nil || len(b) != ed25519.PublicKeySize {
		return nil, fmt.Errorf("not a public key")
	}
	return b, nil
}

// Sign returns the value of [Header] for a payload.
func Sign(k ed25519.PrivateKey, payload []byte) string {
	return base64.StdEncoding.EncodeToString(ed25519.Sign(k, append([]byte(Prefix), payload...)))
}

// signature decodes the value of [Header]. If it is malformed, signature returns 64 zero
// bytes and false.
func signature(sig string) ([]byte, bool) {
	b, err := base64.StdEncoding.Strict().DecodeString(sig)
	if err != nil || len(b) != ed25519.SignatureSize {
		return make([]byte, ed25519.SignatureSize), false
	}
	return b, true
}

// Leaf returns the leaf hash of a stored message as text.
func Leaf(sig string, payload []byte) string {
	b, _ := signature(sig)
	return tlog.RecordHash(append(b, payload...)).String()
}

// Link is the state of one key's chain in one room.
type Link struct {
	N    uint64 `json:"n"`    // number of the last valid message
	Leaf string `json:"leaf"` // its leaf hash
	// messages of a newer form follow, and this program cannot tell how many
	Open bool `json:"open,omitempty"`
}

// Chain checks the messages of one room in the order of the log. The zero value is an empty
// chain.
type Chain struct {
	Room  string          `json:"room"` // set by the first message
	Keys  map[string]Link `json:"keys"`
	Blind bool            `json:"blind,omitempty"` // Unknown was called
}

// Clone returns an independent copy.
func (c *Chain) Clone() *Chain { return &Chain{Room: c.Room, Keys: maps.Clone(c.Keys), Blind: c.Blind} }

// Unknown skips a sequence of the log whose message is not known. Its author is not known
// either, so the next message of every key may leave a gap.
func (c *Chain) Unknown() {
	c.Blind = true
	for k, l := range c.Keys {
		l.Open = true
		c.Keys[k] = l
	}
}

// Examined is a message after all checks that do not depend on the messages before it.
// These are the expensive ones, and can run concurrently.
type Examined struct {
	event    *model.Event
	readable bool
	handle   string
	key      string
	unsigned string // why the signature is invalid, or ""
	unread   bool   // of a newer form than this program can read, and signed by the key of its subject
}

// Examine checks the message stored under a subject of handle and key by itself.
func Examine(handle, key, sig string, payload []byte) Examined {
	x := Examined{handle: handle, key: key}
	e, err := model.DecodeEvent(payload)
	if err != nil {
		e = &model.Event{Kind: "unreadable", Fault: err.Error(), By: handle, Key: key}
		if v, ok := model.FormOf(payload); ok && v > model.Version && unsigned(key, sig, payload) == "" {
			x.unread, e.V, e.Unread, e.Fault = true, v, true, ""
		}
	} else {
		x.readable = true
		x.unsigned = unsigned(e.Key, sig, payload)
	}
	e.Leaf = Leaf(sig, payload)
	x.event = e
	return x
}

// unsigned returns why a message is not signed by the key, or "".
func unsigned(key, sig string, payload []byte) string {
	pub, err := ParseKey(key)
	if err != nil {
		return "its key cannot be read"
	}
	raw, ok := signature(sig)
	if !ok {
		return "its signature cannot be read"
	}
	if !ed25519.Verify(pub, append([]byte(Prefix), payload...), raw) {
		return "its signature does not verify"
	}
	return ""
}

// Event returns the event of a message, and why it is invalid as far as the message alone
// shows, or "".
func (x Examined) Event() (e *model.Event, fault string) {
	switch {
	case !x.readable:
		return x.event, x.event.Fault
	case x.event.By != x.handle || x.event.Key != x.key:
		return x.event, "its author does not match its subject"
	}
	return x.event, x.unsigned
}

// Next checks the message stored at seq under a subject of handle and key. It always
// returns an event. If the message is invalid, the event's Fault is set and the chain does
// not advance. It is a stray if the messages of its author are complete without it.
func (c *Chain) Next(seq uint64, recorded time.Time, handle, key, sig string, payload []byte) *model.Event {
	return c.Follow(seq, recorded, Examine(handle, key, sig, payload))
}

// Follow returns Next for a message that was examined. It must be called once per
// message.
func (c *Chain) Follow(seq uint64, recorded time.Time, x Examined) *model.Event {
	e := x.event
	e.Seq, e.RecordedAt = seq, recorded.UTC()
	if !x.readable {
		e.At, e.Stray = recorded, !x.unread
		if x.unread {
			link := c.Keys[e.Key]
			c.set(e.Key, Link{N: link.N, Leaf: link.Leaf, Open: true})
		}
		return e
	}
	e.Fault = c.foreign(x)
	if e.Stray = e.Fault != ""; e.Fault == "" {
		e.Fault, e.Stray = c.outOfOrder(e)
	}
	e.Stray = e.Stray && !e.Redacted // a redacted message depends on its redaction, which has to be true
	if e.Fault == "" {
		c.Room = e.Room
		c.set(e.Key, Link{N: e.N, Leaf: e.Leaf})
	}
	return e
}

func (c *Chain) set(key string, l Link) {
	if c.Keys == nil {
		c.Keys = map[string]Link{}
	}
	c.Keys[key] = l
}

// foreign returns why a message is not by the author of its subject or not of this room, or
// "".
func (c *Chain) foreign(x Examined) string {
	e := x.event
	switch {
	case e.By != x.handle:
		return "its author does not match its subject"
	case e.Key != x.key:
		return "its key does not match its subject"
	case c.Room != "" && e.Room != c.Room:
		return "it belongs to another room"
	}
	return x.unsigned
}

// outOfOrder returns why a message that its author signed is not the next one of its key,
// or "". A repeat is a stray. Any other fault means that a message of the author is missing
// or was moved.
func (c *Chain) outOfOrder(e *model.Event) (fault string, stray bool) {
	prev, begun := c.Keys[e.Key]
	prev.Open = prev.Open || c.Blind && !begun
	switch {
	case e.N <= prev.N:
		return "it is a repeat", true
	case prev.Open && e.N > prev.N+1:
		return "", false // follows messages that this program cannot read
	case e.N != prev.N+1:
		return fmt.Sprintf("messages of its author are missing before it (%d)", e.N-prev.N-1), false
	case e.Prev != prev.Leaf:
		return "it does not follow its author's previous message", false
	}
	return "", false
}
