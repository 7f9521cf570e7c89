package access

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"warroom/feed/atomicfile"
	"warroom/model"
)

// revokedFile has the people whose keys and logins this data directory refuses. A line is
// "handle ana TIME BY REASON" or "key SHA256:... ana TIME", which is an SSH key of ana.
// Deleting a line lifts the revocation.
const revokedFile = "struck"

// revokedHeader is the first line of the file, for people who open it.
const revokedHeader = "# people revoked on this hub; to let one in again, run `warroom revoke --lift HANDLE` or " +
	"remove the line\n"

// List is the list of revocations. It reads its file again after a change.
type List struct {
	path string
	logf func(model.Safe)

	mu      sync.Mutex
	seen    fs.FileInfo
	handles map[string]bool
	keys    map[string]string // by fingerprint: the handle in the line
}

// NewList returns the list of a data directory.
func NewList(data string, logf func(model.Safe)) *List {
	return &List{path: filepath.Join(data, revokedFile), logf: logf}
}

// look reads the file if it has changed. If it cannot be read, the known revocations
// stay.
func (l *List) look() {
	fi, err := os.Lstat(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.seen, l.handles, l.keys = nil, nil, nil
		return
	case err == nil && l.seen != nil && os.SameFile(fi, l.seen) && fi.ModTime().Equal(l.seen.ModTime()) &&
		fi.Size() == l.seen.Size():
		return
	case err == nil:
		err = atomicfile.CheckPrivate(l.path, fi)
	}
	raw, rerr := os.ReadFile(l.path)
	l.seen = fi
	if rerr != nil {
		l.logf(model.Safef("the list of revoked people cannot be read: %s; everybody who was in it stays "+
			"revoked", rerr))
		return
	}
	if err != nil { // use it anyway: the list only removes access
		l.logf(model.Sentence(err))
	}
	l.take(raw)
}

// take parses the lines.
func (l *List) take(raw []byte) {
	l.handles, l.keys = map[string]bool{}, map[string]string{}
	n := 0
	for line := range bytes.Lines(raw) {
		n++
		w := strings.Fields(string(line))
		switch {
		case len(w) == 0 || strings.HasPrefix(w[0], "#"):
		case len(w) > 1 && w[0] == "handle":
			l.handles[w[1]] = true
		case len(w) > 1 && w[0] == "key":
			l.keys[w[1]] = strings.Join(w[2:min(len(w), 3)], "")
		default:
			l.logf(model.Safef("%s:%d: this line cannot be read; write handle HANDLE or key SHA256:...",
				l.path, n))
		}
	}
}

// Has reports whether a handle or an SSH key is revoked.
func (l *List) Has(handle, key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.look()
	_, struck := l.keys[key]
	return l.handles[handle] || key != "" && struck
}

// Refuse returns [model.Forbidden] if a handle is revoked.
func (l *List) Refuse(handle string) error {
	if !l.Has(handle, "") {
		return nil
	}
	return model.Refuse(model.Forbidden,
		"%s was revoked on this hub; the person who runs it can lift that: warroom revoke --lift %s", handle, handle)
}

// revocations is the list at one moment.
type revocations struct {
	handles map[string]bool
	keys    map[string]string // SSH keys by fingerprint: the handle in the line
}

// includes reports whether a handle or an SSH key is revoked.
func (r *revocations) includes(handle, key string) bool {
	if r == nil {
		return false
	}
	_, struck := r.keys[key]
	return r.handles[handle] || key != "" && struck
}

// ofHandle returns a text that identifies the revocations of a handle, or "" if it is not
// revoked.
func (r *revocations) ofHandle(handle string) string {
	if r == nil || !r.handles[handle] {
		return ""
	}
	out := []string{handle}
	for key, h := range r.keys {
		if h == handle {
			out = append(out, key)
		}
	}
	slices.Sort(out)
	return strings.Join(out, " ")
}

// all returns the list as of now.
func (l *List) all() *revocations {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.look()
	return &revocations{handles: maps.Clone(l.handles), keys: maps.Clone(l.keys)}
}

// change rewrites the file under a lock.
func (l *List) change(ctx context.Context, fn func(lines []string) []string) error {
	lock := flock.New(l.path+".lock", flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	if ok, err := lock.TryLockContext(ctx, 10*time.Millisecond); err != nil || !ok {
		return model.Refuse(model.Internal,
			"the list of revoked people, %s, is being written by another process; try again", l.path)
	}
	defer lock.Close()
	raw, err := os.ReadFile(l.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return model.Refuse(model.Internal, "the list of revoked people, %s, cannot be read: %s", l.path, err)
	}
	var lines []string
	for s := range strings.Lines(string(raw)) {
		if s = strings.TrimSpace(s); s != "" && s[0] != '#' {
			lines = append(lines, s)
		}
	}
	text := revokedHeader + strings.Join(append(fn(lines), ""), "\n")
	if err := atomicfile.Replace(l.path, []byte(text)); err != nil {
		return model.Refuse(model.Internal, "the list of revoked people, %s, cannot be written: %s", l.path, err)
	}
	return nil
}

// Add revokes a handle and SSH keys.
func (l *List) Add(ctx context.Context, handle, by, reason string, at time.Time, keys []string) error {
	return l.change(ctx, func(lines []string) []string {
		lines = without(lines, "handle", handle)
		lines = append(lines,
			fmt.Sprintf("handle %s %s %s %s", handle, at.UTC().Format(time.RFC3339), by, model.CleanLine(reason)))
		for _, k := range keys {
			lines = append(without(lines, "key", k), fmt.Sprintf("key %s %s %s", k, handle,
				at.UTC().Format(time.RFC3339)))
		}
		return lines
	})
}

// Lift removes the revocation of a handle. The handle's SSH keys stay revoked, because
// other people may have them. They are returned.
func (l *List) Lift(ctx context.Context, handle string) (keys []string, err error) {
	if !l.Has(handle, "") {
		return nil, model.Refuse(model.NotFound, "%s is not revoked on this hub", handle)
	}
	err = l.change(ctx, func(lines []string) []string {
		for _, s := range lines {
			if w := strings.Fields(s); len(w) > 2 && w[0] == "key" && w[2] == handle {
				keys = append(keys, w[1])
			}
		}
		return without(lines, "handle", handle)
	})
	return keys, err
}

// without removes the lines of one sort about a handle or key.
func without(lines []string, sort, about string) []string {
	var out []string
	for _, s := range lines {
		if w := strings.Fields(s); len(w) < 2 || w[0] != sort || w[1] != about {
			out = append(out, s)
		}
	}
	return out
}
