package cli

import (
	"io"
	"slices"
	"strings"
	"testing"

	"warroom/model"
)

// TestPlainPaste: a paste of several lines is asked about once, none of its lines is a command,
// and its text is stored as it was. Lines that are typed stay lines.
func TestPlainPaste(t *testing.T) {
	const log = "Traceback:\n  File \"x\"\n!not a decision\n:sev SEV-3 pasted"
	h := roomInMemory(t)
	p := openPlain(t, h)
	p.errs.waitFor(t, ":quit leaves")
	steps := []struct {
		typed string
		want  []string
	}{
		{log + "\n", []string{`you pasted 4 lines (55 bytes): 1 stores them as one note, n as one note per line, ` +
			`d discards them; type 1, n or d and press Enter`}},
		{":note in between\n", []string{"refused: answer the question about the paste first"}},
		{"1\n", []string{"note: Traceback:"}},
		{"\x1b[200~" + log + "\n\x1b[201~", []string{"you pasted 4 lines"}},
		{"one\ntwo\n", []string{"1 more paste is waiting"}},
		{"n\n", []string{"you pasted 2 lines"}}, {"d\n", []string{"the paste was discarded"}},
		{"typed\n", []string{"note: typed\n"}}, {log + "\n", []string{"you pasted 4 lines"}},
	}
	for _, s := range steps {
		before := p.written()
		if _, err := io.WriteString(p.typed, s.typed); err != nil {
			t.Fatalf("type %q: got %v, want it read", s.typed, err)
		}
		for _, want := range s.want {
			p.waitAfter(before, want)
		}
	}
	p.leaves()
	p.errs.waitFor(t, "the paste of 4 lines (55 bytes) was not stored")
	session, err := h.As("ana").Enter(t.Context(), "inc-1")
	if err != nil {
		t.Fatalf("enter: got %v, want the room", err)
	}
	defer session.Close()
	var got []string
	room := session.Latest().Room
	for _, l := range room.Lines() {
		if l.IsEntry() && l.Seq > 1 {
			got = append(got, string(l.Kind)+": "+l.Text.String())
		}
	}
	want := []string{"entry.noted: " + log}
	for l := range strings.SplitSeq(log, "\n") {
		want = append(want, "entry.noted: "+l)
	}
	if want = append(want, "entry.noted: typed"); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if room.Severity != "SEV-1" {
		t.Errorf("got severity %s, want SEV-1", room.Severity)
	}
}

// TestPlainPasteIndented: plain mode counts the lines of a paste that are stored, names the
// blank ones that are not, and stores the indentation.
func TestPlainPasteIndented(t *testing.T) {
	h := roomInMemory(t)
	p := openPlain(t, h)
	p.errs.waitFor(t, ":quit leaves")
	for _, s := range []struct{ typed, want string }{
		{"\n    one\n\n  two\n", "you pasted 3 lines, 1 of them blank (14 bytes): 1 stores them as one note, n " +
			"as one note per line, without the blank one, d"},
		{"n\n", "note:   two\n"}, {"  a\n\n\n b\n", "2 of them blank"}, {"1\n", "note:   a"},
		{"   typed\n", "note:    typed\n"},
	} {
		before := p.written()
		if _, err := io.WriteString(p.typed, s.typed); err != nil {
			t.Fatalf("type %q: got %v, want it read", s.typed, err)
		}
		p.waitAfter(before, s.want)
	}
	p.leaves()
	session, err := h.As("ana").Enter(t.Context(), "inc-1")
	if err != nil {
		t.Fatalf("enter: got %v, want the room", err)
	}
	defer session.Close()
	var got []string
	for _, l := range session.Latest().Room.Lines() {
		if l.Kind == model.KindEntryNoted {
			got = append(got, l.Text.String())
		}
	}
	if want := []string{"    one", "  two", "  a\n\n\n b", "   typed"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
