package state

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"warroom/model"
	"warroom/model/secretscan"
)

// Store saves the state of a terminal: drafts, history, the last line read in each room,
// and pastes. A goroutine, the saver, writes whole files atomically, at most once a
// second. It runs only while there are pending changes. A nil Store saves nothing.
type Store struct {
	dir  string
	fail func(error)
	box  model.Sealer // nil: not encrypted

	mu   sync.Mutex
	want map[string]content // pending, by file name
	now  map[string]content // being written
	busy bool               // the saver is running
	over bool
	quit chan struct{}
	wg   sync.WaitGroup
}

// Open opens a store in a directory, or returns nil for "". Files are encrypted with box,
// unless nil. fail is called with write errors.
func Open(dir string, box model.Sealer, fail func(error)) *Store {
	if dir == "" {
		return nil
	}
	s := &Store{dir: dir, box: box, fail: fail, want: map[string]content{}, quit: make(chan struct{})}
	s.sealOld()
	s.tidy()
	return s
}

// content returns what a file shall contain. It is called when that is needed, and not at
// each key that changes it.
type content func() []byte

// put schedules the write of a file.
func (s *Store) put(name string, b []byte) {
	s.putLater(name, func() []byte { return b })
}

// putLater schedules the write of a file.
func (s *Store) putLater(name string, b content) {
	if s == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.want[name] = b
	if !s.busy && !s.over {
		s.busy = true
		s.wg.Go(s.run)
	}
}

func (s *Store) run() {
	defer func() {
		if p := recover(); p != nil { // busy stays set, because it would fail again
			s.fail(model.Refuse(model.Internal, "drafts are no longer saved: %v", p))
		}
	}()
	pause := time.NewTimer(time.Second)
	defer pause.Stop()
	for s.more() {
		s.flush()
		pause.Reset(time.Second)
		select {
		case <-s.quit:
		case <-pause.C:
		}
	}
}

// more reports whether there are pending changes. If not, the saver ends.
func (s *Store) more() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy = len(s.want) > 0
	return s.busy
}

func (s *Store) flush() {
	s.mu.Lock()
	want := s.want
	s.want, s.now = map[string]content{}, want
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.now = nil
		s.mu.Unlock()
	}()
	for name, b := range want {
		if err := s.write(name, b()); err != nil {
			s.fail(model.Refuse(model.Internal,
				"%s cannot be saved: %s; what you type is lost if this program ends", name, err))
		}
	}
}

// write writes one file. It removes an empty one.
func (s *Store) write(name string, b []byte) error {
	path := filepath.Join(s.dir, name)
	if len(b) == 0 {
		err := os.Remove(path)
		if os.IsNotExist(err) {
			return nil
		}
		return err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(s.dir, tempPrefix+"*") // has mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(s.sealed(name, b))
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		_ = os.Remove(f.Name()) // the first error is returned
	}
	return err
}

// read returns the content of a file, or nil.
func (s *Store) read(name string) []byte {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	soon, ok := s.want[name]
	if !ok {
		soon, ok = s.now[name]
	}
	s.mu.Unlock()
	if ok {
		return soon()
	}
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return nil
	}
	return s.opened(name, b)
}

// names returns the names of the saved files.
func (s *Store) names() map[string]bool {
	out := map[string]bool{}
	if s == nil {
		return out
	}
	s.mu.Lock()
	soon := maps.Clone(s.now)
	if soon == nil {
		soon = map[string]content{}
	}
	maps.Copy(soon, s.want)
	s.mu.Unlock()
	files, _ := os.ReadDir(s.dir) // without a directory there are none
	for _, f := range files {
		out[f.Name()] = true
	}
	for name, b := range soon {
		out[name] = len(b()) > 0
	}
	return out
}

// SavePaste writes a pasted text, its secrets masked by the caller, to a file, and returns
// its path. It returns [model.Conflict] without a directory, or if the store is encrypted.
func (s *Store) SavePaste(text string, now time.Time) (string, error) {
	if s == nil {
		return "", model.Refuse(model.Conflict, "there is no directory for saved pastes")
	}
	if s.box != nil {
		return "", model.Refuse(model.Conflict,
			"a paste is not saved with at_rest, because the file would be in plain text: add it to the evidence "+
				"from a file of your own")
	}
	name := "paste-" + now.UTC().Format("20060102-150405.000") + ".txt"
	return filepath.Join(s.dir, name), s.write(name, []byte(text))
}

// Close writes the pending changes and ends the saver.
func (s *Store) Close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	close(s.quit)
	s.wg.Wait()
}

// fileFor returns the name of a room's file of a kind. Rooms are named by their ULID;
// other characters are dropped.
func fileFor(sort, room string) string {
	keep := func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' {
			return r
		}
		return -1
	}
	return sort + "-" + strings.Map(keep, room)
}

// historyFile has the sent lines of all rooms.
const historyFile = "history"

// LoadHistory returns the lines that were sent in a room, the newest last.
func (s *Store) LoadHistory(room string) []SentLine {
	return slices.DeleteFunc(s.history(), func(p SentLine) bool { return p.Room != room })
}

// history returns the lines of all rooms. It drops lines of older versions, which do not
// name their room, because a redaction could not be applied to them.
func (s *Store) history() []SentLine {
	var out []SentLine
	for line := range strings.Lines(string(s.read(historyFile))) {
		var p SentLine
		if json.Unmarshal([]byte(line), &p) == nil && p.Text != "" && p.Room != "" {
			out = append(out, p)
		}
	}
	return out
}

// SaveHistory saves the lines of a room. Possible secrets are masked.
func (s *Store) SaveHistory(room string, lines []SentLine) {
	if s == nil {
		return
	}
	all := slices.DeleteFunc(s.history(), func(p SentLine) bool { return p.Room == room })
	for _, l := range lines {
		all = append(all, SentLine{Text: secretscan.Hide(l.Text), ID: l.ID, Room: room})
	}
	s.put(historyFile, encodeLines(all[max(0, len(all)-maxHistory):]))
}

// encodeLines encodes the history file.
func encodeLines(all []SentLine) []byte {
	var b bytes.Buffer
	for _, p := range all {
		raw, _ := json.Marshal(p) // strings always encode
		b.Write(raw)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// LoadDraft returns the draft of a room.
func (s *Store) LoadDraft(room string) string { return string(s.read(fileFor("draft", room))) }

// SaveDraft saves the draft of a room. Possible secrets are masked.
func (s *Store) SaveDraft(room, text string) {
	s.putLater(fileFor("draft", room), func() []byte { return []byte(secretscan.Hide(text)) })
}

// Seen is the last line that was read in a room, and when.
type Seen struct {
	Seq uint64
	At  time.Time
}

// LoadSeen returns how far a room was read, and false if it was not read.
func (s *Store) LoadSeen(room string) (Seen, bool) {
	f := strings.Fields(string(s.read(fileFor("seen", room))))
	if len(f) != 2 {
		return Seen{}, false
	}
	seq, err := strconv.ParseUint(f[0], 10, 64)
	at, err2 := time.Parse(time.RFC3339, f[1])
	return Seen{Seq: seq, At: at}, err == nil && err2 == nil
}

// SaveSeen saves how far a room was read.
func (s *Store) SaveSeen(room string, v Seen) {
	s.put(fileFor("seen", room), fmt.Appendf(nil, "%d %s\n", v.Seq, v.At.UTC().Format(time.RFC3339)))
}
