package logcopy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/mod/sumdb/tlog"

	"warroom/feed/vault"
	"warroom/model/seal"
)

// Tip is how far a copy goes.
type Tip struct {
	Seq   uint64    // sequence of the last message
	Leaf  tlog.Hash // and its hash
	Size  uint64    // leaves
	Root  tlog.Hash
	Bytes int64 // of the file
}

// mark is how far the file was whole when somebody looked.
type mark struct {
	Form int        `json:"form"`
	Room string     `json:"room"`
	End  int64      `json:"end"` // offset behind the last frame
	Seq  uint64     `json:"seq"`
	Leaf tlog.Hash  `json:"leaf"`
	Tree *seal.Tree `json:"tree"`
	Stop []stop     `json:"stops"` // where reading may begin

	cover cover
}

// stop is the place of a message in the file.
type stop struct {
	Seq uint64 `json:"seq"`
	At  int64  `json:"at"`
}

// stopEvery is how many messages lie between two places to begin reading at.
const stopEvery = 1024

func (k *mark) tip() Tip {
	return Tip{Seq: k.Seq, Leaf: k.Leaf, Size: k.Tree.Size(), Root: k.Tree.Root(), Bytes: k.End}
}

// take moves the mark behind a message.
func (k *mark) take(m *Message, size int64) {
	if m.Seq%stopEvery == 1 {
		k.Stop = append(k.Stop, stop{m.Seq, k.End})
	}
	k.Seq, k.Leaf = m.Seq, m.Leaf()
	if m.IsLeaf() {
		k.Tree.Add(k.Leaf)
	}
	k.End += size
}

// begin is the mark of a copy without messages.
func (c cover) begin() *mark {
	return &mark{Form: c.form(), Room: c.room, End: int64(len(c.head())), Tree: new(seal.Tree), cover: c}
}

// loadMark reads the mark beside a file of that size; nil where there is none
// that fits.
func (c cover) loadMark(dir string, size int64) *mark {
	raw, err := os.ReadFile(filepath.Join(dir, markFile))
	if err != nil {
		return nil
	}
	sum, body, ok := bytes.Cut(raw, []byte(" "))
	if !ok || string(sum) != fmt.Sprintf("%08x", crc32.Checksum(body, castagnoli)) {
		return nil
	}
	k := new(mark)
	if json.Unmarshal(body, k) != nil || k.Form != c.form() || k.Room != c.room || k.Tree == nil || k.End > size || k.End < int64(len(c.head())) {
		return nil
	}
	k.cover = c
	return k
}

// errHead means that the file is not a copy of this room in this form.
var errHead = errors.New("it is no copy of this room in a form that this program knows")

// scan reads a file from the mark on, which it moves, to the first frame that
// does not check (errFrame) or follows not on the one before, or to its end.
func scan(f *os.File, k *mark) error { return scanWith(f, k, func() error { return nil }) }

// scanWith is scan, and ends where more returns an error before a message.
func scanWith(f *os.File, k *mark, more func() error) error {
	if _, err := f.Seek(k.End, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReaderSize(f, 256<<10)
	for {
		if err := more(); err != nil {
			return err
		}
		m, size, err := k.cover.readFrame(r)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case m.Seq != k.Seq+1:
			return errFrame
		}
		k.take(&m, size)
	}
}

// Look says how far the copy in a directory goes, without holding it; box is
// what it may be sealed with. What is
// damaged at its end is not counted. The error is [os.ErrNotExist] where there
// is no copy.
func Look(dir, room string, box *vault.Box) (Tip, error) {
	f, c, size, err := at(filepath.Join(dir, logFile), room, box)
	if err != nil {
		return Tip{}, err
	}
	defer f.Close()
	k := c.loadMark(dir, size)
	if k == nil {
		k = c.begin()
	}
	if err := scan(f, k); err != nil && !errors.Is(err, errFrame) {
		return Tip{}, err
	}
	return k.tip(), nil
}

// ErrDamaged ends reading where a message of the copy does not check.
var ErrDamaged = errors.New("a message of the copy does not check")

// Read calls fn for the messages of the copy in a directory from a sequence on,
// in order, without holding it; box is what it may be sealed with. It ends without an error at a message that is
// being written, and with [ErrDamaged] at one that does not check.
func Read(dir, room string, box *vault.Box, from uint64, fn func(*Message) error) error {
	f, c, length, err := at(filepath.Join(dir, logFile), room, box)
	if err != nil {
		return err
	}
	defer f.Close()
	at, seq := c.begin().End, uint64(0)
	if known := c.loadMark(dir, length); known != nil {
		for _, s := range known.Stop {
			if s.Seq <= from {
				at, seq = s.At, s.Seq-1
			}
		}
	}
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return err
	}
	r := bufio.NewReaderSize(f, 256<<10)
	for {
		m, size, err := c.readFrame(r)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errFrame) && at+maxFrame > length && !whole(f, at):
			return nil // cut off: it is being written, or was when its writer died
		case errors.Is(err, errFrame), err == nil && m.Seq != seq+1:
			return ErrDamaged
		case err != nil:
			return err
		}
		at, seq = at+size, m.Seq
		if m.Seq < from {
			continue
		}
		if err := fn(&m); err != nil {
			return err
		}
	}
}

// whole says whether the frame at an offset lies in the file with all of its
// length.
func whole(f *os.File, at int64) bool {
	var head [frameHead]byte
	if _, err := f.ReadAt(head[:], at); err != nil {
		return false
	}
	n := int64(uint32(head[0]) | uint32(head[1])<<8 | uint32(head[2])<<16 | uint32(head[3])<<24)
	fi, err := f.Stat()
	return err != nil || at+frameHead+n <= fi.Size()
}
