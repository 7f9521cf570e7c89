package backup

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// hubFilePaths matches the files of a data directory that define its hub: key,
// certificate, logins, revocations, the keys of local users and guests, the key for
// masking secrets, and the SSH host keys.
var hubFilePaths = regexp.MustCompile(`^(hub/hub\.key|hub/people\.json|hub/tls\.pem|struck|intake\.key|` +
	`ssh/[A-Za-z0-9_][A-Za-z0-9_.-]*|keys/([A-Za-z0-9_:+=-][A-Za-z0-9_.:+=-]*/){1,4}[A-Za-z0-9_-]+\.key(\.retired)?)$`)

// isHubFile reports whether a path of a data directory is such a file.
func isHubFile(path string) bool {
	return hubFilePaths.MatchString(path) && filepath.IsLocal(filepath.FromSlash(path))
}

// hubFiles writes all of these files, which are small.
func (w *writing) hubFiles() error {
	return filepath.WalkDir(w.Data, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // a key that was just retired
		}
		if err != nil {
			return unreadable(path, err)
		}
		rel, err := filepath.Rel(w.Data, path)
		if err != nil {
			return unreadable(path, err)
		}
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if top, _, _ := strings.Cut(rel, "/"); top != "." && top != "hub" && top != "ssh" && top != "keys" ||
				rel == "hub/jetstream" || rel == "hub/aside" {
				return fs.SkipDir
			}
			return nil
		}
		if !d.Type().IsRegular() || !isHubFile(rel) {
			return nil
		}
		raw, err := os.ReadFile(path)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return unreadable(path, err)
		}
		name := sha256.Sum256([]byte(rel))
		f, err := w.put(rel, hubDir, "file"+hex.EncodeToString(name[:6]), ".bin", func(out io.Writer) error {
			_, err := out.Write(raw)
			return err
		})
		var bad *fatal
		if errors.As(err, &bad) {
			return bad.error
		}
		w.next.Files = append(w.next.Files, f)
		return err
	})
}
