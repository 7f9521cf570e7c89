package ui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/uitest"
)

// TestRedactIsAsked: what it does not reach is said before, and Esc keeps the line
// and the entry.
func TestRedactIsAsked(t *testing.T) {
	h, _ := busy(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s := uitest.Open(t, h, "ana", size[0], size[1])
		s.See("runner isolated").Type(":redact 6 a password").See("backups", "worthless")
		s.Key(tcell.KeyEnter).See("Redact 6?", "scrollback", "Esc leave it as it is").Type("x").See("y redacts the entry")
		s.Key(tcell.KeyEsc).Gone("Redact 6?").See("> :redact 6 a password")
		s.Close()
	}
}

// TestRedactedIsDropped: the line is blank on every screen, with who and why, and
// the history on screen and disk has nothing of it.
func TestRedactedIsDropped(t *testing.T) {
	const said = "correct horse battery"
	h, short := busy(t)
	dir := filepath.Join(t.TempDir(), "state")
	bo, cy := uitest.Open(t, h, "bo", 100, 30, stateIn(dir)), uitest.Open(t, h, "cy", 100, 30)
	bo.See("runner isolated").Line(said).See("note       " + said).Line("and more").See("note       and more")
	cy.See(said)
	seat, err := h.As("ana").Enter(t.Context(), short)
	if err != nil {
		t.Fatal(err)
	}
	defer seat.Close()
	r := seat.Latest().Room
	l := r.Line(r.Seq - 1)
	raw, err := (&model.Event{V: 1, Room: r.ID, ID: l.ID, Key: l.Key, N: 1, Kind: l.Kind, At: l.At, By: l.By, Via: l.Via, Body: []byte(`{"text":"` + said + `"}`)}).Encode()
	if err != nil {
		t.Fatal(err)
	}
	rest, err := model.WithoutText(raw)
	if err != nil {
		t.Fatal(err)
	}
	err = h.Force("ana", short, model.Act{Body: &model.EntryRedacted{Entry: l.ID, Seq: l.Seq, Reason: "a password", Leaf: strings.Repeat("A", 43) + "=", Recorded: l.RecordedAt.UnixNano(), Event: rest}})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*uitest.Term{bo, cy} {
		s.See(model.Blank+" (redacted by ana: a password)", "was redacted by ana").Gone(said)
	}
	bo.Key(tcell.KeyUp).See("> and more").Key(tcell.KeyUp).Gone(said)
	bo.Close()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || strings.Contains(string(b), said) {
			t.Errorf("%s: %v, %q", f, err, b)
		}
	}
}
