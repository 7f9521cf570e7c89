// Package atomicfile writes the files of a data directory. They are readable by this user
// only, and after a crash have either their old or their new content.
package atomicfile

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"warroom/model"
)

// MakePrivateDir creates a directory with mode 0700. It returns [model.Forbidden] if the
// directory exists and other users have access to it.
func MakePrivateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return model.Refuse(model.Internal, "the directory %s cannot be created (%s); choose another with "+
			"--data", dir,
			err)
	}
	fi, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("look at %s: %w", dir, err)
	}
	if fi.Mode().Perm()&0o077 != 0 {
		return model.Refuse(model.Forbidden,
			"others can enter the directory %s, which holds secrets; run: chmod 700 %s", dir, dir)
	}
	return nil
}

// CheckPrivate returns [model.Forbidden] if other users can read or write a file, or if
// it is not a regular file.
func CheckPrivate(path string, fi fs.FileInfo) error {
	if !fi.Mode().IsRegular() {
		return model.Refuse(model.Forbidden, "%s is not a regular file; move it away", path)
	}
	if fi.Mode().Perm()&0o077 != 0 {
		return model.Refuse(model.Forbidden, "others can read %s, which holds a secret; run: chmod 600 %s", path, path)
	}
	return nil
}

// WriteSynced writes a file with mode 0600 and syncs it to disk.
func WriteSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// Replace replaces the content of a file atomically and syncs it to disk.
func Replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*") // has mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return SyncDir(filepath.Dir(path))
}

// SyncDir syncs the entries of a directory to disk.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Exists reports whether a file exists.
func Exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// Except returns nil if err is except, otherwise err.
func Except(err, except error) error {
	if errors.Is(err, except) {
		return nil
	}
	return err
}

// Name returns the file name for an identifier that somebody else may have chosen: the
// identifier if it has only letters, digits, _ and -, or else its hash. A path with it never
// leads elsewhere, and a pattern with it matches one name.
func Name(id string) string {
	plain := id != "" && len(id) <= 64
	for i := range len(id) {
		c := id[i]
		plain = plain && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-')
	}
	if plain {
		return id
	}
	sum := sha256.Sum256([]byte(id))
	return "other-" + hex.EncodeToString(sum[:16])
}

// EscapeGlob returns a pattern for filepath.Glob that matches only s.
func EscapeGlob(s string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(s)
}
