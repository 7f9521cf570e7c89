package feed

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"warroom/feed/vault"
	"warroom/model"
)

// outbox is the file of one key and one room in which drafts wait, unsigned.
// A line is a CRC-32C in hexadecimal, a space and a JSON object. A draft is on
// disk before anything else happens with it; what became of it follows without
// a sync, as losing that costs a look into the log only.
type outbox struct {
	path string
	room string     // ULID, from the name of the file
	box  *vault.Box // encrypts the lines; nil: they are plain
	f    *os.File
	size int64
	line []*slip // in the order of the author, those that are stored left out; seats read it: see queue
	byID map[string]*slip
	held int // of the line: refused
	head boxHead
}

// boxHead is the first line: whose room it is.
type boxHead struct {
	Room   string `json:"room"`            // ULID
	Short  string `json:"short,omitempty"` // the name on this hub; "" while it is being declared
	Handle string `json:"handle"`
	// Was are the keys that this box was moved from: what was on its way then
	// may be in the log under one of them.
	Was []string `json:"was,omitempty"`
}

// boxEnd ends the name of an outbox's file.
const boxEnd = ".jsonl"

// outboxPath is where the outbox of a key and a room lies.
func outboxPath(data, key, room string) string {
	return filepath.Join(data, "outbox", key, room+boxEnd)
}

// readOutbox reads the lines of a file, and returns those that cannot be read.
// An encrypted file that nobody has the key to is an error, and stays as it is.
func readOutbox(path string, box *vault.Box) (o *outbox, spoilt []byte, err error) {
	o = &outbox{path: path, box: box, byID: map[string]*slip{}, room: strings.TrimSuffix(filepath.Base(path), boxEnd)}
	raw, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return nil, nil, fmt.Errorf("read outbox: %w", err)
	}
	spoilt, err = o.load(raw)
	return o, spoilt, err
}

// outbox opens an outbox of this data directory.
func (h *house) outbox(path string, head boxHead) (*outbox, model.Safe, error) {
	return openOutbox(path, head, h.safe.Box(outboxPurpose), h.o.Now())
}

// openOutbox reads the file or makes it. Lines that cannot be read are set
// aside into a file of their own; bad says so for people.
func openOutbox(path string, head boxHead, box *vault.Box, now time.Time) (o *outbox, bad model.Safe, err error) {
	if err := privateDir(filepath.Dir(path)); err != nil {
		return nil, bad, err
	}
	o, spoilt, err := readOutbox(path, box)
	if err != nil {
		return nil, bad, err
	}
	if head.Short != "" || o.head.Handle == "" {
		o.head.Short, o.head.Room, o.head.Handle = head.Short, head.Room, head.Handle
	}
	if len(spoilt) > 0 {
		aside := path + ".bad-" + now.UTC().Format("20060102T150405")
		if err := writeSynced(aside, spoilt); err != nil {
			return nil, bad, fmt.Errorf("set a damaged outbox aside: %w", err)
		}
		bad = model.Safef("part of the outbox could not be read and was put into %s; look whether an entry of yours is missing", aside)
	}
	return o, bad, o.compact()
}

// load reads the lines and returns the bytes of those that cannot be read.
func (o *outbox) load(raw []byte) (spoilt []byte, err error) {
	for len(raw) > 0 {
		b, rest, whole := bytes.Cut(raw, []byte("\n"))
		l, err := decodeLine(b, o.room, o.box)
		switch {
		case errors.Is(err, errLocked):
			return nil, model.Refuse(model.Forbidden, "the outbox %s is encrypted, and at_rest in the configuration names no passphrase or key; name the one it was encrypted with", o.path)
		case whole && err == nil && l.known():
			o.take(l)
		default:
			spoilt = append(append(spoilt, b...), '\n')
		}
		raw = rest
	}
	return spoilt, nil
}

// known says whether the line is of a form that this program writes: what a newer
// one wrote is not dropped, but set aside.
func (l boxLine) known() bool {
	return l.Head != nil || l.Draft != nil || l.Refused != "" || l.Stored != "" || l.Dropped != ""
}

// take brings one line into memory.
func (o *outbox) take(l boxLine) {
	switch {
	case l.Head != nil:
		o.head = *l.Head
	case l.Draft != nil && o.find(l.Draft.ID) == nil:
		o.put(newSlip(*l.Draft))
	case l.Refused != "":
		if s := o.find(l.Refused); s != nil {
			o.refused(s, model.Clean(l.Why))
		}
	case l.Stored != "":
		o.forget(l.Stored)
	case l.Dropped != "":
		o.forget(l.Dropped)
	}
}

func (o *outbox) find(id string) *slip { return o.byID[id] }

func (o *outbox) put(s *slip) {
	o.line, o.byID[s.Draft.ID] = append(o.line, s), s
}

// forget takes a draft out: the first one at no cost, as ten thousand may wait.
func (o *outbox) forget(id string) {
	s := o.byID[id]
	if s == nil {
		return
	}
	if delete(o.byID, id); s.State == model.Refused {
		o.held--
	}
	if o.line[0] == s {
		o.line = o.line[1:]
		return
	}
	o.line = slices.DeleteFunc(slices.Clone(o.line), func(x *slip) bool { return x == s })
}

// refused notes that a draft will not be sent.
func (o *outbox) refused(s *slip, why model.Safe) {
	if s.State != model.Refused {
		o.held++
	}
	s.turn(model.Refused, why)
}

// compact writes the file anew with what is still waiting, and opens it.
func (o *outbox) compact() error {
	lines := []boxLine{{Head: &o.head}}
	for _, s := range o.line {
		lines = append(lines, boxLine{Draft: &s.Draft})
		if s.State == model.Refused {
			lines = append(lines, boxLine{Refused: s.Draft.ID, Why: s.Why.String()})
		}
	}
	var all []byte
	for _, l := range lines {
		b, err := l.encode(o.room, o.box)
		if err != nil {
			return err
		}
		all = append(all, b...)
	}
	if err := replace(o.path, all); err != nil {
		return fmt.Errorf("write outbox: %w", err)
	}
	f, err := os.OpenFile(o.path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open outbox: %w", err)
	}
	if o.f != nil {
		err = o.f.Close()
	}
	o.f, o.size = f, int64(len(all))
	return err
}

// write appends lines, all or none of them.
func (o *outbox) write(lines ...boxLine) error {
	var all []byte
	for _, l := range lines {
		b, err := l.encode(o.room, o.box)
		if err != nil {
			return err
		}
		all = append(all, b...)
	}
	if _, err := o.f.Write(all); err != nil {
		return errors.Join(err, o.f.Truncate(o.size))
	}
	o.size += int64(len(all))
	return nil
}

// add keeps drafts: they are on disk when it returns nil, and not in the box
// when it returns an error.
func (o *outbox) add(drafts ...model.Draft) ([]*slip, error) {
	lines := make([]boxLine, len(drafts))
	for i := range drafts {
		lines[i] = boxLine{Draft: &drafts[i]}
	}
	was := o.size
	err := o.write(lines...)
	if err == nil {
		if err = o.f.Sync(); err != nil {
			o.size = was
			err = errors.Join(err, o.f.Truncate(was))
		}
	}
	if err != nil {
		return nil, model.Refuse(model.Internal, "the entry could not be kept on disk (%s); it was not sent: free space in %s and send it again", err, filepath.Dir(o.path))
	}
	var out []*slip
	for _, d := range drafts {
		s := newSlip(d)
		o.put(s)
		out = append(out, s)
	}
	return out, nil
}

// bulky is the size from which an empty outbox is written anew.
const bulky = 256 << 10

// stored notes that a draft is in the log.
func (o *outbox) stored(id string) error {
	o.forget(id)
	if err := o.write(boxLine{Stored: id}); err != nil {
		return err
	}
	if len(o.line) == 0 && o.size > bulky {
		return o.compact()
	}
	return nil
}

// refuse notes why a draft will not be sent. It is on disk when this returns:
// what a person was told is refused must not be sent after all.
func (o *outbox) refuse(s *slip, why model.Safe) error {
	o.refused(s, why)
	return o.sync(boxLine{Refused: s.Draft.ID, Why: why.String()})
}

// drop forgets a refused draft that its author has seen.
func (o *outbox) drop(id string) error {
	o.forget(id)
	return o.sync(boxLine{Dropped: id})
}

// name notes the short id under which the room is being declared.
func (o *outbox) name(short string) error {
	o.head.Short = short
	return o.sync(boxLine{Head: &o.head})
}

// moved notes that the box has another key from now on.
func (o *outbox) moved(path, was string) error {
	o.path, o.head.Was = path, append(o.head.Was, was)
	return o.sync(boxLine{Head: &o.head})
}

// sync writes a line down to the disk.
func (o *outbox) sync(l boxLine) error {
	if err := o.write(l); err != nil {
		return err
	}
	return o.f.Sync()
}

// unsent says how many drafts still have to be sent.
func (o *outbox) unsent() int { return len(o.line) - o.held }

// close closes the file, and takes it away where nothing waits in it.
func (o *outbox) close() error {
	err := o.f.Close()
	if len(o.line) == 0 {
		err = errors.Join(err, os.Remove(o.path))
	}
	return err
}
