package screen_test

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/screen"
)

var alphabet = []string{
	"a", "b", "Z", "7", " ", " ", "ä", "ß", "─", "│", "┌", "█", "…", "世", "界", "語", "あ", "한",
	// the last one shows as nothing
	"e\u0301", "n\u0303\u0302", "👍", "🇩🇪", "ｘ", "✓", "\u200b",
}

func randomStyle(r *rand.Rand) tcell.Style {
	color := func() tcell.Color {
		switch r.IntN(5) {
		case 0:
			return tcell.ColorDefault
		case 1:
			return tcell.NewRGBColor(r.Int32N(256), r.Int32N(256), r.Int32N(256))
		case 2:
			return tcell.ColorReset
		case 3:
			return tcell.PaletteColor(r.IntN(256))
		}
		return tcell.PaletteColor(r.IntN(16))
	}
	if r.IntN(3) == 0 {
		return tcell.StyleDefault
	}
	st := tcell.StyleDefault.Foreground(color()).Background(color())
	st = st.Bold(r.IntN(4) == 0).Dim(r.IntN(8) == 0).Italic(r.IntN(8) == 0).Reverse(r.IntN(6) == 0)
	st = st.Blink(r.IntN(9) == 0).StrikeThrough(r.IntN(9) == 0)
	if r.IntN(5) == 0 {
		st = st.Underline(tcell.UnderlineStyle(r.IntN(6)), color())
	}
	return st
}

// scribble makes one random change, the same on each screen.
func scribble(r *rand.Rand, w, h int, alphabet []string, screens ...tcell.Screen) {
	x, y, st := r.IntN(w+2)-1, r.IntN(h+2)-1, randomStyle(r)
	g := alphabet[r.IntN(len(alphabet))]
	kind, n := r.IntN(20), r.IntN(8)
	line := ""
	for range n {
		line += alphabet[r.IntN(len(alphabet))]
	}
	for _, s := range screens {
		switch kind {
		case 0:
			s.Clear()
		case 1:
			s.Fill('.', st)
		case 2:
			s.ShowCursor(x, y)
		case 3:
			s.HideCursor()
		case 4, 5, 6, 7:
			s.PutStrStyled(x, y, line, st)
		case 8:
			s.SetContent(x, y, 'q', nil, st.Foreground(tcell.ColorNone))
		case 9, 10, 11:
			s.Put(x, y, g, st)
		default:
			rs := []rune(g)
			s.SetContent(x, y, rs[0], rs[1:], st)
		}
	}
}

// TestSameAsTcell draws random changes on both screens and compares what a terminal shows
// after each Show.
func TestSameAsTcell(t *testing.T) {
	for _, c := range []struct {
		term   string
		colors int
		ascii  bool
	}{
		{"xterm-256color", 256, false}, {"xterm-256color", screen.TrueColor, false}, {"xterm-256color", 16, false},
		{"xterm-256color", 0, false}, {"xterm", 8, false}, {"linux", 8, false}, {"screen", 8, false},
		{"tmux-256color", 256, false}, {"vt100", 8, false}, {"cygwin", 8, false}, {"foot", 256, false},
		{"xterm-256color", 256, true}, {"linux", 8, true},
	} {
		t.Run(fmt.Sprint(c.term, c.colors, c.ascii), func(t *testing.T) {
			cleanEnv(t, map[bool]string{true: "C", false: "C.UTF-8"}[c.ascii])
			for seed := range uint64(3) {
				compare(t, seed, c.term, c.colors, c.ascii)
			}
		})
	}
}

// pair is a stock screen and one of this package, each with an interpreter.
type pair struct {
	want, got   *vt
	p, q        *pipe
	theirs      tcell.Screen
	ours        *screen.Screen
	letters     []string
	dropULColor bool // in mono, this package drops the color of underlines too
}

func mustPair(t *testing.T, w, h int, term string, colors int, ascii bool) *pair {
	t.Helper()
	c := &pair{want: newVT(w, h), got: newVT(w, h), p: newPipe(w, h), q: newPipe(w, h), letters: alphabet}
	c.p.sink, c.q.sink = c.want, c.got
	c.theirs = mustTcell(t, c.p, term, colors)
	if c.dropULColor = colors == 0; c.dropULColor {
		t.Setenv("NO_COLOR", "1")
	}
	c.ours = mustScreen(t, c.q, screen.Options{Term: term, Colors: colors, ASCII: ascii})
	if ascii { // stock shows a cell that begins with a combining mark as '?'
		c.letters = alphabet[:len(alphabet)-1]
		for _, r := range "…✓" { // only this package has replacements for these
			c.ours.UnregisterRuneFallback(r)
		}
	}
	if term == "cygwin" { // stock's workaround for the last cell breaks wide ones
		c.letters = alphabet[:13]
	}
	c.clear()
	return c
}

func (c *pair) clear() {
	c.theirs.Clear()
	c.ours.Clear()
}

func (c *pair) resize(w, h int) {
	c.want.resize(w, h)
	c.got.resize(w, h)
	c.p.resize(w, h)
	c.q.resize(w, h)
	c.theirs.Show() // applies the new size
	c.clear()
}

func (c *pair) show(t *testing.T) {
	t.Helper()
	c.theirs.Show()
	c.ours.Show()
	until(t, "the frame is out", c.ours.Idle)
	for i := range c.want.cells {
		if c.dropULColor {
			c.want.cells[i].style.ul = ""
		}
	}
	if d := c.want.differ(c.got); d != "" {
		t.Fatalf("%s\nstock:\n%sours:\n%s", d, c.want, c.got)
	}
	if len(c.got.unknown) > 0 {
		t.Fatalf("ours sent %q", c.got.unknown)
	}
}

func compare(t *testing.T, seed uint64, term string, colors int, ascii bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	w, h := 12+r.IntN(9), 3+r.IntN(4)
	c := mustPair(t, w, h, term, colors, ascii)
	for range 50 {
		switch r.IntN(12) {
		case 0:
			w, h = 4+r.IntN(20), 2+r.IntN(6)
			c.resize(w, h)
		case 1:
			c.theirs.Sync()
			c.ours.Sync()
			until(t, "the frame is out", c.ours.Idle)
		case 2:
			c.clear()
		}
		for range 1 + r.IntN(12) {
			scribble(r, w, h, c.letters, c.theirs, c.ours)
		}
		c.show(t)
	}
}

// TestSyncRepaintsEverything changes the terminal without the screen's knowledge.
func TestSyncRepaintsEverything(t *testing.T) {
	cleanEnv(t, "C.UTF-8")
	c := mustPair(t, 20, 5, "xterm-256color", 256, false)
	r := rand.New(rand.NewPCG(3, 3))
	for range 100 {
		scribble(r, 20, 5, c.letters, c.theirs, c.ours)
	}
	c.show(t)
	c.got.resize(20, 5)
	c.ours.Sync()
	until(t, "the frame is out", c.ours.Idle)
	c.show(t)
}

// TestOneBackground: in a theme with a background, cells that were changed one after another
// look as on a screen that is drawn at once, and a change of the style is short.
func TestOneBackground(t *testing.T) {
	const w, h = 30, 6
	r := rand.New(rand.NewPCG(9, 9))
	v, p := newVT(w, h), newPipe(w, h)
	p.sink = v
	s := mustScreen(t, p, screen.Options{Term: "xterm-256color", Colors: 256})
	type put struct {
		x, y int
		text string
		st   tcell.Style
	}
	var all []put
	on := func(n int) tcell.Style {
		return tcell.StyleDefault.Foreground(tcell.PaletteColor(n)).Background(tcell.PaletteColor(234))
	}
	for range 60 {
		for range 8 {
			st := on(r.IntN(256)).Bold(r.IntN(2) == 0).Dim(r.IntN(9) == 0).Underline(r.IntN(9) == 0)
			all = append(all, put{r.IntN(w), r.IntN(h), alphabet[r.IntN(4)], st})
		}
		fresh, q := newVT(w, h), newPipe(w, h)
		q.sink = fresh
		other := mustScreen(t, q, screen.Options{Term: "xterm-256color", Colors: 256})
		for _, scr := range []*screen.Screen{s, other} {
			scr.Clear()
			for _, c := range all {
				scr.PutStrStyled(c.x, c.y, c.text, c.st)
			}
			scr.Show()
			until(t, "the frame", scr.Idle)
		}
		if d := v.differ(fresh); d != "" {
			t.Fatalf("got %s", d)
		}
	}
	s.PutStrStyled(0, 0, "a", on(210).Bold(true))
	s.PutStrStyled(1, 0, "b", on(252))
	s.Show()
	until(t, "the frame", s.Idle)
	before, _ := p.sent()
	s.PutStrStyled(0, 0, "c", on(210).Bold(true))
	s.PutStrStyled(1, 0, "d", on(252))
	s.Show()
	until(t, "the frame", s.Idle)
	if after, _ := p.sent(); after-before > 40 {
		t.Errorf("got %d bytes for two cells, want at most 40", after-before)
	}
}
