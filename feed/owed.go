package feed

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"warroom/feed/logcopy"
	"warroom/model"
)

// What a key of this data directory had in a log that was lost is owed to the
// room: it lies on disk until it was published again, so that neither the end of
// this process nor another process that holds the key loses it.

// owed is one message to be published again, as it was.
type owed struct {
	At      time.Time `json:"at"`
	Subject string    `json:"subject"`
	Sig     string    `json:"sig"`
	Data    []byte    `json:"data"`
}

// owedPath is where lies what a key owes a room.
func owedPath(data, room, key string) string {
	return filepath.Join(recordDir(data, room), "again", key)
}

// readOwed returns what a key owes a room. A file that cannot be read is put
// under a name of its own, which is told.
func (h *house) readOwed(room, key string) []logcopy.Message {
	path := owedPath(h.o.Data, room, key)
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if box := h.safe.Box(owedPurpose); err == nil && box != nil && !json.Valid(raw) { // else from before
		raw, err = box.Open(raw, []byte(room))
	}
	var lines []owed
	if err == nil {
		err = json.Unmarshal(raw, &lines)
	}
	if err != nil {
		aside := path + ".bad-" + h.o.Now().UTC().Format("20060102T150405")
		err = errors.Join(err, os.Rename(path, aside))
		h.o.Logf(model.Safef("what is to be sent again to the room %s cannot be read (%s); it was put into %s, and is in the copy that was put away too", room, err, aside))
		return nil
	}
	var out []logcopy.Message
	for _, l := range lines {
		out = append(out, logcopy.Message{At: l.At, Subject: l.Subject, Sig: l.Sig, Data: l.Data})
	}
	return out
}

// keepOwed puts messages behind what a key owes already, down to the disk.
func (h *house) keepOwed(room, key string, lost []logcopy.Message) error {
	all := h.readOwed(room, key)
	for _, m := range lost {
		known := false
		for _, o := range all {
			known = known || o.Leaf() == m.Leaf()
		}
		if !known {
			all = append(all, m)
		}
	}
	return h.writeOwed(room, key, all)
}

// writeOwed replaces what a key owes, down to the disk.
func (h *house) writeOwed(room, key string, all []logcopy.Message) error {
	lines := make([]owed, len(all))
	for i, m := range all {
		lines[i] = owed{At: m.At, Subject: m.Subject, Sig: m.Sig, Data: m.Data}
	}
	raw, err := json.Marshal(lines)
	if err != nil {
		return fmt.Errorf("keep what is to be sent again: %w", err)
	}
	path := owedPath(h.o.Data, room, key)
	if err := privateDir(filepath.Dir(path)); err != nil {
		return err
	}
	if box := h.safe.Box(owedPurpose); box != nil {
		raw = box.Seal(raw, []byte(room))
	}
	if err := replace(path, raw); err != nil {
		return fmt.Errorf("keep what is to be sent again: %w", err)
	}
	return nil
}

// ours says whether a key lies in this data directory.
func (h *house) ours(key string) bool {
	for _, p := range []string{"*", filepath.Join("ssh", "*", "*")} {
		if found, err := filepath.Glob(filepath.Join(escapeGlob(h.keys.dir), p, key+keyEnd)); err == nil && len(found) > 0 {
			return true
		}
	}
	return false
}

// publishAgain keeps what the keys of this data directory had in the log and is
// not there any more, and hands it to the desks that are open.
func (f *follower) publishAgain(lost []logcopy.Message) error {
	byKey := map[string][]logcopy.Message{}
	for _, m := range lost {
		_, key, _ := author(m.Subject)
		byKey[key] = append(byKey[key], m)
	}
	f.mu.Lock()
	desks := make(map[string]bool, len(f.desks))
	for k := range f.desks {
		desks[k] = true
	}
	f.mu.Unlock()
	for key, ms := range byKey {
		if !desks[key] && !f.h.ours(key) {
			continue // its author's terminal has it
		}
		if err := f.h.keepOwed(f.room, key, ms); err != nil {
			return err
		}
	}
	f.collect()
	return nil
}

// collect has every desk of this room look what its key owes.
func (f *follower) collect() {
	f.mu.Lock()
	desks := make(map[string]*desk, len(f.desks))
	for k, d := range f.desks {
		desks[k] = d
	}
	f.mu.Unlock()
	for key, d := range desks {
		d.owe(key)
	}
}

// owe takes in what a key owes.
func (d *desk) owe(key string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.again) > 0 {
		return // the file is taken away when all of it is published
	}
	if d.again = d.h.readOwed(d.f.room, key); len(d.again) > 0 {
		ring(d.bell)
	}
}

// owes says whether something is to be published again.
func (d *desk) owes() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.again) > 0
}

// paid forgets the first message that is owed; with the last one goes its file.
func (d *desk) paid(m logcopy.Message) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.again = d.again[1:]
	d.astray.Store(true)
	if len(d.again) > 0 {
		return nil
	}
	_, key, _ := author(m.Subject)
	err := os.Remove(owedPath(d.h.o.Data, d.f.room, key))
	d.show()
	return ifNot(err, os.ErrNotExist)
}

// sweepOwed publishes again what a key owes that nobody holds.
func (h *house) sweepOwed(path string) error {
	key, room := filepath.Base(path), filepath.Base(filepath.Dir(filepath.Dir(path)))
	k, err := readKept(h.o.Data, room, h.o.Now())
	if err != nil || k == nil || k.Where != h.o.Server || h.ctx.Err() != nil {
		return err
	}
	ms := h.readOwed(room, key)
	if len(ms) == 0 {
		return nil
	}
	handle, _, _ := author(ms[0].Subject)
	if checkHandle(handle) != nil {
		return nil // the hub's own key: who hosts has it
	}
	p, done, err := h.penOf(handle, key)
	if p == nil || err != nil {
		return err
	}
	return errors.Join(h.sendOut(p, k.Short, room), done())
}
