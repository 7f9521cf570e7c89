package roomstore

import (
	"encoding/json"
	"fmt"
	"path/filepath"

	"warroom/feed/atomicfile"
	"warroom/model"
	"warroom/model/signing"
)

// SnapshotForm is the version of the file format.
const SnapshotForm = 1

// Snapshot is a room as this terminal has folded it. It lets the room be shown before its
// log is read again. Snapshots of other machines are never used.
type Snapshot struct {
	Form  int             `json:"form"`
	Room  string          `json:"room"`
	Seq   uint64          `json:"seq"`  // last sequence that is folded
	Last  uint64          `json:"last"` // sequence of the newest event
	Leaf  string          `json:"leaf"` // its leaf hash
	Chain *signing.Chain  `json:"chain"`
	State json.RawMessage `json:"state"`

	Folded *model.Room `json:"-"` // decoded from State
}

// SnapshotPath returns the path of the snapshot of a room.
func SnapshotPath(data, room string) string {
	return filepath.Join(data, "cache", atomicfile.Name(room), "snapshot")
}

// LoadSnapshot returns the snapshot of a room, or nil if this terminal has made none with
// this version.
func (s *Store) LoadSnapshot(room string) *Snapshot {
	body := s.readCache(SnapshotPath(s.Data, room), room)
	if body == nil {
		return nil
	}
	n, err := new(Snapshot), error(nil)
	if json.Unmarshal(body, n) != nil || n.Form != SnapshotForm || n.Room != room || n.Chain == nil {
		return nil
	}
	if n.Folded, err = model.Restore(n.State); err != nil {
		return nil
	}
	return n
}

// WriteSnapshot authenticates a snapshot and writes it to disk.
func (s *Store) WriteSnapshot(n *Snapshot) error {
	body, err := json.Marshal(n)
	if err != nil {
		return fmt.Errorf("encode snapshot: %w", err)
	}
	if err := s.writeCache(SnapshotPath(s.Data, n.Room), n.Room, body); err != nil {
		return fmt.Errorf("write snapshot: %w", err)
	}
	return nil
}
