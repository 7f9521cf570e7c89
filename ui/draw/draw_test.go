package draw_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

var (
	plain = tcell.StyleDefault
	bold  = plain.Bold(true)
)

func mustScreen(tb testing.TB, w, h int) tcell.SimulationScreen {
	tb.Helper()
	s := tcell.NewSimulationScreen("UTF-8")
	if err := s.Init(); err != nil {
		tb.Fatalf("start the screen: %v", err)
	}
	tb.Cleanup(s.Fini)
	s.SetSize(w, h)
	draw.Fill(s, 0, 0, w, h, plain)
	return s
}

// row returns the text in one row, without the second cell of wide clusters.
func row(s tcell.SimulationScreen, y int) string {
	s.Show()
	cells, w, _ := s.GetContents()
	var b strings.Builder
	for x := 0; x < w; {
		for _, r := range cells[y*w+x].Runes {
			b.WriteRune(r)
		}
		_, _, cw := s.Get(x, y)
		x += max(1, cw)
	}
	return b.String()
}

func mustNasty(tb testing.TB) []string {
	tb.Helper()
	b, err := os.ReadFile("../../model/testdata/nasty/nasty-dev.json")
	if err != nil {
		tb.Fatalf("read a file: %v", err)
	}
	var all struct{ Items []struct{ B64 []byte } }
	if err := json.Unmarshal(b, &all); err != nil {
		tb.Fatalf("decode JSON: %v", err)
	}
	var texts []string
	for _, n := range all.Items {
		texts = append(texts, string(n.B64))
	}
	return texts
}

func text(s string) draw.Line { return draw.L(draw.T(plain, model.Clean(s))) }

func TestPut(t *testing.T) {
	for name, c := range map[string]struct {
		x, w int
		l    draw.Line
		want string
	}{
		"plain":           {1, 5, text("abc"), ".abc...."},
		"cut":             {1, 2, text("abc"), ".ab....."},
		"over the screen": {6, 9, text("abc"), "......ab"},
		"nothing":         {1, 0, text("abc"), "........"},
		"less":            {1, -1, text("abc"), "........"},
		"wide fits":       {0, 4, text("漢字x"), "漢字...."},
		"wide at edge":    {0, 3, text("漢字x"), "漢......"},
		"wide at glass":   {7, 2, text("漢"), "........"},
		"joined":          {0, 8, text("👨\u200d👩x"), "👨\u200d👩x....."},
		"combining":       {0, 8, text("e\u0301x"), "e\u0301x......"},
		"zero width":      {0, 8, draw.L(draw.T(plain, model.Lit("a\u200b\u0301\u2060b"))), "ab......"},
		"escape":          {0, 8, draw.L(draw.T(plain, model.Lit("\x1b]0;a\a\u009bb"))), "]0;ab..."},
		"spans":           {0, 3, draw.L(draw.T(plain, model.Lit("ab")), draw.T(bold, model.Lit("cd"))), "abc....."},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustScreen(t, 8, 1)
			draw.Put(s, 0, 0, 8, text("........"))
			draw.Put(s, c.x, 0, c.w, c.l)
			if got := row(s, 0); got != c.want {
				t.Errorf("got %+q, want %+q", got, c.want)
			}
		})
	}
}

func TestPutOutsideTheScreen(t *testing.T) {
	s := mustScreen(t, 4, 2)
	for _, at := range [][2]int{{-2, 0}, {9, 0}, {0, -1}, {0, 5}} {
		draw.PutAll(s, at[0], at[1], 3, text("漢ab"))
		draw.Frame{}.Draw(s, at[0], at[1], 9, 9, text("x"))
	}
}

func TestPutAll(t *testing.T) {
	s := mustScreen(t, 8, 1)
	draw.Put(s, 0, 0, 8, text("........"))
	draw.PutAll(s, 1, 0, 5, draw.L(draw.T(bold, model.Lit("漢字x")))[:1].Clip(4))
	if got, want := row(s, 0), ".漢…  .."; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, style, _ := s.Get(5, 0); style != bold {
		t.Errorf("the blanks are not in the style of the last span")
	}
	draw.PutAll(s, 0, 0, 8, nil)
	if got, want := row(s, 0), strings.Repeat(" ", 8); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestNastyCorpusOnScreen(t *testing.T) {
	const w, h = 12, 400
	s := mustScreen(t, w+2, h)
	for _, in := range mustNasty(t) {
		draw.Fill(s, 0, 0, w+2, h, plain)
		for y, l := range draw.Wrap(model.Clean(in), w) {
			draw.Put(s, 1, y%h, w, draw.L(draw.T(plain, l)))
		}
		draw.PutAll(s, 1, 0, w, draw.L(draw.T(plain, model.CleanLine(in))).Clip(w))
		s.Show()
		cells, _, _ := s.GetContents()
		for i, c := range cells {
			for _, r := range c.Runes {
				if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
					t.Errorf("%+q: cell %d holds %+q", in, i, c.Runes)
				}
			}
			if x := i % (w + 2); (x == 0 || x == w+1) && string(c.Runes) != " " {
				t.Errorf("%+q: %q stands beside the text", in, c.Runes)
			}
		}
	}
}

func TestFill(t *testing.T) {
	s := mustScreen(t, 5, 3)
	for y := range 3 {
		draw.Put(s, 0, y, 5, text("....."))
	}
	draw.Fill(s, 1, 1, 2, 9, bold)
	for y, want := range []string{".....", ".  ..", ".  .."} {
		if got := row(s, y); got != want {
			t.Errorf("row %d: got %q, want %q", y, got, want)
		}
	}
}

func TestFrame(t *testing.T) {
	for name, c := range map[string]struct {
		f     draw.Frame
		w, h  int
		title draw.Line
		want  []string
	}{
		"lines": {f: draw.Frame{}, w: 14, h: 3, title: text("Clocks"),
			want: []string{"┌ Clocks ────┐", "│            │", "└────────────┘"}},
		"ascii": {f: draw.Frame{ASCII: true}, w: 14, h: 3, title: text("Clocks"),
			want: []string{"+ Clocks ----+", "|            |", "+------------+"}},
		"cut":      {draw.Frame{}, 8, 2, text("Clocks"), []string{"┌ Clo… ┐      ", "└──────┘      ", ""}},
		"no title": {draw.Frame{}, 4, 2, text("Clocks"), []string{"┌──┐          ", "└──┘          ", ""}},
		"hostile":  {draw.Frame{}, 14, 2, text("\x1b[2J漢"), []string{"┌ ^[[2J漢 ───┐", "└────────────┘", ""}},
		"too thin": {draw.Frame{}, 1, 3, text("Clocks"), []string{strings.Repeat(" ", 14), "", ""}},
	} {
		t.Run(name, func(t *testing.T) {
			s := mustScreen(t, 14, 3)
			c.f.Draw(s, 0, 0, c.w, c.h, c.title)
			for y, want := range c.want {
				if got := row(s, y); want != "" && got != want {
					t.Errorf("row %d: got %q, want %q", y, got, want)
				}
			}
		})
	}
}

func TestFrameStyles(t *testing.T) {
	red := plain.Foreground(tcell.ColorRed)
	s := mustScreen(t, 12, 2)
	title := draw.L(draw.T(plain, model.Lit("ab")), draw.T(red, model.Lit("c")))
	draw.Frame{Style: red, TitleStyle: bold}.Draw(s, 0, 0, 12, 2, title)
	for x, want := range map[int]tcell.Style{0: red, 1: bold, 2: bold, 4: red, 5: bold, 6: red} {
		if _, got, _ := s.Get(x, 0); got != want {
			t.Errorf("cell %d: got %v, want %v", x, got, want)
		}
	}
}

func TestBar(t *testing.T) {
	zero := 0.0
	for _, c := range []struct {
		w        int
		fraction float64
		ascii    bool
		want     string
	}{
		{4, 0, false, "░░░░"}, {4, 0.5, false, "██░░"}, {4, 1, false, "████"},
		{4, 0.99, true, "###."}, {10, 0.7, true, "#######..."}, {4, -1, true, "...."},
		{4, 7, true, "####"}, {4, zero / zero, true, "...."}, {0, 1, true, ""}, {-3, 1, true, ""},
	} {
		if got := draw.Bar(c.w, c.fraction, c.ascii).String(); got != c.want {
			t.Errorf("Bar(%d, %v): got %q, want %q", c.w, c.fraction, got, c.want)
		}
	}
}

func BenchmarkPut(b *testing.B) {
	s := mustScreen(b, 200, 1)
	l := text("14:02 anna  the queue is 4 min behind, 漢字 and façade, we go back to v41")
	for b.Loop() {
		draw.PutAll(s, 0, 0, 120, l)
	}
}

// runs is a screen that draws runs. It counts them.
type runs struct {
	tcell.SimulationScreen
	n *int
}

func (r runs) PutRun(x, y int, text string, style tcell.Style) {
	*r.n++
	for i := range len(text) {
		r.SetContent(x+i, y, rune(text[i]), nil, style)
	}
}

func TestRunsAreTheSameCells(t *testing.T) {
	texts := append(mustNasty(t), "", "a", "ab", "a\u0301b", "ab\u0301", "ascii 世界 ascii", "世a", "tab\tand\nline",
		strings.Repeat("long ", 60))
	n := 0
	for i, text := range texts {
		for _, w := range []int{1, 2, 7, 40, 300} {
			want, got := mustScreen(t, 30, 2), mustScreen(t, 30, 2)
			l := draw.L(draw.T(plain, model.Clean(text)), draw.T(bold, model.Clean(text)))
			draw.PutAll(want, 3, 1, w, l)
			draw.PutAll(runs{got, &n}, 3, 1, w, l)
			wc, _, _ := want.GetContents()
			gc, _, _ := got.GetContents()
			want.Show()
			got.Show()
			for k := range wc {
				if string(gc[k].Runes) != string(wc[k].Runes) || gc[k].Style != wc[k].Style {
					t.Fatalf("text %d in %d cells, cell %d: got %q %v, want %q %v", i, w, k, gc[k].Runes, gc[k].Style,
						wc[k].Runes, wc[k].Style)
				}
			}
		}
	}
	if n == 0 {
		t.Error("got no run, want some")
	}
}
