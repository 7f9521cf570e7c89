package mirror

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

	"warroom/feed/atrest"
	"warroom/model/signing"
)

// Tip is the end of a copy.
type Tip struct {
	Seq   uint64    // sequence of the last message
	Leaf  tlog.Hash // its hash
	Size  uint64    // leaves
	Root  tlog.Hash
	Bytes int64 // of the file
}

// mark is the length up to which the file was valid.
type mark struct {
	Form int           `json:"form"`
	Room string        `json:"room"`
	End  int64         `json:"end"` // offset after the last frame
	Seq  uint64        `json:"seq"`
	Leaf tlog.Hash     `json:"leaf"`
	Tree *signing.Tree `json:"tree"`
	Stop []stop        `json:"stops"` // where reading may begin

	cover cover
}

// stop is the offset of a message in the file.
type stop struct {
	Seq uint64 `json:"seq"`
	At  int64  `json:"at"`
}

// stopEvery is the number of messages between two stops.
const stopEvery = 1024

func (k *mark) tip() Tip {
	return Tip{Seq: k.Seq, Leaf: k.Leaf, Size: k.Tree.Size(), Root: k.Tree.Root(), Bytes: k.End}
}

// take advances the mark over a message.
func (k *mark) take(m *Message, size int64) {
	if m.Seq%stopEvery == 1 {
		k.Stop = append(k.Stop, stop{Seq: m.Seq, At: k.End})
	}
	k.Seq, k.Leaf = m.Seq, m.Leaf()
	if m.IsLeaf() {
		k.Tree.Add(k.Leaf)
	}
	k.End += size
}

// begin returns the mark of a copy without messages.
func (c cover) begin() *mark {
	return &mark{Form: c.form(), Room: c.room, End: int64(len(c.head())), Tree: new(signing.Tree), cover: c}
}

// loadMark reads the mark of a file with a size. It returns nil if there is no valid one.
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
	if json.Unmarshal(body, k) != nil || k.Form != c.form() || k.Room != c.room || k.Tree == nil || k.End > size ||
		k.End < int64(len(c.head())) {
		return nil
	}
	k.cover = c
	return k
}

// errHead means that the file is not a copy of this room in a known form.
var errHead = errors.New("it is not a copy of this room in a form that this program supports")

// scan reads a file from the mark on, and advances the mark, up to the first frame that is
// invalid (errFrame) or does not follow its predecessor, or to the end.
func scan(f *os.File, k *mark) error { return scanWith(f, k, func() error { return nil }) }

// scanWith is scan, but calls more before each message, and ends if that returns an error.
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

// Look returns the end of the copy in a directory without locking it; box decrypts it. A
// damaged end is not counted. The error is [os.ErrNotExist] if there is no copy.
func Look(dir, room string, box *atrest.Box) (Tip, error) {
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

// ErrDamaged means that a message of the copy is invalid.
var ErrDamaged = errors.New("a message of the copy does not verify")

// Read calls fn for the messages of the copy in a directory from a sequence on, in order,
// without locking it; box decrypts it. It returns nil at a message that is being written,
// and [ErrDamaged] at an invalid one.
func Read(dir, room string, box *atrest.Box, from uint64, fn func(*Message) error) error {
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
			return nil // truncated: it is being written, or its writer died
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

// whole reports whether the file has the complete frame at an offset.
func whole(f *os.File, at int64) bool {
	var head [frameHead]byte
	if _, err := f.ReadAt(head[:], at); err != nil {
		return false
	}
	n := int64(uint32(head[0]) | uint32(head[1])<<8 | uint32(head[2])<<16 | uint32(head[3])<<24)
	fi, err := f.Stat()
	return err != nil || at+frameHead+n <= fi.Size()
}
