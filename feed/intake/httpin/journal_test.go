package httpin_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/intake"
	"warroom/feed/vault"
	"warroom/model"
)

// newDoor returns a door into the lobby of a feed, which holds what comes in a
// storm for an hour.
func newDoor(t *testing.T, f *feed.Feed, j *intake.Journal) *intake.Door {
	t.Helper()
	return intake.NewDoor(intake.DoorOptions{Now: time.Now, Window: time.Hour, Journal: j, Logf: func(s model.Safe) { t.Log("door:", s) },
		Read: func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
			return intake.Read(ctx, r, intake.Options{Key: model.NewSecret([]byte("a key of this test, 32 bytes long")), Source: source}, emit)
		},
		Enter: func(ctx context.Context, _ string) (model.Seat, error) {
			return f.Own().EnterOpen(ctx, model.LobbyShort)
		}})
}

// stored is how many findings a room has.
func stored(r *model.Room) (n int) {
	for _, a := range r.Alerts {
		n += a.New
	}
	return n
}

// TestHeldOutlivesKill: what was accepted in a storm lies on the disk before its
// sender gets the answer. After a kill it is stored once, whatever else was
// stored meanwhile, and nothing of it can be read where the directory is
// encrypted.
func TestHeldOutlivesKill(t *testing.T) {
	for _, sealed := range []bool{false, true} {
		f := feedtest.Open(t, "ana")
		if err := f.OpenLobby(t.Context(), feedtest.Plan()); err != nil {
			t.Fatal(err)
		}
		var box model.Sealer
		if sealed {
			v, err := vault.Open(t.TempDir(), model.NewSecret([]byte("correct horse")))
			if err != nil {
				t.Fatal(err)
			}
			box = v.Box("state")
		}
		live, left := t.TempDir(), t.TempDir()
		first := newDoor(t, f, intake.NewJournal(live, box))
		held := 0
		for i := range 40 {
			got, err := first.Take(t.Context(), bytes.NewReader(falco(i)), "", "")
			if err != nil {
				t.Fatal(err)
			}
			held += got.Held
		}
		if held < 20 {
			t.Fatalf("sealed %v: %d of 40 are held: this is no storm", sealed, held)
		}
		files := copied(t, live, left)
		if plain := strings.Contains(files, "Shell in a container"); plain == sealed || files == "" {
			t.Errorf("sealed %v: the journal of %d bytes can be read: %v", sealed, len(files), plain)
		}
		cut(t, left)
		second := newDoor(t, f, intake.NewJournal(left, box))
		second.Restore()
		s, err := f.Enter(t.Context(), model.LobbyShort)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(s.Close)
		feedtest.Until(t, s, "all that was accepted", func(v *model.View) bool { return stored(v.Room) == 40 })
		feedtest.Soon(t, "the journal is empty", func() bool {
			list, err := os.ReadDir(left)
			return err == nil && len(list) == 0
		})
		second.Close()
		first.Close() // it stores what it held: all of it is there
		if n := stored(s.Latest().Room); n != 40 {
			t.Errorf("sealed %v: got %d findings, want 40, each once", sealed, n)
		}
		if list, err := os.ReadDir(live); err != nil || len(list) > 0 {
			t.Errorf("sealed %v: %v lie in the journal after the door was closed (%v), want nothing", sealed, list, err)
		}
	}
}

// copied copies the journal as a kill leaves it, and returns what is in it.
func copied(t *testing.T, from, to string) string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(from, "*.held"))
	if err != nil {
		t.Fatal(err)
	}
	var all bytes.Buffer
	for _, path := range list {
		b, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(to, filepath.Base(path)), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		for line := range bytes.Lines(b) {
			raw := make([]byte, len(line))
			var s []byte
			if err := jsonBytes(line, &s); err == nil {
				raw = s
			}
			all.Write(raw)
		}
	}
	return all.String()
}

// cut adds the beginning of a line, as a kill may leave it.
func cut(t *testing.T, dir string) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*.held"))
	if err != nil || len(list) == 0 {
		t.Fatal(err)
	}
	f, err := os.OpenFile(list[0], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := fmt.Fprint(f, `"eyJmb3JtYXQi`); err != nil {
		t.Fatal(err)
	}
}

func jsonBytes(line []byte, to *[]byte) error { return json.Unmarshal(line, to) }
