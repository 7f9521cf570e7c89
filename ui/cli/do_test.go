package cli

import (
	"context"
	"io"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/bundle"
	"warroom/model/playbook"
	"warroom/ui"
	"warroom/ui/uitest"
)

// restOfHub has the methods that memoryHub lacks. Calling one panics.
type restOfHub struct{ backend.Hub }

func (restOfHub) Sealer() model.Sealer { return nil }
func (restOfHub) Left() int            { return 0 }
func (restOfHub) IntegrityWarning(context.Context, string) model.Safe {
	return model.Safe{}
}

func (restOfHub) Record(_ context.Context, short string) (bundle.Evidence, error) {
	return bundle.Evidence{}, model.NoRoom(short)
}

// ExportEntry refuses, as for a number that no entry has.
func (restOfHub) ExportEntry(context.Context, string, string, uint64, io.Writer) error {
	return model.Refuse(model.NotFound, "the room has no such entry")
}

// memoryHub is a hub in memory for one person.
type memoryHub struct {
	ui.Rooms
	restOfHub
	who string
}

func (h memoryHub) Who() model.Actor {
	return model.Actor{Handle: h.who, Key: "key-" + h.who, Via: "cli"}
}
func (memoryHub) Close() error { return nil }

// transcript is the output of a program. waitFor waits until it contains a text.
type transcript struct {
	mu    sync.Mutex
	text  strings.Builder
	wrote chan struct{}
}

func newTranscript() *transcript { return &transcript{wrote: make(chan struct{}, 1)} }

func (w *transcript) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(b)
	select {
	case w.wrote <- struct{}{}:
	default:
	}
	return len(b), nil
}

func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

func (w *transcript) waitFor(t *testing.T, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for !strings.Contains(w.String(), want) {
		select {
		case <-w.wrote:
		case <-ctx.Done():
			t.Fatalf("got %q, want %q in it", w.String(), want)
		}
	}
}

// roomInMemory returns a hub with one room, inc-1, declared by ana.
func roomInMemory(t *testing.T) *uitest.Hub {
	t.Helper()
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("playbook: got %v, want the shipped one", err)
	}
	h := uitest.NewHub()
	if _, err := h.As("ana").Declare(t.Context(),
		model.Declaration{Title: "x", Severity: "SEV-1", Plan: p}); err != nil {
		t.Fatalf("declare: got %v, want a room", err)
	}
	return h
}

// runIn runs the program on a hub, with its own data directory.
func runIn(ctx context.Context, t *testing.T, h *uitest.Hub, who string, stdin io.Reader, out, errs io.Writer,
	args ...string) int {
	t.Helper()
	env := Env{Args: append([]string{"--data", t.TempDir(), "--as", who}, args...), Stdin: stdin, Stdout: out,
		Stderr: errs,
		Getenv: func(string) string { return "" }, Clock: h.Clock, Terminal: true,
		Open: func(context.Context, backend.Location) (backend.Hub, error) {
			return memoryHub{Rooms: h.As(who), who: who}, nil
		}}
	return Run(ctx, env)
}

// TestDoPrintsWhatItRead: do prints on stderr how each word and time of a line was read.
// stdout has only what scripts expect.
func TestDoPrintsWhatItRead(t *testing.T) {
	for line, want := range map[string]string{
		":role scribe @bo Bo Doe, SRE":        "read as: role Scribe, person @bo, name Bo Doe, job SRE",
		"-2m :notify legal Mei, phone":        "at 2026-11-20 13:58:00 UTC",
		"@13:30 the key was seen":             "read as: note at 2026-11-20 13:30:00 UTC",
		":check 1 the key works":              "severity not verified (add SEV-1 to verify it)",
		":exposure suspected ~10 gdpr @-3h x": "aware since 2026-11-20 11:00:00 UTC",
		":milestone contained @13:50 rules live": "milestone contained, time 2026-11-20 13:50:00 UTC, reason " +
			"rules live",
	} {
		h := roomInMemory(t)
		var out, errs strings.Builder
		if code := runIn(t.Context(), t, h, "ana", strings.NewReader(""), &out, &errs, "do", "inc-1", line); code != 0 {
			t.Errorf("%s: got exit %d, %s, want 0", line, code, errs.String())
		}
		if !strings.Contains(errs.String(), want) || strings.Count(errs.String(), "read as: ") != 1 ||
			!isNumber(out.String()) {
			t.Errorf("%s: got %q and %q on stdout, want %q once, and the number of the entry on stdout", line,
				errs.String(), out.String(), want)
		}
	}
	var out, errs strings.Builder
	if code := runIn(t.Context(), t, roomInMemory(t), "ana", strings.NewReader(""), &out, &errs, "do", "inc-1",
		"a note"); code != 0 || strings.Contains(errs.String(), "read as") {
		t.Errorf("a note: got exit %d and %q, want 0 and nothing to be read", code, errs.String())
	}
}

// isNumber reports whether the output is one number and nothing else.
func isNumber(s string) bool { return regexp.MustCompile(`^[0-9]+\n$`).MatchString(s) }

// TestPlainFaceOfALostRole: a person who loses a role gets a line and a beep, however it
// was lost, unless they gave it up themselves.
func TestPlainFaceOfALostRole(t *testing.T) {
	h := roomInMemory(t)
	h.SetRight("bo", model.Command)
	say := func(who, line string) {
		t.Helper()
		if err := h.SubmitLine(who, "inc-1", line); err != nil {
			t.Fatalf("%s: %s: got %v, want it stored", who, line, err)
		}
	}
	say("ana", ":role ic @ana")
	say("ana", ":role scribe @cy")
	in, typed := io.Pipe()
	out, errs := newTranscript(), newTranscript()
	done := make(chan int)
	go func() {
		done <- runIn(t.Context(), t, h, "ana", in, out, errs, "open", "inc-1", "--plain")
	}()
	errs.waitFor(t, ":quit leaves")
	say("bo", ":role ic @bo")
	errs.waitFor(t, "\awarroom: you are no longer Incident Commander: entry ")
	errs.waitFor(t, "by bo, bo is Incident Commander, was @ana")
	say("bo", ":role sre @ana")
	out.waitFor(t, "ana is SRE Representative")
	say("bo", ":renounce sre @ana")
	errs.waitFor(t, "\awarroom: you are no longer SRE Representative: entry ")
	say("bo", ":role sme @ana")
	out.waitFor(t, "ana is Subject Matter Expert")
	bells := strings.Count(errs.String(), "\a")
	if _, err := io.WriteString(typed, ":renounce sme\n:quit\n"); err != nil {
		t.Fatalf("type: got %v, want it read", err)
	}
	if code := <-done; code != 0 || strings.Count(errs.String(), "\a") != bells {
		t.Errorf("got exit %d and %d bells, want 0 and %d", code, strings.Count(errs.String(), "\a"), bells)
	}
}

// TestRoomInCapitals: a room is found by its name in capital letters too, and a room that
// is not there is answered with one sentence.
func TestRoomInCapitals(t *testing.T) {
	h := roomInMemory(t)
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"status", "INC-1"}, 0, ""},
		{[]string{"note", "Inc-1", "Hello"}, 0, ""},
		{[]string{"status", "INC-9"}, 1, "there is no room inc-9 here; `warroom rooms` lists them"},
		{[]string{"status", "a b"}, 1, "there is no room a b here; `warroom rooms` lists them"},
	} {
		var out, errs strings.Builder
		code := runIn(t.Context(), t, h, "ana", strings.NewReader(""), &out, &errs, c.args...)
		if code != c.code || !strings.Contains(errs.String(), c.want) {
			t.Errorf("%s: got exit %d, %q, want %d, %q", c.args, code, errs.String(), c.code, c.want)
		}
	}
}

// TestHelpAboutAWord: ":help WORD" lists the commands with that word, and a command's name may be in
// capital letters.
func TestHelpAboutAWord(t *testing.T) {
	h := roomInMemory(t)
	for line, want := range map[string]string{":help takeover": ":takeover ROLE REASON", ":HELP snooze": ":snooze "} {
		out, errs, code := printed(t, h, "do", "inc-1", line)
		if code != exitDone || !strings.Contains(out, want) || strings.Contains(out, ":check ") {
			t.Errorf("%s: got exit %d, %q, %q, want only the commands with that word", line, code, out, errs)
		}
	}
	if _, errs, code := printed(t, h, "do", "inc-1", ":help zzz"); code != exitUsage ||
		!strings.Contains(errs, "no command has the word zzz") {
		t.Errorf("got exit %d, %q, want no command with the word", code, errs)
	}
}
