// Package roomstore stores the data about rooms that a data directory has besides the hub's
// own store: the known end of each log, snapshots of folded rooms, messages to publish
// again, and outboxes. It encrypts them if the options ask for it.
package roomstore

import (
	"os"
	"path/filepath"
	"time"

	"warroom/feed/atomicfile"
	"warroom/feed/atrest"
	"warroom/feed/mirror"
	"warroom/feed/outbox"
	"warroom/model"
)

// CopyBox returns the box that encrypts replicas of logs, or nil if they are not
// encrypted.
func (s *Store) CopyBox() *atrest.Box { return s.vault.Box(copyPurpose) }

// sealCopies encrypts the replicas, and deletes the snapshots, that were written before
// encryption was on. It skips those that another process has open.
func (s *Store) sealCopies() {
	dirs, err := os.ReadDir(filepath.Join(s.Data, "record"))
	if s.vault == nil || err != nil {
		return // there are none yet
	}
	for _, d := range dirs {
		dir := Dir(s.Data, d.Name())
		if !mirror.IsPlain(dir, d.Name()) {
			continue
		}
		if err := os.Remove(SnapshotPath(s.Data, d.Name())); atomicfile.Except(err, os.ErrNotExist) != nil {
			s.Logf(model.Safef("the snapshot of %s is not encrypted: %s", d.Name(), err))
		}
		logCopy, aside, err := mirror.Open(dir, d.Name(), s.CopyBox(), s.Now())
		if err == nil {
			err = logCopy.Close()
		}
		if atomicfile.Except(err, mirror.ErrBusy) != nil {
			s.Logf(model.Safef("the copy in %s could not be encrypted: %s", dir, err))
		}
		if !aside.IsEmpty() {
			s.Logf(aside)
		}
	}
}

// The names from which the vault derives its keys, one for each kind of file.
const (
	copyPurpose     = "copy"
	snapshotPurpose = "snapshot"
	replayPurpose   = "owed"
	hubPurpose      = "hub"
	statePurpose    = "state" // drafts and history of terminals
)

// Store is the data directory of one process.
type Store struct {
	Data   string
	Server string // server of the rooms; if "", the hub of this data directory
	AtRest model.Secret
	Now    func() time.Time
	Logf   func(model.Safe)
	vault  *atrest.Vault // encrypts the files; if nil, not encrypted
}

// Open opens the vault of a data directory, and encrypts the files that are not encrypted
// yet.
func Open(s Store) (*Store, error) {
	if err := s.openVault(); err != nil {
		return nil, err
	}
	s.sealCopies()
	return &s, nil
}

// openVault opens the vault of the data directory. If there is one, it returns
// [model.Forbidden] without a passphrase.
func (s *Store) openVault() (err error) {
	if s.AtRest.IsEmpty() {
		if atrest.Exists(s.Data) {
			return model.Refuse(model.Forbidden,
				"the data in %s is encrypted, and at_rest in the configuration has no passphrase or key; set "+
					"the one it was encrypted with", s.Data)
		}
		return nil
	}
	s.vault, err = atrest.Open(s.Data, s.AtRest)
	return err
}

// HubStoreKey returns the key that the embedded hub encrypts its store with.
func (s *Store) HubStoreKey() model.Secret {
	if s.vault == nil {
		return model.Secret{}
	}
	return s.vault.Key(hubPurpose)
}

// ReadOutbox reads an outbox of this data directory, and returns the lines that are
// damaged.
func (s *Store) ReadOutbox(path string) (o *outbox.Box, spoilt []byte, err error) {
	return outbox.Read(path, s.vault.Box(outbox.Purpose))
}

// Encrypted reports whether the store is encrypted.
func (s *Store) Encrypted() bool { return s.vault != nil }

// OpenOutbox opens an outbox of this data directory.
func (s *Store) OpenOutbox(path string, head outbox.Head) (*outbox.Box, model.Safe, error) {
	return outbox.Open(path, head, s.vault.Box(outbox.Purpose), s.Now())
}

// Sealer returns the sealer for the files of terminals in the data directory, or nil if
// they are not encrypted.
func (s *Store) Sealer() model.Sealer {
	if b := s.vault.Box(statePurpose); b != nil {
		return b
	}
	return nil
}
