//go:build linux || darwin

package hub_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"warroom/feed/hub"
	"warroom/model"
)

// TestOwnDir: a directory that others may write to or replace is refused with an
// explanation. A private one is accepted, and closed to others.
func TestOwnDir(t *testing.T) {
	for _, c := range []struct {
		what   string
		make   func(t *testing.T, dir string) string
		want   string
		asRoot bool
	}{
		{"not there yet", func(_ *testing.T, dir string) string { return filepath.Join(dir, "a", "b") }, "", false},
		{what: "readable by all",
			make: func(t *testing.T, dir string) string { must(t, os.Chmod(dir, 0o755)); return dir }},
		{what: "writable by a group",
			make: func(t *testing.T, dir string) string { must(t, os.Chmod(dir, 0o770)); return dir },
			want: "others may write to"},
		{what: "writable by all",
			make: func(t *testing.T, dir string) string { must(t, os.Chmod(dir, 0o707)); return dir },
			want: "others may write to"},
		{"sticky and writable by all", func(t *testing.T, dir string) string {
			must(t, os.Chmod(dir, 0o777|os.ModeSticky))
			return dir
		}, "others may write to", false},
		{"below a directory of all", func(t *testing.T, dir string) string {
			must(t, os.Chmod(dir, 0o777))
			return filepath.Join(dir, "a")
		}, "in which others may replace it", false},
		{"far below a directory of all", func(t *testing.T, dir string) string {
			must(t, os.Chmod(dir, 0o777))
			return filepath.Join(dir, "a", "b", "c")
		}, "in which others may replace it", false},
		{"below a sticky directory of all", func(t *testing.T, dir string) string {
			must(t, os.Chmod(dir, 0o777|os.ModeSticky))
			return filepath.Join(dir, "a")
		}, "", false},
		{"a link in a directory of all", func(t *testing.T, dir string) string {
			open := filepath.Join(dir, "open")
			must(t, os.Mkdir(open, 0o700))
			must(t, os.Mkdir(filepath.Join(dir, "own"), 0o700))
			must(t, os.Symlink(filepath.Join(dir, "own"), filepath.Join(open, "link")))
			must(t, os.Chmod(open, 0o777))
			return filepath.Join(open, "link")
		}, "in which others may replace it", false},
		{"below another group's directory", func(t *testing.T, dir string) string {
			must(t, os.Chown(dir, os.Geteuid(), 4242))
			must(t, os.Chmod(dir, 0o770))
			return filepath.Join(dir, "a")
		}, "in which others may replace it", true},
		{"below another user's directory", func(t *testing.T, dir string) string {
			must(t, os.Chown(dir, 4242, 4242))
			return filepath.Join(dir, "a")
		}, "belongs to user 4242", true},
		{what: "another user's",
			make: func(t *testing.T, dir string) string { must(t, os.Chown(dir, 4242, 4242)); return dir },
			want: "belongs to user 4242", asRoot: true},
	} {
		if c.asRoot && os.Geteuid() != 0 {
			continue
		}
		dir := filepath.Join(t.TempDir(), "x")
		must(t, os.Mkdir(dir, 0o700))
		path := c.make(t, dir)
		_, err := hub.OwnDir(path)
		switch {
		case c.want == "" && err != nil:
			t.Errorf("%s: got %v, want it taken", c.what, err)
		case c.want == "":
			if fi, err := os.Stat(path); err != nil || fi.Mode().Perm() != 0o700 {
				t.Errorf("%s: got the mode %v, %v, want 0700", c.what, fi.Mode().Perm(), err)
			}
		case model.CodeOf(err) != model.Forbidden || !strings.Contains(err.Error(), c.want):
			t.Errorf("%s: got %v, want %q", c.what, err, c.want)
		}
		must(t, os.Chmod(dir, 0o700))
	}
}
