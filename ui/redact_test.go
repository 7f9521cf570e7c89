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

// TestRedactIsAsked: the question names what a redaction does not reach, and Esc keeps
// the line and the entry.
func TestRedactIsAsked(t *testing.T) {
	h, _ := busy(t)
	for _, size := range [][2]int{{80, 24}, {120, 40}} {
		s := uitest.Open(t, h, "ana", size[0], size[1])
		s.See("runner isolated").Type(":redact 6 a password").See("backups", "secret itself")
		s.Key(tcell.KeyEnter).See("Redact entry 6?", "scrollback",
			"Esc  leave it as it is").Type("x").See("press y to redact")
		s.Key(tcell.KeyEsc).Gone("Redact entry 6?").See("> :redact 6 a password")
		s.Close()
	}
}

// TestRedactedIsDropped: the line is blank on every screen, with author and reason, and
// the history in memory and on disk does not have the text.
func TestRedactedIsDropped(t *testing.T) {
	const secret = "correct horse battery"
	h, short := busy(t)
	dir := filepath.Join(t.TempDir(), "state")
	bo, cy := uitest.Open(t, h, "bo", 100, 30, stateIn(dir)), uitest.Open(t, h, "cy", 100, 30)
	bo.See("runner isolated").Line(secret).See("note       " + secret).Line("and more").See("note       and more")
	cy.See(secret)
	session, err := h.As("ana").Enter(t.Context(), short)
	if err != nil {
		t.Fatalf("enter a room: %v", err)
	}
	defer session.Close()
	r := session.Latest().Room
	l := r.Line(r.Seq - 1)
	raw, err := (&model.Event{V: 1, Room: r.ID, ID: l.ID, Key: l.Key, N: 1, Kind: l.Kind, At: l.At, By: l.By,
		Via: l.Via, Body: []byte(`{"text":"` + secret + `"}`)}).Encode()
	if err != nil {
		t.Fatalf("encode: %v", err)
	}
	rest, err := model.WithoutText(raw)
	if err != nil {
		t.Fatalf("take the text out: %v", err)
	}
	err = h.Force("ana", short,
		model.Act{Body: &model.EntryRedacted{Entry: l.ID, Seq: l.Seq, Reason: "a password",
			Leaf: strings.Repeat("A", 43) + "=", Recorded: l.RecordedAt.UnixNano(), Event: rest}})
	if err != nil {
		t.Fatalf("force: %v", err)
	}
	for _, s := range []*uitest.Term{bo, cy} {
		s.See(model.Blank+" (redacted by ana: a password)", "was redacted by ana").Gone(secret)
	}
	bo.Key(tcell.KeyUp).See("> and more").Key(tcell.KeyUp).Gone(secret)
	bo.Close()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("got %v, %v", files, err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || strings.Contains(string(b), secret) {
			t.Errorf("%s: %v, %q", f, err, b)
		}
	}
}

// TestRedactedIsDroppedAtTheNextStart: a terminal that was closed during a redaction
// drops the text from its history when it starts, whichever command it was sent with.
func TestRedactedIsDroppedAtTheNextStart(t *testing.T) {
	const mark = "zebra"
	h, short := busy(t)
	dir := filepath.Join(t.TempDir(), "state")
	s := uitest.Open(t, h, "bo", 100, 30, stateIn(dir))
	s.See("runner isolated")
	lines := []string{mark + " one", ":note " + mark + " two", ":todo " + mark + " three", "!" + mark + " four",
		":insist " + mark + " five", "stays"}
	for _, l := range lines {
		s.Line(l)
	}
	s.See("stays").Type(":amend 11 " + mark + " draft").See("draft")
	s.Close()
	session, err := h.As("ana").Enter(t.Context(), short)
	if err != nil {
		t.Fatalf("enter: got %v, want no error", err)
	}
	defer session.Close()
	n := 0
	for _, l := range session.Latest().Room.Lines() {
		if strings.Contains(l.Text.String(), mark) {
			redactIn(t, h, short, l)
			n++
		}
	}
	if n != 5 {
		t.Fatalf("lines with the mark: got %d, want 5", n)
	}
	s = uitest.Open(t, h, "bo", 100, 30, stateIn(dir))
	s.See("stays").Key(tcell.KeyUp).See("> stays").Key(tcell.KeyUp).See("> stays").Gone(mark)
	s.Close()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("files: got %v, %v; want some", files, err)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || strings.Contains(string(b), mark) {
			t.Errorf("%s: got %v, %q; want nothing of the mark", f, err, b)
		}
	}
}

// redactIn redacts a line as ana.
func redactIn(t *testing.T, h *uitest.Hub, short string, l *model.Line) {
	t.Helper()
	room := roomOf(t, h, short)
	raw, err := (&model.Event{V: 1, Room: room.ID, ID: l.ID, Key: l.Key, N: 1, Kind: l.Kind, At: l.At, By: l.By,
		Via: l.Via, Body: []byte(`{"text":"x"}`)}).Encode()
	if err != nil {
		t.Fatalf("encode: got %v, want no error", err)
	}
	rest, err := model.WithoutText(raw)
	if err != nil {
		t.Fatalf("without text: got %v, want no error", err)
	}
	err = h.Force("ana", short,
		model.Act{Body: &model.EntryRedacted{Entry: l.ID, Seq: l.Seq, Reason: "a password",
			Leaf: strings.Repeat("A", 43) + "=", Recorded: l.RecordedAt.UnixNano(), Event: rest}})
	if err != nil {
		t.Fatalf("redact %d: got %v, want no error", l.Seq, err)
	}
}

func roomOf(t *testing.T, h *uitest.Hub, short string) *model.Room {
	t.Helper()
	list, err := h.As("ana").List(t.Context())
	if err != nil {
		t.Fatalf("list: got %v, want no error", err)
	}
	for _, i := range list {
		if i.Short == short {
			return i.Room
		}
	}
	t.Fatalf("rooms: got none called %s, want it", short)
	return nil
}
