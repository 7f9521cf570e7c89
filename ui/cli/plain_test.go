package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"

	"warroom/model"
	"warroom/model/backend"
	"warroom/ui/lineterm"
	"warroom/ui/present"
	"warroom/ui/uitest"
)

// plainRun is a run of plain mode on a terminal of 80 columns and 24 rows.
type plainRun struct {
	t     *testing.T
	typed io.WriteCloser
	echo  *transcript // of what is typed
	out   *transcript
	errs  *transcript
	done  chan int
}

// openPlain opens a room of the hub in plain mode.
func openPlain(t *testing.T, h *uitest.Hub, args ...string) *plainRun {
	t.Helper()
	in, typed := io.Pipe()
	echo := newTranscript()
	term := lineterm.New(struct {
		io.Reader
		io.Writer
	}{in, echo}, func() { t.Error("got an interrupt, want none") }, nil)
	go term.Run()
	p := &plainRun{t: t, typed: typed, echo: echo, out: newTranscript(), errs: newTranscript(), done: make(chan int, 1)}
	env := Env{Args: append([]string{"--data", t.TempDir(), "--as", "ana", "--plain"}, args...), Stdin: term,
		Stdout: p.out, Stderr: p.errs, Getenv: func(string) string { return "" }, Clock: h.Clock, Terminal: true,
		Size: func() (int, int) { return 80, 24 },
		Open: func(context.Context, backend.Location) (backend.Hub, error) {
			return memoryHub{Rooms: h.As("ana"), who: "ana"}, nil
		}}
	go func() { p.done <- Run(t.Context(), env) }()
	return p
}

// types types a line.
func (p *plainRun) types(line string) {
	p.t.Helper()
	if _, err := io.WriteString(p.typed, line+"\n"); err != nil {
		p.t.Fatalf("type %q: got %v, want it read", line, err)
	}
}

// written returns all output, without the breaks of wrapped lines.
func (p *plainRun) written() string {
	return strings.ReplaceAll(p.out.String(), "\n  ", " ") + strings.ReplaceAll(p.errs.String(), "\n  ", " ")
}

// waitAfter waits until there is one more occurrence of a text than there was before.
func (p *plainRun) waitAfter(before, want string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 30*time.Second)
	defer cancel()
	for strings.Count(p.written(), want) <= strings.Count(before, want) {
		select {
		case <-p.out.wrote:
		case <-p.errs.wrote:
		case <-ctx.Done():
			p.t.Fatalf("got %q, want %q once more in it", p.written(), want)
		}
	}
}

// leaves types :quit.
func (p *plainRun) leaves() {
	p.t.Helper()
	p.types(":quit")
	if code := <-p.done; code != 0 {
		p.t.Errorf("got exit %d, want 0", code)
	}
}

// TestPlainOpening: a room opens with what is happening, how severe it is, who leads,
// what is due, what nobody does and what is new, in about fifteen rows, none of them wider than
// the terminal.
func TestPlainOpening(t *testing.T) {
	h := roomInMemory(t)
	for _, line := range []string{":role scribe @bo", "the key was seen in job 8841"} {
		if err := h.SubmitLine("ana", "inc-1", line); err != nil {
			t.Fatalf("%s: got %v, want it stored", line, err)
		}
	}
	h.Clock.Add(16 * time.Minute)
	p := openPlain(t, h)
	p.errs.waitFor(t, ":quit leaves")
	got := p.out.String() + p.errs.String()
	for _, want := range []string{"inc-1  SEV-1  TRIAGE  x\n", "Roles: Incident Commander nobody for 16:00",
		"Scribe bo", "Due: Validate overdue since 14:15: :check 1 stops it", "see :clocks", "Unassigned: 1 Validate",
		"Done: Triage 0/4", "0 entries in the last 5 minutes; the newest:", "ana, note: the key was seen in job 8841",
		":checklist"} {
		if flat := strings.ReplaceAll(got, "\n  ", " "); !strings.Contains(flat, want) {
			t.Errorf("want %q in it, got\n%s", want, got)
		}
	}
	if n := strings.Count(got, "\n"); n > 18 {
		t.Errorf("got %d rows, want at most 18:\n%s", n, got)
	}
	p.leaves()
	for row := range strings.Lines(got) {
		if w := uniseg.StringWidth(strings.TrimSuffix(row, "\n")); w > 79 {
			t.Errorf("got a row of %d cells, want at most 79: %q", w, row)
		}
	}
}

// TestPlainNamesTheLobby: whoever is led into the only open room reads that alerts wait in the
// lobby, which the room does not show.
func TestPlainNamesTheLobby(t *testing.T) {
	h := roomInMemory(t)
	h.OpenLobby(&model.AlertReceived{Alert: model.Alert{Source: "gitleaks", Kind: "secret", Rule: "r", Title: "t",
		Severity: "high"}, Findings: 1, Keys: "AAAAAAAAAAA=", Sum: "x"})
	h.Clock.Add(16 * time.Minute)
	p := openPlain(t, h)
	p.errs.waitFor(t, ":quit leaves")
	want := "Lobby: 1 alert to triage, oldest waiting 16:00, OVERDUE by 01:00; warroom status lobby lists them"
	if got := p.written(); !strings.Contains(got, want) {
		t.Errorf("got %q, want %q in it", got, want)
	}
	p.leaves()
}

// TestPlainPages: a list that is longer than the terminal is shown by pages, and a new
// command drops the rest.
func TestPlainPages(t *testing.T) {
	p := openPlain(t, roomInMemory(t))
	p.errs.waitFor(t, ":quit leaves")
	from := len(p.out.String())
	p.types(":checklist all")
	p.out.waitFor(t, "more lines; Enter shows the next\n")
	page := p.out.String()[from:]
	if n := strings.Count(page, "\n"); n != 23 {
		t.Errorf("got %d rows, want 22 and the count:\n%s", n, page)
	}
	p.types("")
	p.out.waitFor(t, "Eradication 0/5")
	p.types(":log")
	p.types("after the log")
	p.out.waitFor(t, "note: after the log\n")
	from = len(p.out.String())
	p.types("")
	p.types("a note")
	p.out.waitFor(t, "note: a note\n")
	if rest := p.out.String()[from:]; strings.Count(rest, "\n") != 1 {
		t.Errorf("after :log: got %q, want only the note", rest)
	}
	p.leaves()
}

// TestPlainNearMiss: a note that looks like a command is stored only if Enter confirms it.
func TestPlainNearMiss(t *testing.T) {
	p := openPlain(t, roomInMemory(t))
	p.errs.waitFor(t, ":quit leaves")
	p.types("help")
	p.errs.waitFor(t, `did you mean ":help"?`)
	p.types("another")
	p.out.waitFor(t, "note: another\n")
	p.types("exit")
	p.errs.waitFor(t, `did you mean ":quit"?`)
	p.types("")
	p.out.waitFor(t, "note: exit\n")
	if got := p.out.String(); strings.Contains(got, "note: help") {
		t.Errorf("got %q, want no note that was not confirmed", got)
	}
	p.leaves()
}

// TestPlainMatters: the offer of a role, an ask that is overdue and a poll that ended are
// one line each, with a bell, and only once.
func TestPlainMatters(t *testing.T) {
	h := roomInMemory(t)
	say := func(who, line string) {
		t.Helper()
		if err := h.SubmitLine(who, "inc-1", line); err != nil {
			t.Fatalf("%s: %s: got %v, want it stored", who, line, err)
		}
	}
	say("bo", ":role scribe @bo")
	p := openPlain(t, h)
	p.errs.waitFor(t, ":quit leaves")
	say("bo", ":handoff scribe @ana")
	say("ana", ":ask @bo 5m is it cut off?")
	say("ana", ":poll 5m shall we cut it off?")
	p.errs.waitFor(t, "\awarroom: bo offers you Scribe: :accept scribe or :decline scribe; the brief:\n")
	h.Clock.Add(6 * time.Minute)
	say("bo", "one")
	p.out.waitFor(t, "note: one\n")
	say("bo", "two")
	p.out.waitFor(t, "note: two\n")
	p.leaves()
	got := strings.ReplaceAll(p.errs.String(), "\n  ", " ")
	for _, want := range []string{"bo offers you Scribe", "ask 1 to @bo by ana: is it cut off?; OVERDUE by 01:00",
		"poll 1 by ana: shall we cut it off?; decided: nobody objected"} {
		if n := strings.Count(got, want); n != 1 {
			t.Errorf("%s: got it %d times in %q, want once", want, n, got)
		}
	}
}

// TestPlainCommands: each command of plain mode prints something, and the help lists it.
func TestPlainCommands(t *testing.T) {
	p := openPlain(t, roomInMemory(t))
	p.errs.waitFor(t, ":quit leaves")
	for i, c := range []struct{ line, want string }{
		{":status", "Done: Triage 0/4"}, {":status all", "more lines; Enter shows the next"},
		{":clocks", "Executives: due in"},
		{":checklist", "other phases: Containment 0/8"}, {":checklist review", "Review 1/15:"},
		{":checklist nope", "there is no phase nope"}, {":people", "Here: ana"}, {":alerts", "no alerts yet"},
		{":scope", "no assets, indicators, hypotheses or impact yet"},
		{":history", "Phase Triage: since"}, {":radar", present.NoSignal.String()},
		{":channels", "All channels count as trusted"}, {":log 1", ", ana, note: "},
		{":log x", "not a number of entries"}, {":show 1", "what: declared"}, {":show 99", "there is no entry"},
		{":evidence", "no evidence yet"}, {":rooms", "inc-1    SEV-1"}, {":help takeover", ":takeover ROLE REASON"},
		{":help zzz", "no command has the word zzz"},
	} {
		from, said := len(p.out.String()), len(p.errs.String())
		p.types(c.line)
		p.types(fmt.Sprintf("note after command %d", i))
		p.out.waitFor(t, fmt.Sprintf("note: note after command %d\n", i))
		got := p.out.String()[from:] + p.errs.String()[said:]
		if flat := strings.ReplaceAll(got, "\n  ", " "); !strings.Contains(flat, c.want) {
			t.Errorf("%s: got %q, want %q in it", c.line, got, c.want)
		}
	}
	p.leaves()
	for _, c := range plainCommands() {
		if present.CommandHelp(c.name).IsEmpty() && c.name != "q" {
			t.Errorf(":%s: got no help, want a sentence", c.name)
		}
	}
}

// TestPlainRefused: a refusal begins with that word, and the refused lines are listed.
func TestPlainRefused(t *testing.T) {
	p := openPlain(t, roomInMemory(t))
	p.errs.waitFor(t, ":quit leaves")
	p.types(":refused")
	p.out.waitFor(t, "no line was refused\n")
	p.types(":check 99 it works")
	p.errs.waitFor(t, "warroom: refused: there is no item 99")
	p.types(":nope")
	p.errs.waitFor(t, "warroom: refused: there is no command :nope")
	p.types(":refused")
	p.out.waitFor(t, ":check 99 it works: there is no item 99")
	p.out.waitFor(t, ":nope: there is no command :nope")
	p.leaves()
}

// TestWrapWords: lines are broken between words, and words stay whole.
func TestWrapWords(t *testing.T) {
	long := "https://example.com/" + strings.Repeat("x", 40)
	for _, c := range []struct {
		line string
		w    int
		want []string
	}{
		{"one two", 0, []string{"one two"}},
		{"one two three four five six", 20, []string{"one two three four", "  five six"}},
		{"    one two three four five", 20, []string{"    one two three", "      four five"}},
		{"see " + long + " there and then", 20, []string{"see", "  " + long, "  there and then"}},
		{"日本語 日本語 日本語 日本語", 20, []string{"日本語 日本語 日本語", "  日本語"}},
		{strings.Repeat(" ", 30), 20, []string{strings.Repeat(" ", 30)}},
		{"", 20, []string{""}},
	} {
		if got := wrapWords(c.line, c.w); fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%q in %d cells: got %q, want %q", c.line, c.w, got, c.want)
		}
	}
}

// TestPagerUnknownSize: without a size, nothing is wrapped or held back.
func TestPagerUnknownSize(t *testing.T) {
	var out strings.Builder
	p := wrapping(&out, func() (int, int) { return 0, 0 })
	p.begin()
	text := strings.Repeat(strings.Repeat("word ", 50)+"\n", 50)
	for _, part := range []string{text[:70], text[70:700], text[700:], "\a"} {
		if n, err := io.WriteString(p, part); err != nil || n != len(part) {
			t.Fatalf("write: got %d, %v, want %d", n, err, len(part))
		}
	}
	if err := p.end(); err != nil {
		t.Fatalf("end: got %v, want none", err)
	}
	if out.String() != text+"\a" {
		t.Errorf("got %d bytes, want the %d that were written", out.Len(), len(text)+1)
	}
}

// TestPlainDeclare: plain mode declares a room without leaving the one that is shown, and
// names what is wrong with a line.
func TestPlainDeclare(t *testing.T) {
	h := roomInMemory(t)
	p := openPlain(t, h, "open", "inc-1")
	p.types(":declare")
	p.errs.waitFor(t, "write it as :declare SEVERITY [drill] TITLE; ")
	p.types(":declare SEV-3")
	p.errs.waitFor(t, "the incident needs a title: :declare SEV-3 TITLE")
	p.types(":declare SEV-3 drill Key drill")
	p.out.waitFor(t, "inc-2 is declared; this room stays open")
	p.types(":quit")
	if code := <-p.done; code != 0 {
		t.Errorf("got exit %d, want 0", code)
	}
}
