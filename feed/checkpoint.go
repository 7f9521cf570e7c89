package feed

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"warroom/feed/logcopy"
	"warroom/feed/vault"
	"warroom/model"
	"warroom/model/seal"
)

// recordDir is where what this data directory knows of a room's log lies, away
// from the hub's own store: the copy of the log, and the newest checkpoint.
func recordDir(data, room string) string { return filepath.Join(data, "record", room) }

// kept is the newest checkpoint of a room that this data directory has seen. It
// is kept away from the store, so that a store that lost something is noticed.
type kept struct {
	Form  int       `json:"form"`
	Room  string    `json:"room"`
	Short string    `json:"short"`           // name on the hub
	Where string    `json:"where,omitempty"` // the server's address; "": the hub of this data directory
	Seq   uint64    `json:"seq"`             // sequence of the last message
	At    time.Time `json:"at"`              // when it was written
	Key   string    `json:"key"`             // who signed
	Note  string    `json:"note"`            // the checkpoint, signed

	point seal.Checkpoint
}

// keptForm is the version of the file.
const keptForm = 1

func keptPath(data, room string) string {
	return filepath.Join(recordDir(data, room), "checkpoint")
}

// writeKept replaces the checkpoint of a room, down to the disk.
func writeKept(data string, k kept, t logcopy.Tip, by *key) error {
	k.Form, k.Seq, k.Key = keptForm, t.Seq, by.text
	note, err := seal.Checkpoint{Room: k.Room, Size: t.Size, Root: t.Root}.Sign(by.priv)
	if err != nil {
		return fmt.Errorf("sign checkpoint: %w", err)
	}
	k.Note = string(note)
	raw, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("encode checkpoint: %w", err)
	}
	if err := replace(keptPath(data, k.Room), append(raw, '\n')); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}

// readKept reads the checkpoint of a room. One that does not check is put under
// a name of its own, which the error tells.
func readKept(data, room string, now time.Time) (*kept, error) {
	path := keptPath(data, room)
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	k := new(kept)
	err = json.Unmarshal(raw, k)
	if err == nil && k.Form > keptForm {
		return nil, model.Refuse(model.Conflict, "the checkpoint %s has form %d and this warroom knows form %d only; install a newer warroom", path, k.Form, keptForm)
	}
	if err == nil && (k.Form != keptForm || k.Room != room || checkShort(k.Short) != nil) {
		err = errors.New("it is of another room or form")
	}
	if err == nil {
		k.point, err = seal.OpenCheckpoint([]byte(k.Note), room, k.Key)
	}
	if err == nil {
		return k, nil
	}
	aside := path + ".bad-" + now.UTC().Format("20060102T150405")
	if lost := os.Rename(path, aside); lost != nil {
		return nil, lost
	}
	return nil, model.Refuse(model.Internal, "the checkpoint of the room %s cannot be read (%s); it was put into %s", room, err, aside)
}

// known is what this data directory knows of a room's log.
type known struct {
	kept
	tip  logcopy.Tip // of the copy, where it goes further than the checkpoint
	root string      // of the longer one of both, and so on
	size uint64
	seq  uint64
	box  *vault.Box // of the copy
}

// words names what is known, for a sentence.
func (k *known) words() model.Safe {
	what := model.Lit("this terminal's copy has")
	if k.size == k.point.Size {
		what = model.Safef("the checkpoint of %s UTC says", k.At.UTC().Format("2 Jan 15:04:05"))
	}
	return model.Safef("%s %d entries (root %.8s)", what, k.size, k.root)
}

// knowledge returns what is known of one room, nil where nothing is.
func (h *house) knowledge(room string) (*known, error) {
	c, err := readKept(h.o.Data, room, h.o.Now())
	if c == nil || err != nil {
		return nil, err
	}
	k := &known{kept: *c, root: c.point.Root.String(), size: c.point.Size, seq: c.Seq, box: h.copyBox()}
	if t, err := logcopy.Look(recordDir(h.o.Data, room), room, k.box); err == nil {
		k.tip = t
		if t.Seq > k.seq {
			k.root, k.size, k.seq = t.Root.String(), t.Size, t.Seq
		}
	}
	return k, nil
}

// allKnown returns what is known of every room.
func (h *house) allKnown() []*known {
	dirs, err := os.ReadDir(filepath.Join(h.o.Data, "record"))
	if err != nil {
		return nil // nothing yet
	}
	var out []*known
	for _, d := range dirs {
		k, err := h.knowledge(d.Name())
		if err != nil {
			h.o.Logf(model.Sentence(err))
		}
		if k != nil {
			out = append(out, k)
		}
	}
	return out
}
