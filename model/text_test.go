package model_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"

	"warroom/model"
)

// legit has texts that people write, which have to pass unchanged.
var legit = map[string]string{
	"ascii":             `db-3 [red]x[-] ~/.ssh $(id) <b> "q"`,
	"latin":             "Überlänge façade 100 µs ≤ 5 €",
	"vietnamese nfd":    "Vie\u0302\u0323t Nam ngu\u031bo\u031b\u0300i",
	"hindi":             "क्षत्रिय हिन्दी में",
	"hindi zwj":         "क्\u200dष",
	"bengali zwj":       "র\u200d্যাব",
	"thai":              "ที่นี่น้ำท่วม",
	"burmese":           "လျှော့ချ ကျွန်ုပ်",
	"sinhala zwj":       "ශ්\u200dරී ලංකා",
	"tamil":             "தமிழ் கொடி",
	"hebrew points":     "שָׁלוֹם בְּרֵאשִׁית",
	"arabic points":     "ٱلسَّلَامُ عَلَيْكُمْ",
	"persian zwnj":      "می\u200cخواهم",
	"cjk":               "漢字カナ、东京。ｱｲｳ",
	"hangul":            "한국어 ㅋㅋ",
	"hangul nfd":        "\u1112\u1161\u11ab\u1100\u116e\u11a8",
	"emoji family":      "👨\u200d👩\u200d👧\u200d👦",
	"emoji heart":       "❤\ufe0f\u200d🔥 ☎\ufe0e",
	"flags":             "🇹🇷🇩🇪 ok",
	"keycap":            "1\ufe0f\u20e3 #\ufe0f\u20e3",
	"ideographic space": "漢\u3000字\u00a0x",
	"lines":             "one\ntwo\n\nthree",
	"braille":           "⠋⠙⠹",
}

func TestCleanKeepsWhatPeopleWrite(t *testing.T) {
	for name, in := range legit {
		t.Run(name, func(t *testing.T) {
			if got := model.Clean(in).String(); got != in {
				t.Errorf("got %+q, want %+q", got, in)
			}
		})
	}
}

func TestCleanShowsWhatItTakesAway(t *testing.T) {
	for name, c := range map[string]struct{ in, want string }{
		"esc":            {"a\x1b[31mb", "a^[[31mb"},
		"osc 52":         {"\x1b]52;c;?\a", "^[]52;c;?^G"},
		"nul del":        {"\x00\x7f\b", "^@^?^H"},
		"c1 rune":        {"a\u009b31m\u0085", "a<U+009B>31m<U+0085>"},
		"c1 byte":        {"a\x9b31m", "a<9B>31m"},
		"surrogate":      {"\xed\xa0\x80", "<ED><A0><80>"},
		"crlf":           {"a\r\nb\r\r\n", "a\nb^M\n"},
		"lone cr":        {"real\rFAKE", "real^MFAKE"},
		"tab":            {"x\ty", "x    y"},
		"bidi":           {"u \u202etxt\u202c", "u <U+202E>txt<U+202C>"},
		"line separator": {"a\u2028b", "a<U+2028>b"},
		"zero width":     {"a\u200bb\ufeff\u00ad", "a<U+200B>b<U+FEFF><U+00AD>"},
		"tags":           {"al\U000e0069ce", "al<U+E0069>ce"},
		"fillers":        {"\u3164\u2800\u115f", "<U+3164><U+2800><U+115F>"},
		"private":        {"\ue000\U0010ffff\u0378", "<U+E000><U+10FFFF><U+0378>"},
		"variation":      {"a\ufe0fb\ufe00c\U000e0100", "a<U+FE0F>b<U+FE00>c<U+E0100>"},
		"two selectors":  {"❤\ufe0f\ufe0f", "❤\ufe0f<U+FE0F>"},
		"leading mark":   {"\u0301x \u0301", "<U+0301>x <U+0301>"},
		"zalgo": {"Z" + strings.Repeat("\u0301", 64) + "!", "Z" + strings.Repeat("\u0301", 4) +
			"<+60 marks>!"},
		"zalgo, no base":   {strings.Repeat("\u0301", 9), strings.Repeat("<U+0301>", 4) + "<+5 marks>"},
		"mark after code":  {"a\u200b\u0301", "a<U+200B><U+0301>"},
		"skin tone":        {"A✋\U0001f3ffB", "A✋<U+1F3FF>B"},
		"zwj in latin":     {"a\u200db\u200cc", "a<U+200D>b<U+200C>c"},
		"two zwnj":         {"می\u200c\u200cخ", "می<U+200C><U+200C>خ"},
		"zwnj at the end":  {"می\u200c", "می<U+200C>"},
		"zwj at the end":   {"👨\u200d", "👨<U+200D>"},
		"long chain":       {strings.Repeat("👨\u200d", 5) + "👨", strings.Repeat("👨\u200d", 3) + "👨<U+200D>👨\u200d👨"},
		"half a flag":      {"🇹🇷🇹", "🇹🇷<U+1F1F9>"},
		"jamo run":         {"\u1100\u1100\u1161\u1161\u11a8\u11a8", "<U+1100>\u1100\u1161<U+1161><U+11A8><U+11A8>"},
		"half-width marks": {"ｶﾞﾟ", "ｶ゛゜"},
		"three-em dash":    {"\u2e3b", "<U+2E3B>"},
		"joiner, then cut": {"क्््््\u200dष", "क््््<+1 marks><U+200D>ष"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := model.Clean(c.in).String(); got != c.want {
				t.Errorf("got %+q, want %+q", got, c.want)
			}
			check(t, c.in)
		})
	}
}

func TestCleanLineIsOneLine(t *testing.T) {
	if got, want := model.CleanLine("a\r\nb\nc").String(), "a↵b↵c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// check fails unless the result of cleaning in has all required properties.
func check(t *testing.T, in string) {
	t.Helper()
	for name, clean := range map[string]func(string) model.Safe{
		"Clean": model.Clean, "CleanLine": model.CleanLine,
	} {
		out := clean(in)
		if bad := residue(out.String(), name == "Clean"); bad != "" {
			t.Errorf("%s(%+q) = %+q: %s", name, in, out, bad)
		}
		if twice := clean(out.String()); twice != out {
			t.Errorf("%s twice of %+q: got %+q, want %+q", name, in, twice, out)
		}
		if out.Len() > 5*len(in) {
			t.Errorf("%s(%+q): %d bytes became %d", name, in, len(in), out.Len())
		}
	}
}

// residue returns what must not be left in cleaned text.
func residue(s string, lines bool) string {
	if !utf8.ValidString(s) {
		return "not UTF-8"
	}
	for g := uniseg.NewGraphemes(s); g.Next(); {
		if g.Str() == "\n" && lines {
			continue
		}
		if g.Width() == 0 {
			return "a cluster without width"
		}
		if bad := clusterResidue(g.Runes()); bad != "" {
			return bad
		}
	}
	return ""
}

func clusterResidue(runes []rune) string {
	marks, selectors, joiners := 0, 0, 0
	for i, r := range runes {
		switch {
		case r == 0x200C || r == 0x200D:
			joiners++
		case r == 0xFE0E || r == 0xFE0F:
			selectors++
		case !unicode.IsGraphic(r):
			return "a rune that is not graphic"
		case unicode.Is(unicode.Variation_Selector, r),
			unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r),
			r == 0x2800, r >= 0x1F3FB && r <= 0x1F3FF:
			return "a rune nobody sees"
		case unicode.Is(unicode.M, r):
			marks++
			if i == 0 {
				// A Burmese or Khmer vowel may start a cluster of its own.
				if unicode.In(r, unicode.Mn, unicode.Me) {
					return "a mark without a base"
				}
			}
		}
	}
	if marks > 8 || joiners > 3 || selectors > 4 {
		return "too much on one base"
	}
	return ""
}

func TestCleanOfEveryRune(t *testing.T) {
	for r := rune(0); r <= unicode.MaxRune; r++ {
		switch r {
		case 0x4E10, 0x20010: // Han characters of the same kind
			r += 0x5000
		case 0x33480: // unassigned
			r = 0xDFFF0
		case 0xE0200: // unassigned, then private use
			r = 0x10FFF0
		}
		x := string(r)
		s := x + "\na" + x + "\nक" + x + "ष\n😀" + x + "😀"
		out := model.Clean(s)
		if bad := residue(out.String(), true); bad != "" {
			t.Fatalf("Clean(%+q) = %+q: %s", s, out, bad)
		}
		if twice := model.Clean(out.String()); twice != out {
			t.Fatalf("twice of %+q: got %+q, want %+q", s, twice, out)
		}
	}
}

// nasty is an item of the corpus of hostile strings.
type nasty struct {
	ID, Class string
	B64       []byte
	Expect    []string
}

func mustNasty(tb testing.TB) []nasty {
	tb.Helper()
	b, err := os.ReadFile("testdata/nasty/nasty-dev.json")
	if err != nil {
		tb.Fatalf("read a file: %v", err)
	}
	var all struct {
		Count int
		Items []nasty
	}
	if err := json.Unmarshal(b, &all); err != nil {
		tb.Fatalf("decode JSON: %v", err)
	}
	if got, want := len(all.Items), all.Count; got != want || got == 0 {
		tb.Fatalf("got %d items, want %d", got, want)
	}
	return all.Items
}

// expectations are the properties of the corpus that concern cleaning. Other tests
// cover file names, homoglyphs and secrets.
var expectations = map[string]func(in, out string) bool{
	"no ESC":                    lacks(func(r rune) bool { return r == 0x1B }),
	"no BEL":                    lacks(func(r rune) bool { return r == 0x07 }),
	"no C1":                     lacks(func(r rune) bool { return r >= 0x80 && r < 0xA0 }),
	"no C0 but allowed newline": lacks(func(r rune) bool { return r < ' ' && r != '\n' || r == 0x7F }),
	"no bidi control":           lacks(isBidi),
	"no ESC/C1/bidi in output":  lacks(func(r rune) bool { return r == 0x1B || r >= 0x80 && r < 0xA0 || isBidi(r) }),
	"nothing invisible":         func(_, out string) bool { return residue(out, true) == "" },
	"mark has a base":           func(_, out string) bool { return residue(out, true) == "" },
	"cells match terminal":      func(_, out string) bool { return residue(out, true) == "" },
	"marks limited":             func(_, out string) bool { return strings.Contains(out, " marks>") },
	"valid UTF-8 out":           func(_, out string) bool { return utf8.ValidString(out) },
	"shown literally":           func(in, out string) bool { return in == out },
	"bounded":                   func(in, out string) bool { return len(out) <= 5*len(in) },
	"no panic":                  func(_, _ string) bool { return true },
	"stays inside the bundle":   nil,
	"name refused or marked":    nil,
	"warned before send":        nil,
}

func lacks(bad func(rune) bool) func(in, out string) bool {
	return func(_, out string) bool { return !strings.ContainsFunc(out, bad) }
}

func isBidi(r rune) bool { return unicode.Is(unicode.Bidi_Control, r) }

func TestNastyCorpus(t *testing.T) {
	for _, n := range mustNasty(t) {
		t.Run(n.ID, func(t *testing.T) {
			in := string(n.B64)
			out := model.Clean(in).String()
			for _, name := range n.Expect {
				holds, known := expectations[name]
				if !known {
					t.Errorf("%s: nobody checks %q", n.Class, name)
				}
				if holds != nil && !holds(in, out) {
					t.Errorf("%s: want %q, got %+q of %+q", n.Class, name, out, in)
				}
			}
			check(t, in)
		})
	}
}

func FuzzClean(f *testing.F) {
	for _, n := range mustNasty(f) {
		f.Add(string(n.B64))
	}
	for _, s := range legit {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) { check(t, in) })
}

type evil struct{ V string }

func (e evil) String() string { return "\x1b[1m" + e.V }

type level int

func (l level) String() string { return "level\a" }

// uncounted is Safef under a name whose arguments go vet does not count.
var uncounted = model.Safef

func TestSafef(t *testing.T) {
	for name, c := range map[string]struct {
		got  model.Safe
		want string
	}{
		"safe":     {model.Safef("%s!", model.Clean("a\nb")), "a\nb!"},
		"string":   {model.Safef("%s|%q|%-4s|", "\x1b\n", "x", "ab"), `^[↵|"x"|ab  |`},
		"bytes":    {model.Safef("%s", []byte("\x9b")), "<9B>"},
		"error":    {model.Safef("%v", errors.New("a\rb")), "a^Mb"},
		"stringer": {model.Safef("%v", evil{"x"}), "^[[1mx"},
		"named":    {model.Safef("%d %v", level(3), level(3)), "3 level^G"},
		"number":   {model.Safef("%03d %.1f %t", 7, 1.25, true), "007 1.2 true"},
		"duration": {model.Safef("%v", 90*time.Second), "1m30s"},
		"rune":     {model.Safef("%c%c", 0x1b, '\u202e'), "^[<U+202E>"},
		"other":    {model.Safef("%v", []string{"\x1b"}), "[^[]"},
		"struct":   {model.Safef("%+v", struct{ A string }{"\a"}), "{A:^G}"},
		"nil":      {model.Safef("%v", nil), "<nil>"},
		"too many": {uncounted("x", "\x1b"), "x%!(EXTRA string=^[)"},
	} {
		if got := c.got.String(); got != c.want {
			t.Errorf("%s: got %+q, want %+q", name, got, c.want)
		}
	}
}

func TestSafe(t *testing.T) {
	var zero model.Safe
	if !zero.IsEmpty() || zero.Len() != 0 || zero != model.Lit("") {
		t.Errorf("the zero value is %q", zero)
	}
	s := model.JoinSafe(model.Lit(", "), model.Lit("a"), model.Clean("漢"), model.Lit("c"))
	if got, want := s.String(), "a, 漢, c"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	b, err := json.Marshal(map[string]model.Safe{"k": s})
	if got, want := string(b), `{"k":"a, 漢, c"}`; got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	lines := model.Clean("a\n\nb").Lines()
	if len(lines) != 3 || lines[0] != model.Lit("a") || !lines[1].IsEmpty() || lines[2] != model.Lit("b") {
		t.Errorf("got lines %q", lines)
	}
	if got := zero.Lines(); len(got) != 1 {
		t.Errorf("got %d lines of nothing, want 1", len(got))
	}
}

func TestSlice(t *testing.T) {
	s := model.Clean("a漢b")
	for _, c := range []struct {
		i, j int
		want string
	}{
		{0, 5, "a漢b"}, {-3, 99, "a漢b"}, {1, 4, "漢"}, {2, 5, "漢b"},
		{0, 3, "a"}, {3, 3, ""}, {4, 1, ""}, {9, 12, ""},
	} {
		if got := s.Slice(c.i, c.j).String(); got != c.want {
			t.Errorf("Slice(%d, %d): got %q, want %q", c.i, c.j, got, c.want)
		}
	}
}

func TestCleanOfPlainTextDoesNotAllocate(t *testing.T) {
	s := strings.Repeat("plain words ", 18)
	if got := testing.AllocsPerRun(100, func() { model.Clean(s); model.CleanLine(s) }); got != 0 {
		t.Errorf("got %v allocations, want 0", got)
	}
}

func BenchmarkCleanASCII(b *testing.B) {
	s := strings.Repeat("plain words ", 18) // 216 bytes
	for b.Loop() {
		model.Clean(s)
	}
}

func BenchmarkCleanMixed(b *testing.B) {
	s := strings.Repeat("Vie\u0302\u0323t 漢字 \x1b[1m 👨\u200d👩 می\u200cخ ", 6)
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		model.Clean(s)
	}
}
