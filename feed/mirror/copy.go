package mirror

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"

	"warroom/feed/atrest"
	"warroom/model"
	"warroom/model/signing"
)

// The files of a copy.
const (
	logFile  = "log"
	markFile = "mark"
	lockFile = "lock"
)

// MaxBytes is the max size of a copy: about three million typical lines. The copy of a
// longer room has only its beginning, which the caller must report.
const MaxBytes = 2 << 30

// markEvery is the number of bytes after which the mark is rewritten.
const markEvery = 4 << 20

// ErrBusy means that another process holds the copy.
var ErrBusy = errors.New("another process holds this copy")

// ErrFull means that the copy has reached [MaxBytes].
var ErrFull = errors.New("the copy has reached its largest size")

// ErrGap means that a message does not follow the last one of the copy.
var ErrGap = errors.New("a message does not follow on the last one of the copy")

// Copy is the copy of one room's log, locked by this process.
type Copy struct {
	dir    string
	box    *atrest.Box // encrypts the copy; if nil, it is plain
	f      *os.File
	lock   *flock.Flock
	at     *mark
	marked int64 // end of the mark that is on disk
	synced int64

	// Losing, if not nil, is called with the messages that Redact is about to overwrite. If
	// it fails, Redact returns its error.
	Losing func(data [][]byte) error
}

// Open locks the copy in a directory, which it creates if necessary. A damaged part is
// moved to a separate file; aside describes that for people, and is empty otherwise. With a
// box the copy is encrypted, also if it was plain before. Open returns [ErrBusy] while
// another process holds the copy.
func Open(dir, room string, box *atrest.Box, now time.Time) (c *Copy, aside model.Safe, err error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, aside, fmt.Errorf("make the directory of a copy: %w", err)
	}
	l := flock.New(filepath.Join(dir, lockFile), flock.SetPermissions(0o600))
	if ok, err := l.TryLock(); err != nil {
		return nil, aside, fmt.Errorf("lock a copy: %w", err)
	} else if !ok {
		return nil, aside, ErrBusy
	}
	c = &Copy{dir: dir, box: box, lock: l}
	if aside, err = c.load(room, now); err != nil {
		return nil, aside, errors.Join(err, c.Close())
	}
	return c, aside, nil
}

// load opens the file, reads its end, and sets aside what is damaged.
func (c *Copy) load(room string, now time.Time) (aside model.Safe, err error) {
	path := filepath.Join(c.dir, logFile)
	if c.f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return aside, fmt.Errorf("open a copy: %w", err)
	}
	fi, err := c.f.Stat()
	if err != nil {
		return aside, err
	}
	if fi.Size() == 0 {
		return aside, c.beginEmpty(room)
	}
	is, err := coverOf(c.f, room, c.box)
	if err == nil {
		if c.at = is.loadMark(c.dir, fi.Size()); c.at == nil {
			c.at = is.begin()
		}
		err = scan(c.f, c.at)
	}
	switch {
	case errors.Is(err, errHead):
		name, err := c.setAside(room, "bad", now)
		return model.Safef(
				"the copy of a log in %s cannot be read by this program; it was moved to %s, and is copied "+
					"again", c.dir,
				name),
			err
	case errors.Is(err, errFrame):
		aside, err = c.cut(now)
	case err == nil:
		c.synced = c.at.End
		err = c.seek()
	}
	if err == nil {
		err = c.seal()
	}
	if err != nil {
		return aside, fmt.Errorf("read a copy: %w", err)
	}
	return aside, nil
}

// cut moves everything from the first damaged frame on to a separate file.
func (c *Copy) cut(now time.Time) (aside model.Safe, err error) {
	name := filepath.Join(c.dir, logFile+asideSuffix("bad", now))
	out, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return aside, fmt.Errorf("set the damaged end of a copy aside: %w", err)
	}
	_, err = io.Copy(out, io.NewSectionReader(c.f, c.at.End, 1<<62))
	if err = errors.Join(err, out.Sync(), out.Close()); err != nil {
		return aside, fmt.Errorf("set the damaged end of a copy aside: %w", err)
	}
	if err := c.f.Truncate(c.at.End); err != nil {
		return aside, fmt.Errorf("cut a copy: %w", err)
	}
	return model.Safef("the copy of a log in %s was damaged after entry %d; that part was moved to %s, and is "+
		"read from the hub again", c.dir, c.at.Seq, name), c.seek()
}

// asideSuffix returns the suffix for the name of a file that is set aside.
func asideSuffix(why string, now time.Time) string {
	return "." + why + "-" + now.UTC().Format("20060102T150405.000")
}

// beginEmpty writes an empty copy.
func (c *Copy) beginEmpty(room string) error {
	c.at = cover{room: room, box: c.box}.begin()
	if _, err := c.f.WriteAt([]byte(c.at.cover.head()), 0); err != nil {
		return fmt.Errorf("begin a copy: %w", err)
	}
	return c.seek()
}

// seek sets the file offset to the end of the valid part.
func (c *Copy) seek() error {
	_, err := c.f.Seek(c.at.End, io.SeekStart)
	return err
}

// SetAside renames the current copy, returns its new name, and begins an empty one.
func (c *Copy) SetAside(why string, now time.Time) (name string, err error) {
	if err := c.Sync(); err != nil {
		return "", err
	}
	return c.setAside(c.at.Room, why, now)
}

func (c *Copy) setAside(room, why string, now time.Time) (name string, err error) {
	path := filepath.Join(c.dir, logFile)
	name = path + asideSuffix(why, now)
	if err := errors.Join(c.f.Close(), os.Rename(path, name)); err != nil {
		return "", fmt.Errorf("set a copy aside: %w", err)
	}
	c.marked, c.synced = 0, 0
	if err := os.Remove(filepath.Join(c.dir, markFile)); err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", err
	}
	if c.f, err = os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600); err != nil {
		return "", fmt.Errorf("open a copy: %w", err)
	}
	return name, c.beginEmpty(room)
}

// Tip returns the end of the copy.
func (c *Copy) Tip() Tip { return c.at.tip() }

// Tree returns a copy of the tree over the leaves.
func (c *Copy) Tree() *signing.Tree { return c.at.Tree.Clone() }

// Append appends messages, all or none of them. They survive a crash of this process at
// once, and one of the machine after [Copy.Sync].
func (c *Copy) Append(ms ...Message) error {
	var all []byte
	next := c.at.Seq + 1
	ends := make([]int, len(ms))
	for i := range ms {
		if ms[i].Seq != next {
			return ErrGap
		}
		next++
		all = c.at.cover.appendFrame(all, &ms[i])
		ends[i] = len(all)
	}
	if c.at.End+int64(len(all)) > MaxBytes {
		return ErrFull
	}
	if _, err := c.f.Write(all); err != nil {
		return errors.Join(fmt.Errorf("write a copy: %w", err), c.f.Truncate(c.at.End), c.seek())
	}
	prevEnd := 0
	for i := range ms {
		c.at.take(&ms[i], int64(ends[i]-prevEnd))
		prevEnd = ends[i]
	}
	return nil
}

// Sync syncs appended messages to disk, and from time to time writes the mark.
func (c *Copy) Sync() error {
	if c.synced == c.at.End {
		return nil
	}
	if err := c.f.Sync(); err != nil {
		return fmt.Errorf("sync a copy: %w", err)
	}
	c.synced = c.at.End
	if c.at.End-c.marked < markEvery {
		return nil
	}
	return c.writeMark()
}

// writeMark replaces the mark. It is not synced: if it is lost, more has to be read.
func (c *Copy) writeMark() error {
	body, err := json.Marshal(c.at)
	if err != nil {
		return fmt.Errorf("encode the mark of a copy: %w", err)
	}
	path := filepath.Join(c.dir, markFile)
	tmp := path + ".new"
	if err := os.WriteFile(tmp, fmt.Appendf(nil, "%08x %s", crc32.Checksum(body, castagnoli), body),
		0o600); err != nil {
		return fmt.Errorf("write the mark of a copy: %w", err)
	}
	if err := os.Rename(tmp, path); err != nil {
		return fmt.Errorf("write the mark of a copy: %w", err)
	}
	c.marked = c.at.End
	return nil
}

// Close closes the copy and releases the lock.
func (c *Copy) Close() error {
	var err error
	if c.f != nil {
		if c.at != nil {
			if err = c.Sync(); err == nil && c.marked != c.at.End {
				err = c.writeMark()
			}
		}
		err = errors.Join(err, c.f.Close())
	}
	return errors.Join(err, c.lock.Close())
}
