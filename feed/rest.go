package feed

import (
	"os"
	"path/filepath"

	"warroom/feed/logcopy"
	"warroom/feed/vault"
	"warroom/model"
)

// What the vault's keys are made of, one for each thing that lies on disk.
const (
	outboxPurpose   = "outbox"
	copyPurpose     = "copy"
	snapshotPurpose = "snapshot"
	owedPurpose     = "owed"
	hubPurpose      = "hub"
	statePurpose    = "state" // drafts and history
)

// copyBox is what copies of logs are sealed with, nil where they are plain.
func (h *house) copyBox() *vault.Box { return h.safe.Box(copyPurpose) }

// openVault opens the vault of the data directory. Where there is one, nothing
// is read or written without its passphrase.
func (h *house) openVault() (err error) {
	if h.o.AtRest.IsEmpty() {
		if vault.Exists(h.o.Data) {
			return model.Refuse(model.Forbidden, "what lies in %s is encrypted, and at_rest in the configuration names no passphrase or key; name the one it was encrypted with", h.o.Data)
		}
		return nil
	}
	h.safe, err = vault.Open(h.o.Data, h.o.AtRest)
	return err
}

// storeKey is what the embedded hub encrypts its store with.
func (h *house) storeKey() model.Secret {
	if h.safe == nil {
		return model.Secret{}
	}
	return h.safe.Key(hubPurpose)
}

// sealCopies encrypts the copies and takes away the snapshots that were written
// before there was a passphrase. What another process holds is its own to do.
func (h *house) sealCopies() {
	dirs, err := os.ReadDir(filepath.Join(h.o.Data, "record"))
	if h.safe == nil || err != nil {
		return // none yet
	}
	for _, d := range dirs {
		dir := recordDir(h.o.Data, d.Name())
		if !logcopy.IsPlain(dir, d.Name()) {
			continue
		}
		if err := os.Remove(snapshotPath(h.o.Data, d.Name())); ifNot(err, os.ErrNotExist) != nil {
			h.o.Logf(model.Safef("the snapshot of %s lies there plain: %s", d.Name(), err))
		}
		c, aside, err := logcopy.Open(dir, d.Name(), h.copyBox(), h.o.Now())
		if err == nil {
			err = c.Close()
		}
		if ifNot(err, logcopy.ErrBusy) != nil {
			h.o.Logf(model.Safef("the copy in %s could not be encrypted: %s", dir, err))
		}
		if !aside.IsEmpty() {
			h.o.Logf(aside)
		}
	}
}

// Sealer is what else lies in the data directory is sealed with, nil where all is
// plain.
func (f *Feed) Sealer() model.Sealer { return f.h.sealer() }

// AtRest says how what lies in the data directory lies there, and whether that is
// as it was asked for.
func (f *Feed) AtRest() (is model.Safe, ok bool) {
	switch {
	case f.h.safe == nil:
		return model.Safef("plain in %s, readable by your user alone; at_rest in the configuration encrypts it", f.h.o.Data), true
	case f.h.hub == nil:
		return model.Safef("encrypted in %s; how the server keeps its own store is for who runs it to say", f.h.o.Data), true
	case f.h.hub.Plain():
		return model.Safef("the hub's store in %s is plain until the process that hosts it now has ended and another one with at_rest hosts", f.h.o.Data), false
	}
	return model.Safef("encrypted in %s", f.h.o.Data), true
}
