package feed_test

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
)

// lastNames returns the short ids of the last rooms of a data directory.
func lastNames(data string, closed int) (names []string, more int, at time.Time) {
	rooms, more, at := feed.LastRooms(data, closed)
	for _, i := range rooms {
		names = append(names, i.Short)
	}
	return names, more, at
}

// TestLastRooms: the rooms can be listed without a running hub, as they were when it ended.
// Restricted ones are left out. A list that was changed by somebody else, or that is
// encrypted, is not used.
func TestLastRooms(t *testing.T) {
	data := feedtest.Data(t)
	if names, _, at := lastNames(data, 9); names != nil || !at.IsZero() {
		t.Errorf("before the first run: got %q of %s, want none", names, at)
	}
	f := feedtest.With(t, feedtest.Options(t, data, "host"))
	for range 4 {
		feedtest.Declare(t, f)
	}
	for short, lines := range map[string][]string{"inc-1": {":resolve override done", ":close override done"},
		"inc-2": {":resolve override done", ":close override done"}, "inc-3": {":restrict @host"}} {
		s := feedtest.Enter(t, f, short)
		for _, l := range lines {
			act(t, s, l)
		}
		s.Close()
	}
	listed(t, f) // the rows are up to date
	if err := f.Close(); err != nil {
		t.Fatalf("close: got %v, want no error", err)
	}
	names, more, at := lastNames(data, 1)
	if want := []string{"inc-4", "inc-2"}; !slices.Equal(names, want) || more != 1 || at.IsZero() {
		t.Errorf("after a run: got %q, %d more, as of %s, want %q and 1 more", names, more, at, want)
	}
	path := filepath.Join(data, "cache", "rooms")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("read the list: got %v, want no error", err)
	}
	raw[len(raw)-1] ^= 1
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatalf("change the list: got %v, want no error", err)
	}
	if names, _, at := lastNames(data, 9); names != nil || !at.IsZero() {
		t.Errorf("a changed list: got %q of %s, want none", names, at)
	}
}
