package logcopy

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"golang.org/x/mod/sumdb/tlog"
)

// Redact puts what stands for redacted messages in the place of those that this
// copy has as they were, and says how many that were. The file is written anew;
// the one with the text is gone when it returns, as far as a file system forgets.
func (c *Copy) Redact(with []Message) (n int, err error) {
	by := map[tlog.Hash]*Message{}
	for i := range with {
		by[with[i].Was] = &with[i]
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
			m.At, m.Sig, m.Data, m.Gone, m.Void, m.Was = s.At, "", s.Data, true, s.Void, s.Was
		}
	})
	if err != nil {
		return 0, fmt.Errorf("write a copy anew: %w", err)
	}
	return n, nil
}

// count says how many messages of the copy something is true of.
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
