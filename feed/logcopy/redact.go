package logcopy

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

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
	in, err := os.Open(filepath.Join(c.dir, logFile))
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.OpenFile(filepath.Join(c.dir, logFile+".new"), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, fmt.Errorf("write a copy anew: %w", err)
	}
	at, n, err := c.without(in, out, by)
	if n == 0 || err != nil {
		return 0, errors.Join(err, out.Close(), os.Remove(out.Name()))
	}
	if err = errors.Join(out.Sync(), os.Rename(out.Name(), filepath.Join(c.dir, logFile))); err != nil {
		return 0, errors.Join(fmt.Errorf("write a copy anew: %w", err), out.Close())
	}
	err = c.f.Close()
	c.f, c.at, c.synced = out, at, at.End
	return n, errors.Join(err, c.seek(), c.writeMark())
}

// without copies the frames up to the end of what is whole.
func (c *Copy) without(in io.Reader, out io.Writer, by map[tlog.Hash]*Message) (at *mark, n int, err error) {
	at = begin(c.at.Room)
	r, w := bufio.NewReaderSize(in, 256<<10), bufio.NewWriterSize(out, 256<<10)
	if _, err := r.Discard(int(at.End)); err != nil {
		return at, 0, fmt.Errorf("read a copy: %w", err)
	}
	if _, err := w.WriteString(headLine(at.Room)); err != nil {
		return at, 0, err
	}
	for at.Seq < c.at.Seq {
		m, _, err := readFrame(r)
		if err != nil {
			return at, 0, fmt.Errorf("read a copy behind entry %d: %w", at.Seq, err)
		}
		if s := by[m.Leaf()]; s != nil && !m.Gone && m.IsLeaf() && m.Seq == s.Seq {
			m.At, m.Sig, m.Data, m.Gone, m.Void, m.Was = s.At, "", s.Data, true, s.Void, s.Was
			n++
		}
		frame := appendFrame(nil, &m)
		if _, err := w.Write(frame); err != nil {
			return at, 0, err
		}
		at.take(&m, int64(len(frame)))
	}
	return at, n, w.Flush()
}
