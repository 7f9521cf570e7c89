package feed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/gofrs/flock"

	"warroom/model"
)

// struckName is the file of the people whose keys and logins this data directory
// lets in no more. A line is "handle ana TIME BY REASON" or "key SHA256:... ana
// TIME": the key of SSH that ana came by. Taking a line away lifts it.
const struckName = "struck"

// struckHead is the first line of the file, for whoever opens it.
const struckHead = "# who was struck from this hub; `warroom revoke --lift HANDLE` lifts it, as taking the line away does\n"

// struckList is that file, read again where it has changed.
type struckList struct {
	path string
	logf func(model.Safe)

	mu      sync.Mutex
	seen    fs.FileInfo
	handles map[string]bool
	keys    map[string]bool // fingerprints
}

func newStruckList(data string, logf func(model.Safe)) *struckList {
	return &struckList{path: filepath.Join(data, struckName), logf: logf}
}

// look reads the file where it is another one than the last time. What cannot be
// read changes nothing: who was struck stays struck.
func (l *struckList) look() {
	fi, err := os.Lstat(l.path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		l.seen, l.handles, l.keys = nil, nil, nil
		return
	case err == nil && l.seen != nil && os.SameFile(fi, l.seen) && fi.ModTime().Equal(l.seen.ModTime()) && fi.Size() == l.seen.Size():
		return
	case err == nil:
		err = private(l.path, fi)
	}
	raw, rerr := os.ReadFile(l.path)
	l.seen = fi
	if rerr != nil {
		l.logf(model.Safef("the list of who was struck cannot be read: %s; who stood in it stays struck", rerr))
		return
	}
	if err != nil { // it is still believed: it only takes away
		l.logf(model.Sentence(err))
	}
	l.take(raw)
}

// take reads the lines.
func (l *struckList) take(raw []byte) {
	l.handles, l.keys = map[string]bool{}, map[string]bool{}
	n := 0
	for line := range bytes.Lines(raw) {
		n++
		w := strings.Fields(string(line))
		switch {
		case len(w) == 0 || strings.HasPrefix(w[0], "#"):
		case len(w) > 1 && w[0] == "handle":
			l.handles[w[1]] = true
		case len(w) > 1 && w[0] == "key":
			l.keys[w[1]] = true
		default:
			l.logf(model.Safef("%s:%d: this is no line of who was struck; write handle HANDLE or key SHA256:...", l.path, n))
		}
	}
}

// has says whether a person, or the key of SSH that they come by, was struck.
func (l *struckList) has(handle, key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.look()
	return l.handles[handle] || key != "" && l.keys[key]
}

// refuse is has for people.
func (l *struckList) refuse(handle string) error {
	if !l.has(handle, "") {
		return nil
	}
	return model.Refuse(model.Forbidden, "%s was struck from this hub; who runs it can lift that: warroom revoke --lift %s", handle, handle)
}

// all returns the handles.
func (l *struckList) all() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.look()
	out := map[string]bool{}
	for h := range l.handles {
		out[h] = true
	}
	return out
}

// change writes the file anew, one process after the other.
func (l *struckList) change(ctx context.Context, fn func(lines []string) []string) error {
	lock := flock.New(l.path+".lock", flock.SetFlag(os.O_CREATE|os.O_RDWR), flock.SetPermissions(0o600))
	if ok, err := lock.TryLockContext(ctx, 10*time.Millisecond); err != nil || !ok {
		return model.Refuse(model.Internal, "the list of who was struck, %s, is being written by another process; try again", l.path)
	}
	defer lock.Close()
	raw, err := os.ReadFile(l.path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return model.Refuse(model.Internal, "the list of who was struck, %s, cannot be read: %s", l.path, err)
	}
	var lines []string
	for s := range strings.Lines(string(raw)) {
		if s = strings.TrimSpace(s); s != "" && s[0] != '#' {
			lines = append(lines, s)
		}
	}
	text := struckHead + strings.Join(append(fn(lines), ""), "\n")
	if err := replace(l.path, []byte(text)); err != nil {
		return model.Refuse(model.Internal, "the list of who was struck, %s, cannot be written: %s", l.path, err)
	}
	return nil
}

// add strikes a person, and the keys of SSH that they came by.
func (l *struckList) add(ctx context.Context, handle, by, reason string, at time.Time, keys []string) error {
	return l.change(ctx, func(lines []string) []string {
		lines = without(lines, "handle", handle)
		lines = append(lines, fmt.Sprintf("handle %s %s %s %s", handle, at.UTC().Format(time.RFC3339), by, model.CleanLine(reason)))
		for _, k := range keys {
			lines = append(without(lines, "key", k), fmt.Sprintf("key %s %s %s", k, handle, at.UTC().Format(time.RFC3339)))
		}
		return lines
	})
}

// lift takes a person's handle out. The keys that they came by stay: they may be
// in other hands.
func (l *struckList) lift(ctx context.Context, handle string) (keys []string, err error) {
	if !l.has(handle, "") {
		return nil, model.Refuse(model.NotFound, "%s is not struck from this hub", handle)
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

// without leaves out the lines of a sort about somebody.
func without(lines []string, sort, about string) []string {
	var out []string
	for _, s := range lines {
		if w := strings.Fields(s); len(w) < 2 || w[0] != sort || w[1] != about {
			out = append(out, s)
		}
	}
	return out
}
