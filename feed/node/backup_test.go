package node_test

import (
	"bytes"
	"context"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/node"
	"warroom/model"
	"warroom/model/backend"
	"warroom/model/bundle"
	"warroom/model/playbook"
)

// installation is a data directory and the node that opens it.
type installation struct {
	t    *testing.T
	node *node.Node
	loc  backend.Location
}

func newInstallation(t *testing.T, secret string) installation {
	t.Helper()
	run := t.TempDir()
	t.Setenv("XDG_RUNTIME_DIR", run)
	dir := filepath.Join(t.TempDir(), "data")
	return installation{t, node.New(time.Now, func(model.Safe) {}), backend.Location{Data: dir, Handle: "ana",
		Via: "cli", AtRest: model.NewSecret([]byte(secret)), Logf: func(model.Safe) {}, Plan: plan}}
}

func plan() (*model.Plan, error) { return playbook.Load("", "security") }

// at returns the same installation in another directory.
func (i installation) at(dir string) installation {
	i.loc.Data = dir
	return i
}

// do runs fn with the hub open.
func (i installation) do(fn func(ctx context.Context, f *feed.Feed)) {
	i.t.Helper()
	ctx, cancel := context.WithTimeout(i.t.Context(), time.Minute)
	defer cancel()
	f, err := feed.Open(ctx, feed.Options{Data: i.loc.Data, Handle: "ana", Via: "cli", AtRest: i.loc.AtRest,
		Now: time.Now, Plan: plan})
	check(i.t, "open the hub", err)
	fn(ctx, f)
	check(i.t, "close the hub", f.Close())
}

// states returns the state hash of every room, including the lobby.
func (i installation) states() map[string]string {
	i.t.Helper()
	out := map[string]string{}
	i.do(func(ctx context.Context, f *feed.Feed) {
		names, err := f.Shorts(ctx)
		check(i.t, "list the rooms", err)
		for _, short := range names {
			r, err := f.Glance(ctx, short)
			check(i.t, "fold "+short, err)
			out[short] = r.StateHash()
		}
	})
	return out
}

// note writes a note to a room.
func (i installation) note(short, text string) {
	i.t.Helper()
	i.do(func(ctx context.Context, f *feed.Feed) {
		s, err := f.Enter(ctx, short)
		check(i.t, "enter "+short, err)
		defer s.Close()
		_, err = s.Append(ctx, model.Act{Body: model.NewEntry(model.KindEntryNoted, text)})
		check(i.t, "write into "+short, err)
	})
}

// fill declares two rooms and the lobby. One room has evidence; the other is restricted
// and has a redacted entry. It returns the short id of the restricted one.
func (i installation) fill() (hidden string) {
	i.t.Helper()
	i.do(func(ctx context.Context, f *feed.Feed) {
		p, err := plan()
		check(i.t, "load the playbook", err)
		check(i.t, "open the lobby", f.OpenLobby(ctx, p))
		_, err = f.Declare(ctx, model.Declaration{Title: "A key in a log", Severity: "SEV-1", Plan: p})
		check(i.t, "declare a room", err)
		hidden, err = f.Declare(ctx, model.Declaration{Title: "Hidden", Severity: "SEV-2", Plan: p,
			Restricted: []string{"ana"}})
		check(i.t, "declare a restricted room", err)
		_, err = f.Collect(ctx, "inc-1", model.Collection{EvidenceAbout: model.EvidenceAbout{Name: "image"}},
			strings.NewReader(strings.Repeat("evidence ", 100_000)), nil)
		check(i.t, "collect evidence", err)
		s, err := f.Enter(ctx, hidden)
		check(i.t, "enter the restricted room", err)
		defer s.Close()
		r, err := s.Append(ctx, model.Act{Body: model.NewEntry(model.KindEntryNoted, "password of the vault")})
		check(i.t, "write into the restricted room", err)
		_, err = s.Append(ctx, model.Act{Body: &model.EntryRedacted{Entry: r.ID, Seq: r.Seq, Reason: "a password"}})
		check(i.t, "redact in the restricted room", err)
	})
	return hidden
}

func (i installation) backup(dir string) (backend.BackupReport, error) {
	return i.node.Backup(i.t.Context(), i.loc, dir, "warroom test")
}

func check(t *testing.T, what string, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: got %v, want no error", what, err)
	}
}

// files returns the size and time of every file of a directory.
func files(t *testing.T, dir string) map[string]time.Time {
	t.Helper()
	out := map[string]time.Time{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		fi, err := d.Info()
		if err == nil {
			out[path] = fi.ModTime()
		}
		return err
	})
	check(t, "list "+dir, err)
	return out
}

// TestBackupIsIncrementalAndRestores: a second run writes only the room that has grown. A
// restore into an empty directory has rooms with the same state.
func TestBackupIsIncrementalAndRestores(t *testing.T) {
	for _, secret := range []string{"", "correct horse battery"} {
		t.Run("at_rest="+secret, func(t *testing.T) {
			i := newInstallation(t, secret)
			hidden := i.fill()
			dir := filepath.Join(t.TempDir(), "backup")
			r, err := i.backup(dir)
			check(t, "back up", err)
			if r.Rooms != 3 || r.Written != 3 || len(r.Failed) != 0 {
				t.Errorf("first run: got %+v, want 3 rooms, 3 written, none failed", r)
			}
			before := files(t, dir)
			i.note(hidden, "one more line")
			r, err = i.backup(dir)
			check(t, "back up again", err)
			if r.Rooms != 3 || r.Written != 1 {
				t.Errorf("second run: got %d rooms, %d written, want 3 and 1", r.Rooms, r.Written)
			}
			after := files(t, dir)
			for path, at := range before {
				name := filepath.Base(path)
				if now, ok := after[path]; strings.HasPrefix(name, "inc-1") && (!ok || !now.Equal(at)) {
					t.Errorf("%s of a room that has not grown: got written again, want left as it was", name)
				}
			}
			checkCovered(t, dir, secret != "")
			want := i.states()
			to := i.at(filepath.Join(t.TempDir(), "restored"))
			got, err := i.node.Restore(t.Context(), to.loc, dir)
			check(t, "restore", err)
			if got.Rooms != 3 || len(got.Skipped) != 0 {
				t.Errorf("restore: got %+v, want 3 rooms and none skipped", got)
			}
			if states := to.states(); !maps.Equal(states, want) {
				t.Errorf("states of the restored rooms: got %v, want %v", states, want)
			}
			to.do(func(ctx context.Context, f *feed.Feed) {
				var out bytes.Buffer
				_, err := f.Fetch(ctx, "inc-1", 1, "a test", &out, nil)
				check(t, "get the evidence out", err)
				if got, want := out.Len(), len("evidence ")*100_000; got != want {
					t.Errorf("evidence after the restore: got %d bytes, want %d", got, want)
				}
			})
			to.note("inc-1", "written after the restore, by the same key")
			if entries, err := os.ReadDir(filepath.Dir(to.loc.Data)); err != nil || len(entries) != 1 {
				t.Errorf("beside the restored directory: got %v (%v), want nothing", entries, err)
			}
		})
	}
}

// checkCovered reports unencrypted text of the rooms in an encrypted backup, and exports
// that do not verify in an unencrypted one.
func checkCovered(t *testing.T, dir string, sealed bool) {
	t.Helper()
	for path := range files(t, dir) {
		raw, err := os.ReadFile(path)
		check(t, "read "+path, err)
		if strings.Contains(string(raw), "password of the vault") {
			t.Errorf("%s: got a text that was redacted, want none", path)
		}
		if sealed {
			for _, s := range []string{"A key in a log", "evidence evidence", "one more line", "-----BEGIN", "Hidden"} {
				if strings.Contains(string(raw), s) {
					t.Errorf("%s: got %q in plain, want it encrypted", path, s)
				}
			}
			continue
		}
		if strings.HasSuffix(path, ".zip") {
			b, err := bundle.Open(bytes.NewReader(raw), int64(len(raw)))
			check(t, "open "+path, err)
			if v := b.Verify(bundle.VerifyOptions{}); !v.Sound() {
				t.Errorf("%s: got %v, want an export that verifies", path, v.Bad)
			}
		}
	}
}

// TestOneByteChanged: a backup with one changed byte in any file is refused with the name
// of the file, and nothing is restored.
func TestOneByteChanged(t *testing.T) {
	for _, secret := range []string{"", "correct horse battery"} {
		t.Run("at_rest="+secret, func(t *testing.T) {
			i := newInstallation(t, secret)
			i.fill()
			dir := filepath.Join(t.TempDir(), "backup")
			_, err := i.backup(dir)
			check(t, "back up", err)
			to := i.at(filepath.Join(t.TempDir(), "restored"))
			for path := range files(t, dir) {
				raw, err := os.ReadFile(path)
				check(t, "read "+path, err)
				if len(raw) == 0 {
					continue
				}
				for _, at := range []int{0, len(raw) / 2, len(raw) - 1} {
					bad := slices.Clone(raw)
					bad[at] ^= 1
					check(t, "change "+path, os.WriteFile(path, bad, 0o600))
					_, err = i.node.Restore(t.Context(), to.loc, dir)
					if err == nil || !strings.Contains(err.Error(), filepath.Base(path)) {
						t.Errorf("%s with byte %d changed: got %v, want a refusal that names it", path, at, err)
					}
					if short, _, ok := strings.Cut(filepath.Base(path), "-1-"); ok && short == "inc" && err != nil &&
						!strings.Contains(err.Error(), "inc-1)") {
						t.Errorf("%s with byte %d changed: got %v, want a refusal that names the room", path, at, err)
					}
				}
				check(t, "mend "+path, os.WriteFile(path, raw, 0o600))
			}
			if _, err := os.Stat(to.loc.Data); !os.IsNotExist(err) {
				t.Errorf("the data directory: got %v, want that it is not there", err)
			}
		})
	}
}

// TestDamagedBackupIsMended: the next run writes a damaged file of the backup again.
func TestDamagedBackupIsMended(t *testing.T) {
	i := newInstallation(t, "")
	i.fill()
	dir := filepath.Join(t.TempDir(), "backup")
	_, err := i.backup(dir)
	check(t, "back up", err)
	logs, err := filepath.Glob(filepath.Join(dir, "rooms", "inc-1-*.zip"))
	check(t, "find the log", err)
	check(t, "cut the log", os.Truncate(logs[0], 100))
	r, err := i.backup(dir)
	check(t, "back up again", err)
	if r.Written != 1 {
		t.Errorf("rooms written after one file was cut: got %d, want 1", r.Written)
	}
	to := i.at(filepath.Join(t.TempDir(), "restored"))
	_, err = i.node.Restore(t.Context(), to.loc, dir)
	check(t, "restore", err)
}

// TestRestoreOverARestoreThatWasKilled: the remains of an interrupted restore, and
// nothing else, are removed.
func TestRestoreOverARestoreThatWasKilled(t *testing.T) {
	i := newInstallation(t, "")
	i.fill()
	dir := filepath.Join(t.TempDir(), "backup")
	_, err := i.backup(dir)
	check(t, "back up", err)
	to := i.at(filepath.Join(t.TempDir(), "restored"))
	left := to.loc.Data + ".restoring"
	check(t, "make a directory", os.MkdirAll(filepath.Join(left, "hub"), 0o700))
	if _, err = i.node.Restore(t.Context(), to.loc, dir); model.CodeOf(err) != model.Conflict {
		t.Errorf("a directory of somebody else in the way: got %v, want %s", err, model.Conflict)
	}
	check(t, "mark it as a restore's", os.WriteFile(filepath.Join(left, "restoring"), nil, 0o600))
	_, err = i.node.Restore(t.Context(), to.loc, dir)
	check(t, "restore", err)
}

// TestGuestsBackUpNothing: the methods that a backup uses refuse guests.
func TestGuestsBackUpNothing(t *testing.T) {
	i := newInstallation(t, "")
	i.fill()
	i.do(func(ctx context.Context, f *feed.Feed) {
		g, err := f.Guest(ctx,
			feed.Guest{Handle: "eve", Via: "ssh", Dir: "ssh/x", Right: model.Command, Origin: "ssh x"})
		check(t, "let a guest in", err)
		defer g.Close()
		b := feed.Backups{Feed: g}
		_, keyErr := b.HubKey()
		_, stateErr := b.StateOf(ctx, "inc-1")
		_, restoreErr := b.Restore(ctx, nil, "inc-9", nil)
		for name, err := range map[string]error{"HubKey": keyErr, "StateOf": stateErr, "Restore": restoreErr,
			"StoredEvidence": b.StoredEvidence(ctx, "inc-1", nil)} {
			if model.CodeOf(err) != model.Forbidden {
				t.Errorf("%s of a guest: got %v, want %s", name, err, model.Forbidden)
			}
		}
	})
}
