package alerts

import (
	"crypto/rand"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"warroom/model"
)

const keySize = 32

// MarkKey returns this installation's key for the marks of secrets, from a file that only this
// user can read. If there is none, MarkKey creates one, and stores it if retain is set: marks
// with a key that is not stored are valid for one reading only.
func MarkKey(path string, retain bool) (model.Secret, error) {
	b, err := os.ReadFile(path)
	if err == nil && len(b) == keySize {
		return model.NewSecret(b), nil
	}
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return model.Secret{},
			model.Refuse(model.Internal,
				"%s is not a key for the marks of secrets (%v); move it away, and a new one is created", path, err)
	}
	b = make([]byte, keySize)
	if _, err := rand.Read(b); err != nil {
		return model.Secret{}, model.Refuse(model.Internal, "no key can be created: %s", err)
	}
	if !retain {
		return model.NewSecret(b), nil
	}
	if err = writeKeyFile(path, b); errors.Is(err, fs.ErrExist) { // another process was faster
		return MarkKey(path, retain)
	}
	if err != nil {
		return model.Secret{}, model.Refuse(model.Internal, "the key for the marks of secrets cannot be saved: "+
			"%s", err)
	}
	return model.NewSecret(b), nil
}

// writeKeyFile creates the file atomically, and never replaces an existing one.
func writeKeyFile(path string, b []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, ".intake-key-") // created with mode 0600
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
