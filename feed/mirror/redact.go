package mirror

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// Redact replaces messages of this copy by their redacted form, and returns the number of
// replaced messages. The file is rewritten; when Redact returns, the old one is removed,
// but the file system may still have its blocks.
func (c *Copy) Redact(with []Message) (n int, err error) {
	by := map[tlog.Hash]*Message{}
	for i := range with {
		by[with[i].OriginalLeaf] = &with[i]
	}
	is := func(m *Message) *Message {
		if s := by[m.Leaf()]; s != nil && !m.Gone && m.IsLeaf() && m.Seq == s.Seq {
			return s
		}
		return nil
	}
	var lost [][]byte
	n, err = c.count(func(m *Message) *Message {
		s := is(m)
		if s != nil {
			lost = append(lost, m.Data)
		}
		return s
	})
	if n > 0 && err == nil && c.Losing != nil {
		err = c.Losing(lost)
	}
	if n == 0 || err != nil {
		return 0, err
	}
	err = c.renew(c.at.cover, func(m *Message) {
		if s := is(m); s != nil {
			m.At, m.Sig, m.Data, m.Gone, m.Rejected, m.OriginalLeaf = s.At, "", s.Data, true, s.Rejected, s.OriginalLeaf
		}
	})
	if err != nil {
		return 0, fmt.Errorf("rewrite a copy: %w", err)
	}
	return n, nil
}

// count returns the number of messages for which is returns a replacement.
func (c *Copy) count(is func(*Message) *Message) (n int, err error) {
	start := c.at.cover.begin().End
	in := bufio.NewReaderSize(io.NewSectionReader(c.f, start, c.at.End-start), 256<<10)
	for {
		m, _, err := c.at.cover.readFrame(in)
		switch {
		case errors.Is(err, io.EOF):
			return n, nil
		case err != nil:
			return 0, fmt.Errorf("read a copy: %w", err)
		case is(&m) != nil:
			n++
		}
	}
}
