package jsonform

import (
	"bytes"
	"encoding/json"
	"fmt"
	"time"
	"unicode"
	"unicode/utf16"

	"warroom/model"
)

// LoggedEvent is one event in tail --json.
type LoggedEvent struct {
	V          int             `json:"v"`
	Room       string          `json:"room"`
	ID         string          `json:"id"`
	Key        string          `json:"key"`
	N          uint64          `json:"n"`
	Prev       string          `json:"prev"`
	Kind       model.Kind      `json:"kind"`
	At         string          `json:"at"`
	By         string          `json:"by"`
	Via        string          `json:"via"`
	Body       json.RawMessage `json:"body"`
	Seq        uint64          `json:"seq"`
	RecordedAt time.Time       `json:"recorded_at"`
	Verified   bool            `json:"verified"`
	Fault      string          `json:"fault,omitempty"`
	NoEffect   string          `json:"no_effect,omitempty"` // why the room refused it
	// its text was redacted, so its signature cannot be verified any more
	Redacted bool `json:"redacted,omitempty"`
}

// Event returns the JSON form of an event. refused is the reason why the room refused it,
// if it did.
func Event(e *model.Event, refused model.Safe) LoggedEvent {
	l := LoggedEvent{V: e.V, Room: e.Room, ID: e.ID, Key: e.Key, N: e.N, Prev: e.Prev, Kind: e.Kind,
		At: e.At.UTC().Format(model.TimeForm), By: e.By, Via: e.Via, Body: e.Body, Seq: e.Seq, RecordedAt: e.RecordedAt,
		Verified: e.Fault == "" && !e.Redacted, Fault: e.Fault, Redacted: e.Redacted}
	if !json.Valid(e.Body) {
		l.Body = json.RawMessage("null")
	}
	if e.Fault == "" {
		l.NoEffect = refused.String()
	}
	return l
}

// Escape replaces every rune that is not printable, or that nobody sees, by its escape
// \uXXXX, which is equivalent in JSON: a reader of JSON gets the exact text, and a terminal
// shows that there is something.
func Escape(b []byte) []byte {
	if !bytes.ContainsFunc(b, odd) {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for _, r := range string(b) {
		switch {
		case !odd(r):
			out = append(out, string(r)...)
		case r > 0xFFFF:
			hi, lo := utf16.EncodeRune(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, hi, lo)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
	}
	return out
}

func odd(r rune) bool {
	return r >= 0x7F && (!unicode.IsPrint(r) || unicode.Is(unicode.M, r) || model.IsBlank(r))
}
