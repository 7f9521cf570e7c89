package alerts

import (
	"unicode/utf16"
	"unicode/utf8"
)

// bare reads a number, true, false or null.
func (p *parser) bare(kind byte) (int32, error) {
	i, err := p.add(kind)
	if err != nil {
		return 0, err
	}
	from := len(p.text)
	var word [64]byte
	n := 0
	for p.pos < p.end || p.more() {
		c := p.buf[p.pos]
		if c != '-' && c != '+' && c != '.' && (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != 'E' {
			break
		}
		if n < len(word) {
			word[n] = c
		}
		n++
		p.pos++
	}
	if p.pos >= p.end && len(p.open) > 0 {
		return 0, p.ended()
	}
	if s := string(word[:min(n, len(word))]); kind != '0' &&
		(s != "true" && s != "false" && s != "null" || n > len(word)) || kind == '0' &&
		(!isNumber(s) || n > maxNumber) {
		return 0, errSyntax
	}
	if p.mute == 0 {
		p.text = append(grownText(p.text, n), word[:min(n, len(word))]...)
		p.setText(i, int32(from), int32(len(p.text)))
	}
	return i, nil
}

// maxNumber is the max length of a number, in bytes. Only the first 64 bytes are kept.
const maxNumber = 4096

func isNumber(s string) bool {
	digits := 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits++
		case c >= 'a' && c <= 'z' && c != 'e':
			return false
		}
	}
	return digits > 0
}

// string reads a text with its quotes and returns its offsets.
func (p *parser) string() (from, to int32, err error) {
	p.pos++ // the quote
	start := len(p.text)
	for p.pos < p.end || p.more() {
		i := p.pos
		for i < p.end && p.buf[i] != '"' && p.buf[i] != '\\' && p.buf[i] >= ' ' {
			i++
		}
		p.appendText(start, p.buf[p.pos:i])
		p.pos = i
		if i == p.end {
			continue
		}
		switch p.buf[i] {
		case '"':
			p.pos++
			return int32(start), int32(len(p.text)), nil
		case '\\':
			if err := p.escape(start); err != nil {
				return 0, 0, err
			}
		default:
			return 0, 0, errSyntax
		}
	}
	return 0, 0, p.ended()
}

// appendText appends to the text that begins at start, up to its limit.
func (p *parser) appendText(start int, b []byte) {
	if p.mute > 0 {
		return
	}
	if n := maxString - (len(p.text) - start); len(b) > n {
		b = b[:max(n, 0)]
	}
	p.text = append(grownText(p.text, len(b)), b...)
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads an escape sequence.
func (p *parser) escape(start int) error {
	p.pos++
	c := p.peek()
	if c == 0 && p.pos >= p.end {
		return p.ended()
	}
	p.pos++
	if e := escapes[c]; e != 0 {
		p.appendText(start, []byte{e})
		return nil
	}
	if c != 'u' {
		return errSyntax
	}
	r, err := p.hex()
	if err != nil {
		return err
	}
	if utf16.IsSurrogate(r) {
		r = p.pair(r, &err)
	}
	var b [4]byte
	p.appendText(start, b[:utf8.EncodeRune(b[:], r)])
	return err
}

// pair reads the second half of a surrogate pair.
func (p *parser) pair(r rune, err *error) rune {
	if p.end-p.pos < 6 {
		p.more()
	}
	if p.end-p.pos < 6 || p.buf[p.pos] != '\\' || p.buf[p.pos+1] != 'u' {
		return utf8.RuneError
	}
	p.pos += 2
	var low rune
	low, *err = p.hex()
	return utf16.DecodeRune(r, low)
}

func (p *parser) hex() (rune, error) {
	var r rune
	for range 4 {
		c := p.peek()
		switch {
		case c >= '0' && c <= '9':
			r = r<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			r = r<<4 | rune(c-'a'+10)
		case c >= 'A' && c <= 'F':
			r = r<<4 | rune(c-'A'+10)
		case c == 0 && p.pos >= p.end:
			return 0, p.ended()
		default:
			return 0, errSyntax
		}
		p.pos++
	}
	return r, nil
}
