package cli

import (
	"io"
	"io/fs"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/uitest"
)

// printed runs the program on a hub and returns its output and exit code.
func printed(t *testing.T, h *uitest.Hub, args ...string) (out, errs string, code int) {
	t.Helper()
	var o, e strings.Builder
	code = runIn(t.Context(), t, h, "ana", strings.NewReader("from stdin\n"), &o, &e, args...)
	return o.String(), e.String(), code
}

// TestTextAndFlags: a flag is parsed or refused wherever it is, and is never text; --
// ends the flags; numbers and times with a dash are text.
func TestTextAndFlags(t *testing.T) {
	for _, c := range []struct {
		args []string
		text string // as it is stored; if "", refused
	}{
		{[]string{"note", "inc-1", "hello"}, "hello"},
		{[]string{"note", "inc-1", "hello", "--insist"}, "hello"},
		{[]string{"note", "--insist", "inc-1", "hello"}, "hello"},
		{[]string{"note", "inc-1", "hello", "--plain", "again"}, "hello again"},
		{[]string{"note", "inc-1", "-m", "hi"}, ""},
		{[]string{"note", "inc-1", "hi", "-x"}, ""},
		{[]string{"note", "inc-1", "--frob=1", "hi"}, ""},
		{[]string{"note", "inc-1", "hi", "--as", ""}, ""},
		{[]string{"note", "inc-1", "hi", "--as"}, ""},
		{[]string{"note", "inc-1", "--as is what they typed"}, ""},
		{[]string{"note", "inc-1", "--", "--as", "is", "text"}, "--as is text"},
		{[]string{"note", "inc-1", "a", "--", "-m", "--"}, "a -m --"},
		{[]string{"note", "--", "inc-1", "-m"}, "-m"},
		{[]string{"note", "inc-1", "-5", "degrees"}, "-5 degrees"},
		{[]string{"note", "inc-1", "-12m is a time"}, "-12m is a time"},
		{[]string{"note", "inc-1", "-"}, "from stdin"},
		{[]string{"do", "inc-1", "-2m", "it", "began"}, "it began"},
		{[]string{"do", "inc-1", "hello", "--frob"}, ""},
	} {
		h := roomInMemory(t)
		out, errs, code := printed(t, h, c.args...)
		if c.text == "" {
			if code != exitUsage || out != "" || errs == "" {
				t.Errorf("%q: got exit %d, %q, %q, want %d and a sentence", c.args, code, out, errs, exitUsage)
			}
			continue
		}
		if code != exitDone || !isNumber(out) {
			t.Errorf("%q: got exit %d, %q, %s, want 0 and a number", c.args, code, out, errs)
		}
		tail, _, _ := printed(t, h, "tail", "inc-1", "--no-follow", "-n", "1")
		if !strings.HasSuffix(tail, "note       "+c.text+"\n") ||
			!strings.Contains(tail, strings.TrimSpace(out)+" ana") {
			t.Errorf("%q: got %q, want entry %s with the text %q", c.args, tail, strings.TrimSpace(out), c.text)
		}
	}
}

// TestWaitingLine: a line that is only in the outbox prints no number, and has its own
// exit code.
func TestWaitingLine(t *testing.T) {
	for _, args := range [][]string{{"note", "inc-1", "x"}, {"do", "inc-1", "!x"}} {
		h := roomInMemory(t)
		h.SetLink(model.Link{State: model.Offline, Problem: model.Lit("no route")})
		if out, errs, code := printed(t, h, args...); code != exitQueued || out != "" ||
			!strings.Contains(errs, "outbox") {
			t.Errorf("%q: got exit %d, %q, %q, want %d and nothing on stdout", args, code, out, errs, exitQueued)
		}
	}
}

// fullDisk is a writer that always fails.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) {
	return 0, &fs.PathError{Op: "write", Path: "/dev/stdout", Err: syscall.ENOSPC}
}

// TestFullStdout: if stdout cannot be written, stderr names what was done.
func TestFullStdout(t *testing.T) {
	for want, args := range map[string][]string{
		"inc-2 is declared, but stdout could not be written: " +
			syscall.ENOSPC.Error(): {"declare", "--severity", "SEV-1", "x"},
		" of inc-1 is stored, but stdout could not be written": {"note", "inc-1", "x"},

		"warroom: stdout could not be written: " + syscall.ENOSPC.Error(): {"rooms"},
	} {
		var errs strings.Builder
		code := runIn(t.Context(), t, roomInMemory(t), "ana", strings.NewReader(""), fullDisk{}, &errs, args...)
		if code != exitFailed || !strings.Contains(errs.String(), want) {
			t.Errorf("%q: got exit %d, %q, want %d and %q", args, code, errs.String(), exitFailed, want)
		}
	}
}

// TestNothingToList: a command that lists nothing prints a sentence on stderr, and its exit
// code is 0. JSON stays an empty list, without a sentence.
func TestNothingToList(t *testing.T) {
	for args, want := range map[string]string{
		"tail inc-1 --no-follow --kind decision":        "no entries match this filter; the room has 2 entries",
		"tail inc-1 --no-follow -n 5 --by cy":           "no entries match this filter; the room has 2 entries",
		"tail inc-1 --no-follow --kind decision --json": "",
		"tail inc-1 --no-follow -n 0":                   "",
		"rooms --drill":                                 "no rooms match this filter; the hub has 1 room",
		"rooms --drill --json":                          "",
		"evidence list inc-1": "no evidence yet; add a file with: " +
			"warroom evidence add inc-1 FILE",
		"indicators inc-1": "there are no indicators yet; add one with " +
			":ioc ip VALUE in the room",
	} {
		if want != "" {
			want = "warroom: " + want + "\n"
		}
		out, errs, code := printed(t, roomInMemory(t), strings.Fields(args)...)
		if wantOut := map[bool]string{true: "[]\n"}[strings.HasPrefix(args, "rooms --drill --json")]; out != wantOut {
			t.Errorf("%s: got %q on stdout, want %q", args, out, wantOut)
		}
		if code != exitDone || errs != want {
			t.Errorf("%s: got exit %d, %q, want %d, %q", args, code, errs, exitDone, want)
		}
	}
}

// TestTailFilters: tail prints the requested entries, by number, time, kind and author.
func TestTailFilters(t *testing.T) {
	h := roomInMemory(t)
	for _, l := range []struct{ who, line string }{{"ana", "one"}, {"bo", "!two"}, {"bo", "three"}} {
		h.Clock.Add(time.Hour)
		if err := h.SubmitLine(l.who, "inc-1", l.line); err != nil {
			t.Fatalf("%s: got %v, want it stored", l.line, err)
		}
	}
	for flags, want := range map[string]string{
		"-n 1":                          "three",
		"-n 2":                          "two three",
		"-n 0":                          "",
		"-f --kind note":                "one three",
		"--kind decision,entry.noted":   "one two three",
		"--kind decision --kind note":   "one two three",
		"--by bo":                       "two three",
		"--by @ana --kind note":         "one",
		"--since 1h":                    "two three",
		"--since 90m":                   "two three",
		"--since -59m --by bo":          "three",
		"--kind note -n 1 --by ana":     "one",
		"--no-follow --kind note -n 10": "one three",
	} {
		out, errs, code := printed(t, h, append([]string{"tail", "inc-1"}, strings.Fields(flags)...)...)
		var got []string
		for _, w := range []string{"one", "two", "three"} {
			if regexp.MustCompile(`(?m) ` + w + `$`).MatchString(out) {
				got = append(got, w)
			}
		}
		if code != 0 || strings.Join(got, " ") != want || strings.Count(out, "\n") > 3 &&
			strings.Contains(flags, "by") {
			t.Errorf("tail %s: got exit %d, %q of %q, %s, want %q", flags, code, got, out, errs, want)
		}
	}
	for _, flags := range []string{"--kind nope", "--by 'A B'", "-n -1", "-f --no-follow", "--since 1x", "-n x"} {
		if out, errs, code := printed(t, h,
			append([]string{"tail", "inc-1"}, strings.Fields(flags)...)...); code == 0 || out != "" {
			t.Errorf("tail %s: got exit %d, %q, %q, want it refused", flags, code, out, errs)
		}
	}
}

// TestReportFilter: report shortens its timeline and notes that.
func TestReportFilter(t *testing.T) {
	h := roomInMemory(t)
	for _, line := range []string{"one", "!two"} {
		if err := h.SubmitLine("ana", "inc-1", line); err != nil {
			t.Fatalf("%s: got %v, want it stored", line, err)
		}
	}
	out, errs, code := printed(t, h, "report", "--kind", "decision")
	if _, after, _ := strings.Cut(out, "## Timeline"); code != 0 || strings.Contains(after, "| one |") ||
		!strings.Contains(after, "two") || !strings.Contains(after, "It has 1 of ") {
		t.Errorf("got exit %d, %s, %q, want the decision alone in the timeline", code, errs, after)
	}
}

// TestMissingRoom: a command that reads takes the only open room, and lists the rooms if
// there are several. A command that writes needs a room.
func TestMissingRoom(t *testing.T) {
	h := roomInMemory(t)
	reads := [][]string{{"status"}, {"tail", "--no-follow"}, {"report"}, {"indicators"}, {"status", "--json"}}
	for _, args := range reads {
		if out, errs, code := printed(t, h, args...); code != 0 || args[0] != "indicators" && out == "" {
			t.Errorf("%q: got exit %d, %q, want that of the only room", args, code, errs)
		}
	}
	if _, _, code := printed(t, h, "declare", "--severity", "SEV-2", "another"); code != 0 {
		t.Fatalf("declare: got exit %d, want 0", code)
	}
	for _, args := range append(reads, []string{"open"}) {
		out, errs, code := printed(t, h, args...)
		if code != exitUsage || out != "" || !strings.Contains(errs, "inc-1 ") || !strings.Contains(errs, "inc-2 ") {
			t.Errorf("%q: got exit %d, %q, %q, want %d and both rooms on stderr", args, code, out, errs, exitUsage)
		}
	}
	for _, args := range [][]string{{"note", "hello"}, {"do", "!x"}, {"note"}, {"close", "--reason", "x"},
		{"evidence", "add", "-"}} {
		if out, errs, code := printed(t, h, args...); code != exitUsage || out != "" {
			t.Errorf("%q: got exit %d, %q, %q, want %d: it needs a room", args, code, out, errs, exitUsage)
		}
	}
}

// TestAsksInStatus: status has an open ask, and marks it as overdue after its time. After
// an update, its clock starts again.
func TestAsksInStatus(t *testing.T) {
	h := roomInMemory(t)
	if err := h.SubmitLine("di", "inc-1", "here"); err != nil {
		t.Fatalf("di: got %v, want a note", err)
	}
	for _, line := range []string{":role ic @ana", ":ask @di 1m x", ":update all is well"} {
		if err := h.SubmitLine("ana", "inc-1", line); err != nil {
			t.Fatalf("%s: got %v, want it stored", line, err)
		}
	}
	h.Clock.Add(2 * time.Minute)
	out, _, _ := printed(t, h, "status", "inc-1")
	for _, want := range []string{"ask 1 to @di by ana: x; OVERDUE by 01:00",
		"Update: due in 13:00, last sent 02:00 ago"} {
		if !strings.Contains(out, want) {
			t.Errorf("got %q, want %q in it", out, want)
		}
	}
	if out, _, _ := printed(t, h, "status", "inc-1", "--json"); !strings.Contains(out, `"age_s":120`) {
		t.Errorf("got %q, want the age of 120 s in it", out)
	}
}

// TestPlainNotices: in plain mode each notice for the person is one line with a beep.
func TestPlainNotices(t *testing.T) {
	h := roomInMemory(t)
	say := func(who, line string) {
		t.Helper()
		if err := h.SubmitLine(who, "inc-1", line); err != nil {
			t.Fatalf("%s: %s: got %v, want it stored", who, line, err)
		}
	}
	in, typed := io.Pipe()
	out, errs := newTranscript(), newTranscript()
	done := make(chan int)
	go func() { done <- runIn(t.Context(), t, h, "ana", in, out, errs, "open", "--plain") }()
	errs.waitFor(t, ":quit leaves")
	say("bo", ":ask @ana 30m is it cut off?")
	errs.waitFor(t, "\awarroom: bo asks you (due in 30:00): is it cut off? (reply with :ack 1, :answer 1 TEXT)\n")
	say("bo", "@ana look at this")
	errs.waitFor(t, "\awarroom: bo mentions you in entry ")
	h.SetLink(model.Link{State: model.Offline, Problem: model.Lit("no route")})
	errs.waitFor(t, "\awarroom: the hub does not answer (no route); what you write stays in the outbox until it "+
		"does\n")
	h.SetLink(model.Link{State: model.Live})
	errs.waitFor(t, "\awarroom: the hub answers again\n")
	h.AskToJoin(model.JoinRequest{Handle: "eve", Key: "k"})
	errs.waitFor(t, "\awarroom: eve asks to join; admit with :admit eve write\n")
	h.Clock.Add(11 * time.Minute)
	say("bo", "a")
	errs.waitFor(t, "\awarroom: Validate due at 14:15, in 04:00: :check 1 stops it\n")
	h.Clock.Add(5 * time.Minute)
	say("bo", "b")
	errs.waitFor(t, "\awarroom: Validate overdue since 14:15: :check 1 stops it\n")
	if _, err := io.WriteString(typed, ":quit\n"); err != nil {
		t.Fatalf("type: got %v, want it read", err)
	}
	if code := <-done; code != 0 {
		t.Errorf("got exit %d, want 0", code)
	}
	for _, what := range []string{"asks you", "mentions you", "the hub answers", "asks to join", "Validate overdue"} {
		if n := strings.Count(errs.String(), what); n != 1 {
			t.Errorf("%s: got it %d times in %q, want once", what, n, errs.String())
		}
	}
}

// TestHeldInterrupt: Ctrl-C is ignored while another program uses the terminal; other
// signals end the program.
func TestHeldInterrupt(t *testing.T) {
	var i Interrupts
	if !i.ends(syscall.SIGINT) {
		t.Errorf("Ctrl-C: got it ignored, want it to end the program")
	}
	i.Hold()
	if i.ends(syscall.SIGINT) || !i.ends(syscall.SIGTERM) {
		t.Errorf("while held: got SIGINT %v, SIGTERM %v, want false, true", i.ends(syscall.SIGINT),
			i.ends(syscall.SIGTERM))
	}
}

// TestOnceReported: a secret in several texts of one act is reported once.
func TestOnceReported(t *testing.T) {
	const secret = "ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2"
	for _, args := range [][]string{
		{"declare", "--severity", "SEV-1", "--reason", secret, "key", secret},
		{"note", "inc-1", secret, "and", secret},
		{"close", "inc-1", "inc-2", "--reason", secret},
	} {
		h := roomInMemory(t)
		printed(t, h, "declare", "--severity", "SEV-1", "y")
		if _, errs, _ := printed(t, h, args...); strings.Count(errs, "looks like a secret") != 1 {
			t.Errorf("%q: got %q, want it reported once", args, errs)
		}
	}
}

// TestFormerWords: a word that the timeline showed in earlier versions still names its kind.
func TestFormerWords(t *testing.T) {
	for word, want := range map[string]model.Kind{"struck": model.KindKeyRevoked, "revoked": model.KindKeyRevoked,
		"if": model.KindConditionAnswered, "condition": model.KindConditionAnswered} {
		if got := kindsOf(word); len(got) != 1 || got[0] != want {
			t.Errorf("%s: got %v, want %s", word, got, want)
		}
	}
}
