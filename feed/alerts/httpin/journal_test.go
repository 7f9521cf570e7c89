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
	"warroom/feed/alerts"
	"warroom/feed/atrest"
	"warroom/feed/feedtest"
	"warroom/model"
)

// newReceiver returns a receiver for the lobby of a feed, with a window of an hour.
func newReceiver(t *testing.T, f *feed.Feed, j *alerts.Journal) *alerts.Receiver {
	t.Helper()
	key := model.NewSecret([]byte("a key of this test, 32 bytes long"))
	return alerts.NewReceiver(alerts.ReceiverOptions{Now: time.Now, Window: time.Hour, Journal: j,
		Logf:  func(s model.Safe) { t.Log("door:", s) },
		Store: f.CollectRaw,
		Copy: func(ctx context.Context, in io.ReadSeeker, out io.Writer) (string, error) {
			return alerts.Copy(ctx, in, alerts.Options{Key: key}, out)
		},
		Read: func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake,
			error) {
			return alerts.Read(ctx, r, alerts.Options{Key: key, Source: source}, emit)
		},
		Enter: func(ctx context.Context, _ string) (model.RoomSession, error) {
			return f.Own().EnterOpen(ctx, model.LobbyShort)
		}})
}

// stored returns the number of findings in a room.
func stored(r *model.Room) (n int) {
	for _, a := range r.Alerts {
		n += a.New
	}
	return n
}

// TestHeldOutlivesKill: what was accepted in a storm is on the disk before its sender gets
// the answer. After a kill it is stored once, whatever else was stored meanwhile, and it
// cannot be read from the disk if the directory is encrypted.
func TestHeldOutlivesKill(t *testing.T) {
	for _, sealed := range []bool{false, true} {
		f := feedtest.Open(t, "ana")
		if err := f.OpenLobby(t.Context(), feedtest.Plan()); err != nil {
			t.Fatalf("open lobby: %v", err)
		}
		var box model.Sealer
		if sealed {
			v, err := atrest.Open(t.TempDir(), model.NewSecret([]byte("correct horse")))
			if err != nil {
				t.Fatalf("open: %v", err)
			}
			box = v.Box("state")
		}
		live, left := t.TempDir(), t.TempDir()
		first := newReceiver(t, f, alerts.NewJournal(live, box))
		held := 0
		for i := range 40 {
			got, err := first.Take(t.Context(), alerts.Delivery{Body: bytes.NewReader(falco(i))})
			if err != nil {
				t.Fatalf("take: %v", err)
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
		second := newReceiver(t, f, alerts.NewJournal(left, box))
		second.Restore()
		s, err := f.Enter(t.Context(), model.LobbyShort)
		if err != nil {
			t.Fatalf("enter a room: %v", err)
		}
		t.Cleanup(s.Close)
		feedtest.Until(t, s, "all that was accepted", func(v *model.View) bool { return stored(v.Room) == 40 })
		feedtest.Soon(t, "the journal is empty", func() bool {
			list, err := os.ReadDir(left)
			return err == nil && len(list) == 0
		})
		second.Close()
		checkStormFile(t, f, s, held)
		first.Close() // stores what it held, so everything is in the log
		if n := stored(s.Latest().Room); n != 40 {
			t.Errorf("sealed %v: got %d findings, want 40, each once", sealed, n)
		}
		if list, err := os.ReadDir(live); err != nil || len(list) > 0 {
			t.Errorf("sealed %v: got %v in the journal after closing (%v), want nothing", sealed, list, err)
		}
	}
}

// checkStormFile attaches the alert of a storm, and looks for its inputs in the room.
func checkStormFile(t *testing.T, f *feed.Feed, s model.RoomSession, held int) {
	t.Helper()
	short := feedtest.Declare(t, f)
	var storm *model.RoomAlert
	for i, a := range s.Latest().Room.Alerts {
		if a.Findings == held {
			storm = &s.Latest().Room.Alerts[i]
		}
	}
	if storm == nil {
		t.Fatalf("got no alert of %d findings, want one", held)
	}
	if _, err := s.Append(t.Context(), model.Act{Body: &model.AlertMoved{Alert: storm.ID, Room: short}}); err != nil {
		t.Fatalf("attaching the storm: got %v, want it done", err)
	}
	p := feedtest.Enter(t, f, short).Latest().Room.RawOf(storm.Sum)
	if p == nil {
		t.Fatal("the inputs of a storm after a kill: got none, want them as evidence")
	}
	var out bytes.Buffer
	_, err := f.Fetch(t.Context(), short, p.N, "to look", &out, nil)
	if got := strings.Count(out.String(), `"Shell in a container"`); err != nil || got != held {
		t.Errorf("the inputs of a storm: got %d (%v), want %d", got, err, held)
	}
}

// copied copies the journal as a kill leaves it, and returns its content.
func copied(t *testing.T, from, to string) string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(from, "*.held"))
	if err != nil {
		t.Fatalf("list files: %v", err)
	}
	var all bytes.Buffer
	for _, path := range list {
		b, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(filepath.Join(to, filepath.Base(path)), b, 0o600)
		}
		if err != nil {
			t.Fatalf("write a file: %v", err)
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

// cut appends a truncated line, as a kill may leave it.
func cut(t *testing.T, dir string) {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "*.held"))
	if err != nil || len(list) == 0 {
		t.Fatalf("list files: %v", err)
	}
	f, err := os.OpenFile(list[0], os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatalf("open a file: %v", err)
	}
	defer f.Close()
	if _, err := fmt.Fprint(f, `"eyJmb3JtYXQi`); err != nil {
		t.Fatalf("fprint: %v", err)
	}
}

func jsonBytes(line []byte, to *[]byte) error { return json.Unmarshal(line, to) }
