package feed_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// listed returns the short id, status and title of each room in somebody's list.
func listed(t *testing.T, f *feed.Feed) []string {
	t.Helper()
	rooms, err := f.List(unhurried(t))
	if err != nil {
		t.Fatalf("list of %s: got %v, want no error", f.Who().Handle, err)
	}
	var out []string
	for _, i := range rooms {
		out = append(out, fmt.Sprintf("%s %s %s", i.Short, i.Room.Status, i.Room.Title))
	}
	return out
}

func sees(t *testing.T, f *feed.Feed, who string, want ...string) {
	t.Helper()
	if got := listed(t, f); !slices.Equal(got, want) {
		t.Errorf("the list of %s: got %q, want %q", who, got, want)
	}
}

// TestListsAreNeverBehind: an entry that the hub has acknowledged to anybody is in every
// list that is requested afterwards: in the hub's process, in another one, over SSH and
// with an invitation.
func TestListsAreNeverBehind(t *testing.T) {
	x := newTeam(t)
	readers := map[string]*feed.Feed{"the hub": x.host,
		"another process": feedtest.With(t, feedtest.Options(t, x.data, "dee")),
		"a guest":         guest(t, x.host, "gus", model.Write), "an invitation": x.comes("bo", model.Command)}
	short := feedtest.Declare(t, x.host)
	s := feedtest.Enter(t, readers["an invitation"], short)
	for i := range 25 {
		act(t, s, fmt.Sprintf(":rename Name %d", i))
		for name, f := range readers {
			sees(t, f, name, fmt.Sprintf("inc-1 open Name %d", i))
		}
	}
	second := feedtest.Declare(t, readers["another process"])
	for name, f := range readers {
		if got := listed(t, f); len(got) != 2 || got[0][:5] != second {
			t.Errorf("the list of %s: got %q, want %s first", name, got, second)
		}
	}
}

// TestListsHideRestrictedRooms: as soon as a room is restricted, it is neither listed nor
// counted for people who may not see it. The hub's own machine sees all rooms.
func TestListsHideRestrictedRooms(t *testing.T) {
	x := newTeam(t)
	local := feedtest.With(t, feedtest.Options(t, x.data, "dee"))
	bo, eve := x.comes("bo", model.Write), x.comes("eve", model.Write)
	gus := guest(t, x.host, "gus", model.Write)
	short, err := x.host.Declare(soon(t), model.Declaration{Title: "Hidden", Severity: "SEV-1", Plan: feedtest.Plan(),
		Restricted: []string{"ana", "bo"}})
	must(t, err)
	all := map[string]*feed.Feed{"ana": x.host, "dee": local, "bo": bo, "eve": eve, "gus": gus}
	check := func(title string, who ...string) {
		t.Helper()
		for name, f := range all {
			var want []string
			if slices.Contains(who, name) {
				want = []string{short + " " + title}
			}
			sees(t, f, name, want...)
			if _, more, err := f.Recent(unhurried(t), 0); err != nil || more > len(want) {
				t.Errorf("closed rooms of %s: got %d, %v, want %d at most", name, more, err, len(want))
			}
		}
	}
	check("open Hidden", "ana", "dee", "bo")
	s := feedtest.Enter(t, x.host, short)
	act(t, s, ":restrict off")
	check("open Hidden", "ana", "dee", "bo", "eve", "gus")
	act(t, s, ":strike @eve a stolen laptop")
	check("open Hidden", "ana", "dee", "bo", "gus")
	act(t, s, ":restrict @ana @gus an insider may be the one")
	check("open Hidden", "ana", "dee", "gus")
	act(t, s, ":resolve override done")
	act(t, s, ":close override done")
	check("closed Hidden", "ana", "dee", "gus")
}

// TestRowsAreKept: a hub that restarts reads its rows from the disk and folds only the
// rooms that changed since, or all of them if the file is damaged. Rooms that no longer
// exist are not listed.
func TestRowsAreKept(t *testing.T) {
	data := feedtest.Data(t)
	run := func(do func(f *feed.Feed)) {
		t.Helper()
		f, err := feed.Open(soon(t), feedtest.Options(t, data, "ana"))
		must(t, err)
		do(f)
		must(t, f.Close())
	}
	file := filepath.Join(data, "cache", "rooms")
	read := func() []byte {
		t.Helper()
		raw, err := os.ReadFile(file)
		must(t, err)
		return raw
	}
	run(func(f *feed.Feed) {
		feedtest.Declare(t, f)
		feedtest.Declare(t, f)
		listed(t, f)
	})
	old := read()
	run(func(f *feed.Feed) {
		s := feedtest.Enter(t, f, "inc-2")
		act(t, s, ":rename Another name")
		s.Close()
	})
	must(t, os.WriteFile(file, old, 0o600)) // as after a crash
	const first = "inc-2 open Another name"
	run(func(f *feed.Feed) {
		got := listed(t, f)
		if len(got) != 2 || got[0] != first {
			t.Errorf("list after a crash: got %q, want %q first", got, first)
		}
		if got := f.Folds(); got != 1 {
			t.Errorf("rooms folded for the list: got %d, want the one that the file has not", got)
		}
	})
	bad := read()
	bad[len(bad)/2] ^= 1
	must(t, os.WriteFile(file, bad, 0o600))
	run(func(f *feed.Feed) {
		if got := listed(t, f); len(got) != 2 || got[0] != first {
			t.Errorf("list with a damaged file: got %q, want %q first", got, first)
		}
		js, err := jetstream.New(f.Conn())
		must(t, err)
		must(t, js.DeleteStream(soon(t), "WARROOM_inc-2"))
		if got := listed(t, f); len(got) != 1 {
			t.Errorf("list without the stream of inc-2: got %q, want inc-1 alone", got)
		}
	})
}
