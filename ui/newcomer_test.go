package ui_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// Each test covers something that a newcomer stumbled over.

func TestAnAmendmentIsNotPutIntoTheAuthorsMouth(t *testing.T) {
	h, short := busy(t)
	mustType(t, h, short, "bo the key was public for 19 minutes", "ana :amend 15 @13:40 it was public for 91 minutes")
	s := uitest.Open(t, h, "bo", 100, 30)
	s.See("15 13:40< bo       note       it was public for 91 minutes (amended by ana)")
	s.Key(tcell.KeyTab, tcell.KeyUp, tcell.KeyEnter).See("(amended by ana)", "happened   2026-11-20 13:40:00 UTC",
		"line 16 by ana: written 2026-11-20 14:03:40, happened 2026-11-20 13:40:00",
		"line 15 by bo: written 2026-11-20 14:03:20, happened 2026-11-20 14:03:20").Key(tcell.KeyEsc, tcell.KeyEsc)
	mustType(t, h, short, "bo :amend 15 for 92 minutes")
	s.See("15 13:40< bo       note       for 92 minutes (amended)").Type("/before:13:50").See("1 line", "92 minutes")
}

func TestATooSmallTerminalTakesNothing(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Type("half").See("> half").Resize(58, 14).See("warroom needs",
		"Ctrl-C").Line(" blind").Paste("and\nthat").Frame()
	s.Resize(80, 24).See("> half").Gone("blind").Resize(58, 14).See("warroom needs").Key(tcell.KeyCtrlC)
	s.Wait()
	if rooms, _ := h.As("bo").List(t.Context()); len(rooms[0].Room.Lines()) != 14 {
		t.Errorf("something was sent")
	}
}

func TestASavedPasteIsDoneWith(t *testing.T) {
	h, _ := busy(t)
	dir := t.TempDir()
	s := uitest.Open(t, h, "bo", 80, 30, stateIn(dir))
	s.See("runner isolated").Paste("a\nb\n").See("Pasted text").Key(tcell.KeyCtrlS).Gone("Pasted text").
		See("saved until you delete it",
			dir[:20]).Type("n").See("> n")
	files, _ := filepath.Glob(filepath.Join(dir, "paste-*"))
	if len(files) != 1 {
		t.Fatalf("got %v", files)
	}
	h.Clock.Add(time.Second)
	s.Paste(strings.Repeat("0123456789abcdef\n", 600)).See("saved until you delete").Key(tcell.KeyEsc).
		See("saved until",
			dir[:20], "> n")
	nowhere := uitest.Open(t, h, "bo", 80, 30)
	nowhere.See("runner isolated").Paste("a\nb\n").Key(tcell.KeyCtrlS).See("no directory for saved pastes",
		"Pasted text")
}

func TestRoomsOfOthersAreNoticed(t *testing.T) {
	t.Parallel() // it takes some beats
	h := uitest.NewHub()
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("Declare an incident", "severity").Type("Leak").See("Leak")
	mustDeclare(t, h, "Deploy key in a public CI log")
	h.Clock.Add(10 * time.Second)
	s.See("ana declared inc-1 10s ago; Esc opens the list: Deploy key", "Leak").Key(tcell.KeyEsc).See("search:",
		"inc-1")
	mustDeclare(t, h, "Phishing wave")
	s.See("inc-2").Type("deploy").Gone("inc-2")
	mustDeclare(t, h, "Deploy of a bad build")
	s.See("inc-3", "search: deploy").Gone("Phishing")
	if f := s.Frame(); !strings.Contains(strings.Join(f.Reverse, "\n"), "inc-1") {
		t.Errorf("another room is selected:\n%s", f.Text())
	}
	s.Key(tcell.KeyEnter).See("TRIAGE", "/deploy").Gone("opening")
	s.Line(":declare").See("severity")
	h.Clock.Add(time.Second)
	mustDeclare(t, h, "One more")
	s.See("ana declared inc-4", "Esc, then F5, opens the list")
}

// TestFormNamesSimilarRooms: the declare form names the open rooms with a similar title,
// and no others.
func TestFormNamesSimilarRooms(t *testing.T) {
	t.Parallel() // it takes some beats
	h := uitest.NewHub()
	mustDeclare(t, h, "Deploy key in a public CI log")
	mustDeclare(t, h, "Phishing wave")
	s := uitest.Open(t, h, "bo", 80, 30)
	s.See("inc-2").Key(tcell.KeyCtrlN).See("severity").Type("Deploy key leaked")
	s.See("similar rooms are open: inc-1 Deploy key", "2 words of its title").Gone("Phishing")
	s.Key(tcell.KeyCtrlU).Type("A laptop was stolen").Gone("similar rooms")
}

func TestListStartsAtLastRoom(t *testing.T) {
	h, short := busy(t)
	two, three := mustDeclare(t, h, "two"), mustDeclare(t, h, "three")
	dir := t.TempDir()
	mustType(t, h, two, "ana :resolve done", "ana :close override a test")
	s := uitest.Open(t, h, "bo", 100, 24, stateIn(dir))
	selected := func(want string) {
		t.Helper()
		s.Until(want+" selected",
			func(f uitest.Frame) bool { return strings.Contains(strings.Join(f.Reverse, "\n"), want) })
	}
	s.See("inc-3", "closed")
	selected(three)
	if f := s.Frame().Text(); strings.Index(f, "inc-2") < strings.Index(f, "inc-1") {
		t.Errorf("the closed room is not the last:\n%s", f)
	}
	s.Key(tcell.KeyDown, tcell.KeyEnter).See("runner isolated").Gone("opening inc-1").Key(tcell.KeyF5).See("search:",
		"you were here")
	selected(short)
	s.Type("zzz").See("search: zzz",
		"Esc clear").Key(tcell.KeyEsc).Gone("zzz").See("Esc back")
	s.Key(tcell.KeyEsc).See("runner isolated").Gone("search:")
	s.Key(tcell.KeyF5).See("search:", "you were here")
	h.Clock.Add(time.Minute)
	s.Key(tcell.KeyUp, tcell.KeyEnter).See("TRIAGE").Type("half").See("> half")
	s.Key(tcell.KeyF5).See("search:", "draft")
	h.Clock.Add(time.Minute)
	s.Key(tcell.KeyDown, tcell.KeyEnter).See("runner isolated").Key(tcell.KeyF5).See("you were here", "draft")
	selected(three)
}

func TestLongListShowsMoreMarker(t *testing.T) {
	h := uitest.NewHub()
	for range 20 {
		mustDeclare(t, h, "one of many")
	}
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("inc-20", "PgUp, PgDn more").Gone("inc-1 ").Key(tcell.KeyPgDn,
		tcell.KeyPgDn).See("inc-1 ").Type("inc-20").Gone("more")
}

func TestASearchGoesAlong(t *testing.T) {
	h, short := busy(t)
	two := mustDeclare(t, h, "Key of another sort")
	mustType(t, h, short, "cy a key at the door", "cy quiet")
	mustType(t, h, two, "cy nothing")
	s := uitest.Open(t, h, "bo", 100, 30)
	s.See("inc-1").Type("key").See("entries:").Key(tcell.KeyDown, tcell.KeyEnter).See("/key",
		"a key at the door").Gone("quiet")
	s.Key(
		tcell.KeyEsc).See(
		"quiet").Gone("/key").Key(tcell.KeyF5).See("search:").Type("another").Key(tcell.KeyEnter).See("/another",
		"declared").Gone("nothing")
}

func TestFilterAndBack(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See(
		"runner isolated").Type(
		"/kind:decision").Gone(
		"runner isolated").Key(tcell.KeyEsc).See("runner isolated").Type("qa").See("> qa").Key(tcell.KeyCtrlU)
	s.Key(
		tcell.KeyTab).Type(
		"/who:ana").Gone(
		"runner").Key(tcell.KeyEsc).See("runner").Type("x").See("you are in the timeline").Key(tcell.KeyEsc)
	s.Type("/kind:decision").Key(tcell.KeyEnter,
		tcell.KeyTab).Line("unseen").See("it would hide the line you sent", "bo       unseen")
	s.Key(tcell.KeyEsc).See("bo       unseen").Gone("would hide")
	s.Key(tcell.KeyF6).See("no entries match this filter").Key(tcell.KeyF2,
		tcell.KeyF6).See("Esc goes back to it").Key(tcell.KeyEsc, tcell.KeyF6).See("/kind:decision")
	mustType(t, h, short, "cy not mine")
	s.Gone("would hide").Type("draft").Key(tcell.KeyEsc).See("not mine", "> draft")
}

func TestCompleteCommandsShowTheirEffect(t *testing.T) {
	h, _ := busy(t)
	h.SetRight("ana", model.Command)
	s := uitest.Open(t, h, "ana", 80, 24)
	s.See("runner isolated").Type(":resolve").See("clocks:", "Update stops",
		":resolve [@TIME] [TEXT | answer POINT REASON | override REASON]")
	s.Key(
		tcell.KeyCtrlU).Type(
		":close").See("refused:").Key(tcell.KeyCtrlU).Type(":accept").See("refused: nobody has offered you a role")
	s.Key(
		tcell.KeyCtrlU).Type(
		":reopen x").See("refused:").Key(tcell.KeyCtrlU).Type(":re").See(":renounce").Gone("refused")
	s.Key(tcell.KeyTab).See("> :renounce")
	s.Key(tcell.KeyCtrlU, tcell.KeyUp).See("> :renounce")
}

func TestRefusalsShowHowToDismiss(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Line(":check 7").See("Ctrl-X discards it").Gone("> :check").Type("new").See("> new")
	s.Key(tcell.KeyCtrlO).See("set EDITOR (over SSH there is none)")
}

func TestClocksThatAreLeftOutAreCounted(t *testing.T) {
	h, short := busy(t)
	h.SetRight("ana", model.Command)
	mustType(t, h, short, "ana :snooze update 10m the provider calls back", "ana :update all quiet")
	h.Clock.Add(4 * time.Minute)
	mustType(t, h, short, "ana :snooze update 10m the provider calls back")
	wall := func(o *ui.Options) { o.Wall, o.Room = true, short }
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("z Update snoozed, due ", "+2 more, 1 legal").Key(tcell.KeyF2).See("1 on time", "snoozed until")
	uitest.Open(t, h, "eve", 80, 24, wall).See("> Executives", "> Legal due in", "> GDPR due in", "z Update snoozed")
	uitest.Open(t, h, "eve", 60, 15, wall).See("> GDPR due in", "z Update snoozed")
	uitest.Open(t, h, "eve", 120, 40, wall).See("z Update", "snoozed").Gone("more clock")
	mustType(t, h, short, "ana :update all quiet", "ana :update all quiet")
	h.Clock.Add(20 * time.Minute)
	mustType(t, h, short, "ana :update all quiet")
	s.See("1 late, 0 missed")
}

func TestPagesShowMoreMarker(t *testing.T) {
	h, short := busy(t)
	reason := "the provider does not let us, and whoever could change that is on a plane until tomorrow noon; we " +
		"asked twice"
	mustType(t, h, short, "cy :block 3 "+reason)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Key(tcell.KeyF1).See("PgUp, PgDn more").Key(tcell.KeyF4).See("Roles and people",
		"PgUp, PgDn more").Key(tcell.KeyF3).See("PgUp, PgDn more")
	uitest.Open(t, h, "bo", 80, 40).See("runner isolated").Key(tcell.KeyF4).See("Roles and people").Gone("more")
	s.Until("the whole reason", func(f uitest.Frame) bool {
		return strings.Contains(strings.Join(strings.Fields(strings.Map(func(r rune) rune {
			if r == '│' {
				return ' '
			}
			return r
		}, f.Text())), " "), reason)
	})
}

// TestPeopleAreDescribed: the page of people shows a holder's name, job and system, and a
// checklist that waits for the kind of incident shows a hint.
func TestPeopleAreDescribed(t *testing.T) {
	h := uitest.NewHub()
	plan := uitest.Plan()
	plan.Items[1].Kinds = []string{"credential_leak"}
	short, err := h.As("ana").Declare(t.Context(),
		model.Declaration{Title: "who is who", Severity: "SEV-1", Plan: plan})
	if err != nil {
		t.Fatalf("declare a room: %v", err)
	}
	if err := h.SubmitLine("ana", short, ":role scribe @bo for payments Bo B., SRE lead"); err != nil {
		t.Fatalf("submit line: %v", err)
	}
	s := uitest.Open(t, h, "ana", 100, 40)
	s.See("who is who").Key(tcell.KeyF4).See("bo (Bo B., SRE lead) for payments").Key(tcell.KeyEsc)
	s.Key(tcell.KeyF3).See("no kind of incident is set")
}
