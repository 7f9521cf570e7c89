// Package outbox keeps drafts on disk until the log has them, in one file per key and
// room. A draft is on disk before it is published.
package outbox

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"warroom/feed/atomicfile"
	"warroom/feed/atrest"
	"warroom/model"
)

// Box is the outbox file of one key and one room. It has the drafts that the log does not
// have yet, unsigned. A line is a CRC-32C in hexadecimal, a space and a JSON object. A
// draft is synced to disk before it is published. Its outcome is appended without a sync,
// because losing it only costs a lookup in the log.
type Box struct {
	Path   string
	room   string      // ULID, from the name of the file
	box    *atrest.Box // encrypts the lines; if nil, not encrypted
	f      *os.File
	shut   bool // closed: its file is deleted, or has drafts for the next Open
	size   int64
	Drafts []*Pending // not stored yet, in the order of the author; sessions read it, see Queue
	byID   map[string]*Pending
	held   int // number of refused drafts
	Head   Head
}

// Head is the first line of the file. It names the room.
type Head struct {
	Room   string `json:"room"`            // ULID
	Short  string `json:"short,omitempty"` // short id on this hub; "" while the room is being declared
	Handle string `json:"handle"`
	// PreviousKeys are the keys that this box had before. Drafts that were being
	// published then may be in the log under one of them.
	PreviousKeys []string `json:"was,omitempty"`
}

// Purpose is the name from which the vault derives the key for outboxes.
const Purpose = "outbox"

// End is the suffix of the name of an outbox file.
const End = ".jsonl"

// Path returns the path of the outbox of a key and a room.
func Path(data, key, room string) string {
	return filepath.Join(data, "outbox", key, atomicfile.Name(room)+End)
}

// RoomOf returns the room of an outbox from the name of its file.
func RoomOf(path string) string { return strings.TrimSuffix(filepath.Base(path), End) }

// KeyOf returns the key of an outbox from the name of its directory.
func KeyOf(path string) string { return filepath.Base(filepath.Dir(path)) }

// Files returns the outboxes of a key and a room; "" means all.
func Files(data, key, room string) []string {
	if key == "" {
		key = "*"
	}
	if room == "" {
		room = "*"
	} else {
		room = atomicfile.Name(room)
	}
	found, err := filepath.Glob(filepath.Join(atomicfile.EscapeGlob(data), "outbox", key, room+End))
	if err != nil {
		return nil // only for an invalid pattern
	}
	return found
}

// Read reads an outbox without opening it for writing, and returns the lines that are
// damaged. It returns [model.Forbidden] for an encrypted file if box is nil.
func Read(path string, box *atrest.Box) (o *Box, spoilt []byte, err error) {
	o = &Box{Path: path, box: box, byID: map[string]*Pending{},
		room: RoomOf(path)}
	raw, err := os.ReadFile(path)
	if err != nil && !os.IsNotExist(err) {
		return nil, nil, fmt.Errorf("read outbox: %w", err)
	}
	spoilt, err = o.load(raw)
	return o, spoilt, err
}

// Open reads the outbox, or creates it, and opens it for writing. It moves damaged lines
// to another file, which bad names for the user.
func Open(path string, head Head, box *atrest.Box, now time.Time) (o *Box, bad model.Safe, err error) {
	if err := atomicfile.MakePrivateDir(filepath.Dir(path)); err != nil {
		return nil, bad, err
	}
	o, spoilt, err := Read(path, box)
	if err != nil {
		return nil, bad, err
	}
	if head.Short != "" || o.Head.Handle == "" {
		o.Head.Short, o.Head.Room, o.Head.Handle = head.Short, head.Room, head.Handle
	}
	if len(spoilt) > 0 {
		aside := path + ".bad-" + now.UTC().Format("20060102T150405")
		if err := atomicfile.WriteSynced(aside, spoilt); err != nil {
			return nil, bad, fmt.Errorf("set a damaged outbox aside: %w", err)
		}
		bad = model.Safef("part of the outbox could not be read and was moved to %s; check whether an entry of "+
			"yours is missing", aside)
	}
	return o, bad, o.Compact()
}

// load reads the lines and returns the damaged ones.
func (o *Box) load(raw []byte) (spoilt []byte, err error) {
	for len(raw) > 0 {
		b, rest, whole := bytes.Cut(raw, []byte("\n"))
		l, err := decodeLine(b, o.room, o.box)
		switch {
		case errors.Is(err, errLocked):
			return nil, model.Refuse(model.Forbidden,
				"the outbox %s is encrypted, and at_rest in the configuration has no passphrase or key; set the "+
					"one it was encrypted with", o.Path)
		case whole && err == nil && l.known():
			o.take(l)
		default:
			spoilt = append(append(spoilt, b...), '\n')
		}
		raw = rest
	}
	return spoilt, nil
}

// known reports whether the line is of a kind that this version writes. Lines of a newer
// version are moved to another file, not dropped.
func (l boxLine) known() bool {
	return l.Head != nil || l.Draft != nil || l.Refused != "" || l.Stored != "" || l.Dropped != ""
}

// take applies one line.
func (o *Box) take(l boxLine) {
	switch {
	case l.Head != nil:
		o.Head = *l.Head
	case l.Draft != nil && o.Find(l.Draft.ID) == nil:
		o.put(newPendingDraft(*l.Draft))
	case l.Refused != "":
		if s := o.Find(l.Refused); s != nil {
			o.refused(s, model.Clean(l.Why))
		}
	case l.Stored != "":
		o.forget(l.Stored)
	case l.Dropped != "":
		o.forget(l.Dropped)
	}
}

// Find returns the draft with an id, or nil.
func (o *Box) Find(id string) *Pending { return o.byID[id] }

func (o *Box) put(s *Pending) {
	o.Drafts, o.byID[s.Draft.ID] = append(o.Drafts, s), s
}

// forget removes a draft. Removing the first one is cheap, because thousands may wait.
func (o *Box) forget(id string) {
	s := o.byID[id]
	if s == nil {
		return
	}
	if delete(o.byID, id); s.State == model.Refused {
		o.held--
	}
	if o.Drafts[0] == s {
		o.Drafts = o.Drafts[1:]
		return
	}
	o.Drafts = slices.DeleteFunc(slices.Clone(o.Drafts), func(x *Pending) bool { return x == s })
}

// refused marks a draft as refused.
func (o *Box) refused(s *Pending, why model.Safe) {
	if s.State != model.Refused {
		o.held++
	}
	s.SetState(model.Refused, why)
}

// Compact rewrites the file with only the waiting drafts, and opens it.
func (o *Box) Compact() error {
	lines := []boxLine{{Head: &o.Head}}
	for _, s := range o.Drafts {
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
	if err := atomicfile.Replace(o.Path, all); err != nil {
		return fmt.Errorf("write outbox: %w", err)
	}
	f, err := os.OpenFile(o.Path, os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open outbox: %w", err)
	}
	if o.f != nil {
		err = o.f.Close()
	}
	o.f, o.size = f, int64(len(all))
	return err
}

// write appends all lines or, if it returns an error, none.
func (o *Box) write(lines ...boxLine) error {
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

// Add adds drafts. They are on disk if it returns nil, and not in the box if it returns
// an error.
func (o *Box) Add(drafts ...model.Draft) ([]*Pending, error) {
	lines := make([]boxLine, len(drafts))
	for i := range drafts {
		lines[i] = boxLine{Draft: &drafts[i]}
	}
	prev := o.size
	err := o.write(lines...)
	if err == nil {
		if err = o.f.Sync(); err != nil {
			o.size = prev
			err = errors.Join(err, o.f.Truncate(prev))
		}
	}
	if err != nil {
		return nil, model.Refuse(model.Internal,
			"the entry could not be saved to disk (%s) and was not sent: free space in %s and send it again", err,
			filepath.Dir(o.Path))
	}
	var out []*Pending
	for _, d := range drafts {
		s := newPendingDraft(d)
		s.New = true
		o.put(s)
		out = append(out, s)
	}
	return out, nil
}

// bulky is the size in bytes from which an empty outbox is compacted.
const bulky = 256 << 10

// Stored removes a draft that is in the log.
func (o *Box) Stored(id string) error {
	o.forget(id)
	if err := o.write(boxLine{Stored: id}); err != nil {
		return err
	}
	if len(o.Drafts) == 0 && o.size > bulky {
		return o.Compact()
	}
	return nil
}

// Refuse marks a draft as refused. The mark is on disk when it returns: a draft reported
// as refused must not be published later.
func (o *Box) Refuse(s *Pending, why model.Safe) error {
	o.refused(s, why)
	return o.sync(boxLine{Refused: s.Draft.ID, Why: why.String()})
}

// Drop removes a refused draft that its author has dismissed.
func (o *Box) Drop(id string) error {
	o.forget(id)
	return o.sync(boxLine{Dropped: id})
}

// NameRoom stores the short id under which the room is being declared.
func (o *Box) NameRoom(short string) error {
	o.Head.Short = short
	return o.sync(boxLine{Head: &o.Head})
}

// Moved records that the box belongs to another key from now on.
func (o *Box) Moved(path, prev string) error {
	o.Path, o.Head.PreviousKeys = path, append(o.Head.PreviousKeys, prev)
	if o.shut {
		return nil
	}
	return o.sync(boxLine{Head: &o.Head})
}

// sync appends a line and syncs the file to disk.
func (o *Box) sync(l boxLine) error {
	if err := o.write(l); err != nil {
		return err
	}
	return o.f.Sync()
}

// Unsent returns the number of drafts that still have to be sent.
func (o *Box) Unsent() int { return len(o.Drafts) - o.held }

// Close closes the file, and deletes it if there are no drafts.
func (o *Box) Close() error {
	o.shut = true
	err := o.f.Close()
	if len(o.Drafts) == 0 {
		err = errors.Join(err, os.Remove(o.Path))
	}
	return err
}

// IsOpen reports whether the box is open.
func (o *Box) IsOpen() bool { return !o.shut }

// Abandon deletes the box with its drafts. None of them may have been published.
func (o *Box) Abandon() error {
	o.Drafts, o.byID, o.held = nil, map[string]*Pending{}, 0
	return o.Close()
}

// Next returns the oldest draft that has to be sent, or nil.
func (o *Box) Next() *Pending {
	for _, s := range o.Drafts {
		if s.State != model.Refused {
			return s
		}
	}
	return nil
}

// MayBeStored reports whether a draft that has to be sent may be in the log already.
func (o *Box) MayBeStored() bool {
	return slices.ContainsFunc(o.Drafts, func(s *Pending) bool { return s.State != model.Refused && !s.New })
}
