package draw_test

import (
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui/draw"
)

func TestWidth(t *testing.T) {
	for in, want := range map[string]int{
		"": 0, "abc": 3, "漢字": 4, "e\u0301": 1, "👨\u200d👩\u200d👧": 2, "🇹🇷🇩🇪": 4, "a漢b": 4,
		"\x1b": 2, "\u1112\u1161\u11ab": 2,
	} {
		if got := draw.Width(model.Clean(in)); got != want {
			t.Errorf("%+q: got %d, want %d", in, got, want)
		}
	}
}

func TestClip(t *testing.T) {
	two := draw.L(draw.T(plain, model.Clean("ab漢")), draw.T(bold, model.Clean("e\u0301f👨\u200d👩")))
	for w, want := range map[int]string{
		-1: "", 0: "", 1: "…", 2: "a…", 3: "ab…", 4: "ab…", 5: "ab漢…",
		6: "ab漢e\u0301…", 7: "ab漢e\u0301f…", 8: "ab漢e\u0301f👨\u200d👩", 9: "ab漢e\u0301f👨\u200d👩",
	} {
		got := two.Clip(w)
		if got.String() != want {
			t.Errorf("Clip(%d): got %q, want %q", w, got, want)
		}
		if got.Width() > max(0, w) {
			t.Errorf("Clip(%d): got %d cells", w, got.Width())
		}
	}
	if got := two.Clip(6); got[len(got)-1].Style != bold {
		t.Errorf("the ellipsis is not in the style of what was cut")
	}
}

func TestPad(t *testing.T) {
	l := draw.L(draw.T(bold, model.Clean("漢")))
	got := l.Pad(5)
	if got.String() != "漢   " || got[1].Style != bold || len(l) != 1 {
		t.Errorf("got %q", got)
	}
	if got := l.Pad(1).String(); got != "漢" {
		t.Errorf("got %q, want the line as it was", got)
	}
	if got := draw.Line(nil).Pad(2).String(); got != "  " {
		t.Errorf("got %q, want two blanks", got)
	}
}

func TestWrap(t *testing.T) {
	for name, c := range map[string]struct {
		in   string
		w    int
		want string // lines joined by |
	}{
		"empty":         {"", 5, ""},
		"fits":          {"abc de", 6, "abc de"},
		"words":         {"abc de fgh", 6, "abc de|fgh"},
		"exact":         {"abc def", 3, "abc|def"},
		"long word":     {"abcdefgh", 3, "abc|def|gh"},
		"word, long":    {"ab cdefgh i", 4, "ab|cdef|gh i"},
		"own lines":     {"ab\n\ncd ef", 2, "ab||cd|ef"},
		"blanks at cut": {"abc   def", 4, "abc|def"},
		"blanks inside": {"a   b", 5, "a   b"},
		"blanks over":   {"abcd    ", 4, "abcd"},
		"only blanks":   {"      ", 4, "    "},
		"indent":        {"  ab cd", 4, "  ab|cd"},
		"indent, long":  {"  abcdef", 4, "  ab|cdef"},
		"wide":          {"漢字カナ", 5, "漢字|カナ"},
		"wide in words": {"ab漢字 cd", 4, "ab漢|字|cd"},
		"odd":           {"漢字", 3, "漢|字"},
		"one cell":      {"a漢b", 1, "a|漢|b"},
		"below one":     {"ab", -3, "a|b"},
		"cluster":       {"e\u0301e\u0301e\u0301", 2, "e\u0301e\u0301|e\u0301"},
		"joined":        {"👨\u200d👩👨\u200d👩", 3, "👨\u200d👩|👨\u200d👩"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := joined(draw.Wrap(model.Clean(c.in), c.w)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func joined(lines []model.Safe) string {
	return model.JoinSafe(model.Lit("|"), lines...).String()
}

func TestWrapLosesNothingAndIsNeverTooWide(t *testing.T) {
	texts := append(mustNasty(t), "की काा \u0995\u09cb\u0bca कििीी x", "a  b   漢 c 字字字 dd")
	for _, in := range texts {
		s := model.Clean(in)
		for _, w := range []int{1, 2, 3, 7, 40} {
			var b strings.Builder
			for _, l := range draw.Wrap(s, w) {
				b.WriteString(l.String())
				if got := draw.Width(l); got > max(2, w) {
					t.Errorf("%+q: %q has %d cells, want %d", in, l, got, w)
				}
			}
			strip := strings.NewReplacer(" ", "", "\n", "").Replace
			if got, want := strip(b.String()), strip(s.String()); got != want {
				t.Errorf("width %d: got %q, want %q", w, got, want)
			}
		}
	}
}

func FuzzWrap(f *testing.F) {
	for _, in := range mustNasty(f) {
		f.Add(in, 7)
	}
	f.Fuzz(func(t *testing.T, in string, w int) {
		w = 2 + max(0, w)%80
		l := draw.L(draw.T(plain, model.CleanLine(in)))
		if got := l.Clip(w).Width(); got > w {
			t.Errorf("Clip(%d) of %+q has %d cells", w, in, got)
		}
		for _, l := range draw.Wrap(model.Clean(in), w) {
			if got := draw.Width(l); got > w {
				t.Errorf("Wrap(%d) of %+q: %+q has %d cells", w, in, l, got)
			}
		}
	})
}

func BenchmarkWrap(b *testing.B) {
	s := model.Clean(strings.Repeat("the queue is 4 min behind, 漢字 and façade. ", 186)) // 8 KiB
	b.SetBytes(int64(s.Len()))
	for b.Loop() {
		draw.Wrap(s, 76)
	}
}

// TestFold: a line that does not fit is folded at blanks, each part with its style.
func TestFold(t *testing.T) {
	bold := tcell.StyleDefault.Bold(true)
	l := draw.L(draw.T(bold, model.Lit("[ ] 4 ")), draw.T(tcell.StyleDefault, model.Lit("Rotate the keys and")),
		draw.T(bold,
			model.Lit(" log out")))
	for _, c := range []struct {
		w    int
		want string
	}{
		{40, "[ ] 4 Rotate the keys and log out"}, {29, "[ ] 4 Rotate the keys and|    log out"},
		{20, "[ ] 4 Rotate the|    keys and log out"},
	} {
		var rows []string
		for _, r := range draw.Fold(l, c.w, 4) {
			rows = append(rows, r.String())
		}
		if got := strings.Join(rows, "|"); got != c.want {
			t.Errorf("%d columns: got %q, want %q", c.w, got, c.want)
		}
	}
	if rows := draw.Fold(l, 20, 4); rows[1][len(rows[1])-1].Style != bold {
		t.Errorf("got style %v at the end, want bold", rows[1][len(rows[1])-1].Style)
	}
}

// TestLimitMarked: rows that are cut end with an ellipsis, within their width.
func TestLimitMarked(t *testing.T) {
	rows := func(texts ...string) (out []draw.Line) {
		for _, s := range texts {
			out = append(out, draw.L(draw.T(tcell.StyleDefault, model.Clean(s))))
		}
		return out
	}
	for _, c := range []struct {
		rows []draw.Line
		n    int
		want string
	}{
		{rows("one", "two"), 2, "one|two"}, {rows("one", "two", "three"), 2, "one|two …"},
		{rows("one", "12345678", "x"), 2, "one|1234567…"},
		{rows("one", "", "x"), 2, "one| …"}, {rows("one"), 0, ""},
	} {
		var got []string
		for _, l := range draw.LimitMarked(c.rows, c.n, 8) {
			got = append(got, l.String())
		}
		if s := strings.Join(got, "|"); s != c.want {
			t.Errorf("%v, %d: got %q, want %q", c.rows, c.n, s, c.want)
		}
	}
}
