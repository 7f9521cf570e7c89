package mirror

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// IsPlain reports whether a directory has a copy that is not encrypted.
func IsPlain(dir, room string) bool {
	f, _, _, err := at(filepath.Join(dir, logFile), room, nil)
	if err != nil {
		return false
	}
	return f.Close() == nil
}

// seal rewrites a plain copy encrypted, if it should be. The old file exists until the new
// one is complete; it is then removed, not wiped.
func (c *Copy) seal() error {
	if c.box == nil || c.at.cover.box != nil {
		return nil
	}
	if err := c.renew(cover{room: c.at.Room, box: c.box}, nil); err != nil {
		return fmt.Errorf("seal a copy: %w", err)
	}
	return nil
}

// renew rewrites the copy under a cover, with change applied to each message.
func (c *Copy) renew(to cover, change func(*Message)) error {
	path := filepath.Join(c.dir, logFile)
	tmp := path + ".new"
	f, err := os.OpenFile(tmp, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	k, err := c.rewrite(f, to, change)
	if err == nil {
		err = f.Sync()
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err != nil {
		return errors.Join(err, f.Close(), os.Remove(tmp))
	}
	old := c.f
	c.f, c.at, c.marked, c.synced = f, k, 0, k.End
	return errors.Join(old.Close(), c.seek(), c.writeMark())
}

// rewrite writes every message of the copy into a file.
func (c *Copy) rewrite(f *os.File, to cover, change func(*Message)) (*mark, error) {
	k := to.begin()
	out := bufio.NewWriterSize(f, 256<<10)
	if _, err := out.WriteString(to.head()); err != nil {
		return nil, err
	}
	start := c.at.cover.begin().End
	in := bufio.NewReaderSize(io.NewSectionReader(c.f, start, c.at.End-start), 256<<10)
	for {
		m, _, err := c.at.cover.readFrame(in)
		if errors.Is(err, io.EOF) {
			return k, out.Flush()
		}
		if err != nil {
			return nil, err
		}
		if change != nil {
			change(&m)
		}
		b := to.appendFrame(nil, &m)
		if _, err := out.Write(b); err != nil {
			return nil, err
		}
		k.take(&m, int64(len(b)))
	}
}
