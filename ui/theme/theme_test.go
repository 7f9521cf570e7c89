package theme_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/theme"
)

// TestNoMeaningIsInAColorOnly: the states of clocks and channels differ in their words,
// with colors and without, and terminals with the same theme share it.
func TestNoMeaningIsInAColourOnly(t *testing.T) {
	for _, colors := range []int{0, 8, 256} {
		th, words := theme.Of(theme.Dark, colors, false), map[string]string{}
		for _, s := range []model.ClockState{model.ClockRunning, model.ClockWarning, model.ClockOverdue,
			model.ClockSnoozed, model.ClockMet, model.ClockMissed, model.ClockWaived, model.ClockStopped,
			model.ClockNotStarted} {
			look := th.Clock(&model.ClockView{State: s})
			if prev := words[look.Word.String()]; prev != "" {
				t.Errorf("%d colours: got the word %q for %s and %s, want one each", colors, look.Word, prev, s)
			}
			words[look.Word.String()] = string(s)
		}
	}
	if theme.Of(theme.Dark, 8, true) != theme.Of(theme.Dark, 16, true) {
		t.Error("8 and 16 colours: got two themes, want one")
	}
	if theme.Of("", 256, false) != theme.Of(theme.Terminal, 1<<24, false) {
		t.Error("no name: got another theme, want that of the terminal")
	}
	if theme.Of(theme.Mono, 256, false) != theme.Of(theme.Light, 0, false) {
		t.Error("mono, and no colours: got two themes, want one")
	}
}

// palette is the palette of a terminal.
type palette struct {
	Fg     string   `json:"fg"`
	Bg     string   `json:"bg"`
	Bright bool     `json:"bold_is_bright"`
	Colors []string `json:"colors"`
}

func palettes(t *testing.T) map[string]palette {
	t.Helper()
	b, err := os.ReadFile("testdata/palettes.json")
	if err != nil {
		t.Fatalf("read the palettes: %v", err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(b, &raw); err != nil {
		t.Fatalf("decode the palettes: %v", err)
	}
	out := map[string]palette{}
	for name, r := range raw {
		var p palette
		if name == "comment" {
			continue
		}
		if err := json.Unmarshal(r, &p); err != nil {
			t.Fatalf("decode %s: %v", name, err)
		}
		out[name] = p
	}
	return out
}

// rgb returns a color as a terminal shows it: the first 16 come from its palette, the
// others are the same everywhere.
func (p palette) rgb(t *testing.T, c tcell.Color, bold bool) tcell.Color {
	t.Helper()
	n := int(c - tcell.ColorValid)
	if n < 0 || n > 255 {
		t.Fatalf("got the colour %v, want one of a palette", c)
	}
	if n >= 16 {
		return c
	}
	if bold && p.Bright && n < 8 {
		n += 8
	}
	return hex(t, p.Colors[n])
}

// hex parses a color of the file.
func hex(t *testing.T, text string) tcell.Color {
	t.Helper()
	v, err := strconv.ParseUint(text, 16, 32)
	if err != nil {
		t.Fatalf("colour %q: %v", text, err)
	}
	return tcell.NewHexColor(int32(v))
}

// TestContrast: every text has a contrast of at least 4.5:1 in every palette. No badge
// depends on reverse or bold. Mono has no colors.
func TestContrast(t *testing.T) {
	for _, name := range theme.Names()[2:] { // Auto and Terminal use the terminal's own colors
		for _, depth := range []int{8, 16, 256} {
			th := theme.Of(name, depth, false)
			if name == theme.Mono {
				continue
			}
			badges := map[string]tcell.Style{"Alarm": th.Alarm, "WarnBadge": th.WarnBadge, "GoodBadge": th.GoodBadge,
				"PlainBadge": th.PlainBadge, "Sel": th.Sel, "Level1": th.Level(1), "Level2": th.Level(2),
				"Level3": th.Level(3)}
			styles := map[string]tcell.Style{"Plain": th.Plain, "Dim": th.Dim, "Bold": th.Bold, "Accent": th.Accent,
				"Good": th.Good, "Warn": th.Warn, "Bad": th.Bad, "Mark": th.Mark, "Strikethrough": th.Strikethrough}
			for n, s := range badges {
				styles[n] = s
				if _, _, a := s.Decompose(); a&(tcell.AttrReverse|tcell.AttrBold) != 0 {
					t.Errorf("%s, %d colours, %s: got attributes %b, want neither reverse nor bold", name, depth, n, a)
				}
			}
			for n, s := range styles {
				fg, bg, attrs := s.Decompose()
				if attrs&tcell.AttrDim != 0 {
					t.Errorf("%s, %d colours, %s: got a text that is dimmed, want a colour", name, depth, n)
				}
				for term, p := range palettes(t) {
					got := theme.Contrast(p.rgb(t, fg, attrs&tcell.AttrBold != 0), p.rgb(t, bg, false))
					if got < 4.5 {
						t.Errorf("%s, %d colours, %s in %s: got %s, want 4.5:1", name, depth, n, term,
							fmt.Sprintf("%.2f:1", got))
					}
				}
			}
		}
	}
}

// TestAutoContrast: what is chosen by the answer of a terminal, and what a terminal gets that
// answers nothing, reads on its own background.
func TestAutoContrast(t *testing.T) {
	silent := map[string]bool{"putty": true, "linux-console": true}
	for term, p := range palettes(t) {
		fg, bg := hex(t, p.Fg), hex(t, p.Bg)
		name := theme.Choose(fg, bg, "")
		if silent[term] {
			name = theme.Choose(tcell.ColorDefault, tcell.ColorDefault, "")
		}
		for _, depth := range []int{8, 256} {
			th := theme.Of(name, depth, false)
			for n, s := range map[string]tcell.Style{"Plain": th.Plain, "Dim": th.Dim, "Bold": th.Bold,
				"Accent": th.Accent,
				"Good":   th.Good, "Warn": th.Warn, "Bad": th.Bad, "Mark": th.Mark, "Alarm": th.Alarm,
				"WarnBadge": th.WarnBadge,
				"GoodBadge": th.GoodBadge, "PlainBadge": th.PlainBadge, "Sel": th.Sel,
				"Strikethrough": th.Strikethrough} {
				f, b, attrs := s.Decompose()
				front, back := fg, bg
				if f.Valid() {
					front = p.rgb(t, f, attrs&tcell.AttrBold != 0)
				}
				if b.Valid() {
					back = p.rgb(t, b, false)
				}
				if attrs&tcell.AttrReverse != 0 {
					front, back = back, front
					if attrs&tcell.AttrBold != 0 && p.Bright { // black becomes grey
						front = hex(t, p.Colors[8])
					}
				}
				if got := theme.Contrast(front, back); got < 4.5 {
					t.Errorf("%s (%s), %d colours, %s: got %.2f:1, want 4.5:1", term, name, depth, n, got)
				}
			}
		}
	}
}

// TestChoose: a dark terminal gets dark colours, a light one light ones, by its answer or by
// COLORFGBG; who answers nothing keeps the terminal's colours.
func TestChoose(t *testing.T) {
	none, rgb := tcell.ColorDefault, tcell.NewHexColor
	for _, c := range []struct {
		fg, bg tcell.Color
		env    string
		want   string
	}{
		{rgb(0xffffff), rgb(0), "", "dark, own background"}, {rgb(0), rgb(0xffffff), "0;15", "light, own background"},
		{rgb(0xffffff), rgb(0x101010), "0;15", "dark, own background"}, {rgb(0x777777), rgb(0x333333), "", "dark"},
		{none, rgb(0x002b36), "", "dark"}, {none, rgb(0xfdf6e3), "", "light"}, {none, none, "15;0", "dark"},
		{none, none, "0;15", "light"}, {none, none, "0;default;15", "light"}, {none, none, "15;default;8", "dark"},
		{none, none, "", "terminal"}, {none, none, "15", "terminal"}, {none, none, "a;b", "terminal"},
		{none, none, "0;999", "terminal"},
	} {
		if got := theme.Choose(c.fg, c.bg, c.env); string(got) != c.want {
			t.Errorf("%v on %v, COLORFGBG %q: got %s, want %s", c.fg, c.bg, c.env, got, c.want)
		}
	}
}
