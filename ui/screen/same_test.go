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
	"e\u0301", "n\u0303\u0302", "👍", "👍🏽", "👨\u200d👩\u200d👧", "🇩🇪", "❤\ufe0f", "ｘ", "✓", "\u200b", // the last one shows as nothing
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

// scribble makes one random change in the same way on each screen.
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

// TestSameAsStock draws at random through both screens and compares what a
// terminal shows after each Show.
func TestSameAsStock(t *testing.T) {
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

func compare(t *testing.T, seed uint64, term string, colors int, ascii bool) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	w, h := 12+r.IntN(9), 3+r.IntN(4)
	want, got := newVT(w, h), newVT(w, h)
	p, q := newPipe(w, h), newPipe(w, h)
	p.sink, q.sink = want, got
	stock := mustStock(t, p, term, colors)
	if colors == 0 {
		t.Setenv("NO_COLOR", "1")
	}
	ours := mustScreen(t, q, screen.Options{Term: term, Colors: colors, ASCII: ascii})
	letters := alphabet
	if ascii { // stock shows a cell that begins with nothing as '?'
		letters = alphabet[:len(alphabet)-1]
		for _, c := range []rune("…✓") { // only we know these
			ours.UnregisterRuneFallback(c)
		}
	}
	if term == "cygwin" { // stock's trick for the last cell cuts wide ones
		letters = alphabet[:13]
	}
	stock.Clear()
	ours.Clear()
	for frame := range 50 {
		switch r.IntN(12) {
		case 0:
			w, h = 4+r.IntN(20), 2+r.IntN(6)
			want.resize(w, h)
			got.resize(w, h)
			p.resize(w, h)
			q.resize(w, h)
			stock.Show() // takes the new size
			ours.Size()
			stock.Clear()
			ours.Clear()
		case 1:
			stock.Sync()
			ours.Sync()
			until(t, "the frame is out", ours.Idle)
		case 2:
			stock.Clear()
			ours.Clear()
		}
		for range 1 + r.IntN(12) {
			scribble(r, w, h, letters, stock, ours)
		}
		stock.Show()
		ours.Show()
		until(t, "the frame is out", ours.Idle)
		if colors == 0 { // we keep the colour of underlines out of it too
			for i := range want.cells {
				want.cells[i].pen.ul = ""
			}
		}
		if d := want.differ(got); d != "" {
			t.Fatalf("seed %d frame %d: %s\nstock:\n%sours:\n%s", seed, frame, d, want, got)
		}
		if len(got.strange) > 0 {
			t.Fatalf("seed %d frame %d: ours sent %q", seed, frame, got.strange)
		}
	}
}
