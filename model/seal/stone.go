package seal

import (
	"encoding/json"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model"
)

// Stone stands in a log for a message whose text was redacted: what the redaction
// says of it. The message's own signature cannot be checked any more.
type Stone struct {
	Seq    uint64    // of the message
	At     time.Time // when it was recorded
	Handle string    // whose it was
	Key    string
	Leaf   tlog.Hash // of the message as it was
	Rest   []byte    // the message without its free text
	Void   bool      // it had no effect

	By     string // who took the text out
	Reason string
	Place  uint64 // sequence of the redaction
}

// ReadStone reads the redaction that is stored at a place under a subject of
// handle and key. It is false for every other message, and for one that is not
// signed by its author. Whether they may redact is for the fold to say.
func ReadStone(place uint64, handle, key, sig string, payload []byte) (Stone, bool) {
	e, fault := Examine(handle, key, sig, payload).Alone()
	if fault != "" {
		return Stone{}, false
	}
	e.Seq = place
	return StoneOf(e)
}

// ReadTwin reads a redaction that lies once more on the lane of what is gone, where
// whoever may delete has put it. It is believed for its author's signature.
func ReadTwin(sig string, payload []byte) (Stone, bool) {
	e, err := model.DecodeEvent(payload)
	if err != nil {
		return Stone{}, false
	}
	return ReadStone(0, e.By, e.Key, sig, payload)
}

// StoneOf is ReadStone for an event that was checked.
func StoneOf(e *model.Event) (Stone, bool) {
	var b model.EntryRedacted
	if e.Kind != model.KindEntryRedacted || e.V > model.Version || e.Fault != "" || json.Unmarshal(e.Body, &b) != nil {
		return Stone{}, false
	}
	was, err := model.DecodeEvent(b.Event)
	leaf, lerr := tlog.ParseHash(b.Leaf)
	if err != nil || lerr != nil || b.Seq == 0 || was.Room != e.Room {
		return Stone{}, false
	}
	return Stone{Seq: b.Seq, At: time.Unix(0, b.Recorded).UTC(), Handle: was.By, Key: was.Key, Leaf: leaf, Rest: b.Event, Void: b.Void,
		By: e.By, Reason: b.Reason, Place: e.Seq}, true
}

// Is says whether a stone stands for a message: whether it is the one of that
// hash, and the redaction says of it what it was.
func (s *Stone) Is(sig string, payload []byte) bool {
	rest, err := model.WithoutText(payload)
	return err == nil && LeafHash(sig, payload) == s.Leaf && string(rest) == string(s.Rest)
}

// Pass goes on over a message that was redacted, as [Chain.Next] does over one
// that is there.
func (c *Chain) Pass(s Stone) *model.Event { return c.Lay(s.Seq, s.At, s.Leaf, s.Rest, s.Void) }

// Lay is Pass for who kept no more than what stands for the message.
func (c *Chain) Lay(seq uint64, recorded time.Time, leaf tlog.Hash, rest []byte, void bool) *model.Event {
	e, err := model.DecodeEvent(rest)
	if err != nil {
		e = &model.Event{Kind: "unreadable", At: recorded}
		return c.Follow(seq, recorded, Examined{event: e})
	}
	e.Leaf, e.Redacted, e.Void = leaf.String(), true, void
	return c.Follow(seq, recorded, Examined{event: e, readable: true, handle: e.By, key: e.Key})
}

// ReadNewer reads who signed a message on the lane of what is gone that this program
// does not understand: one of a newer form, or of a kind that it does not know. It is
// false for every other one, and where the signature does not check.
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
