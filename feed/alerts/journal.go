package alerts

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/gofrs/flock"

	"warroom/model"
)

// Journal is a directory of alerts that were accepted and are not in a log yet, so that
// they outlive the process. Each file belongs to one process and one room. It has only what
// a log would have: no secrets, and no code.
type Journal struct {
	dir string
	box model.Sealer // encrypts the files; if nil, they are plain
}

// NewJournal returns the journal of a directory, which is created when it is needed.
func NewJournal(dir string, box model.Sealer) *Journal { return &Journal{dir: dir, box: box} }

const (
	heldSuffix = ".held"
	lockSuffix = ".lock"
	maxLine    = 1 << 20     // bytes of one line of a file
	maxHeld    = 256 << 20   // bytes of one file
	maxHeldRaw = maxHeld / 2 // no copies of inputs are added to a larger file
)

// errHeldFull means that so many alerts of a room wait that no more are accepted.
var errHeldFull = errors.New("too many alerts are waiting to be stored")

// heldLine is one line of a file: one group of one reading.
type heldLine struct {
	Room   string          `json:"room,omitempty"`
	Format string          `json:"format"`
	Source string          `json:"source,omitempty"`
	Sender string          `json:"sender,omitempty"`
	Sum    []byte          `json:"sum,omitempty"`
	N      int             `json:"n,omitempty"` // findings of the reading, in its first line
	Group  json.RawMessage `json:"group"`
	Raw    []byte          `json:"raw,omitempty"` // the masked copy of the input, gzipped, in its first line
}

func (h *heldLine) origin() origin {
	return origin{format: h.Format, source: h.Source, sender: h.Sender}
}

// heldFile is a file of the journal that this process has locked.
type heldFile struct {
	path string
	box  model.Sealer
	lock *flock.Flock

	mu      sync.Mutex
	f       *os.File
	written int64
	gone    bool

	syncing sync.Mutex
	synced  int64
}

// begin creates a file.
func (j *Journal) begin() (*heldFile, error) {
	var name [8]byte
	if _, err := rand.Read(name[:]); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(j.dir, 0o700); err != nil {
		return nil, err
	}
	h, err := j.open(filepath.Join(j.dir, hex.EncodeToString(name[:])+heldSuffix))
	if err == nil && h == nil {
		err = os.ErrExist // of eight random bytes
	}
	return h, err
}

// open locks a file, which it creates if necessary. It returns nil if another process has
// locked it.
func (j *Journal) open(path string) (*heldFile, error) {
	h := &heldFile{path: path, box: j.box, lock: flock.New(path + lockSuffix)}
	if ok, err := h.lock.TryLock(); err != nil || !ok {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, errors.Join(err, h.lock.Unlock())
	}
	h.f = f
	return h, nil
}

// add writes a reading. It returns the argument for commit.
func (h *heldFile) add(room string, from origin, in model.Intake, g *model.AlertGroups, copied []byte) (upto int64,
	err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	sum, _ := hex.DecodeString(in.Sum) // it only distinguishes files
	n := in.Findings
	w := bufio.NewWriter(h.f)
	for part, err := range g.Encoded() {
		if err != nil {
			return 0, err
		}
		raw, err := json.Marshal(heldLine{Room: room, Format: from.format, Source: from.source, Sender: from.sender,
			Sum: sum, N: n, Group: part, Raw: copied})
		if err != nil {
			return 0, err
		}
		if h.written+int64(len(raw)) > maxHeld {
			return 0, errHeldFull
		}
		n, copied = 0, nil
		if h.box != nil {
			raw = h.box.Seal(raw, []byte(heldSuffix))
		}
		line, err := json.Marshal(raw) // base64: no line break
		if err != nil {
			return 0, err
		}
		if _, err := w.Write(append(line, '\n')); err != nil {
			return 0, err
		}
		h.written += int64(len(line)) + 1
	}
	return h.written, w.Flush()
}

// commit blocks until what was written is on disk. Concurrent calls share one sync.
func (h *heldFile) commit(upto int64) error {
	h.syncing.Lock()
	defer h.syncing.Unlock()
	h.mu.Lock()
	written, gone := h.written, h.gone
	h.mu.Unlock()
	if gone || h.synced >= upto { // stored in the log meanwhile, or synced by another call
		return nil
	}
	if err := h.f.Sync(); err != nil {
		return err
	}
	h.synced = written
	return nil
}

// remove removes the file: its content is in a log.
func (h *heldFile) remove() error { return h.end(true) }

// leave closes the file and leaves it to the next process.
func (h *heldFile) leave() error { return h.end(false) }

func (h *heldFile) end(remove bool) error {
	h.syncing.Lock()
	defer h.syncing.Unlock()
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.gone {
		return nil
	}
	h.gone = true
	err := h.f.Close()
	if remove {
		err = errors.Join(err, os.Remove(h.path))
	}
	err = errors.Join(err, h.lock.Unlock())
	if remove {
		err = errors.Join(err, os.Remove(h.path+lockSuffix))
	}
	return err
}

// leftovers returns the files of processes that ended.
func (j *Journal) leftovers() ([]*heldFile, error) {
	list, err := os.ReadDir(j.dir)
	if err != nil {
		if errors.Is(err, os.ErrNotExist) {
			return nil, nil
		}
		return nil, err
	}
	var out []*heldFile
	for _, e := range list {
		if !strings.HasSuffix(e.Name(), heldSuffix) {
			continue
		}
		h, err := j.open(filepath.Join(j.dir, e.Name()))
		if err != nil {
			return out, err
		}
		if h != nil {
			out = append(out, h)
		}
	}
	return out, nil
}

// takesRaw reports whether copies of inputs may still be added.
func (h *heldFile) takesRaw() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.written < maxHeldRaw
}

// lines calls fn with each line of the file. A truncated last line is skipped, because it
// was never accepted.
func (h *heldFile) lines(fn func(heldLine) error) error {
	if _, err := h.f.Seek(0, io.SeekStart); err != nil { // writes append
		return err
	}
	s := bufio.NewScanner(h.f)
	s.Buffer(nil, maxLine)
	for s.Scan() {
		var raw []byte
		if json.Unmarshal(s.Bytes(), &raw) != nil {
			continue
		}
		if h.box != nil {
			open, err := h.box.Open(raw, []byte(heldSuffix))
			if err != nil {
				return err
			}
			raw = open
		}
		var l heldLine
		if err := json.Unmarshal(raw, &l); err != nil {
			return err
		}
		if err := fn(l); err != nil {
			return err
		}
	}
	return s.Err()
}
