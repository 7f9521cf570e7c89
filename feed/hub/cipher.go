package hub

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/model"
)

// encrypt configures a server to encrypt its store: message blocks, indexes and metadata.
// Names of streams and sizes of files stay readable.
func encrypt(o *server.Options, key model.Secret) {
	if !key.IsEmpty() {
		o.JetStreamKey, o.JetStreamCipher = hex.EncodeToString(key.Reveal()), server.ChaCha
	}
}

// keyCheck returns a value by which a key can be recognized, and which reveals nothing
// about it.
func keyCheck(key model.Secret) string {
	mac := hmac.New(sha256.New, key.Reveal())
	mac.Write([]byte("warroom/hub/check/v1"))
	return hex.EncodeToString(mac.Sum(nil))
}

// fits refuses a store that is of a newer form, or encrypted with another key. The server
// would open it as if it had no rooms.
func (o Options) fits() error {
	n, err := readForm(o.Dir)
	if err != nil || !isSealed(n) {
		return err
	}
	if o.Key.IsEmpty() {
		return model.Refuse(model.Forbidden,
			"the hub's store in %s is encrypted, and at_rest in the configuration has no passphrase or key; set "+
				"the one it was encrypted with", o.Dir)
	}
	path := filepath.Join(o.Dir, keyFile)
	b, err := os.ReadFile(path)
	if err != nil {
		return refuseDisk(err, "read", path)
	}
	if !hmac.Equal([]byte(strings.TrimSpace(string(b))), []byte(keyCheck(o.Key))) {
		return model.Refuse(model.Forbidden,
			"the hub's store in %s was encrypted with a passphrase or key other than the one that at_rest has now; "+
				"set that one or, if it is the same, restore vault.json from a copy", o.Dir)
	}
	return nil
}

// The directories that exist beside the store while it is encrypted.
const (
	sealingDir = "sealing"         // the encrypted copy, while it is written
	plainDir   = "jetstream.plain" // the plain store, until the encrypted one replaces it
)

// settle converts the store to the form that it should have. The caller must hold the lock,
// and no server may run.
func (o Options) settle(l *logger) error {
	if err := o.fits(); err != nil {
		return err
	}
	n, err := readForm(o.Dir)
	if err != nil {
		return err
	}
	if err := o.tidy(n); err != nil {
		return refuseDisk(err, "finish what was begun in", o.Dir)
	}
	switch {
	case isSealed(n):
		return o.newForm(n, formSealed)
	case o.Key.IsEmpty():
		return o.newForm(n, form)
	}
	return o.seal(l)
}

// newForm records the form of a store that is new or was written by an older program.
func (o Options) newForm(from, is int) error {
	if from == is {
		return nil
	}
	return writeForm(o.Dir, is)
}

// tidy completes or undoes an encryption that was interrupted: before the form was written
// the plain store stays, afterwards it is removed.
func (o Options) tidy(n int) error {
	store, plain, sealing := filepath.Join(o.Dir, server.JetStreamStoreDir), filepath.Join(o.Dir, plainDir),
		filepath.Join(o.Dir, sealingDir)
	if _, err := os.Lstat(plain); err == nil && !isSealed(n) {
		if err := os.RemoveAll(store); err != nil { // the encrypted copy, to which nothing was written yet
			return err
		}
		if err := os.Rename(plain, store); err != nil {
			return err
		}
	}
	return errors.Join(os.RemoveAll(plain), os.RemoveAll(sealing))
}

// sealed records that the store is encrypted.
func (o Options) sealed() error {
	if err := writeFile(filepath.Join(o.Dir, keyFile), []byte(keyCheck(o.Key)+"\n")); err != nil {
		return err
	}
	return writeForm(o.Dir, formSealed)
}

// Plain reports whether the store is stored unencrypted.
func (h *Hub) Plain() bool {
	n, err := readForm(h.o.Dir)
	return err == nil && !isSealed(n)
}

// missing reports whether a path does not exist.
func missing(path string) bool {
	_, err := os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}
