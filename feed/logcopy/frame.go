package logcopy

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model/seal"
)

// Message is one stored message of a room's log.
type Message struct {
	Seq     uint64
	At      time.Time // when it was recorded first
	Subject string
	Sig     string // value of the one header of the record, "" where it had none or several
	Data    []byte

	// Of a message that was redacted: Data is then what stands for it.
	Gone bool
	Void bool      // it had no effect
	Was  tlog.Hash // its leaf
}

// Leaf is the hash of the message as a leaf of the log.
func (m *Message) Leaf() tlog.Hash {
	if m.Gone {
		return m.Was
	}
	return seal.LeafHash(m.Sig, m.Data)
}

// Instead returns what stands for a message that was redacted. Subject is that of
// its lane.
func Instead(s *seal.Stone, subject string) Message {
	return Message{Seq: s.Seq, At: s.At, Subject: subject, Data: s.Rest, Gone: true, Void: s.Void, Was: s.Leaf}
}

// A message that was redacted has this behind its subject in a frame, with its
// leaf. No subject of a message has a blank in it.
const (
	goneMark = " gone "
	voidMark = " void "
)

// subject is the subject in the frame.
func (m *Message) subject() string {
	switch {
	case m.Gone && m.Void:
		return m.Subject + voidMark + m.Was.String()
	case m.Gone:
		return m.Subject + goneMark + m.Was.String()
	}
	return m.Subject
}

// setSubject reads it.
func (m *Message) setSubject(s string) (err error) {
	subject, leaf, gone := strings.Cut(s, goneMark)
	if !gone {
		subject, leaf, m.Void = strings.Cut(s, voidMark)
	}
	m.Subject, m.Gone = subject, gone || m.Void
	if m.Gone {
		m.Was, err = tlog.ParseHash(leaf)
	}
	return err
}

// IsLeaf says whether the message is a leaf of the log: tombstones are none.
func (m *Message) IsLeaf() bool {
	t := strings.SplitN(m.Subject, ".", 4)
	return len(t) > 2 && t[2] == "log"
}

// maxFrame is the largest frame that is believed: a larger length is damage.
const maxFrame = 2 << 20

// frameHead is length and checksum.
const frameHead = 8

// errFrame means that a frame is cut off or does not check.
var errFrame = errors.New("a frame does not check")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendFrame puts the frame of a message behind b.
func (c cover) appendFrame(b []byte, m *Message) []byte {
	at := len(b)
	b = append(b, make([]byte, frameHead)...)
	b = binary.AppendUvarint(b, m.Seq)
	b = binary.AppendVarint(b, m.At.UnixNano())
	subject := m.subject()
	b = binary.AppendUvarint(b, uint64(len(subject)))
	b = append(b, subject...)
	b = binary.AppendUvarint(b, uint64(len(m.Sig)))
	b = append(b, m.Sig...)
	b = append(b, m.Data...)
	body := b[at+frameHead:]
	if c.box != nil {
		b = append(b[:at+frameHead], c.box.Seal(body, []byte(c.room))...)
		body = b[at+frameHead:]
	}
	binary.LittleEndian.PutUint32(b[at:], uint32(len(body)))
	binary.LittleEndian.PutUint32(b[at+4:], crc32.Checksum(body, castagnoli))
	return b
}

// readFrame reads the next frame and says how many bytes it has. At the end of
// the file it returns [io.EOF]; errFrame where a frame is cut off or damaged.
func (c cover) readFrame(r *bufio.Reader) (m Message, size int64, err error) {
	var head [frameHead]byte
	switch _, err := io.ReadFull(r, head[:]); {
	case errors.Is(err, io.EOF):
		return m, 0, io.EOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		return m, 0, errFrame
	case err != nil:
		return m, 0, err
	}
	n := binary.LittleEndian.Uint32(head[:])
	if n > maxFrame {
		return m, 0, errFrame
	}
	body := make([]byte, n)
	switch _, err := io.ReadFull(r, body); {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return m, 0, errFrame
	case err != nil:
		return m, 0, err
	}
	if crc32.Checksum(body, castagnoli) != binary.LittleEndian.Uint32(head[4:]) {
		return m, 0, errFrame
	}
	if c.box != nil {
		if body, err = c.box.Open(body, []byte(c.room)); err != nil {
			return m, 0, errFrame
		}
	}
	if err := m.decode(body); err != nil {
		return m, 0, errFrame
	}
	return m, frameHead + int64(n), nil
}

// decode reads the body of a frame.
func (m *Message) decode(b []byte) error {
	seq, n := binary.Uvarint(b)
	if n <= 0 {
		return errFrame
	}
	b = b[n:]
	at, n := binary.Varint(b)
	if n <= 0 {
		return errFrame
	}
	b = b[n:]
	var text [2]string
	for i := range text {
		l, n := binary.Uvarint(b)
		if n <= 0 || l > uint64(len(b)-n) {
			return errFrame
		}
		text[i], b = string(b[n:n+int(l)]), b[n+int(l):]
	}
	m.Seq, m.At, m.Sig, m.Data = seq, time.Unix(0, at).UTC(), text[1], b
	return m.setSubject(text[0])
}
