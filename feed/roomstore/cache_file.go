package roomstore

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"warroom/feed/atomicfile"
	"warroom/feed/atrest"
)

// indexPath is where the rows of all rooms lie.
func indexPath(data string) string { return filepath.Join(data, "cache", "rooms") }

// indexName is the name to which the file of rows is bound, as a snapshot is to its room.
const indexName = "rooms"

// LoadIndex returns the rows of all rooms as a process of this data directory wrote them,
// nil if it has none. A file that cannot be read is removed: it may be plain where
// all is to be encrypted.
func (s *Store) LoadIndex() []byte {
	body := s.readCache(indexPath(s.Data), indexName)
	if body == nil {
		_ = os.Remove(indexPath(s.Data)) // it is written again
	}
	return body
}

// PeekIndex returns what LoadIndex does, of a store that was not opened, without removing
// anything, and when it was written. It returns nil if there is none, or if it is encrypted.
func (s *Store) PeekIndex() (body []byte, at time.Time) {
	if atrest.Exists(s.Data) {
		return nil, time.Time{} // its key takes too long to derive
	}
	fi, err := os.Stat(indexPath(s.Data))
	if err != nil {
		return nil, time.Time{}
	}
	if body = s.readCache(indexPath(s.Data), indexName); body == nil {
		return nil, time.Time{}
	}
	return body, fi.ModTime()
}

// WriteIndex stores the rows of all rooms.
func (s *Store) WriteIndex(rows []byte) error {
	if err := s.writeCache(indexPath(s.Data), indexName, rows); err != nil {
		return fmt.Errorf("write the list of rooms: %w", err)
	}
	return nil
}

// cacheKey returns the secret that authenticates the snapshots of this data
// directory. It is created if it is missing.
func cacheKey(data string) ([]byte, error) {
	path := filepath.Join(data, "cache", "key")
	if fi, err := os.Lstat(path); err == nil {
		if err := atomicfile.CheckPrivate(path, fi); err != nil {
			return nil, err
		}
		return os.ReadFile(path)
	}
	b := make([]byte, 32)
	if _, err := rand.Read(b); err != nil {
		return nil, fmt.Errorf("make cache key: %w", err)
	}
	tmp := fmt.Sprintf("%s.%x", path, b[:4])
	if err := atomicfile.WriteSynced(tmp, b); err != nil {
		return nil, fmt.Errorf("make cache key: %w", err)
	}
	err := os.Link(tmp, path) // the first writer wins
	if err := errors.Join(atomicfile.Except(err, os.ErrExist), os.Remove(tmp)); err != nil {
		return nil, fmt.Errorf("make cache key: %w", err)
	}
	return os.ReadFile(path)
}

// readCache reads a file that writeCache wrote under the same name, nil if there is no file
// that this data directory's key authenticates.
func (s *Store) readCache(path, name string) []byte {
	raw, err := os.ReadFile(path)
	if box := s.vault.Box(snapshotPurpose); err == nil && box != nil {
		raw, err = box.Open(raw, []byte(name))
	}
	if err != nil || len(raw) < sha256.Size {
		return nil
	}
	secret, err := cacheKey(s.Data)
	if err != nil {
		return nil
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(raw[sha256.Size:])
	if !hmac.Equal(mac.Sum(nil), raw[:sha256.Size]) {
		return nil
	}
	return raw[sha256.Size:]
}

// writeCache writes a file of the cache, authenticated, and encrypted where the data
// directory is.
func (s *Store) writeCache(path, name string, body []byte) error {
	secret, err := cacheKey(s.Data)
	if err != nil {
		return err
	}
	mac := hmac.New(sha256.New, secret)
	mac.Write(body)
	if err := atomicfile.MakePrivateDir(filepath.Dir(path)); err != nil {
		return err
	}
	body = append(mac.Sum(nil), body...)
	if box := s.vault.Box(snapshotPurpose); box != nil {
		body = box.Seal(body, []byte(name))
	}
	return atomicfile.Replace(path, body)
}
