package feed_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// unpack writes the data directory of testdata/before, which the program of 29 November
// 2026 made with the commands declare, note, do, close, evidence and ingest.
func unpack(t *testing.T) (data string) {
	t.Helper()
	data = feedtest.Data(t)
	f, err := os.Open("testdata/before/data.tar.gz")
	must(t, err)
	defer f.Close() // it is only read
	z, err := gzip.NewReader(f)
	must(t, err)
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return data
		}
		must(t, err)
		path := filepath.Join(data, filepath.FromSlash(h.Name))
		if h.Typeflag == tar.TypeDir {
			must(t, os.MkdirAll(path, 0o700))
			continue
		}
		raw, err := io.ReadAll(r)
		must(t, err)
		must(t, os.WriteFile(path, raw, 0o600))
	}
}

// TestDataOfTheVersionBefore: this program opens a data directory of the previous version,
// reads every room, line and byte of evidence unchanged, continues with the same keys, and
// reads all of it again. TestNewerForm of package hub and the script backup.txtar test that
// a program refuses the data of a newer one.
func TestDataOfTheVersionBefore(t *testing.T) {
	data := unpack(t)
	want := []string{"inc-3 closed Phishing wave", "inc-2 open Mail account taken over",
		"inc-1 open Deploy key in a public CI log"}
	for _, line := range []string{"the first line of the newer program", "the second one, after another start"} {
		f, err := feed.Open(soon(t), feedtest.Options(t, data, "ana"))
		must(t, err)
		sees(t, f, "ana", want...)
		sick, err := f.Damaged(unhurried(t))
		if err != nil || len(sick) > 0 {
			t.Errorf("damaged rooms: got %v, %v, want none", sick, err)
		}
		for _, short := range []string{"inc-1", "inc-2", "inc-3", model.LobbyShort} {
			err := f.Events(unhurried(t), short, 1, func(e *model.Event) error {
				if e.Fault != "" || !e.Kind.Known() {
					t.Errorf("%s, entry %d, %s: got fault %q and known %v, want none and true", short, e.Seq, e.Kind,
						e.Fault, e.Kind.Known())
				}
				return nil
			})
			must(t, err)
			if why := f.IntegrityWarning(unhurried(t), short); !why.IsEmpty() {
				t.Errorf("%s: got the warning %q, want none", short, why)
			}
		}
		lobby, err := f.LobbyRoom(unhurried(t))
		if err != nil || lobby == nil || len(lobby.OpenAlerts()) != 1 {
			t.Errorf("lobby: got %+v, %v, want one with an alert", lobby, err)
		}
		s := feedtest.Enter(t, f, "inc-1")
		who := s.Who()
		if m, ok := s.Latest().Room.Member(who.Key); !ok || m.Handle != "ana" {
			t.Errorf("the key %s: got member %+v, %v, want that of ana", who.Key, m, ok)
		}
		feedtest.Append(t, s, line)
		if notes := feedtest.Notes(s.Latest().Room); !slices.Contains(notes, "key seen in job 8841") ||
			!slices.Contains(notes, line) {
			t.Errorf("lines: got %q, want the one of the program before and %q", notes, line)
		}
		var got bytes.Buffer
		if _, err := f.Fetch(unhurried(t), "inc-1", 1, "test", &got, nil); err != nil || got.String() != "evidence\n" {
			t.Errorf("E1: got %q, %v, want its bytes", got.String(), err)
		}
		s.Close()
		must(t, f.Close())
	}
}
