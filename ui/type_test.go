package ui_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

func stateIn(dir string) func(*ui.Options) { return func(o *ui.Options) { o.State = dir } }

func TestALineIsOnEveryScreen(t *testing.T) {
	h, _ := busy(t)
	bo, ana := uitest.Open(t, h, "bo", 80, 24), uitest.Open(t, h, "ana", 120, 40)
	ana.See("runner isolated")
	bo.See("runner isolated").Line("the provider says the key is dead")
	ana.See("the provider says the key is dead")
	bo.See("the provider says the key is dead")
	ana.Line(":check 3 rotated")
	bo.See("Containment 1/5")
	ana.Type("I am")
	bo.Key(tcell.KeyF4).See("Incident Commander, typing")
}

func TestDraftAndHistoryAreRestored(t *testing.T) {
	h, _ := busy(t)
	dir := filepath.Join(t.TempDir(), "state")
	s := uitest.Open(t, h, "bo", 80, 24, stateIn(dir))
	s.See("runner isolated").Line("first").Line("second").Type("half a thou").See("half a thou")
	s.Close()
	all, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(all) != 3 {
		t.Fatalf("got %v, %v; want draft, history and seen", all, err)
	}
	for _, f := range all {
		if i, err := os.Stat(f); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", f, i.Mode(), err)
		}
	}
	s = uitest.Open(t, h, "bo", 80, 24, stateIn(dir))
	s.See("> half a thou").Key(tcell.KeyUp).See("> second").Key(tcell.KeyUp).See("> first")
	s.Key(tcell.KeyDown,
		tcell.KeyDown).See("> half a thou").Type("ght").Key(tcell.KeyEnter).See("bo       half a thought")
	s.Close()
	s = uitest.Open(t, h, "bo", 80, 24, stateIn(dir))
	s.See("half a thought").Gone("> half")
}

func TestASecondTerminalDoesNotWipeTheDraft(t *testing.T) {
	h, _ := busy(t)
	dir := t.TempDir()
	one, two := uitest.Open(t, h, "bo", 80, 24, stateIn(dir)), uitest.Open(t, h, "bo", 80, 24, stateIn(dir))
	two.See("runner isolated")
	one.See("runner isolated").Type("mine").See("> mine")
	one.Close()
	two.Close()
	uitest.Open(t, h, "bo", 80, 24, stateIn(dir)).See("> mine")
}

func TestCompletion(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Type(":chec").Key(tcell.KeyTab).See("> :check").Key(tcell.KeyTab).See("> :check 3")
	s.Key(
		tcell.KeyCtrlU).Type(":s").Key(tcell.KeyTab).See("> :sev").Key(tcell.KeyTab).Key(tcell.KeyBacktab).See("> " +
		":sev")
	s.Key(tcell.KeyCtrlU).Type("hello @a").Key(tcell.KeyTab).See("> hello @ana")
	s.Key(
		tcell.KeyCtrlU).Type(
		":lo").See(
		"the lobby: alerts that belong to no incident yet").Key(
		tcell.KeyTab).See("> :lobby").Key(tcell.KeyCtrlU).Type(":checkl").Key(tcell.KeyTab).See("> :checklist")
	s.Key(
		tcell.KeyCtrlU).Type(
		":in").See(":insist").Key(tcell.KeyCtrlU).Type(":ing").Key(tcell.KeyTab).Type("x").See("> :ingest x")
}

// TestTray: a refused line is above the composer, which takes the next one.
func TestTray(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Line(":check 7").See("item 7 destroys evidence").Gone("> :check 7")
	if s.Screen.Bells() != 1 {
		t.Errorf("got %d bells, want one for the refusal", s.Screen.Bells())
	}
	s.Line("+3d nonsense is a note").See("bo       +3d nonsense", "item 7 destroys evidence")
	s.Line("@26:99 x").See("refused  @26:99 x").Key(tcell.KeyUp).See("> @26:99 x").Gone("refused  @26:99 x")
	s.Key(tcell.KeyCtrlU, tcell.KeyCtrlX).Gone("item 7 destroys").Key(tcell.KeyUp).See("> :check 7")
}

// TestTrayOfMany: of several refused lines one is shown. A key shows the next, and another
// discards all once it is pressed twice; Up brings them back.
func TestTrayOfMany(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	alt := func(r rune) { s.Mod(tcell.KeyRune, r, tcell.ModAlt) }
	s.See("runner isolated").Line(":check 7").Line(":check 99").Line("@26:99 x")
	s.See("refused  @26:99 x", "1 of 3 refused", "runner isolated").Gone("refused  :check")
	alt('v')
	s.See("refused  :check 99", "2 of 3 refused").Gone("refused  @26:99")
	s.Key(tcell.KeyCtrlX).See("discarded: :check 99 (Up brings it back)", "of 2 refused")
	alt('x')
	s.See("discard 2 refused lines? y or Alt-X discards", "of 2 refused").Type("a")
	alt('x')
	s.See("discard 2 refused lines?", "of 2 refused")
	alt('x')
	s.See("2 refused lines discarded; Up brings back each").Gone("of 2 refused").Key(tcell.KeyCtrlU)
	s.Key(tcell.KeyCtrlX).See("there is no refused line to discard")
	s.Key(tcell.KeyUp, tcell.KeyUp).See("> @26:99 x").Key(tcell.KeyUp).See("> :check 7")
}

// TestYesAndNoAnswerAQuestion: neither lands in the composer while a question is open.
func TestYesAndNoAnswerAQuestion(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	ask := func() { s.Mod(tcell.KeyRune, 'x', tcell.ModAlt).See("discard 1 refused line? y or Alt-X discards") }
	s.See("runner isolated").Line(":check 99").See("refused  :check 99")
	ask()
	s.Type("n").Gone("discard 1").See("refused  :check 99", "scribe bo >").Gone("> n")
	ask()
	s.Type("y").See("1 refused line discarded").Gone("refused  :check").Gone("> y").Type("y").See("> y")
}

func TestPaste(t *testing.T) {
	h, _ := busy(t)
	dir := t.TempDir()
	s := uitest.Open(t, h, "bo", 80, 30, stateIn(dir))
	t.Run("a line is typed", func(t *testing.T) {
		s.See("runner isolated").Paste("one line\n").See("> one line").Key(tcell.KeyCtrlU)
	})
	t.Run("Esc does nothing", func(t *testing.T) {
		s.Paste("a\nb").See("Pasted text").Key(tcell.KeyEsc).Gone("Pasted text")
	})
	t.Run("as one", func(t *testing.T) {
		s.Paste("up\n\tdown\n").See("2 lines").Key(tcell.KeyCtrlO).See("> up↵    down").
			Key(tcell.KeyEnter).See("bo       up")
	})
	t.Run("controls", func(t *testing.T) {
		s.Paste("red \u0085 \u202e").See("> red <U+0085> <U+202E>").Key(tcell.KeyCtrlU)
	})
	t.Run("however lines are broken", func(t *testing.T) {
		s.Paste("one\vtwo\n\vthree").See("3 lines").Key(tcell.KeyCtrlO).See("> one↵two↵three").Key(tcell.KeyCtrlU)
		s.Type("a").Key(tcell.KeyCtrlJ).Type("b").See("> a↵b").Key(tcell.KeyCtrlU)
	})
	t.Run("as many, and none is a command", func(t *testing.T) {
		s.Paste("l1\n:close override x\n\n!l3\n").See("3 lines").Key(tcell.KeyCtrlN).
			See("bo       l1", "bo       :close",
				"bo       !l3")
	})
	t.Run("another one meanwhile", func(t *testing.T) {
		s.Paste("one\ntwo").See("You pasted 2 lines").Paste("three\nfour\nfive\n").Paste("six")
		s.See("2 more pastes are waiting until you have chosen").Key(tcell.KeyEsc).See("You pasted 3 lines")
		s.See("1 more paste is waiting").Key(tcell.KeyCtrlO).See("> three↵four↵fivesix").Key(tcell.KeyCtrlU)
	})
	t.Run("too large", func(t *testing.T) {
		text := strings.Repeat("0123456789abcdef\n", 6000)
		s.Type("kept").Paste(text).See("6000 lines (99.6 KiB)", ":evidence ", "saved until you delete it")
		s.Key(tcell.KeyCtrlO).See("an entry holds 8.0 KiB").Key(tcell.KeyCtrlN).See("at most 200 can be sent at " +
			"once").Key(tcell.KeyEsc).See("> kept")
		files, _ := filepath.Glob(filepath.Join(dir, "paste-*"))
		if len(files) != 1 {
			t.Fatalf("got %v", files)
		}
		if b, _ := os.ReadFile(files[0]); strings.TrimSpace(string(b)) != strings.TrimSpace(text) {
			t.Errorf("got %d bytes, want %d", len(b), len(text))
		}
	})
}

// TestNoLetterAnswersAboutAPaste: what somebody types on goes into the composer.
func TestNoLetterAnswersAboutAPaste(t *testing.T) {
	h, short := busy(t)
	dir := t.TempDir()
	s := uitest.Open(t, h, "bo", 80, 30, stateIn(dir))
	before := len(linesOf(t, h, short))
	s.See("runner isolated").Paste("a\nb\n").
		See("Pasted text", "Other keys type into the composer").Line(":nope; 1 new lines")
	s.See("Pasted text", "In the composer: :nope; 1 new lines", "nothing is sent until you choose")
	s.Key(tcell.KeyBackspace2).Paste("one\ntwo").See("1 more paste is waiting").Key(tcell.KeyEsc).See("You pasted 2")
	s.Type("s").Key(tcell.KeyEsc).Gone("Pasted text").See("> :nope; 1 new lines")
	if got := len(linesOf(t, h, short)) - before; got != 0 {
		t.Errorf("got %d lines stored, want none", got)
	}
	if files, _ := filepath.Glob(filepath.Join(dir, "paste-*")); len(files) != 0 {
		t.Errorf("got %q saved, want nothing", files)
	}
}

func TestTheLineIsFull(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Paste(strings.Repeat("x", model.MaxText)).Type("y").See("holds 8.0 KiB")
	s.Key(tcell.KeyEnter).See("scribe bo >").Gone("xxxxxx ")
}

func TestEscOnlyCloses(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Type("precious").Key(tcell.KeyEsc, tcell.KeyEsc)
	s.Key(tcell.KeyF1).See("In the composer").Key(tcell.KeyEsc).Gone("In the composer").See("> precious")
	s.Mod(tcell.KeyUp, 0, tcell.ModShift).Key(tcell.KeyEnter).See("Line 14").Key(tcell.KeyEsc,
		tcell.KeyEsc).Type("!").See("> precious!")
}

func TestActsOfTheTimelineBeginInTheComposer(t *testing.T) {
	h, short := busy(t)
	mustType(t, h, short, "bo public for 19 minutes")
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("public for 19 minutes").Type("draft").Mod(tcell.KeyUp, 0, tcell.ModShift).Type("a")
	s.See("> :amend 15 public for 19 minutes", "one line up")
	s.Key(tcell.KeyBackspace2).Type("s!").Key(tcell.KeyEnter).See("public for 19 minutes! (amended)")
	s.Key(tcell.KeyUp, tcell.KeyUp).See("> draft").Key(tcell.KeyCtrlU)
	s.Key(
		tcell.KeyTab).Type("kk").Type("r").See("> :retract").Type("wrong").Key(tcell.KeyEnter).
		See("(retracted by bo: wrong)")
	s.Key(tcell.KeyF3).See("Checklist").Key(tcell.KeyEnter).See("> :check 3")
}

func TestCopyIsForOnesOwnKeyOnly(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	mustType(t, h, short, "ana \x1b]52;c;ZXZpbA==\a copy me")
	s.See("copy me")
	if got := s.Screen.GetClipboardData(); got != nil {
		t.Errorf("got %q before a key was pressed", got)
	}
	s.Key(tcell.KeyTab).Type("y").See("sent to the clipboard: line ", "select it with the mouse")
	want := "2026-11-20 14:03:20 UTC ana note: ^[]52;c;ZXZpbA==^G copy me"
	if got := string(s.Screen.GetClipboardData()); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestBells(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated")
	mustType(t, h, short, "ana nothing for anybody", "ana @bob not you")
	if s.See("not you"); s.Screen.Bells() != 0 {
		t.Errorf("got %d bells, want none", s.Screen.Bells())
	}
	mustType(t, h, short, "ana @bo you")
	if s.See("@bo you"); s.Screen.Bells() != 1 {
		t.Errorf("got %d bells, want one for the name", s.Screen.Bells())
	}
	h.Clock.Add(11 * time.Minute)
	s.See("Update OVERDUE").Frame()
	if s.Frame(); s.Screen.Bells() != 2 {
		t.Errorf("got %d bells, want one more for the clock", s.Screen.Bells())
	}
}

func TestCatchUp(t *testing.T) {
	h, short := busy(t)
	dir := t.TempDir()
	s := uitest.Open(t, h, "bo", 100, 24, stateIn(dir))
	s.See("runner isolated").Close()
	mustType(t, h, short, "ana !we go public", "ana :sev SEV-2 it is contained", "cy ok", "bo mine does not count")
	s = uitest.Open(t, h, "bo", 100, 24, stateIn(dir))
	s.See("3 new since 14:03: 1 decision, severity lowered")
	h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()})
	s.See("OFFLINE since 14:04")
	mustType(t, h, short, "cy one more")
	h.SetLink(model.Link{State: model.Live, Moved: 1, Hosting: true})
	s.See("1 new since 14:04", "hub moved here").Key(tcell.KeyTab, tcell.KeyEsc).Gone("1 new since")
}

func TestEditor(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Key(tcell.KeyCtrlO).See("there is no editor")
	s = uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) {
		o.Edit = func(text string) (string, error) { return text + " edited\n", nil }
	})
	s.See("runner isolated").Type("text").Key(tcell.KeyCtrlO).See("> text edited")
}

// TestHintHidesNoUpdate: while a hint takes several rows, new lines of others are visible
// above it.
func TestHintHidesNoUpdate(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "ana", 100, 30)
	s.See("runner isolated").Type(":sev SEV-3 it was a test").See("clocks:")
	for _, l := range []string{"first news", "second news", "third news"} {
		if err := h.SubmitLine("bo", short, l); err != nil {
			t.Fatalf("submit line: %v", err)
		}
		s.See(l)
	}
	s.See("first news", "second news", "third news", "clocks:")
}
