package bundle

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Message is one stored message of a room's log.
type Message struct {
	Seq     uint64
	At      time.Time // when it was first recorded
	Subject string    // its subject after the room's short id: log.<handle>.<key>
	Sig     string    // the value of the record's header, "" if the message had none or several
	Data    []byte
}

// author returns the author that a subject names. It reports false for a message that is
// not an event, and thus not a leaf.
func (m *Message) author() (handle, key string, event bool) {
	t := strings.Split(m.Subject, ".")
	if len(t) != 3 {
		return "", "", t[0] == "log"
	}
	return t[1], t[2], t[0] == "log"
}

// line is a message as stored in a bag. Bytes that are not UTF-8 are stored in base64.
type line struct {
	Seq        uint64  `json:"seq"`
	Recorded   string  `json:"recorded"`
	Subject    string  `json:"subject"`
	Sig        string  `json:"sig,omitempty"`
	SigRaw     []byte  `json:"sig_base64,omitempty"`
	Payload    *string `json:"payload,omitempty"`
	PayloadRaw []byte  `json:"payload_base64,omitempty"`
}

// timeForm has nanoseconds, like the store.
const timeForm = "2006-01-02T15:04:05.000000000Z"

// encode returns the line of a message.
func (m *Message) encode() ([]byte, error) {
	l := line{Seq: m.Seq, Recorded: m.At.UTC().Format(timeForm), Subject: m.Subject}
	if !utf8.ValidString(m.Subject) {
		return nil, fmt.Errorf("the subject of entry %d is not UTF-8", m.Seq)
	}
	if utf8.ValidString(m.Sig) {
		l.Sig = m.Sig
	} else {
		l.SigRaw = []byte(m.Sig)
	}
	if text := string(m.Data); utf8.Valid(m.Data) {
		l.Payload = &text
	} else {
		l.PayloadRaw = m.Data
	}
	return oneLine(l)
}

// oneLine encodes a value as a line of JSON without control characters or other runes that
// a terminal would interpret.
func oneLine(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	raw := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	return append(plain(raw), '\n'), nil
}

// plain writes every rune that is not printable as \uXXXX, which is equivalent in JSON.
func plain(b []byte) []byte {
	if !bytes.ContainsFunc(b, odd) {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for _, r := range string(b) {
		switch {
		case !odd(r):
			out = utf8.AppendRune(out, r)
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
	return r >= 0x7F && (r == utf8.RuneError || !unicode.IsPrint(r) || unicode.Is(unicode.M, r))
}

// decode reads a line. It returns an error unless encode would write the same bytes.
func decode(raw []byte) (m Message, err error) {
	var l line
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return m, err
	}
	if !storable(l.Subject) || strings.ContainsAny(l.Sig+string(l.SigRaw), "\r\n") {
		return m, errors.New("its subject or signature is not allowed in a log")
	}
	m = Message{Seq: l.Seq, Subject: l.Subject, Sig: l.Sig, Data: l.PayloadRaw}
	if l.SigRaw != nil {
		m.Sig = string(l.SigRaw)
	}
	if l.Payload != nil {
		m.Data = []byte(*l.Payload)
	}
	if m.At, err = time.Parse(timeForm, l.Recorded); err != nil {
		return m, errors.New("its time cannot be read")
	}
	encoded, err := m.encode()
	if err != nil {
		return m, err
	}
	if !bytes.Equal(encoded, append(bytes.TrimSuffix(raw, []byte("\n")), '\n')) {
		return m, errors.New("it is not in the form in which warroom writes it")
	}
	return m, nil
}

// storable reports whether a room's log can have a subject.
func storable(subject string) bool {
	t := strings.Split(subject, ".")
	for _, w := range t {
		if w == "" || w == "*" || w == ">" ||
			strings.ContainsFunc(w, func(r rune) bool { return r <= ' ' || unicode.IsSpace(r) }) {
			return false
		}
	}
	return len(t) > 1 && len(subject) < 512 && (t[0] == "log" || t[0] == "gone")
}

// shortText returns the beginning of a key or hash, enough to distinguish it.
func shortText(s string) string { return s[:min(8, len(s))] }
