package alerts

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"warroom/model"
)

// The limits of a masked copy.
const (
	maxLiteral = 1 << 20  // bytes of one text or line; a longer one is left out
	maxHidden  = 20_000   // secrets that are masked
	maxHiddenB = 8 << 20  // their total bytes
	blockSize  = 64 << 10 // bytes of lines that are processed together
	minHidden  = 4        // shorter values are not secrets
)

// Copy writes the content of in, as decompressed UTF-8, without secrets: those that reading
// it finds, wherever they occur, and everything that looks like one are replaced by the
// marks that the alerts have. Members that hold code or a secret are left out. It reads the
// input twice, as a stream. Sum is the SHA-256 that a reading has. The error is
// [model.Invalid] if in cannot be unpacked or has too many secrets, and otherwise that of in,
// out or ctx. An input of an unknown form is copied.
func Copy(ctx context.Context, in io.ReadSeeker, o Options, out io.Writer) (sum string, err error) {
	c := &copier{hidden: newHidden(), out: bufio.NewWriterSize(out, blockSize)}
	o.Hidden = c.hidden.add
	if o.Max <= 0 {
		o.Max = 1 << 30
	}
	_, err = Read(ctx, in, o, func(*model.Alert) error { return nil })
	if err != nil && model.CodeOf(err) != model.Invalid { // an unreadable input is copied nevertheless
		return "", err
	}
	if c.hidden.over {
		return "", model.Refuse(model.Invalid, "it contains more than %d secrets: no copy of it is kept", maxHidden)
	}
	if _, err = in.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	second, err := newInput(ctx, in, o.Max)
	if err != nil {
		return "", model.Refuse(model.Invalid, "it cannot be read: %s", err)
	}
	c.work = &work{Options: o}
	c.in = bufio.NewReaderSize(second, blockSize)
	if err = c.run(); err == nil {
		err = c.out.Flush()
	}
	return hex.EncodeToString(second.sum.Sum(nil)), err
}

// copier writes the copy. It processes JSON text by text, and everything else line by line.
type copier struct {
	*work
	hidden *hidden
	in     *bufio.Reader
	out    *bufio.Writer
	block  []byte // lines that were not written yet
	key    string // name of the next member
	depth  int    // nesting of the value
	drop   int    // the depth from which everything is left out; if 0, none
	as     func(*copier, string) string
}

func (c *copier) run() error {
	for {
		b, err := c.in.Peek(1)
		if err == io.EOF {
			return c.flush()
		}
		if err != nil {
			return err
		}
		switch {
		case c.depth == 0 && !c.opens(b[0]):
			err = c.line()
		case len(c.block) > 0:
			err = c.flush()
		default:
			err = c.json()
		}
		if err != nil {
			return err
		}
	}
}

// opens reports whether a JSON value begins here, and not a log line.
func (c *copier) opens(b byte) bool {
	if b != '{' && b != '[' {
		return false
	}
	head, _ := c.in.Peek(256)
	for _, n := range head[1:] {
		switch n {
		case ' ', '\t', '\r', '\n':
		case '"', '}':
			return b == '{' || n == '"'
		case '{', ']', '[':
			return b == '['
		default:
			return false
		}
	}
	return true
}

// line processes a line that is not JSON, or the white space before a value.
func (c *copier) line() error {
	from := len(c.block)
	for n := 0; ; n++ {
		b, err := c.in.ReadByte()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if n < maxLiteral {
			c.block = append(c.block, b)
		} else if n == maxLiteral {
			c.block = append(c.block[:from], "<a line of more than 1 MB, not kept>"...)
		}
		if b == '\n' {
			if n >= maxLiteral {
				c.block = append(c.block, b)
			}
			break
		}
		if blank(c.block[from:]) {
			if next, _ := c.in.Peek(1); len(next) > 0 && c.opens(next[0]) {
				return nil
			}
		}
	}
	if len(c.block) < blockSize || openKey(c.block) && len(c.block) < 2*maxLiteral {
		return nil
	}
	return c.flush()
}

// blank reports whether b has only white space. It is false for long slices, without
// reading them.
func blank(b []byte) bool {
	if len(b) > 64 {
		return false
	}
	for _, x := range b {
		if x != ' ' && x != '\t' {
			return false
		}
	}
	return true
}

// flush writes the pending lines.
func (c *copier) flush() error {
	if len(c.block) == 0 {
		return nil
	}
	_, err := c.out.WriteString(c.clean(string(c.block)))
	c.block = c.block[:0]
	return err
}

// json processes a byte of a value, or one of its texts.
func (c *copier) json() error {
	b, err := c.in.ReadByte()
	if err != nil {
		return err
	}
	switch b {
	case '{', '[':
		if c.depth++; c.drop == 0 && left[c.key] != nil {
			c.as = left[c.key]
			c.drop = c.depth
		}
		c.key = ""
	case '}', ']':
		if c.depth--; c.depth < c.drop {
			c.drop = 0
		}
		c.key = ""
	case ',':
		c.key = ""
	case '"':
		return c.text()
	}
	return c.out.WriteByte(b)
}

// text processes a text of a JSON value.
func (c *copier) text() error {
	raw, n, err := c.literal()
	switch {
	case err != nil:
		return err
	case raw == nil: // truncated, or not JSON: its end is unknown
		return c.broken(n)
	case n > maxLiteral:
		_, err = fmt.Fprintf(c.out, `"<%d bytes, not kept>"`, n)
		return err
	}
	name, err := c.isKey()
	if err != nil {
		return err
	}
	s, ok := unquoteJSON(raw)
	original := s
	switch {
	case !ok:
		return c.broken(n)
	case name:
		c.key = s
	case strings.TrimSpace(s) == "" || s == "REDACTED":
	case c.drop > 0:
		s = c.as(c, s)
	case left[c.key] != nil:
		s = left[c.key](c, s)
	}
	if clean := c.clean(s); clean != original {
		raw = []byte(quoteJSON(clean))
	}
	_, err = c.out.Write(raw)
	return err
}

// literal reads a text up to its closing quote, and returns its length in bytes, n. Raw is
// nil if there is no closing quote. It has the first maxLiteral bytes of a longer text.
func (c *copier) literal() (raw []byte, n int, err error) {
	raw = append(c.block[:0], '"')
	for escaped := false; ; n++ {
		b, err := c.in.ReadByte()
		if err == io.EOF {
			return nil, n, nil
		}
		if err != nil {
			return nil, n, err
		}
		if b < ' ' {
			return nil, n, c.in.UnreadByte()
		}
		if n < maxLiteral {
			raw = append(raw, b)
		}
		switch {
		case escaped:
			escaped = false
		case b == '\\':
			escaped = true
		case b == '"':
			c.block = raw[:0] // reuse its capacity
			return raw, n, nil
		}
	}
}

// broken leaves out the rest of a line in which JSON ends unexpectedly.
func (c *copier) broken(n int) error {
	c.depth, c.drop, c.key, c.block = 0, 0, "", c.block[:0]
	for {
		b, err := c.in.ReadByte()
		if err != nil && err != io.EOF {
			return err
		}
		if err == io.EOF || b == '\n' {
			end := "\n"
			if err == io.EOF {
				end = ""
			}
			_, err = fmt.Fprintf(c.out, `"<cut here; %d bytes or more, not kept>%s`, n, end)
			return err
		}
		n++
	}
}

// isKey reports whether a text is the name of a member: a colon follows.
func (c *copier) isKey() (bool, error) {
	for n := 1; ; n++ {
		b, err := c.in.Peek(n)
		if err == io.EOF || err == bufio.ErrBufferFull {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		switch b[n-1] {
		case ' ', '\t', '\r', '\n':
		case ':':
			return true, nil
		default:
			return false, nil
		}
	}
}
