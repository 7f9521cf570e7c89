package seal

import (
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"maps"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
)

// Prefix is put before the payload when it is signed, so that no signature
// made for anything else can stand for a message.
const Prefix = "warroom/v1\n"

// Header is the one header of a message that belongs to the record.
const Header = "Warroom-Sig"

// KeyText returns the form of a public key used in messages and subjects:
// base64url without padding, 43 characters.
func KeyText(k ed25519.PublicKey) string { return base64.RawURLEncoding.EncodeToString(k) }

// ParseKey reads the form of KeyText.
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

// signature reads the value of [Header]: 64 zero bytes and false where it is
// malformed.
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

// Link is where one key's chain stands in one room.
type Link struct {
	N    uint64 `json:"n"`              // number of the last message that checked
	Leaf string `json:"leaf"`           // its leaf hash
	Open bool   `json:"open,omitempty"` // messages of a newer form follow it: how many and which, this program cannot tell
}

// Chain checks messages of one room in the order of the log. The zero value is
// at the beginning.
type Chain struct {
	Room  string          `json:"room"` // set by the first message
	Keys  map[string]Link `json:"keys"`
	Blind bool            `json:"blind,omitempty"` // see Unknown
}

// Clone returns a copy that goes its own way.
func (c *Chain) Clone() *Chain { return &Chain{Room: c.Room, Keys: maps.Clone(c.Keys), Blind: c.Blind} }

// Unknown passes over a place of the log of which this program cannot tell what was
// there. Whose message it was is not known either, so the next one of each key may
// leave a gap.
func (c *Chain) Unknown() {
	c.Blind = true
	for k, l := range c.Keys {
		l.Open = true
		c.Keys[k] = l
	}
}

// Examined is a message of which everything was looked at that can be without
// those before it: what costs time, and may be done for many at once.
type Examined struct {
	event    *model.Event
	readable bool
	handle   string
	key      string
	unsigned string // why its signature does not stand, "" where it does
	unread   bool   // it is of a form that this program cannot read, and signed by the key of its subject
}

// Examine looks at the message stored under a subject of handle and key.
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

// unsigned says why a message is not signed by the key, or "".
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
		return "its signature does not check"
	}
	return ""
}

// Alone returns the event of a message without those before it, and why it does
// not check as far as that goes, or "".
func (x Examined) Alone() (e *model.Event, fault string) {
	switch {
	case !x.readable:
		return x.event, x.event.Fault
	case x.event.By != x.handle || x.event.Key != x.key:
		return x.event, "it is not of the author of its subject"
	}
	return x.event, x.unsigned
}

// Next reads the message stored at seq under a subject of handle and key. It
// always returns an event: one that does not check has its Fault set, and the
// chain stays where it was. Where its author's messages are complete without it,
// it is a stray.
func (c *Chain) Next(seq uint64, recorded time.Time, handle, key, sig string, payload []byte) *model.Event {
	return c.Follow(seq, recorded, Examine(handle, key, sig, payload))
}

// Follow is Next for a message that was examined. It is called once for each.
func (c *Chain) Follow(seq uint64, recorded time.Time, x Examined) *model.Event {
	e := x.event
	e.Seq, e.RecordedAt = seq, recorded.UTC()
	if !x.readable {
		e.At, e.Stray = recorded, !x.unread
		if x.unread {
			was := c.Keys[e.Key]
			c.set(e.Key, Link{N: was.N, Leaf: was.Leaf, Open: true})
		}
		return e
	}
	e.Fault = c.foreign(x)
	if e.Stray = e.Fault != ""; e.Fault == "" {
		e.Fault, e.Stray = c.outOfOrder(e)
	}
	e.Stray = e.Stray && !e.Redacted // what stands for a message is the word of a redaction, which has to be true
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

// foreign returns why a message is not its author's in this room, or "".
func (c *Chain) foreign(x Examined) string {
	e := x.event
	switch {
	case e.By != x.handle:
		return "its author is not the one of its subject"
	case e.Key != x.key:
		return "its key is not the one of its subject"
	case c.Room != "" && e.Room != c.Room:
		return "it is of another room"
	}
	return x.unsigned
}

// outOfOrder returns why a message that its author signed is not the next one of
// its key, or "". A repeat is a stray; everything else means that the author has
// written something that is missing, or stands there no more.
func (c *Chain) outOfOrder(e *model.Event) (fault string, stray bool) {
	was, begun := c.Keys[e.Key]
	was.Open = was.Open || c.Blind && !begun
	switch {
	case e.N <= was.N:
		return "it is a repeat", true
	case was.Open && e.N > was.N+1:
		return "", false // behind messages that this program cannot read
	case e.N != was.N+1:
		return fmt.Sprintf("%d messages of its author before it are missing", e.N-was.N-1), false
	case e.Prev != was.Leaf:
		return "it does not follow its author's message before it", false
	}
	return "", false
}
