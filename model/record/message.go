package record

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
	Seq  uint64
	At   time.Time // when it was recorded first
	Lane string    // its subject behind the room's short id: log.<handle>.<key>
	Sig  string    // the one header of the record, "" where it had none or several
	Data []byte
}

// author says whom a lane speaks of; event is false for a message that is no
// event, and no leaf.
func (m *Message) author() (handle, key string, event bool) {
	t := strings.Split(m.Lane, ".")
	if len(t) != 3 {
		return "", "", t[0] == "log"
	}
	return t[1], t[2], t[0] == "log"
}

// line is a message as it stands in a bag. What is no UTF-8 stands in base64.
type line struct {
	Seq        uint64  `json:"seq"`
	Recorded   string  `json:"recorded"`
	Lane       string  `json:"subject"`
	Sig        string  `json:"sig,omitempty"`
	SigRaw     []byte  `json:"sig_base64,omitempty"`
	Payload    *string `json:"payload,omitempty"`
	PayloadRaw []byte  `json:"payload_base64,omitempty"`
}

// timeForm is to the nanosecond, as the store has it.
const timeForm = "2006-01-02T15:04:05.000000000Z"

// encode returns the line of a message.
func (m *Message) encode() ([]byte, error) {
	l := line{Seq: m.Seq, Recorded: m.At.UTC().Format(timeForm), Lane: m.Lane}
	if !utf8.ValidString(m.Lane) {
		return nil, fmt.Errorf("the subject of entry %d is no text", m.Seq)
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

// oneLine encodes a value as a line of JSON in which nothing can reach a
// terminal as anything but text.
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

// plain writes every rune that is not printable text as \uXXXX, which in JSON
// says the same.
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

// decode reads a line, which has to be as encode writes it.
func decode(raw []byte) (m Message, err error) {
	var l line
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&l); err != nil {
		return m, err
	}
	if !storable(l.Lane) || strings.ContainsAny(l.Sig+string(l.SigRaw), "\r\n") {
		return m, errors.New("no log has messages under such a subject, or with such a signature")
	}
	m = Message{Seq: l.Seq, Lane: l.Lane, Sig: l.Sig, Data: l.PayloadRaw}
	if l.SigRaw != nil {
		m.Sig = string(l.SigRaw)
	}
	if l.Payload != nil {
		m.Data = []byte(*l.Payload)
	}
	if m.At, err = time.Parse(timeForm, l.Recorded); err != nil {
		return m, errors.New("its time cannot be read")
	}
	again, err := m.encode()
	if err != nil {
		return m, err
	}
	if !bytes.Equal(again, append(bytes.TrimSuffix(raw, []byte("\n")), '\n')) {
		return m, errors.New("it is not written as a record is")
	}
	return m, nil
}

// storable says whether a lane is one that a room's log has.
func storable(lane string) bool {
	t := strings.Split(lane, ".")
	for _, w := range t {
		if w == "" || w == "*" || w == ">" || strings.ContainsFunc(w, func(r rune) bool { return r <= ' ' || unicode.IsSpace(r) }) {
			return false
		}
	}
	return len(t) > 1 && len(lane) < 512 && (t[0] == "log" || t[0] == "gone")
}

// shortText is the beginning of a key or hash, to tell it from others.
func shortText(s string) string { return s[:min(8, len(s))] }
