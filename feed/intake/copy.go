package intake

import (
	"bufio"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"warroom/model"
)

// The bounds of a masked copy.
const (
	maxLiteral = 1 << 20  // of one text or line; a longer one is not in the copy
	maxHidden  = 20_000   // secrets that are looked for
	maxHiddenB = 8 << 20  // and their bytes
	blockSize  = 64 << 10 // of lines that are looked at together
	minHidden  = 4        // what is shorter is no secret
)

// Copy writes what in has, as UTF-8 and unpacked, without secrets: those that a
// reading of it finds, wherever they stand, and whatever looks like one become the
// marks that its alerts have. Members that hold code or a secret are left out as a
// whole. It reads twice, and holds neither. Sum is the SHA-256 that a reading has.
func Copy(ctx context.Context, in io.ReadSeeker, o Options, out io.Writer) (sum string, err error) {
	c := &copier{hidden: newHidden(), out: bufio.NewWriterSize(out, blockSize)}
	o.Hidden = c.hidden.add
	if o.Max <= 0 {
		o.Max = 1 << 30
	}
	_, err = Read(ctx, in, o, func(*model.Alert) error { return nil })
	if err != nil && model.CodeOf(err) != model.Invalid { // what cannot be read is kept all the same
		return "", err
	}
	if c.hidden.over {
		return "", model.Refuse(model.Invalid, "it has more than %d secrets: no copy of it is kept", maxHidden)
	}
	if _, err = in.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	again, err := newInput(ctx, in, o.Max)
	if err != nil {
		return "", model.Refuse(model.Invalid, "it cannot be read: %s", err)
	}
	c.work = &work{Options: o}
	c.in = bufio.NewReaderSize(again, blockSize)
	if err = c.run(); err == nil {
		err = c.out.Flush()
	}
	return hex.EncodeToString(again.sum.Sum(nil)), err
}

// copier writes the copy. Outside of JSON it goes by lines, inside by texts.
type copier struct {
	*work
	hidden *hidden
	in     *bufio.Reader
	out    *bufio.Writer
	block  []byte // lines that were not written yet
	key    string // of the member that comes
	depth  int    // of the value
	drop   int    // the depth from which on all is left out, 0: nowhere
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

// opens says whether a JSON value begins here, and not a line of a log.
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

// line takes a line that is no JSON, or the white space before what may be.
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

// blank says whether there is nothing but white space, looking at little.
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

// flush writes the lines that wait.
func (c *copier) flush() error {
	if len(c.block) == 0 {
		return nil
	}
	_, err := c.out.WriteString(c.clean(string(c.block)))
	c.block = c.block[:0]
	return err
}

// json takes a byte of a value, or one of its texts.
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

// text takes a text of a JSON value.
func (c *copier) text() error {
	raw, n, err := c.literal()
	switch {
	case err != nil:
		return err
	case raw == nil: // it is cut, or no JSON: nothing is known of where it ends
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
	was := s
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
	if clean := c.clean(s); clean != was {
		raw = []byte(quoteJSON(clean))
	}
	_, err = c.out.Write(raw)
	return err
}

// literal reads a text to its closing quote. Raw is nil where there is none, and n
// how many bytes it has; of a long one only n counts.
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
			c.block = raw[:0] // its room is used again
			return raw, n, nil
		}
	}
}

// broken leaves out the rest of a line in which JSON ends.
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

// isKey says whether a text is the name of a member: a colon follows.
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
