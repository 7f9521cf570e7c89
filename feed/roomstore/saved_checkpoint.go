package roomstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"warroom/feed/atomicfile"
	"warroom/feed/keyring"
	"warroom/feed/mirror"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// SavedCheckpoint is the newest checkpoint of a room that this data directory has seen.
// It is stored apart from the hub's store, so that a loss there is detected.
type SavedCheckpoint struct {
	Form  int       `json:"form"`
	Room  string    `json:"room"`
	Short string    `json:"short"`           // short id on the hub
	Where string    `json:"where,omitempty"` // the server's address; if "", the hub of this data directory
	Seq   uint64    `json:"seq"`             // sequence of the last message
	At    time.Time `json:"at"`              // when it was written
	Key   string    `json:"key"`             // public key of the signer
	Note  string    `json:"note"`            // the checkpoint, signed

	Point signing.Checkpoint `json:"-"` // decoded from Note
}

// checkpointForm is the version of the file format.
const checkpointForm = 1

func checkpointPath(data, room string) string {
	return filepath.Join(Dir(data, room), "checkpoint")
}

// WriteCheckpoint signs and replaces the checkpoint of a room. It is on disk when it
// returns.
func WriteCheckpoint(data string, k SavedCheckpoint, t mirror.Tip, by *keyring.Key) error {
	k.Form, k.Seq, k.Key = checkpointForm, t.Seq, by.Text
	note, err := signing.Checkpoint{Room: k.Room, Size: t.Size, Root: t.Root}.Sign(by.Private)
	if err != nil {
		return fmt.Errorf("sign checkpoint: %w", err)
	}
	k.Note = string(note)
	raw, err := json.Marshal(k)
	if err != nil {
		return fmt.Errorf("encode checkpoint: %w", err)
	}
	if err := atomicfile.Replace(checkpointPath(data, k.Room), append(raw, '\n')); err != nil {
		return fmt.Errorf("write checkpoint: %w", err)
	}
	return nil
}

// ReadCheckpoint returns the checkpoint of a room, or nil if there is none. It renames a
// file that does not verify, and returns an error with the new name.
func ReadCheckpoint(data, room string, now time.Time) (*SavedCheckpoint, error) {
	path := checkpointPath(data, room)
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	k := new(SavedCheckpoint)
	err = json.Unmarshal(raw, k)
	if err == nil && k.Form > checkpointForm {
		return nil, model.Refuse(model.Conflict,
			"the checkpoint %s has format %d and this warroom reads only format %d; install a newer warroom",
			path, k.Form,
			checkpointForm)
	}
	if err == nil && (k.Form != checkpointForm || k.Room != room || subjects.CheckShort(k.Short) != nil) {
		err = errors.New("it belongs to another room or has another format")
	}
	if err == nil {
		k.Point, err = signing.OpenCheckpoint([]byte(k.Note), room, k.Key)
	}
	if err == nil {
		return k, nil
	}
	aside := path + ".bad-" + now.UTC().Format("20060102T150405")
	if lost := os.Rename(path, aside); lost != nil {
		return nil, lost
	}
	return nil, model.Refuse(model.Internal, "the checkpoint of the room %s cannot be read (%s); it was moved to %s",
		room, err, aside)
}
