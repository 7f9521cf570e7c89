package feed

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"warroom/model"
)

// privateDir makes a directory that only this user can enter, and refuses one
// that others can.
func privateDir(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return model.Refuse(model.Internal, "the directory %s cannot be made (%s); choose another with --data", dir, err)
	}
	fi, err := os.Stat(dir)
	if err != nil {
		return fmt.Errorf("look at %s: %w", dir, err)
	}
	if fi.Mode().Perm()&0o077 != 0 {
		return model.Refuse(model.Forbidden, "others can enter the directory %s, which holds secrets; run: chmod 700 %s", dir, dir)
	}
	return nil
}

// private refuses a file that others can read or write.
func private(path string, fi fs.FileInfo) error {
	if !fi.Mode().IsRegular() {
		return model.Refuse(model.Forbidden, "%s is no plain file; move it away", path)
	}
	if fi.Mode().Perm()&0o077 != 0 {
		return model.Refuse(model.Forbidden, "others can read %s, which holds a secret; run: chmod 600 %s", path, path)
	}
	return nil
}

// writeSynced writes a new file for this user alone, down to the disk.
func writeSynced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}

// replace writes a file so that it is either the old or the new one.
func replace(path string, b []byte) error {
	f, err := os.CreateTemp(filepath.Dir(path), ".tmp-*") // 0600
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
	return syncDir(filepath.Dir(path))
}

// syncDir brings the names in a directory down to the disk.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
