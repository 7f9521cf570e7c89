package intake

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"warroom/model"
)

const keySize = 32

// Key is this installation's key for the marks of secrets, from a file that
// only this user can read. Where there is none it is made, and kept if keep
// says so: marks made with a key that is not kept are good for one reading.
func Key(path string, keep bool) (model.Secret, error) {
	b, err := os.ReadFile(path)
	if err == nil && len(b) == keySize {
		return model.NewSecret(b), nil
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return model.Secret{}, model.Refuse(model.Internal, "%s is no key for the marks of secrets (%v); move it away and a new one is made", path, err)
	}
	b = make([]byte, keySize)
	if _, err := rand.Read(b); err != nil {
		return model.Secret{}, model.Refuse(model.Internal, "no key can be made: %s", err)
	}
	if !keep {
		return model.NewSecret(b), nil
	}
	if err = keepKey(path, b); errors.Is(err, fs.ErrExist) { // another process was faster
		return Key(path, keep)
	}
	if err != nil {
		return model.Secret{}, model.Refuse(model.Internal, "the key for the marks of secrets cannot be kept: %s", err)
	}
	return model.NewSecret(b), nil
}

// keepKey makes the file whole or not at all, and never over one that is there.
func keepKey(path string, b []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".intake-key-") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(b)
	if serr := f.Sync(); err == nil {
		err = serr
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Link(f.Name(), path)
}
