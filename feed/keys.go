package feed

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

	"warroom/model"
	"warroom/model/seal"
)

// Files of keys are called by the public key.
const (
	keyEnd     = ".key"
	retiredEnd = ".retired"
)

// keyWait is how long a one-shot command waits for a key of its handle before
// it makes another. Other one-shot commands are done by then; a terminal keeps
// its key for hours, and a person should not feel that.
const keyWait = 300 * time.Millisecond

// key is a signing key that this process alone holds.
type key struct {
	text string // public key in the form of package seal
	priv ed25519.PrivateKey
	path string
	lock *flock.Flock
}

// Format implements fmt.Formatter: a key prints as its public half.
func (k *key) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, k.text) } // a writer of fmt does not fail

// release lets another process have the key.
func (k *key) release() error { return k.lock.Close() }

// retire puts the key away for good: somebody else writes with it too. It
// stays held.
func (k *key) retire() error {
	if err := os.Rename(k.path, k.path+retiredEnd); err != nil {
		return fmt.Errorf("retire key: %w", err)
	}
	return nil
}

// keyring is the directory of keys of one data directory.
type keyring struct{ dir string }

// take holds a free key of the handle and makes one where there is none.
func (r keyring) take(ctx context.Context, handle, via string) (*key, error) {
	dir := filepath.Join(r.dir, handle)
	if err := privateDir(dir); err != nil {
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

// takeFree holds the first free key of a directory. Any says whether there are
// keys at all.
func takeFree(dir string) (k *key, any bool, err error) {
	names, err := filepath.Glob(filepath.Join(escapeGlob(dir), "*"+keyEnd))
	if err != nil {
		return nil, false, fmt.Errorf("list keys: %w", err)
	}
	slices.Sort(names)
	for _, n := range names { // all of them: a refusal must not depend on which one is free
		if fi, err := os.Lstat(n); err == nil {
			if err := private(n, fi); err != nil {
				return nil, true, err
			}
		}
	}
	for _, n := range names {
		k, err := holdKey(n)
		if k != nil || err != nil {
			return k, true, err
		}
	}
	return nil, len(names) > 0, nil
}

// escapeGlob takes the meaning from characters that Glob knows.
func escapeGlob(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}

// holdKey takes the lock of a key file and reads it; nil where another process
// holds it or it is gone.
func holdKey(path string) (*key, error) {
	fi, err := os.Lstat(path)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("look at key: %w", err)
	}
	if err := private(path, fi); err != nil {
		return nil, err
	}
	l := flock.New(path, flock.SetFlag(os.O_RDWR), flock.SetPermissions(0o600))
	if ok, err := l.TryLock(); !ok || err != nil {
		if os.IsNotExist(err) {
			err = nil // retired in this moment
		}
		return nil, err
	}
	k := &key{path: path, lock: l}
	now, err := os.Lstat(path)
	if err != nil || !os.SameFile(fi, now) {
		return nil, l.Close() // retired in between
	}
	if err := k.load(); err != nil {
		return nil, fmt.Errorf("%w%s", err, closed(l.Close()))
	}
	return k, nil
}

// closed words the failure to close what is given up anyway.
func closed(err error) string {
	if err == nil {
		return ""
	}
	return "; " + err.Error()
}

// load reads the seed.
func (k *key) load() error {
	b, err := os.ReadFile(k.path)
	if err != nil {
		return fmt.Errorf("read key: %w", err)
	}
	seed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(b)))
	if err != nil || len(seed) != ed25519.SeedSize {
		return model.Refuse(model.Internal, "the key file %s is damaged; move it away, and a new key will be made", k.path)
	}
	k.priv = ed25519.NewKeyFromSeed(seed)
	k.text = seal.KeyText(k.priv.Public().(ed25519.PublicKey))
	if name := filepath.Base(k.path); name != k.text+keyEnd && name != hubKeyName {
		return model.Refuse(model.Internal, "the key file %s holds another key than its name says; move it away, and a new key will be made", k.path)
	}
	return nil
}

// makeKey makes a key and holds it from the first moment on.
func makeKey(dir string) (*key, error) {
	pub, priv, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make key: %w", err)
	}
	return writeKey(filepath.Join(dir, seal.KeyText(pub)+keyEnd), priv)
}

// writeKey writes and locks a key under a name of its own, then gives it the
// right one, so that nobody ever sees half a key.
func writeKey(path string, priv ed25519.PrivateKey) (*key, error) {
	tmp := path + ".new"
	text := base64.StdEncoding.EncodeToString(priv.Seed()) + "\n"
	if err := writeSynced(tmp, []byte(text)); err != nil {
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
		err = syncDir(filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("make key: %w%s", err, closed(l.Close()))
	}
	return &key{path: path, lock: l, priv: priv, text: seal.KeyText(priv.Public().(ed25519.PublicKey))}, nil
}

// owns says whether the file of a key of that handle lies in this data
// directory: whoever holds it is this user on this machine.
func (r keyring) owns(handle, keyText string) bool {
	if checkHandle(handle) != nil {
		return false
	}
	if _, err := seal.ParseKey(keyText); err != nil {
		return false
	}
	fi, err := os.Lstat(filepath.Join(r.dir, handle, keyText+keyEnd))
	return err == nil && fi.Mode().IsRegular()
}
