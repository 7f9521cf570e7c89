package ui_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// crowdedPlan returns a plan with 12 roles, 40 items and 8 clocks.
func crowdedPlan() *model.Plan {
	p := uitest.Plan()
	for i := range 7 {
		p.Roles = append(p.Roles, model.RoleDef{ID: fmt.Sprintf("role%d", i), Label: fmt.Sprintf("Liaison%d", i),
			Mandatory: i < 2})
	}
	for i := len(p.Items); i < 40; i++ {
		p.Items = append(p.Items, model.ItemDef{ID: fmt.Sprintf("more%d", i), Phase: "containment",
			Text: fmt.Sprintf("Look at host number %d", i), Urgent: i == 20})
	}
	p.Clocks = append(p.Clocks, model.ClockDef{ID: "board", Label: "Board", Start: model.StartDeclared,
		After: model.Duration(4 * time.Hour), Audience: "executives"})
	return p
}

// crowded returns a room with too much of everything.
func crowded(tb testing.TB) (*uitest.Hub, string) {
	tb.Helper()
	h := uitest.NewHub()
	short, err := h.As("ana").Declare(tb.Context(), model.Declaration{Title: "Deploy key in a public CI log",
		Kind: "credential_leak", Severity: "SEV-1", Criterion: "master-key",
		Detected: h.Clock.Now().Add(-5 * time.Minute), Plan: crowdedPlan()})
	if err != nil {
		tb.Fatalf("declare a room: %v", err)
	}
	mustType(tb, h, short, "ana :role commander @ana", "bo :role scribe @bo", "cy here", "di here",
		"ana :role sre @di", "ana :check 1", "ana :phase containment", "ana :exposure suspected gdpr",
		"cy :start 3", "di :start 5", "di :block 6 the WAF team is not reachable", "ana :update responders key revoked",
		"bo old news of the morning")
	mustType(tb, h, short, "ana :ask @di 1m is runner-3 cut off?")
	for i := range 8 {
		mustType(tb, h, short, fmt.Sprintf("ana :ask @cy 30m question number %d", i))
	}
	h.Clock.Add(28 * time.Minute)
	mustType(tb, h, short, "bo 214 GetObject calls with ..7Q", "cy old key answers 403")
	return h, short
}

// TestTheWallAnswersSevenQuestions: the wall display has each answer at every size, even
// if not everything fits. What does not fit is counted.
func TestTheWallAnswersSevenQuestions(t *testing.T) {
	questions := []struct {
		what string
		has  []string
	}{
		{"what is happening", []string{"Deploy key in a", "CONTAINMENT"}},
		{"how bad", []string{"SEV-1", "T+00:3"}},
		{"who has which role", []string{"IC ana", "Scribe bo", "Security nobody", "Liaison0 nobody",
			"Liaison1 nobody"}},
		{"what is due next", []string{"! Update  OVERDUE", "! Executives", "! Legal", "Board", "GDPR"}},
		{"what is done, running, blocked", []string{"0 of 32 done", "DOING", "3 Revoke", "BLOCKED", "6 "}},
		{"what changed in the last five minutes", []string{"2 entries in the last 5 minutes",
			"214 GetObject calls", "old key answers 403"}},
		{"what is nobody doing", []string{"NOBODY", "Look at host number 20", "URGENT"}},
		{"what was asked and not answered", []string{"ASKED", "@di is runner-3 cut off?", "OVERDUE"}},
		{"what was said outside", []string{"LAST UPDATE", "ana: "}},
	}
	for _, size := range [][2]int{{80, 24}, {120, 40}, {200, 60}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			h, short := crowded(t)
			s := uitest.Open(t, h, "bo", size[0], size[1], func(o *ui.Options) { o.Wall, o.Room = true, short })
			s.See("LAST UPDATE")
			text := s.Text()
			for _, q := range questions {
				for _, want := range q.has {
					if !strings.Contains(text, want) {
						t.Errorf("%s: got a wall without %q:\n%s", q.what, want, text)
					}
				}
			}
			if size[0] == 80 && !strings.Contains(text, "more asks") {
				t.Errorf("got a wall that does not count the asks left out:\n%s", text)
			}
			golden(t, fmt.Sprintf("wall-crowded.%dx%d", size[0], size[1]), text)
		})
	}
}

// TestTheWallContradictsNothing: a done item of a phase that is over is under the name of its phase,
// beside the progress of the open one; and where not all recent entries fit, the number of those shown
// is beside their count.
func TestTheWallContradictsNothing(t *testing.T) {
	h, short := crowded(t)
	for i := range 4 {
		mustType(t, h, short, fmt.Sprintf("bo another line %d", i))
	}
	for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 40}} {
		s := uitest.Open(t, h, "bo", size[0], size[1], func(o *ui.Options) { o.Wall, o.Room = true, short })
		text := s.See("0 of 32 done", "DONE     1 Triage: Validate", "entries in the last 5 minutes").Text()
		n := strings.Count(text[strings.Index(text, "LAST UPDATE"):], "note ")
		want := "6 entries in the last 5 minutes"
		if n < 6 {
			want = strings.Replace(fmt.Sprintf("── the newest %d of %s", n, want), "newest 1 of", "newest of", 1)
		}
		if !strings.Contains(text, want) {
			t.Errorf("%v: got no %q:\n%s", size, want, text)
		}
	}
}

// TestTheWallNamesTheIncident: no size cuts a title that fits into two rows, and a longer one
// ends with an ellipsis. What is most important stays below it.
func TestTheWallNamesTheIncident(t *testing.T) {
	long := "Deploy key of the payment service in the log of a public build, used from an unknown network"
	for _, title := range []string{"Deploy key in a public CI log", long, long + ", and then " + long} {
		h := uitest.NewHub()
		short := mustDeclare(t, h, title)
		mustType(t, h, short, "ana :role ic @ana", "ana rotating now")
		for _, size := range [][2]int{{60, 15}, {80, 24}, {120, 40}, {200, 60}} {
			s := uitest.Open(t, h, "bo", size[0], size[1], func(o *ui.Options) { o.Wall, o.Room = true, short })
			text := s.See("rotating now", "SEV-1", "IC ana", "nobody", "> Update", "q quit").Text()
			got := strings.Join(strings.Fields(text), " ")
			if size[0]*2 > len(title)+8 && !strings.Contains(got, title) {
				t.Errorf("%v: got no title, want %q in it:\n%s", size, title, text)
			} else if size[0]*2 <= len(title) && !strings.Contains(text, "…\n") {
				t.Errorf("%v: got a title without an ellipsis:\n%s", size, text)
			}
		}
	}
}

// TestTheWallOfAllRooms: without a room the wall display shows the only open one, or all
// open ones as cards, the worst first, each with its commander and what is due.
func TestTheWallOfAllRooms(t *testing.T) {
	wall := func(o *ui.Options) { o.Wall = true }
	h, short := busy(t)
	uitest.Open(t, h, "eve", 80, 24, wall).See("LAST UPDATE", "Deploy key in a")
	another(t, h, short)
	for _, size := range fourSizes {
		s := uitest.Open(t, h, "eve", size[0], size[1], wall)
		s.See("Open incidents", "inc-1", "commander ana", "! Update", "OVERDUE", "inc-2", "NO COMMANDER", "DRILL",
			"q quit")
		golden(t, fmt.Sprintf("wall-cards.%dx%d", size[0], size[1]), s.Text())
		s.Type("x:note hello").See("Open incidents")
	}
	s := uitest.Open(t, uitest.NewHub(), "eve", 80, 24, wall)
	s.See("No room is open.", "q quit")
}

// TestAlertsThatWaitAreOnTheWall: the wall of all rooms names the alerts that wait in the
// lobby, at every size, and does not leave for the only open room while some wait. Whoever is
// led into the only open room reads that they wait.
func TestAlertsThatWaitAreOnTheWall(t *testing.T) {
	wall := func(o *ui.Options) { o.Wall = true }
	h, short := busy(t)
	h.OpenLobby(claim("aws-access-token", "AWS key", "high", "secret", 3))
	h.Clock.Add(16 * time.Minute)
	for _, size := range fourSizes {
		uitest.Open(t, h, "eve", size[0], size[1], wall).See("Open incidents", "Lobby: 1 alert to triage", "OVERDUE",
			"inc-1", "commander ana")
	}
	uitest.Open(t, h, "eve", 80, 24).See("Deploy key in a", "Lobby: 1 alert to triage", "F5, then F9")
	another(t, h, short)
	uitest.Open(t, h, "eve", 80, 24, wall).See("Lobby: 1 alert to triage", "inc-1", "DRILL")
	quiet := uitest.NewHub()
	quiet.OpenLobby()
	uitest.Open(t, quiet, "eve", 80, 24, wall).See("No room is open.").Gone("Lobby")
}

// TestWallLeavesTheOnlyOpenRoom: the wall of all rooms, which shows the only open room, returns
// when an alert arrives in the lobby, and shows the room again when the alert is settled. It
// also returns when another room is opened, or this one is closed.
func TestWallLeavesTheOnlyOpenRoom(t *testing.T) {
	h, short := busy(t)
	submit := func(who, room, line string) {
		t.Helper()
		if err := h.SubmitLine(who, room, line); err != nil {
			t.Fatalf("%s in %s: got %v, want no error", line, room, err)
		}
	}
	s := uitest.Open(t, h, "eve", 80, 24, func(o *ui.Options) { o.Wall = true })
	named := uitest.Open(t, h, "eve", 80, 24, func(o *ui.Options) { o.Wall, o.Room = true, short })
	s.See("LAST UPDATE", "Deploy key in a")
	h.OpenLobby(claim("aws-access-token", "AWS key", "high", "secret", 3))
	s.See("Open incidents", "Lobby: 1 alert to triage", "inc-1")
	named.See("LAST UPDATE").Gone("Open incidents")
	submit("ana", model.LobbyShort, ":judge 1 fp a test")
	s.See("LAST UPDATE", "Deploy key in a")
	another(t, h, short)
	s.See("Open incidents", "inc-1", "DRILL")
	submit("cy", "inc-3", ":close override over")
	s.See("LAST UPDATE", "Deploy key in a")
	submit("ana", short, ":close override over")
	s.See("No room is open.")
}

// inWords is a length of time with units that are not those of [present.Brief].
var inWords = regexp.MustCompile(`\b[0-9]+ (s|min|h)\b`)

// TestDurationsHaveOneForm: on the wall display and in a room a length of time is written in
// figures ("04:12") or, without its seconds, with one form of units ("4m").
func TestDurationsHaveOneForm(t *testing.T) {
	for _, pattern := range []string{"wall*", "*-wall*", "room*", "overdue*", "monitoring*", "asks*",
		"lobby*", "alerts*"} {
		files, err := filepath.Glob(filepath.Join("testdata", pattern+".txt"))
		if err != nil || len(files) == 0 {
			t.Fatalf("golden screens %s: got %v, %v, want some", pattern, files, err)
		}
		for _, f := range files {
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatalf("read %s: %v", f, err)
			}
			if got := inWords.FindAllString(string(b), -1); len(got) > 0 {
				t.Errorf("%s: got lengths of time %q, want the form of model.Span or present.Brief", f, got)
			}
		}
	}
}
