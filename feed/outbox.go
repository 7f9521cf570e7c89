package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"time"

	"warroom/model"
)

// outbox is the file of one key and one room in which drafts wait, unsigned.
// A line is a CRC-32C in hexadecimal, a space and a JSON object. A draft is on
// disk before anything else happens with it; what became of it follows without
// a sync, as losing that costs a look into the log only.
type outbox struct {
	path string
	f    *os.File
	size int64
	line []*slip // in the order of the author, those that are stored left out
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

// slip is one draft on its way.
type slip struct {
	Draft model.Draft
	State model.WaitState
	Why   model.Safe
	code  model.Code // of the refusal
	seq   uint64     // where it was seen in the log, 0 while it was not
}

// boxLine is one line: exactly one of its fields is set.
type boxLine struct {
	Head    *boxHead     `json:"head,omitempty"`
	Draft   *model.Draft `json:"draft,omitempty"`
	Stored  string       `json:"stored,omitempty"`  // id
	Refused string       `json:"refused,omitempty"` // id
	Dropped string       `json:"dropped,omitempty"` // id of a refused one that its author has seen
	Why     string       `json:"why,omitempty"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func (l boxLine) encode() ([]byte, error) {
	b, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("encode for the outbox: %w", err)
	}
	return fmt.Appendf(nil, "%08x %s\n", crc32.Checksum(b, castagnoli), b), nil
}

// decodeLine reads a line without its end.
func decodeLine(b []byte) (l boxLine, ok bool) {
	sum, rest, ok := bytes.Cut(b, []byte(" "))
	if !ok || string(sum) != fmt.Sprintf("%08x", crc32.Checksum(rest, castagnoli)) {
		return l, false
	}
	return l, json.Unmarshal(rest, &l) == nil
}

// outboxPath is where the outbox of a key and a room lies.
func outboxPath(data, key, room string) string {
	return filepath.Join(data, "outbox", key, room+".jsonl")
}

// openOutbox reads the file or makes it. Lines that cannot be read are set
// aside into a file of their own; bad says so for people.
func openOutbox(path string, head boxHead, now time.Time) (o *outbox, bad model.Safe, err error) {
	if err := privateDir(filepath.Dir(path)); err != nil {
		return nil, bad, err
	}
	o = &outbox{path: path, head: head}
	raw, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return nil, bad, fmt.Errorf("read outbox: %w", err)
	}
	spoilt := o.load(raw)
	if head.Short != "" {
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
func (o *outbox) load(raw []byte) (spoilt []byte) {
	for len(raw) > 0 {
		b, rest, whole := bytes.Cut(raw, []byte("\n"))
		l, ok := decodeLine(b)
		if whole && ok {
			o.take(l)
		} else {
			spoilt = append(append(spoilt, b...), '\n')
		}
		raw = rest
	}
	return spoilt
}

// take brings one line into memory.
func (o *outbox) take(l boxLine) {
	switch {
	case l.Head != nil:
		o.head = *l.Head
	case l.Draft != nil && o.find(l.Draft.ID) == nil:
		o.line = append(o.line, &slip{Draft: *l.Draft, State: model.Pending})
	case l.Refused != "":
		if s := o.find(l.Refused); s != nil {
			s.State, s.Why = model.Refused, model.Clean(l.Why)
		}
	case l.Stored != "":
		o.forget(l.Stored)
	case l.Dropped != "":
		o.forget(l.Dropped)
	}
}

func (o *outbox) find(id string) *slip {
	for _, s := range o.line {
		if s.Draft.ID == id {
			return s
		}
	}
	return nil
}

func (o *outbox) forget(id string) {
	o.line = slices.DeleteFunc(o.line, func(s *slip) bool { return s.Draft.ID == id })
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
		b, err := l.encode()
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
		b, err := l.encode()
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
		s := &slip{Draft: d, State: model.Pending}
		o.line, out = append(o.line, s), append(out, s)
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
func (o *outbox) refuse(id string, why model.Safe) error {
	return o.sync(boxLine{Refused: id, Why: why.String()})
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
func (o *outbox) unsent() int {
	n := 0
	for _, s := range o.line {
		if s.State != model.Refused {
			n++
		}
	}
	return n
}

// close closes the file, and takes it away where nothing waits in it.
func (o *outbox) close() error {
	err := o.f.Close()
	if len(o.line) == 0 {
		err = errors.Join(err, os.Remove(o.path))
	}
	return err
}
