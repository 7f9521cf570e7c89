package roomstore

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"warroom/feed/atomicfile"
	"warroom/feed/mirror"
	"warroom/feed/subjects"
	"warroom/model"
)

// replayMessage is a message to be published again, unchanged.
type replayMessage struct {
	At      time.Time `json:"at"`
	Subject string    `json:"subject"`
	Sig     string    `json:"sig"`
	Data    []byte    `json:"data"`
}

// ReplayPath returns the path of the messages that a key has to publish again in a room.
func ReplayPath(data, room, key string) string {
	return filepath.Join(Dir(data, room), "again", key)
}

// ReadReplay returns the messages that a key has to publish again in a room. It renames a
// file that cannot be read, and logs the new name.
func (s *Store) ReadReplay(room, key string) []mirror.Message {
	path := ReplayPath(s.Data, room, key)
	raw, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if box := s.vault.Box(replayPurpose); err == nil && box != nil && !json.Valid(raw) { // else from before encryption
		raw, err = box.Open(raw, []byte(room))
	}
	var lines []replayMessage
	if err == nil {
		err = json.Unmarshal(raw, &lines)
	}
	if err != nil {
		aside := path + ".bad-" + s.Now().UTC().Format("20060102T150405")
		err = errors.Join(err, os.Rename(path, aside))
		s.Logf(model.Safef("the lines to be sent again to the room %s cannot be read (%s); they were moved to "+
			"%s, and are also in the copy that was set aside", room, err, aside))
		return nil
	}
	var out []mirror.Message
	for _, l := range lines {
		out = append(out, mirror.Message{At: l.At, Subject: l.Subject, Sig: l.Sig, Data: l.Data})
	}
	return out
}

// AppendReplay adds messages to those that a key has to publish again. They are on disk
// when it returns.
func (s *Store) AppendReplay(room, key string, lost []mirror.Message) error {
	all := s.ReadReplay(room, key)
	for _, m := range lost {
		known := false
		for _, o := range all {
			known = known || o.Leaf() == m.Leaf()
		}
		if !known {
			all = append(all, m)
		}
	}
	return s.writeReplay(room, key, all)
}

// writeReplay replaces the messages that a key has to publish again.
func (s *Store) writeReplay(room, key string, all []mirror.Message) error {
	lines := make([]replayMessage, len(all))
	for i, m := range all {
		lines[i] = replayMessage{At: m.At, Subject: m.Subject, Sig: m.Sig, Data: m.Data}
	}
	raw, err := json.Marshal(lines)
	if err != nil {
		return fmt.Errorf("keep what is to be sent again: %w", err)
	}
	path := ReplayPath(s.Data, room, key)
	if err := atomicfile.MakePrivateDir(filepath.Dir(path)); err != nil {
		return err
	}
	if box := s.vault.Box(replayPurpose); box != nil {
		raw = box.Seal(raw, []byte(room))
	}
	if err := atomicfile.Replace(path, raw); err != nil {
		return fmt.Errorf("keep what is to be sent again: %w", err)
	}
	return nil
}

// WipeReplay removes a redacted message from those that a key has to publish again.
func (s *Store) WipeReplay(room string, gone *mirror.Message) error {
	_, key, _ := subjects.Author(gone.Subject)
	all := s.ReadReplay(room, key)
	left := slices.DeleteFunc(slices.Clone(all), func(m mirror.Message) bool { return m.Leaf() == gone.Leaf() })
	if len(left) == len(all) {
		return nil
	}
	path := ReplayPath(s.Data, room, key)
	if len(left) == 0 {
		return atomicfile.Except(os.Remove(path), os.ErrNotExist)
	}
	return s.writeReplay(room, key, left)
}
