package mirror

import (
	"bufio"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/model/signing"
)

// Message is one stored message of a room's log.
type Message struct {
	Seq     uint64
	At      time.Time // when it was first recorded
	Subject string
	Sig     string // value of the record's header, "" if the message had none or several
	Data    []byte

	// Gone is set if the message was redacted. Data then has what remains of it.
	Gone         bool
	Rejected     bool      // it had no effect
	OriginalLeaf tlog.Hash // its leaf hash
}

// Leaf returns the leaf hash of the message.
func (m *Message) Leaf() tlog.Hash {
	if m.Gone {
		return m.OriginalLeaf
	}
	return signing.LeafHash(m.Sig, m.Data)
}

// Instead returns what replaces a redacted message. Subject is the subject of the message.
func Instead(s *signing.Tombstone, subject string) Message {
	return Message{Seq: s.Seq, At: s.At, Subject: subject, Data: s.Remaining, Gone: true, Rejected: s.Rejected,
		OriginalLeaf: s.Leaf}
}

// Separators after the subject of a redacted message in a frame, followed by its leaf hash.
// The subject of a message never has a space.
const (
	goneMark     = " gone "
	rejectedMark = " void "
)

// subject returns the subject as in the frame.
func (m *Message) subject() string {
	switch {
	case m.Gone && m.Rejected:
		return m.Subject + rejectedMark + m.OriginalLeaf.String()
	case m.Gone:
		return m.Subject + goneMark + m.OriginalLeaf.String()
	}
	return m.Subject
}

// setSubject parses it.
func (m *Message) setSubject(s string) (err error) {
	subject, leaf, gone := strings.Cut(s, goneMark)
	if !gone {
		subject, leaf, m.Rejected = strings.Cut(s, rejectedMark)
	}
	m.Subject, m.Gone = subject, gone || m.Rejected
	if m.Gone {
		m.OriginalLeaf, err = tlog.ParseHash(leaf)
	}
	return err
}

// IsLeaf reports whether the message is a leaf of the log: tombstones are not.
func (m *Message) IsLeaf() bool {
	t := strings.SplitN(m.Subject, ".", 4)
	return len(t) > 2 && t[2] == "log"
}

// maxFrame is the max length of a frame: a larger one means damage.
const maxFrame = 2 << 20

// frameHead is the size of length and checksum, in bytes.
const frameHead = 8

// errFrame means that a frame is truncated or its checksum is wrong.
var errFrame = errors.New("a frame does not verify")

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendFrame appends the frame of a message to b.
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

// readFrame reads the next frame and returns its size in bytes. At the end of the file it
// returns [io.EOF], and errFrame if a frame is truncated or damaged.
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

// decode decodes the body of a frame.
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
