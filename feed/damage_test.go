package feed_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// storeDir returns the directory of a room in the embedded hub of a data directory.
func storeDir(data, short string) string {
	return filepath.Join(data, "hub", "jetstream", "$G", "streams", "WARROOM_"+short)
}

// blocks returns the files with the messages of a stream.
func blocks(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "msgs", "*.blk"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no blocks in %s: %v", dir, err)
	}
	return names
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("set up: %v", err)
	}
}

// flip flips one bit in the middle of the messages.
func flip(t *testing.T, dir string) {
	path := blocks(t, dir)[0]
	b, err := os.ReadFile(path)
	must(t, err)
	b[len(b)/2] ^= 8
	must(t, os.WriteFile(path, b, 0o600))
}

// truncate removes the last third of the messages.
func truncate(t *testing.T, dir string) {
	path := blocks(t, dir)[0]
	fi, err := os.Stat(path)
	must(t, err)
	must(t, os.Truncate(path, fi.Size()*2/3))
}

func noIndex(t *testing.T, dir string) { must(t, os.Remove(filepath.Join(dir, "msgs", "index.db"))) }

// written is the number of lines in the rooms of these tests.
const written = 120

// filled returns the options of a closed data directory with a room of lines.
func filled(t *testing.T) (o feed.Options, short string, want *model.Room) {
	t.Helper()
	o = feedtest.Options(t, feedtest.Data(t), "ana")
	f, err := feed.Open(soon(t), o)
	must(t, err)
	short = feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	for i := range written {
		feedtest.Append(t, s, fmt.Sprintf("line %d of a night in which much is written down", i))
	}
	want = s.Latest().Room
	s.Close()
	must(t, f.Close())
	return o, short, want
}

// events reads the whole log.
func events(t *testing.T, f *feed.Feed, short string) (out []*model.Event) {
	t.Helper()
	must(t, f.Events(soon(t), short, 1, func(e *model.Event) error { out = append(out, e); return nil }))
	return out
}

// asBefore checks that a log begins with the entries of a room, each once.
func asBefore(t *testing.T, f *feed.Feed, short string, want *model.Room) []*model.Event {
	t.Helper()
	all := events(t, f, short)
	if uint64(len(all)) < want.Seq {
		t.Fatalf("the log has %d entries, want %d at least", len(all), want.Seq)
	}
	got := model.Replay(model.NewRoom(), all[:want.Seq]...)
	if got.StateHash() != want.StateHash() {
		t.Errorf("the state at entry %d is not what it was", want.Seq)
	}
	whole := model.Replay(model.NewRoom(), all...)
	if whole.Bad != 0 || whole.Rejected != 0 {
		t.Errorf("%d entries do not check, %d have no effect", whole.Bad, whole.Rejected)
	}
	notes := feedtest.Notes(whole)
	slices.Sort(notes)
	if n := len(slices.Compact(slices.Clone(notes))); n != len(notes) {
		t.Errorf("%d entries are there twice", len(notes)-n)
	}
	return all
}

// held checks that a room is held, and returns the reason.
func held(t *testing.T, f *feed.Feed, short string) string {
	t.Helper()
	sick, err := f.Damaged(soon(t))
	must(t, err)
	if len(sick) != 1 || sick[0].Short != short {
		t.Fatalf("held are %+v, want %s", sick, short)
	}
	return sick[0].Why.String()
}

// TestDamagedStore: damage to a store while no hub runs is detected when the hub starts.
// The room is held, and a repair restores every entry exactly once.
func TestDamagedStore(t *testing.T) {
	for name, damage := range map[string][]func(*testing.T, string){
		"flipped bit":           {flip},
		"flipped bit, no index": {flip, noIndex},
		"cut block":             {truncate},
		"cut block, no index":   {truncate, noIndex},
		"no messages": {func(t *testing.T,
			dir string) {
			must(t, os.RemoveAll(filepath.Join(dir, "msgs")))
		}},
		"no stream": {func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) }},
		"unreadable description": {func(t *testing.T,
			dir string) {
			must(t, os.Truncate(filepath.Join(dir, "meta.inf"), 10))
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o, short, want := filled(t)
			for _, d := range damage {
				d(t, storeDir(o.Data, short))
			}
			repaired(t, o, short, want)
		})
	}
}

// repaired opens a damaged hub, writes to the held room, repairs it, and checks the
// result.
func repaired(t *testing.T, o feed.Options, short string, want *model.Room) {
	f := feedtest.With(t, o)
	why := held(t, f, short)
	t.Log(why)
	for _, w := range []string{short + " is held", fmt.Sprintf("covers %d entries (root ", want.Seq), "store",
		"run: warroom doctor --repair " + short} {
		if !strings.Contains(why, w) {
			t.Errorf("%q does not say %q", why, w)
		}
	}
	files := tree(t, storeDir(o.Data, short))
	late := false
	if s, err := f.Enter(soon(t), short); err == nil {
		ctx, cancel := moment(t)
		defer cancel()
		_, err := s.Append(ctx, feedtest.Note("written while it is held"))
		if late = model.CodeOf(err) == model.Queued; late && !strings.Contains(err.Error(), short+" is held") {
			t.Errorf("got %v, want the reason", err)
		}
		if err == nil {
			t.Error("written over a log that is not the one that was known")
		}
		s.Close()
	} else if !strings.Contains(err.Error(), short+" is held") {
		t.Errorf("got %v, want the reason", err)
	}
	if now := tree(t, storeDir(o.Data, short)); now != files {
		t.Errorf("the store's messages have changed while it was held: %s, then %s", files, now)
	}
	done, err := f.Repair(soon(t), short)
	must(t, err)
	t.Logf("%+v", done)
	if done.Aside != "" {
		if _, err := os.Stat(done.Aside); err != nil {
			t.Errorf("what was there is not kept: %v", err)
		}
	}
	s := feedtest.Enter(t, f, short)
	seq := feedtest.Append(t, s, "after the repair")
	if late {
		feedtest.Until(t, s, "what waited is there", has("written while it is held"))
	}
	feedtest.Until(t, s, "no alarm", func(v *model.View) bool { return v.Proof.Alarm.IsEmpty() })
	all := asBefore(t, f, short, want)
	e := all[done.Seq-1]
	b, err := e.DecodeBody()
	must(t, err)
	if r, ok := b.(*model.LogResumed); !ok || r.Size != want.Seq || e.By != "ana" {
		t.Errorf("got %s by %s %+v, want log.resumed up to %d", e.Kind, e.By, b, want.Seq)
	}
	if seq <= done.Seq {
		t.Errorf("the new line has number %d, the repair %d", seq, done.Seq)
	}
	if sick, err := f.Damaged(soon(t)); err != nil || len(sick) != 0 {
		t.Errorf("still held: %+v, %v", sick, err)
	}
	if _, err := f.Repair(soon(t), short); model.CodeOf(err) != model.Conflict {
		t.Errorf("a whole log was repaired: %v", err)
	}
}

// tree lists the blocks with their sizes.
func tree(t *testing.T, dir string) (out string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "msgs", "*.blk"))
	must(t, err)
	for _, n := range names {
		fi, err := os.Stat(n)
		must(t, err)
		out += fmt.Sprintf("%s %d; ", filepath.Base(n), fi.Size())
	}
	return out
}

// moment returns a short timeout, for waiting for something that must not happen.
func moment(t *testing.T) (context.Context, context.CancelFunc) {
	t.Helper()
	return context.WithTimeout(soon(t), 300*time.Millisecond)
}
