// Package keyring stores the signing keys of a data directory. A key is locked by one
// process at a time: two processes that write with the same key would sign two messages
// for one position of its chain. An [Identity] is the person who writes with a key.
package keyring

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"warroom/feed/atomicfile"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// Suffixes of key files. The name before the suffix is the public key.
const (
	keyEnd     = ".key"
	retiredEnd = ".retired"
)

// keyWait is how long a one-shot command waits for a key of its handle before it creates
// another. Other one-shot commands are finished by then. A terminal holds its key for
// hours, and the user should not notice the wait.
const keyWait = 300 * time.Millisecond

// Key is a signing key that is locked by this process.
type Key struct {
	Text    string // public key as package signing formats it
	Private ed25519.PrivateKey
	Path    string
	lock    *flock.Flock
}

// Format implements fmt.Formatter. It prints only the public key.
func (k *Key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.Text) } // fmt's writers do not fail

// Release releases the lock of the key.
func (k *Key) Release() error { return k.lock.Close() }

// retire renames the file of a key that another process has used as well. The key stays
// locked.
func (k *Key) retire() error {
	if err := os.Rename(k.Path, k.Path+retiredEnd); err != nil {
		return fmt.Errorf("retire key: %w", err)
	}
	return nil
}

// Keyring is the directory of the keys of a data directory.
type Keyring struct{ Dir string }

// Take locks a free key of a handle, or creates a key if there is none.
func (r Keyring) Take(ctx context.Context, handle, via string) (*Key, error) {
	dir := filepath.Join(r.Dir, handle)
	if err := atomicfile.MakePrivateDir(dir); err != nil {
		return nil, err
	}
	wait, cancel := context.WithTimeout(ctx, keyWait)
	defer cancel()
	for {
		k, any, err := takeFree(dir)
		if k != nil || err != nil {
			return k, err
		}
		if !any || via != "cli" {
			return makeKey(dir)
		}
		select {
		case <-wait.Done():
			return makeKey(dir)
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// takeFree locks the first free key of a directory. any reports whether there are keys at
// all.
func takeFree(dir string) (k *Key, any bool, err error) {
	names, err := filepath.Glob(filepath.Join(atomicfile.EscapeGlob(dir), "*"+keyEnd))
	if err != nil {
		return nil, false, fmt.Errorf("list keys: %w", err)
	}
	slices.Sort(names)
	for _, n := range names { // check all of them: the result must not depend on which one is free
		if fi, err := os.Lstat(n); err == nil {
			if err := atomicfile.CheckPrivate(n, fi); err != nil {
				return nil, true, err
			}
		}
	}
	for _, n := range names {
		k, err := Hold(n)
		if k != nil || err != nil {
			return k, true, err
		}
	}
	return nil, len(names) > 0, nil
}

// Hold locks and reads a key file. It returns nil if another process has the lock or the
// file does not exist.
func Hold(path string) (*Key, error) {
	fi, err := os.Lstat(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at key: %w", err)
	}
	if err := atomicfile.CheckPrivate(path, fi); err != nil {
		return nil, err
	}
	l := flock.New(path, flock.SetFlag(os.O_RDWR), flock.SetPermissions(0o600))
	if ok, err := l.TryLock(); !ok || err != nil {
		if os.IsNotExist(err) {
			err = nil // retired just now
		}
		return nil, err
	}
	k := &Key{Path: path, lock: l}
	now, err := os.Lstat(path)
	if err != nil || !os.SameFile(fi, now) {
		return nil, l.Close() // retired in between
	}
	if err := k.load(); err != nil {
		return nil, fmt.Errorf("%w%s", err, closed(l.Close()))
	}
	return k, nil
}

// closed returns the text of an error of Close for an error message.
func closed(err error) string {
	if err == nil {
		return ""
	}
	return "; " + err.Error()
}

// Read reads a key without locking it.
func Read(path string) (*Key, error) {
	k := &Key{Path: path}
	return k, k.load()
}

// ReadHub reads the hub's key of a data directory without locking it. The process that
// hosts has the lock.
func ReadHub(data string) (*Key, error) { return Read(filepath.Join(data, "hub", HubKeyFile)) }

// load reads the seed.
func (k *Key) load() error {
	b, err := os.ReadFile(k.Path)
	if err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return model.Refuse(model.Internal, "the key file %s is damaged; move it away, and a new key is created",
			k.Path)
	}
	k.Private = ed25519.NewKeyFromSeed(seed)
	k.Text = signing.KeyText(k.Private.Public().(ed25519.PublicKey))
	if name := filepath.Base(k.Path); name != k.Text+keyEnd && name != HubKeyFile {
		return model.Refuse(model.Internal,
			"the key in the key file %s does not match its name; move it away, and a new key is created", k.Path)
	}
	return nil
}

// makeKey creates a key that is locked from the start.
func makeKey(dir string) (*Key, error) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return Write(filepath.Join(dir, signing.KeyText(pub)+keyEnd), priv)
}

// Write writes and locks a key under a temporary name, then renames it, so that no
// process sees an incomplete file.
func Write(path string, priv ed25519.PrivateKey) (*Key, error) {
	tmp := path + ".new"
	text := base64.StdEncoding.EncodeToString(priv.Seed()) + "\n"
	if err := atomicfile.WriteSynced(tmp, []byte(text)); err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	l := flock.New(tmp, flock.SetFlag(os.O_RDWR), flock.SetPermissions(0o600))
	ok, err := l.TryLock()
	if err == nil && !ok {
		err = fmt.Errorf("it is locked")
	}
	if err == nil {
		err = os.Rename(tmp, path)
	}
	if err == nil {
		err = atomicfile.SyncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("make key: %w%s", err, closed(l.Close()))
	}
	return &Key{Path: path, lock: l, Private: priv, Text: signing.KeyText(priv.Public().(ed25519.PublicKey))}, nil
}

// Owns reports whether the key file of a handle is in this data directory, which means
// that its holder is this user on this machine.
func (r Keyring) Owns(handle, keyText string) bool {
	if subjects.CheckHandle(handle) != nil {
		return false
	}
	if _, err := signing.ParseKey(keyText); err != nil {
		return false
	}
	fi, err := os.Lstat(r.Path(handle, keyText))
	return err == nil && fi.Mode().IsRegular()
}

// HubKeyFile is the name of the hub's key file in the hub's directory.
const HubKeyFile = "hub.key"

// Path returns the path of a key of the owner of this data directory.
func (r Keyring) Path(handle, keyText string) string {
	return filepath.Join(r.Dir, handle, keyText+keyEnd)
}

// Made reports whether a key of a handle was created in this data directory. It includes
// retired keys.
func (r Keyring) Made(handle, keyText string) bool {
	path := r.Path(handle, keyText)
	return atomicfile.Exists(path) || atomicfile.Exists(path+retiredEnd)
}

// Holds reports whether a key of any handle is in this data directory.
func (r Keyring) Holds(keyText string) bool {
	for _, p := range []string{"*", filepath.Join("ssh", "*", "*")} {
		if found, err := filepath.Glob(filepath.Join(atomicfile.EscapeGlob(r.Dir), p, keyText+keyEnd)); err == nil &&
			len(found) > 0 {
			return true
		}
	}
	return false
}

// GuestKey returns the path of a guest's key and the guest's right. path is "" if there
// is no such key. The directory of a guest's keys is keys/ssh/FINGERPRINT/HANDLE-RIGHT.
func (r Keyring) GuestKey(handle, keyText string) (path string, right model.Right) {
	found, err := filepath.Glob(filepath.Join(atomicfile.EscapeGlob(r.Dir), "ssh", "*", handle+"-*", keyText+keyEnd))
	if err != nil || len(found) != 1 {
		return "", ""
	}
	right = model.Right(strings.TrimPrefix(filepath.Base(filepath.Dir(found[0])), handle+"-"))
	if !right.Valid() {
		return "", ""
	}
	return found[0], right
}

// IdentityOf locks a key of this data directory and returns its identity. It returns nil
// if another process has the lock, or there is no such key. A guest is marked as away:
// nobody has authenticated them this time, so they are admitted nowhere, and their outbox
// is sent only to rooms that have their key.
func (r Keyring) IdentityOf(handle, via, keyText string) (*Identity, error) {
	p := NewIdentity(handle, via, nil)
	path := r.Path(handle, keyText)
	if !atomicfile.Exists(path) {
		path, p.Right = r.GuestKey(handle, keyText)
		p.Away = true
	}
	k, err := Hold(path)
	if k == nil || err != nil {
		return nil, err
	}
	p.key = k
	return p, nil
}
