package cli

import (
	"strings"
	"testing"

	"warroom/model"
	"warroom/ui/uitest"
)

// TestPlainHistory: Up shows a line that was typed, with a secret in the form that was sent, and
// after a redaction none.
func TestPlainHistory(t *testing.T) {
	const secret = "ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2"
	h := roomInMemory(t)
	p := openPlain(t, h)
	p.errs.waitFor(t, ":quit leaves")
	p.types("seen: " + secret)
	p.out.waitFor(t, "note: seen: [secret github-token ")
	p.types("\x1b[A, twice")
	p.out.waitFor(t, ", twice\n")
	if n := strings.Count(p.echo.String(), secret); n != 1 {
		t.Errorf("got the secret shown %d times in %q, want once, as it was typed", n, p.echo.String())
	}
	redactEntry(t, h, "seen: "+secret)
	p.out.waitFor(t, "a test")
	p.types("\x1b[Aafter")
	p.out.waitFor(t, "note: after\n")
	p.leaves()
}

// redactEntry redacts the newest entry, which had this text.
func redactEntry(t *testing.T, h *uitest.Hub, text string) {
	t.Helper()
	session, err := h.As("ana").Enter(t.Context(), "inc-1")
	if err != nil {
		t.Fatalf("enter: got %v, want the room", err)
	}
	defer session.Close()
	r := session.Latest().Room
	l := r.Line(r.Seq)
	raw, err := (&model.Event{V: 1, Room: r.ID, ID: l.ID, Key: l.Key, N: 1, Kind: l.Kind, At: l.At, By: l.By,
		Via: l.Via, Body: []byte(`{"text":"` + text + `"}`)}).Encode()
	if err != nil {
		t.Fatalf("encode: got %v, want the event", err)
	}
	rest, err := model.WithoutText(raw)
	if err != nil {
		t.Fatalf("take the text out: got %v, want the rest", err)
	}
	err = h.Force("ana", "inc-1", model.Act{Body: &model.EntryRedacted{Entry: l.ID, Seq: l.Seq, Reason: "a test",
		Leaf: strings.Repeat("A", 43) + "=", Recorded: l.RecordedAt.UnixNano(), Event: rest}})
	if err != nil {
		t.Fatalf("redact: got %v, want it stored", err)
	}
}
