package signing

import (
	"encoding/json"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
)

// Tombstone replaces a message whose text was redacted. It has what the redaction
// states about the message, since the message's own signature can no longer be
// verified.
type Tombstone struct {
	Seq       uint64    // of the message
	At        time.Time // when the message was recorded
	Handle    string    // author of the message
	Key       string
	Leaf      tlog.Hash // of the original message
	Remaining []byte    // the message without its free text
	Rejected  bool      // the message had no effect

	By           string // who redacted it
	Reason       string
	RedactionSeq uint64 // sequence of the redaction
}

// ReadRedaction reads the redaction stored at a sequence under a subject of handle
// and key. It returns false for any other message, and if the author's signature is
// invalid. The fold decides whether the author may redact.
func ReadRedaction(seq uint64, handle, key, sig string, payload []byte) (Tombstone, bool) {
	e, fault := Examine(handle, key, sig, payload).Event()
	if fault != "" {
		return Tombstone{}, false
	}
	e.Seq = seq
	return TombstoneOf(e)
}

// ReadTombstone reads the copy of a redaction on the subject of deleted messages. It is
// written there by a party that may delete, so only the signature of the redaction's author
// counts.
func ReadTombstone(sig string, payload []byte) (Tombstone, bool) {
	e, err := model.DecodeEvent(payload)
	if err != nil {
		return Tombstone{}, false
	}
	return ReadRedaction(0, e.By, e.Key, sig, payload)
}

// TombstoneOf returns like [ReadRedaction], for an event that was already checked.
func TombstoneOf(e *model.Event) (Tombstone, bool) {
	var b model.EntryRedacted
	if e.Kind != model.KindEntryRedacted || e.V > model.Version || e.Fault != "" || json.Unmarshal(e.Body, &b) != nil {
		return Tombstone{}, false
	}
	original, err := model.DecodeEvent(b.Event)
	leaf, lerr := tlog.ParseHash(b.Leaf)
	if err != nil || lerr != nil || b.Seq == 0 || original.Room != e.Room {
		return Tombstone{}, false
	}
	return Tombstone{Seq: b.Seq, At: time.Unix(0, b.Recorded).UTC(), Handle: original.By, Key: original.Key, Leaf: leaf,
		Remaining: b.Event, Rejected: b.Rejected,
		By: e.By, Reason: b.Reason, RedactionSeq: e.Seq}, true
}

// Is reports whether the tombstone stands for a message: it has the hash of the
// message, and the fields of the message without its text.
func (s *Tombstone) Is(sig string, payload []byte) bool {
	remaining, err := model.WithoutText(payload)
	return err == nil && LeafHash(sig, payload) == s.Leaf && string(remaining) == string(s.Remaining)
}

// Pass advances the chain over a redacted message, as [Chain.Next] does over a message that
// still exists.
func (c *Chain) Pass(s Tombstone) *model.Event {
	return c.Lay(s.Seq, s.At, s.Leaf, s.Remaining, s.Rejected)
}

// Lay is like Pass, for callers that have only the fields of a tombstone.
func (c *Chain) Lay(seq uint64, recorded time.Time, leaf tlog.Hash, remaining []byte, rejected bool) *model.Event {
	e, err := model.DecodeEvent(remaining)
	if err != nil {
		e = &model.Event{Kind: "unreadable", At: recorded}
		return c.Follow(seq, recorded, Examined{event: e})
	}
	e.Leaf, e.Redacted, e.Rejected = leaf.String(), true, rejected
	return c.Follow(seq, recorded, Examined{event: e, readable: true, handle: e.By, key: e.Key})
}

// ReadNewer returns the key and the form of a message on the subject of deleted messages
// that this program does not understand: one of a newer form or of an unknown kind. It
// reports false for any other message and if the signature is invalid.
func ReadNewer(sig string, payload []byte) (key string, form int, ok bool) {
	var m struct {
		V    int        `json:"v"`
		Key  string     `json:"key"`
		Kind model.Kind `json:"kind"`
	}
	if len(payload) > model.MaxMessage || json.Unmarshal(payload, &m) != nil || m.V <= model.Version && m.Kind.Known() {
		return "", 0, false
	}
	return m.Key, m.V, unsigned(m.Key, sig, payload) == ""
}
