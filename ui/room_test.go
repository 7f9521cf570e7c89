package ui_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/roomlist"
	"warroom/ui/uitest"
)

func mustFill(tb testing.TB, h *uitest.Hub, short string, n int) {
	tb.Helper()
	for i := range n {
		if err := h.SubmitLine("cy", short, fmt.Sprintf("line %d of many", i)); err != nil {
			tb.Fatalf("submit line: %v", err)
		}
	}
}

func TestWhatIsReadStaysWhereItIs(t *testing.T) {
	h, short := busy(t)
	mustFill(t, h, short, 100)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("line 99 of many").Key(tcell.KeyPgUp, tcell.KeyPgUp).See("scrolled back")
	before := s.Frame().Rows[5:18]
	mustType(t, h, short, "cy a new one", "cy and another")
	s.See("2 new below")
	after := s.Frame().Rows[5:18]
	if strings.Join(before, "\n") != strings.Join(after, "\n") {
		t.Errorf("it moved from\n%s\nto\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
	s.Key(tcell.KeyPgDn, tcell.KeyPgDn, tcell.KeyPgDn).Gone("new below").See("and another")
	s.Mod(tcell.KeyHome, 0, tcell.ModCtrl).See("declared").Mod(tcell.KeyEnd, 0, tcell.ModCtrl).See("and another")
}

func TestFilter(t *testing.T) {
	h, short := busy(t)
	mustFill(t, h, short, 50)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("line 49 of many").Type("/who:ana kind:decision").See("rotate now", "1 line").Gone("many")
	s.Key(tcell.KeyCtrlU).Type("LINE 4").See("14 lines", "line 49 of many") // 4, 14, 24, ... and 40 to 49
	mustType(t, h, short, "cy line 4 again", "cy not this")
	s.See("line 4 again").Gone("not this")
	s.Key(tcell.KeyCtrlU).Type("after:nonsense").See("is not a time").Key(tcell.KeyEsc, tcell.KeyEsc).See("not this",
		"scribe bo >")
	s.Key(tcell.KeyF6).See("no entries match this filter").Key(tcell.KeyF6).See("rotate now").Key(tcell.KeyF6).See(
		"not this")
	s.Key(tcell.KeyF6).See("no entries match this filter")
	mustType(t, h, short, "ana :pin 10")
	s.See("*10 14:02", "rotate now").Gone("no line").Key(tcell.KeyF6, tcell.KeyF6).See("not this")
	s.Type(" /etc/passwd").See(">  /etc/passwd")
}

func TestLongRoomOpensFiltersAndScrolls(t *testing.T) {
	h, short := busy(t)
	mustFill(t, h, short, 30000)
	s := uitest.Open(t, h, "bo", 120, 40)
	s.See(
		"line 29999 of many").Type(
		"/\"line 17 of\"").See("1 line").Gone("looking").See("line 17 of many").Key(tcell.KeyEsc)
	s.See("scribe bo >").Key(tcell.KeyTab).Type("g").See("declared").Type("G").See("line 29999 of many")
}

func TestLeaving(t *testing.T) {
	for name, leave := range map[string]func(*uitest.Term){
		"Ctrl-C": func(s *uitest.Term) { s.Key(tcell.KeyCtrlC) },
		":quit":  func(s *uitest.Term) { s.Line(":quit") },
		"list":   func(s *uitest.Term) { s.Key(tcell.KeyF5).See("search:").Key(tcell.KeyCtrlC) },
		"wall":   func(s *uitest.Term) { s.Close() },
		"hang up": func(s *uitest.Term) {
			s.Screen.Press(tcell.NewEventError(fmt.Errorf("gone")))
		},
		"in a paste": func(s *uitest.Term) {
			s.Screen.Press(tcell.NewEventPaste(true))
			s.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			h, _ := busy(t)
			before := runtime.NumGoroutine()
			s := uitest.Open(t, h, "bo", 80, 24, stateIn(t.TempDir()))
			s.See("runner isolated").Line("a last word").See("a last word")
			leave(s)
			s.Wait()
			tick := time.NewTicker(time.Millisecond)
			defer tick.Stop()
			for i := 0; runtime.NumGoroutine() > before; i++ {
				if i > 2000 {
					buf := make([]byte, 1<<16)
					t.Fatalf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before,
						buf[:runtime.Stack(buf, true)])
				}
				<-tick.C // goroutines that are done still have to return
			}
		})
	}
}

func TestEveryOrderOfEnterAndLeaveKeepsTheLine(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Line("said and gone").Key(tcell.KeyCtrlC)
	s.Wait()
	reopened := uitest.Open(t, h, "ana", 80, 24)
	reopened.See("said and gone")
	_ = short
}

func TestSizes(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24)
	s.See("runner isolated").Type("kept").See("> kept")
	for _, w := range []int{1, 5, 20, 59, 60, 61, 79, 96, 110, 149, 150, 300} {
		for _, hh := range []int{1, 3, 14, 15, 16, 24, 40, 80} {
			f := s.Resize(w, hh).Frame()
			if len(f.Rows) != hh {
				t.Errorf("%dx%d: %d rows", w, hh, len(f.Rows))
			}
		}
	}
	for _, key := range []tcell.Key{tcell.KeyF1, tcell.KeyF2, tcell.KeyF3, tcell.KeyF4} {
		s.Resize(60, 15).Key(key).Frame()
		s.Resize(200, 60).Frame()
	}
	s.Resize(80, 24).Key(tcell.KeyEsc).See("> kept")
}

func mustNasty(tb testing.TB) []string {
	tb.Helper()
	b, err := os.ReadFile("../model/testdata/nasty/nasty-dev.json")
	if err != nil {
		tb.Fatalf("read a file: %v", err)
	}
	var all struct{ Items []struct{ B64 []byte } }
	if err := json.Unmarshal(b, &all); err != nil {
		tb.Fatalf("decode JSON: %v", err)
	}
	var out []string
	for _, n := range all.Items {
		out = append(out, string(n.B64))
	}
	return out
}

// TestNasty has a malicious program write everything it can into titles, names, plans and
// entries, and searches the output for characters that a terminal would interpret.
func TestNasty(t *testing.T) {
	h, short := busy(t)
	s := uitest.Open(t, h, "bo", 120, 40)
	wall := uitest.Open(t, h, "ana", 120, 40, func(o *ui.Options) { o.Wall, o.Room = true, "inc-1" })
	s.See("runner isolated")
	check := func(what string, f uitest.Frame) {
		for _, r := range f.Runes {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("%s: a cell holds %+q", what, r)
			}
		}
	}
	for i, n := range mustNasty(t) {
		for _, b := range []model.Body{model.NewEntry(model.KindEntryNoted, n), &model.IncidentRenamed{Title: n},
			&model.EntryRetracted{Seq: 14, Reason: n},
			&model.RoleAssumed{Role: "sre", Person: "cy", Name: n, Job: n},
			&model.ItemAdded{Phase: "containment", Text: n}, &model.AskMade{To: "bo", For: model.Duration(time.Hour),
				Text: n}} {
			if err := h.Force([]string{"ana", n}[i%2], short, model.Act{Body: b}); err != nil {
				t.Fatalf("force: %v", err)
			}
		}
		h.Seen(short, model.Presence{Handle: n, Via: n})
		if i%3 == 2 { // newer lines are still on the screen
			check(n, s.Frame())
		}
		if i%30 == 0 {
			s.Key(tcell.KeyF1 + tcell.Key(1+i/30%3))
			check(n, s.Frame())
			s.Key(tcell.KeyEsc)
			check(n, wall.Frame())
		}
	}
	s.Key(tcell.KeyTab, tcell.KeyEnter)
	check("detail", s.Frame())
}

func TestRooms(t *testing.T) {
	h, short := busy(t)
	another(t, h, short)
	s := uitest.Open(t, h, "bo", 100, 30)
	s.See("inc-2", "inc-1").Type("phish").Gone("Deploy key").See("Phishing wave")
	s.Key(tcell.KeyEsc).See("Deploy key").Type("JOB 8841").See("1 entry:", "key ..7Q seen").Gone("Phishing")
	s.Key(tcell.KeyEnter).See("/JOB 8841", "1 line")
	s.Key(tcell.KeyF5).See("search:").Type("inc-2").Gone("inc-1").Key(tcell.KeyEnter).See("DRILL", "TRIAGE")
	s.Line(":rooms").See("search:")
}

func TestNoSuchRoom(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Room = "inc-9" })
	s.See("there is no room inc-9", "Deploy key")
}

func TestDeclare(t *testing.T) {
	h := uitest.NewHub()
	s := uitest.Open(t, h, "ana", 80, 30)
	s.See("Declare an incident", "not chosen", "3  SEV-3").Mod(tcell.KeyEnter, 0, tcell.ModAlt).See("the incident " +
		"needs a title")
	s.Type("Leaked key").Mod(tcell.KeyEnter, 0,
		tcell.ModAlt).See("the incident needs a severity: SEV-1 (P0), SEV-2 (P1) or SEV-3 (P2)")
	s.Type("1").See("SEV-1 Critical", "Starts: Update every 15m, Executives within 30m, Legal within")
	s.Key(tcell.KeyDown, tcell.KeyDown, tcell.KeyDown, tcell.KeyDown).Type("tomorrow").Mod(tcell.KeyEnter, 0,
		tcell.ModAlt).See("! ").Key(tcell.KeyCtrlU).Type("13:55")
	s.See("2026-11-20 13:55:00 UTC")
	s.Key(tcell.KeyUp, tcell.KeyUp, tcell.KeyRight).See("Leaked credential").Key(tcell.KeyUp,
		tcell.KeyRight).See("> data breach")
	s.Key(tcell.KeyDown, tcell.KeyDown, tcell.KeyDown, tcell.KeyDown, tcell.KeyDown, tcell.KeyDown, tcell.KeyEnter)
	s.See("inc-1", "Leaked key", "TRIAGE", "Validate")
	if rooms, err := h.As("ana").List(context.Background()); err != nil || len(rooms) != 1 {
		t.Errorf("got %v, %v", rooms, err)
	}
}

// TestSecretInATitle: a secret in a title is replaced before anything is stored, with a
// message.
func TestSecretInATitle(t *testing.T) {
	h := uitest.NewHub()
	s := uitest.Open(t, h, "ana", 80, 30)
	s.See("Declare an incident", "severity").Type("ghp_FAKEnotREAL0FAKEnotREAL1FAKEnotREAL2 leaked").Mod(
		tcell.KeyEnter, 0, tcell.ModAlt)
	s.See("[secret github-token] leaked", "what looks like a secret in the title").Key(tcell.KeyUp, tcell.KeyUp,
		tcell.KeyUp).Type("1").Mod(tcell.KeyEnter, 0, tcell.ModAlt).See("inc-1", "TRIAGE")
	if rooms, err := h.As("ana").List(context.Background()); err != nil || len(rooms) != 1 ||
		rooms[0].Room.Title != "[secret github-token] leaked" {
		t.Errorf("got %v, %v", rooms, err)
	}
}

func TestWatchersSeeThatTheyWatch(t *testing.T) {
	h, _ := busy(t)
	h.SetRight("eve", model.Watch)
	s := uitest.Open(t, h, "eve", 80, 24)
	s.See("watching eve >").Line("hello").See("may only watch here", "refused  hello")
}

type broken struct{ ui.Rooms }

func (broken) Recent(context.Context, int) ([]model.RoomInfo, int, error) { panic("a bug") }

func TestAJobThatPanicsEndsNothing(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Rooms = broken{o.Rooms} })
	s.See("internal error: a bug").Key(tcell.KeyCtrlC)
	s.Wait()
}

func TestUTC(t *testing.T) {
	h, _ := busy(t)
	zone := time.FixedZone("TRT", 3*60*60)
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Zone = zone })
	s.See("17:03  cy").Key(tcell.KeyCtrlT).See("14:03  cy", "shown in UTC").Key(tcell.KeyCtrlT).See("17:03  cy")
}

// TestTheFormKeepsWhatWasTyped: the form keeps its content when it is closed. Another
// playbook keeps the selections that it has too. A long title scrolls, with a visible
// cursor.
func TestTheFormKeepsWhatWasTyped(t *testing.T) {
	h, _ := busy(t)
	s := uitest.Open(t, h, "ana", 80, 30, func(o *ui.Options) {
		plans := []roomlist.PlanChoice{{Name: "other", Title: model.Lit("Another")},
			{Name: "test", Title: model.Lit("Security")}}
		o.Plans = func() ([]roomlist.PlanChoice, error) { return plans, nil }
	})
	title := strings.Repeat("abcdefghij", 8) + "the end"
	s.See("runner isolated").Line(":declare").See("Declare an incident", "test: Security").Type(title).See("the end")
	if f := s.Frame(); f.X < 0 || !strings.Contains(f.Rows[f.Y], "the end") {
		t.Errorf("got the cursor at %d, %d, want it behind the end of the title:\n%s", f.X, f.Y, f.Text())
	}
	s.Key(tcell.KeyUp, tcell.KeyRight, tcell.KeyUp, tcell.KeyUp).Type("1").See("SEV-1 Critical")
	s.Key(tcell.KeyUp, tcell.KeyRight).See("other: Another", "SEV-1 Critical", "Leaked credential")
	s.Key(tcell.KeyEsc).Gone("Declare an incident").Line(":declare").See("other: Another", "SEV-1 Critical",
		"Leaked credential", "abcdefghij")
}

// TestFormBeginsWithTheConfiguredPlaybook: the form shows the playbook of the configuration,
// also if that is not in the list.
func TestFormBeginsWithTheConfiguredPlaybook(t *testing.T) {
	for name, want := range map[string]string{"test": "test: Security", "plans/mine.toml": "from the configuration"} {
		h, _ := busy(t)
		s := uitest.Open(t, h, "ana", 80, 30, func(o *ui.Options) {
			o.Playbook = name
			o.Plans = func() ([]roomlist.PlanChoice, error) {
				return []roomlist.PlanChoice{{Name: "other", Title: model.Lit("Another")},
					{Name: "test", Title: model.Lit("Security")}}, nil
			}
		})
		s.See("runner isolated").Line(":declare").See("Declare an incident", want)
	}
}
