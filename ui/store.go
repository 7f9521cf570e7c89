package ui

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
	"warroom/model/guard"
)

// maxHistory is how many lines of history are kept.
const maxHistory = 500

// store keeps what a terminal wants to find again: drafts, history, the last
// line seen in each room, pastes that were too large. Its goroutine, the keeper,
// is there while there is something to write, and writes at most once a second,
// whole files by rename. A nil store keeps nothing.
type store struct {
	dir  string
	fail func(error)
	box  model.Sealer // nil: the files are plain

	mu   sync.Mutex
	want map[string][]byte // by file name; the newest wins
	now  map[string][]byte // being written
	busy bool              // the keeper is there
	over bool
	quit chan struct{}
	wg   sync.WaitGroup
}

// openStore keeps things in a directory; nil for "". What is kept is sealed with
// box, where there is one. Fail is told of writes that do not work.
func openStore(dir string, box model.Sealer, fail func(error)) *store {
	if dir == "" {
		return nil
	}
	s := &store{dir: dir, box: box, fail: fail, want: map[string][]byte{}, quit: make(chan struct{})}
	s.sealOld()
	s.tidy()
	return s
}

// put keeps b under a name, soon.
func (s *store) put(name string, b []byte) {
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

func (s *store) run() {
	defer func() {
		if p := recover(); p != nil { // busy stays: it would fail again
			s.fail(model.Refuse(model.Internal, "drafts are kept no longer: %v", p))
		}
	}()
	rest := time.NewTimer(time.Second)
	defer rest.Stop()
	for s.more() {
		s.flush()
		rest.Reset(time.Second)
		select {
		case <-s.quit:
		case <-rest.C:
		}
	}
}

// more says whether there is something to write; where not, the keeper ends.
func (s *store) more() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy = len(s.want) > 0
	return s.busy
}

func (s *store) flush() {
	s.mu.Lock()
	want := s.want
	s.want, s.now = map[string][]byte{}, want
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.now = nil
		s.mu.Unlock()
	}()
	for name, b := range want {
		if err := s.write(name, b); err != nil {
			s.fail(model.Refuse(model.Internal, "%s cannot be kept on disk: %s; what you type is lost if this program ends", name, err))
		}
	}
}

// write writes one file at once. An empty one is removed.
func (s *store) write(name string, b []byte) error {
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
	f, err := os.CreateTemp(s.dir, tempPrefix+"*") // made with 0600
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
		_ = os.Remove(f.Name()) // the first error is the one to tell
	}
	return err
}

// read returns what is kept under a name, nil where there is nothing.
func (s *store) read(name string) []byte {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	b, ok := s.want[name]
	if !ok {
		b, ok = s.now[name]
	}
	s.mu.Unlock()
	if ok {
		return b
	}
	b, err := os.ReadFile(filepath.Join(s.dir, name))
	if err != nil {
		return nil
	}
	return s.opened(name, b)
}

// names are the files that are kept.
func (s *store) names() map[string]bool {
	out := map[string]bool{}
	if s == nil {
		return out
	}
	s.mu.Lock()
	soon := maps.Clone(s.now)
	if soon == nil {
		soon = map[string][]byte{}
	}
	maps.Copy(soon, s.want)
	s.mu.Unlock()
	files, _ := os.ReadDir(s.dir) // nothing is kept where there is none
	for _, f := range files {
		out[f.Name()] = true
	}
	for name, b := range soon {
		out[name] = len(b) > 0
	}
	return out
}

// savePaste keeps a text that was too large to send, at once, and returns
// where it is.
func (s *store) savePaste(text string, now time.Time) (string, error) {
	if s == nil {
		return "", model.Refuse(model.Conflict, "there is no directory to keep it in")
	}
	if s.box != nil {
		return "", model.Refuse(model.Conflict, "it is too long for an entry, and what is kept on this disk is encrypted, which no other program could read: put it into a file of your own")
	}
	name := "paste-" + now.UTC().Format("20060102-150405.000") + ".txt"
	return filepath.Join(s.dir, name), s.write(name, []byte(text))
}

// close writes what is left and ends the keeper.
func (s *store) close() {
	if s == nil {
		return
	}
	s.mu.Lock()
	s.over = true
	s.mu.Unlock()
	close(s.quit)
	s.wg.Wait()
}

// fileFor is the name of a room's file of a sort. Rooms are named by their
// ULID; anything else in it is left out.
func fileFor(sort, room string) string {
	keep := func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '-' {
			return r
		}
		return -1
	}
	return sort + "-" + strings.Map(keep, room)
}

// historyFile has the lines that were sent, of all rooms.
const historyFile = "history"

// loadHistory reads the lines sent before in a room, the newest last.
func (s *store) loadHistory(room string) []past {
	return slices.DeleteFunc(s.history(), func(p past) bool { return p.Room != room })
}

// history reads the lines of all rooms. What older versions wrote does not say of
// which room it is, so nobody can tell what of it was redacted since: it is left
// out.
func (s *store) history() []past {
	var out []past
	for line := range strings.Lines(string(s.read(historyFile))) {
		var p past
		if json.Unmarshal([]byte(line), &p) == nil && p.Text != "" && p.Room != "" {
			out = append(out, p)
		}
	}
	return out
}

// saveHistory keeps the lines of a room beside those of others.
func (s *store) saveHistory(room string, lines []past) {
	if s == nil {
		return
	}
	all := slices.DeleteFunc(s.history(), func(p past) bool { return p.Room == room })
	for _, l := range lines {
		all = append(all, past{Text: guard.Hide(l.Text), ID: l.ID, Room: room})
	}
	s.put(historyFile, pastLines(all[max(0, len(all)-maxHistory):]))
}

// pastLines are the bytes of the file of the history.
func pastLines(all []past) []byte {
	var b bytes.Buffer
	for _, p := range all {
		raw, _ := json.Marshal(p) // strings always encode
		b.Write(raw)
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// seen is the last line that was on the screen in a room, and when.
type seen struct {
	seq uint64
	at  time.Time
}

func (s *store) loadSeen(room string) (seen, bool) {
	f := strings.Fields(string(s.read(fileFor("seen", room))))
	if len(f) != 2 {
		return seen{}, false
	}
	seq, err := strconv.ParseUint(f[0], 10, 64)
	at, err2 := time.Parse(time.RFC3339, f[1])
	return seen{seq, at}, err == nil && err2 == nil
}

func (s *store) saveSeen(room string, v seen) {
	s.put(fileFor("seen", room), fmt.Appendf(nil, "%d %s\n", v.seq, v.at.UTC().Format(time.RFC3339)))
}
