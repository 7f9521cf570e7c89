package httpin_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"warroom/feed/alerts"
	"warroom/feed/feedtest"
	"warroom/model"
)

// TestStormKeepsSources: alerts that came in one storm under several sources become one
// alert for each, also after the process was killed.
func TestStormKeepsSources(t *testing.T) {
	for _, killed := range []bool{false, true} {
		f := feedtest.Open(t, "ana")
		if err := f.OpenLobby(t.Context(), feedtest.Plan()); err != nil {
			t.Fatalf("open lobby: %v", err)
		}
		live, left := t.TempDir(), t.TempDir()
		d := newReceiver(t, f, alerts.NewJournal(live, nil))
		held := map[string]int{}
		for i := range 60 {
			source := fmt.Sprintf("src-%d", i%3)
			got, err := d.Take(t.Context(), alerts.Delivery{Body: bytes.NewReader(falco(i)), Source: source})
			if err != nil {
				t.Fatalf("take: %v", err)
			}
			held[source] += got.Held
		}
		lobby, err := f.Enter(t.Context(), model.LobbyShort)
		if err != nil {
			t.Fatalf("enter a room: %v", err)
		}
		t.Cleanup(lobby.Close)
		if killed {
			copied(t, live, left)
			next := newReceiver(t, f, alerts.NewJournal(left, nil))
			next.Restore()
			feedtest.Until(t, lobby, "all that was accepted", func(v *model.View) bool { return stored(v.Room) == 60 })
			next.Close()
		}
		d.Close()
		feedtest.Until(t, lobby, "all that was held", func(v *model.View) bool { return stored(v.Room) == 60 })
		got := map[string]int{}
		for _, a := range lobby.Latest().Room.Alerts {
			got[a.Alert.Source] += a.New
		}
		for i := range 3 {
			source := fmt.Sprintf("src-%d", i)
			if held[source] == 0 || got[source] != 20 {
				t.Errorf("killed %v: %d findings of %s in the lobby, of which %d were held; want 20, some held: %v",
					killed, got[source], source, held[source], got)
			}
		}
	}
}

// TestSourceNames: a name that could be a path, or has control characters, is refused.
func TestSourceNames(t *testing.T) {
	f := feedtest.Open(t, "ana")
	if err := f.OpenLobby(t.Context(), feedtest.Plan()); err != nil {
		t.Fatalf("open lobby: %v", err)
	}
	d := newReceiver(t, f, nil)
	for i, name := range []string{"..", ".", "a/../b", `..\b`, "a\x00b", "\x00", "a\nb", "a\x1b[31m", "a\xff",
		strings.Repeat("a", 201)} {
		_, err := d.Take(t.Context(), alerts.Delivery{Body: bytes.NewReader(falco(i)), Source: name})
		if model.CodeOf(err) != model.Invalid {
			t.Errorf("a source named %q: got %v, want a refusal", name, err)
		}
	}
	for i, name := range []string{"", "ci", "prod.eu-1", "github.com/acme", "müller gmbh", "a..b"} {
		_, err := d.Take(t.Context(), alerts.Delivery{Body: bytes.NewReader(falco(100 + i)), Source: name})
		if err != nil {
			t.Errorf("a source named %q: got %v, want no error", name, err)
		}
	}
	d.Close()
}
