package ui_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// scene is a screen to compare.
type scene struct {
	name string
	w, h int
	with func(*ui.Options)
	play func(t *testing.T, h *uitest.Hub, short string) // runs before bo enters
	do   func(t *testing.T, h *uitest.Hub, s *uitest.Term)
}

func see(texts ...string) func(*testing.T, *uitest.Hub, *uitest.Term) {
	return func(t *testing.T, _ *uitest.Hub, s *uitest.Term) { t.Helper(); s.See(texts...) }
}

// TestScreens compares the scenes with the golden screens. Read them when they change.
func TestScreens(t *testing.T) {
	for _, sc := range scenes() {
		t.Run(sc.name, func(t *testing.T) {
			t.Parallel()
			h, short := busy(t)
			if sc.play != nil {
				sc.play(t, h, short)
			}
			with := func(o *ui.Options) {}
			if sc.with != nil {
				with = sc.with
			}
			s := uitest.Open(t, h, "bo", sc.w, sc.h, with)
			sc.do(t, h, s)
			golden(t, fmt.Sprintf("%s.%dx%d", sc.name, sc.w, sc.h), s.Text())
		})
	}
}

func scenes() []scene {
	out := []scene{
		{name: "room", w: 80, h: 24, do: see("runner isolated")},
		{name: "room", w: 120, h: 40, do: see("runner isolated")},
		{name: "room", w: 200, h: 60, do: see("runner isolated")},
		{name: "room", w: 60, h: 20, do: see("runner isolated")},
		{name: "room", w: 96, h: 30, do: see("runner isolated")},
		{name: "small", w: 58, h: 14, do: see("warroom needs")},
		{name: "ascii", w: 120, h: 40, with: func(o *ui.Options) { o.ASCII, o.Colors = true, 0 },
			do: see("runner isolated")},
		{name: "overdue", w: 120, h: 30, play: overdue, do: see("OVERDUE")},
		{name: "overdue", w: 80, h: 24, play: overdue, do: see("OVERDUE")},
		{name: "monitoring", w: 120, h: 30, with: func(o *ui.Options) { o.Room = "inc-1" }, play: monitoring,
			do: see("MONITORING")},
		{name: "closed", w: 120, h: 30, with: func(o *ui.Options) { o.Room = "inc-1" }, play: closed,
			do: see("CLOSED")},
		{name: "corrected", w: 100, h: 30, play: corrected, do: see("retracted")},
		{name: "wide", w: 80, h: 24, play: wide, do: see("漢字")},
		{name: "offline", w: 100, h: 24, do: offline},
		{name: "wall", w: 120, h: 40, with: func(o *ui.Options) { o.Wall, o.Room = true, "inc-1" }, play: overdue,
			do: see("OVERDUE")},
		{name: "wall", w: 80, h: 24, with: func(o *ui.Options) { o.Wall, o.Room = true, "inc-1" }, play: overdue,
			do: see("OVERDUE")},
		{name: "wall", w: 60, h: 15, with: func(o *ui.Options) { o.Wall, o.Room = true, "inc-1" }, play: overdue,
			do: see("OVERDUE")},
		{name: "wall", w: 200, h: 60, with: func(o *ui.Options) { o.Wall, o.Room = true, "inc-1" }, play: overdue,
			do: see("OVERDUE")},
		{name: "wall-closed", w: 80, h: 24, with: func(o *ui.Options) { o.Wall, o.Room = true, "inc-1" }, play: closed,
			do: see(" CLOSED ")},
		{name: "wall-resolved", w: 100, h: 30, with: func(o *ui.Options) { o.Wall, o.Room = true, "inc-1" },
			play: monitoring, do: see("RESOLVED")},
		{name: "wall-ascii", w: 200, h: 60, with: func(o *ui.Options) { o.Wall, o.Room, o.ASCII = true, "inc-1", true },
			play: overdue, do: see("OVERDUE")},
	}
	return append(append(append(append(out, pages()...), scopeScenes()...), askScenes()...), sizes()...)
}

func pages() []scene {
	press := func(k tcell.Key, text string) func(*testing.T, *uitest.Hub, *uitest.Term) {
		return func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			t.Helper()
			s.See("runner isolated").Key(k).See(text)
		}
	}
	return []scene{
		{name: "help", w: 80, h: 40, do: press(tcell.KeyF1, "Help")},
		{name: "clocks", w: 80, h: 40, do: press(tcell.KeyF2, "every 15m")},
		{name: "checklist", w: 100, h: 40, do: press(tcell.KeyF3, "Containment 0/5")},
		{name: "people", w: 80, h: 30, do: press(tcell.KeyF4, "Here")},
		{name: "rooms", w: 80, h: 24, play: another, do: see("inc-2")},
		{name: "declare", w: 80, h: 30, play: another, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("inc-2").Key(tcell.KeyCtrlN).See("severity").Type("Leaked key").Key(tcell.KeyTab).Type("-12m")
		}},
		{name: "detail", w: 80, h: 30, play: corrected, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("bo >").Key(tcell.KeyTab, tcell.KeyUp, tcell.KeyUp, tcell.KeyUp, tcell.KeyUp, tcell.KeyUp,
				tcell.KeyUp, tcell.KeyUp, tcell.KeyEnter).See("All versions")
		}},
		{name: "complete", w: 80, h: 24,
			do: func(t *testing.T, _ *uitest.Hub,
				s *uitest.Term) {
				s.See("runner isolated").Type(":ch").See("check")
			}},
		{name: "hint", w: 80, h: 24, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("runner isolated").Type("-12m !we knew").See("13:51:20 UTC")
		}},
		{name: "refused", w: 80, h: 24, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("runner isolated").Type(":check 7").See("refused: ")
		}},
		{name: "changes", w: 100, h: 24,
			play: func(t *testing.T, h *uitest.Hub, short string) { h.SetRight("bo", model.Command) },
			do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
				s.See("runner isolated").Type(":update all quiet").See("clocks:")
			}},
		{name: "filter", w: 80, h: 24, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("runner isolated").Type("/kind:note who:bo").See("2 lines")
		}},
		{name: "paste", w: 80, h: 24, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("runner isolated").Paste("first\nsecond\nthird\n").See("Pasted text")
		}},
		{name: "scrolled", w: 80, h: 18, do: func(t *testing.T, h *uitest.Hub, s *uitest.Term) {
			s.See("runner isolated").Key(tcell.KeyPgUp).See("scrolled back")
			mustType(t, h, "inc-1", "ana one", "ana two @bo")
			s.See("2 new below")
		}},
	}
}

// fourSizes returns the terminals at which every page and form is compared.
var fourSizes = [][2]int{{60, 15}, {80, 24}, {120, 40}, {200, 60}}

// sizes are the pages and the forms at four sizes.
func sizes() []scene {
	has := map[string]bool{}
	for _, p := range pages() {
		has[fmt.Sprintf("%s.%dx%d", p.name, p.w, p.h)] = true
	}
	var out []scene
	for _, size := range fourSizes {
		for _, p := range append(pages(), morePages()...) {
			p.w, p.h = size[0], size[1]
			if key := fmt.Sprintf("%s.%dx%d", p.name, p.w, p.h); !has[key] && p.name != "scrolled" {
				has[key] = true
				out = append(out, p)
			}
		}
	}
	return out
}

// morePages are the pages that have no scene of their own.
func morePages() []scene {
	press := func(k tcell.Key, text string) func(*testing.T, *uitest.Hub, *uitest.Term) {
		return func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			t.Helper()
			s.See("bo >").Key(k).See(text)
		}
	}
	return []scene{
		{name: "evidence-empty", do: press(tcell.KeyF7, "No evidence yet")},
		{name: "channels-empty", do: press(tcell.KeyF8, "All channels")},
		{name: "alerts-empty", do: press(tcell.KeyF9, "No alerts yet")},
		{name: "scope-page", do: press(tcell.KeyF10, "Assets")},
		{name: "redact", play: func(t *testing.T, h *uitest.Hub, short string) {
			mustType(t, h, short, "ana "+
				":right @bo command")
		},
			do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
				s.See("bo >").Line(":redact 6 a password").See("Redact entry 6?")
			}},
		{name: "verify-without", do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("bo >").Line(":verify").See("The record")
		}},
		{name: "chosen", play: another, do: func(t *testing.T, _ *uitest.Hub, s *uitest.Term) {
			s.See("inc-2").Key(tcell.KeyCtrlN).See("severity").Type("Leaked key").Key(tcell.KeyUp, tcell.KeyUp,
				tcell.KeyUp).Type("1").See("SEV-1 Critical")
		}},
	}
}

func overdue(t *testing.T, h *uitest.Hub, short string) {
	h.Clock.Add(29 * time.Minute)
	mustType(t, h, short, "ana @bo where is the update?", "cy :note is this on?")
}

func monitoring(t *testing.T, h *uitest.Hub, short string) {
	mustType(t, h, short, "ana :resolve the key is dead", "bo all quiet")
	h.Clock.Add(6*time.Hour + 17*time.Minute + 10*time.Second)
}

func closed(t *testing.T, h *uitest.Hub, short string) {
	mustType(t, h, short, "ana :resolve the key is dead", "ana :close override a drill of the plan")
}

func corrected(t *testing.T, h *uitest.Hub, short string) {
	mustType(t, h, short, "bo the key was public for 19 minutes", "bo :amend 15 the key was public for 91 minutes",
		"ana wrong room", "ana :retract 17 it belongs to inc-2",
		"cy ping", "cy ping", "cy ping", "ana :pin 15", "cy @bo please write the update")
	if err := h.Force("eve", short, model.Act{Body: model.NewEntry(model.KindEntryNoted, "let me in")}); err != nil {
		t.Fatalf("force: %v", err)
	}
}

func wide(t *testing.T, h *uitest.Hub, short string) {
	mustType(t, h, short, "ana 漢字とカナの長い行は端で折り返されますが文字の途中では切れません。もう少し長くします", "ana e\u0301te\u0301 נבדק עכשיו तो ठीक है",
		"ana \x1b[31mred\x1b[0m \u202egnp.exe")
}

func offline(t *testing.T, h *uitest.Hub, s *uitest.Term) {
	s.See("runner isolated")
	h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()})
	s.See("OFFLINE").Line("written while nobody hears").Line(":check 5").Line("third")
	s.See("pending", "third")
	h.RefuseWaiting("bo", model.Lit("the key of bo was revoked; ask the Commander for a new one"))
	s.See("refused")
}

// another declares a second room, so that the list is shown.
func another(t *testing.T, h *uitest.Hub, _ string) {
	h.Clock.Add(time.Hour)
	if _, err := h.As("cy").Declare(context.Background(),
		model.Declaration{Title: "Phishing wave against finance", Severity: "SEV-3", Drill: true,
			Plan: uitest.Plan()}); err != nil {
		t.Fatalf("declare a room: %v", err)
	}
	h.Clock.Add(3 * time.Minute)
}
