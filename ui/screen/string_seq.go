package screen

import (
	"bytes"
	"strings"
)

// stringBegins are the characters with which the answer of a terminal can begin. Esc before
// any other means that a person pressed Alt and a key.
var stringBegins = map[byte]string{']': "0123456789", 'P': "0123456789>!$+", '_': "G"}

// beginsString reports whether the sequence at the beginning of b, of which two bytes or more
// have arrived, may be a string.
func beginsString(b []byte) bool {
	first := stringBegins[b[1]]
	return bytes.IndexByte([]byte("P]X^_"), b[1]) >= 0 &&
		(first == "" || len(b) == 2 || strings.IndexByte(first, b[2]) >= 0)
}

// stringLen returns the length of the string sequence at the beginning of b, up to its end or
// to a control character that cannot be in it.
func stringLen(b []byte) int {
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == 0x07:
			return i + 1
		case c == esc && i+1 < len(b) && b[i+1] == '\\':
			return i + 2
		case c < ' ' && c != '\t':
			return i
		}
	}
	return len(b)
}

// typed returns the part of a read that may be text, without the rest of a sequence that began
// in the read before.
func (d *decoder) typed(read []byte) []byte {
	switch {
	case d.str.in:
		return read[stringLen(append([]byte{esc}, read...))-1:]
	case d.paste.sent == emitNothing && len(d.buf) > 0 && d.buf[0] == esc:
		return append(d.buf[:len(d.buf):len(d.buf)], read...)
	}
	return read
}
