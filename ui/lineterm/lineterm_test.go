package lineterm

import (
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// stream is a terminal in memory, without input.
type stream struct{ strings.Builder }

func (*stream) Read([]byte) (int, error) { return 0, io.EOF }

// open returns a terminal of so many columns; if 0, unknown.
func open(t *testing.T, cols int) (*Terminal, *stream) {
	s := &stream{}
	term := New(s, func() { t.Error("got an interrupt, want none") }, func() (int, int) { return cols, 24 })
	term.paste.silence = 1 << 40
	return term, s
}

// screen is what a terminal shows that knows text, CR, LF, BS and BEL. The second cell of a wide
// cluster is empty.
type screen struct {
	rows [][]string
	col  int
}

// shownBy returns what a terminal of so many columns shows after some bytes.
func shownBy(t *testing.T, out string, cols int) *screen {
	t.Helper()
	s := &screen{rows: [][]string{nil}}
	for rest, state := out, -1; rest != ""; {
		var c string
		var w int
		c, rest, w, state = uniseg.FirstGraphemeClusterInString(rest, state)
		row := &s.rows[len(s.rows)-1]
		switch {
		case c == "\r\n":
			s.rows, s.col = append(s.rows, nil), 0
		case c == "\r":
			s.col = 0
		case c == "\b":
			s.col = max(0, s.col-1)
		case c == "\a":
		case w == 0:
			t.Fatalf("got %q in %q, want only text, CR, LF, BS and BEL", c, out)
		default:
			if s.col+w > cols {
				s.rows, s.col = append(s.rows, nil), 0
				row = &s.rows[len(s.rows)-1]
			}
			for len(*row) < s.col+w {
				*row = append(*row, " ")
			}
			copy((*row)[s.col:], append([]string{c}, make([]string, w-1)...))
			s.col += w
		}
	}
	return s
}

// lines returns the rows without blanks at their ends.
func (s *screen) lines() []string {
	var out []string
	for _, r := range s.rows {
		out = append(out, strings.TrimRight(strings.Join(r, ""), " "))
	}
	return out
}

// at returns the newest row with a bar at the cursor.
func (s *screen) at() string {
	row := s.rows[len(s.rows)-1]
	for len(row) < s.col {
		row = append(row, " ")
	}
	return strings.Join(row[:s.col], "") + "|" + strings.TrimRight(strings.Join(row[s.col:], ""), " ")
}

// typeKeys types keys, each in a read of its own.
func typeKeys(term *Terminal, keys string) {
	for keys != "" {
		n := 1
		if keys[0] == 0x1b && len(keys) > 1 {
			for n++; n < len(keys) && (keys[n-1] == '[' || keys[n-1] == 'O' || keys[n-1] < 0x40); n++ {
			}
		} else if keys[0] >= 0x80 {
			_, n = utf8.DecodeRuneInString(keys)
		}
		term.feed([]byte(keys[:n]))
		keys = keys[n:]
	}
}

// read returns the next line.
func read(t *testing.T, term *Terminal) string {
	t.Helper()
	if len(term.typed) == 0 {
		t.Fatal("got no line, want one")
	}
	in, err := term.Next()
	if err != nil {
		t.Fatalf("got %v, want a line", err)
	}
	return in.Text
}

const (
	up, down, right, left = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D"
	altRight, altLeft     = "\x1b[1;3C", "\x1b[1;3D"
	del, rubOut           = "\x1b[3~", "\x7f"
)

// TestEditing: the row and the cursor are right after each of the keys, and so is the line.
func TestEditing(t *testing.T) {
	for keys, want := range map[string]string{
		"abc" + left + left + "X":            "aX|bc",
		"abc" + left + left + rubOut:         "|bc",
		"abc\x01X":                           "X|abc",
		"abc\x01" + right + del:              "a|c",
		"abc\x01\x04":                        "|bc",
		"abc\x01\x05d":                       "abcd|",
		"one two" + altLeft + "\x0b":         "one |",
		"one two\x01" + altRight + "x":       "one x|two",
		"one two\x1bbx\x1bfy":                "one xtwoy|",
		"one two\x17three":                   "one three|",
		"one two \x1b\x7f":                   "one |",
		"one two" + left + "\x15":            "|o",
		"ab" + "\x14":                        "ba|",
		"日本語" + left + left + "x":            "日x|本語",
		"日本語" + rubOut + rubOut:              "日|",
		"日本\x01" + del + "a":                 "a|本",
		"cafe\u0301s" + left + left + "x":    "cafx|e\u0301s",
		"cafe\u0301" + rubOut:                "caf|",
		"a👩‍👩‍👧b" + left + rubOut:            "a|b",
		"a👩‍👩‍👧b" + left + left + "x":        "ax|👩b",
		"👍🏽!":                                "👍!|",
		"❤️x" + left + "y":                   "❤ y|x",
		"🇩🇪🇫🇷" + rubOut:                      "🇩🇪|",
		"tab\there" + "\x1b[H" + right:       "t|ab here",
		"c1 \u009b31m":                       "c1 31m|",
		"esc\x1b[[Ax\x1b[38;5;1mx\x1bO5Px":   "escxxx|",
		"\u202eabc\u200b":                    "abc|",
		"\xe4x":                              "<E4>x|",
		"\ufffdx":                            "\ufffdx|",
		"long dash ⸻" + left + left + "x":    "long dashx| ?",
		"one\rtwo\r" + up:                    "two|",
		"one\rtwo\r\r" + up + up:             "one|",
		"one\rtwo\rthr" + up + up + down:     "two|",
		"one\rthr" + up + up + down + "ee":   "three|",
		"one\r\x10\x01n":                     "n|one",
		"one\rtw\x0co":                       "two|",
		"two words  " + "\x01\x05" + "x":     "two words  x|",
		"x" + left + "\x0c":                  "|x",
		strings.Repeat("x", 39) + left:       strings.Repeat("x", 38) + "|x",
		strings.Repeat("日", 19) + "a" + left: strings.Repeat("日", 19) + "|a",
	} {
		term, s := open(t, 40)
		typeKeys(term, keys)
		if got := shownBy(t, s.String(), 40).at(); got != want {
			t.Errorf("%q: got row %q, want %q", keys, got, want)
		}
		if strings.ContainsAny(s.String(), "\x1b\u009b\u202e") {
			t.Errorf("%q: got %q, want no escape sequence and no control character", keys, s.String())
		}
	}
}

// TestLineIsWhatIsShown: the line that Enter completes has the clusters whole.
func TestLineIsWhatIsShown(t *testing.T) {
	for keys, want := range map[string]string{
		"a👩‍👩‍👧b\x01" + right + right + "x": "a👩‍👩‍👧xb",
		"cafe\u0301" + left + "x":           "cafxe\u0301",
		"one\rtwo" + up + "!":               "one!",
		"x" + up + del:                      "x",
		"a\t\u0085b\ufffd\xff":              "a\tb\ufffd<FF>",
		"\x1bé":                             "é",
		"\x1b":                              "",
	} {
		term, _ := open(t, 80)
		typeKeys(term, keys+"\r")
		for strings.Contains(keys, "\r") && len(term.typed) > 1 {
			read(t, term)
		}
		if got := read(t, term); got != want {
			t.Errorf("%q: got line %q, want %q", keys, got, want)
		}
	}
}

// TestLineEnds: CR LF is one line end, in one read and in two.
func TestLineEnds(t *testing.T) {
	term, _ := open(t, 80)
	for _, r := range []string{"one\r\n", "two\r", "\n", "three\n"} {
		term.feed([]byte(r))
	}
	term.End(io.EOF)
	b, err := io.ReadAll(term)
	if got, want := string(b), "one\ntwo\nthree\n"; got != want || err != nil {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
}

// TestArrivingLine: output appears above the line being typed, which stays whole, with its
// cursor, and can be continued. A bell alone moves nothing.
func TestArrivingLine(t *testing.T) {
	const entry = "14:02 bo note token was read"
	for keys, then := range map[string]struct{ row, more, line string }{
		"di isol":                 {"di isol|", "ates build-7", "di isolates build-7"},
		"":                        {"|", "note", "note"},
		"wrong\x15right":          {"right|", " one", "right one"},
		"bürö\x7f\x7f":            {"bü|", "o", "büo"},
		"日本":                      {"日本|", "語", "日本語"},
		"ab" + left:               {"a|b", "x", "axb"},
		"日本語" + left + left:       {"日|本語", "x", "日x本語"},
		"e\u0301👩‍👧z\x01":         {"|e\u0301👩z", "x", "xe\u0301👩‍👧z"},
		"abc\x01" + left + "\x0b": {"|", "x", "x"},
	} {
		term, s := open(t, 80)
		typeKeys(term, keys)
		for _, text := range []string{"\a", entry + "\n"} {
			if _, err := io.WriteString(term, text); err != nil {
				t.Fatalf("%q: write: got %v, want no error", keys, err)
			}
		}
		got := shownBy(t, s.String(), 80)
		if rows := got.lines(); got.at() != then.row || rows[len(rows)-2] != entry {
			t.Errorf("%q: got rows %q and %q, want %q and %q", keys, rows[len(rows)-2], got.at(), entry, then.row)
		}
		typeKeys(term, then.more+"\r")
		if got := read(t, term); got != then.line {
			t.Errorf("%q: got line %q, want %q", keys, got, then.line)
		}
	}
}

// TestLongLine: a line that is longer than a row is shown whole while it is typed, and again
// below an entry. If the cursor moves in it, the part around the cursor is shown in one row.
func TestLongLine(t *testing.T) {
	line := strings.Repeat("0123456789", 10)
	for _, cols := range []int{0, 80} {
		limit := sureCells
		if cols > 0 {
			limit = cols - 1
		}
		term, s := open(t, cols)
		typeKeys(term, line)
		if _, err := io.WriteString(term, "an entry\n"); err != nil {
			t.Fatalf("write: got %v, want no error", err)
		}
		if got := s.String(); got != line+"\r\nan entry\r\n"+line {
			t.Errorf("%d columns: got %q, want the line, the entry and the line", cols, got)
		}
		typeKeys(term, left+left+left)
		if got := shownBy(t, s.String(), 80).at(); !strings.HasPrefix(got, "<") || !strings.HasSuffix(got, "56|789") {
			t.Errorf("%d columns: got row %q, want the end of the line", cols, got)
		}
		for i := range 300 {
			typeKeys(term, []string{left, right, left, rubOut, "x", altLeft, "\x05", left}[i*7%8])
			if i%9 == 0 {
				typeKeys(term, strings.Repeat(left, i/9))
			}
			got := shownBy(t, s.String(), 80)
			if w := uniseg.StringWidth(strings.Join(got.rows[len(got.rows)-1], "")); w > max(limit, 79) {
				t.Fatalf("%d columns: got a row of %d cells, want at most %d", cols, w, limit)
			}
		}
		typeKeys(term, "\x01(\x05)\r")
		if got := read(t, term); !strings.HasPrefix(got, "(") || !strings.HasSuffix(got, line[50:]+")") {
			t.Errorf("%d columns: got line %q, want it whole", cols, got)
		}
	}
}

// TestVeryLongLine: a line may be longer than an entry and longer than x/term's limit. One
// that is longer than 16 KiB is refused whole, with its end.
func TestVeryLongLine(t *testing.T) {
	for n, refused := range map[int]bool{4095: false, 4096: false, 5000: false, 8 << 10: false, maxEdit: false,
		maxEdit + 1: true, 70000: true} {
		for _, chunk := range []int{100, 4096} {
			term, s := open(t, 80)
			want := strings.Repeat("x", n-1) + "y"
			for rest := want; rest != ""; rest = rest[min(chunk, len(rest)):] {
				term.feed([]byte(rest[:min(chunk, len(rest))]))
			}
			typeKeys(term, "\rnext\r")
			if !refused {
				if got := read(t, term); got != want {
					t.Errorf("%d characters in reads of %d: got %d, want all", n, chunk, len(got))
				}
			}
			if got := read(t, term); got != "next" {
				t.Errorf("%d characters in reads of %d: got the next line %q, want it", n, chunk, got)
			}
			told := strings.Count(s.String(), "this line was dropped, because it is longer than 16 KiB")
			if told != map[bool]int{true: 1}[refused] {
				t.Errorf("%d characters in reads of %d: got it refused %d times, want %v", n, chunk, told, refused)
			}
		}
	}
}

// TestRandomKeys: after each of many random keys and entries, the newest row is the line of
// x/term, with the cursor where the next character is inserted. Ctrl-T is not among the keys:
// it may separate an accent from its letter.
func TestRandomKeys(t *testing.T) {
	keys := []string{"a", "b", " ", "日", "e\u0301", "👩‍👧", "🇩🇪", "ß", "\t", "\x01",
		"\x02", "x\x02\x04", "\x05", "\x06", "\x0b",
		"\x0c", "\x17", "\x15", up, down, right, left, altRight, altLeft, del, rubOut, rubOut, "\x1b[H", "\x1b[F",
		"\x1b[5~", "\u009b", "\x00", "\r", "\x1bx"}
	for seed := range uint64(500) {
		rnd := rand.New(rand.NewPCG(seed, 7))
		term, s := open(t, 80)
		var log []string
		for range 60 {
			if rnd.IntN(8) == 0 {
				_, _ = fmt.Fprintf(term, "an entry\n")
			}
			k := keys[rnd.IntN(len(keys))]
			log = append(log, k)
			term.feed([]byte(k))
		}
		row := shownBy(t, s.String(), 80).at()
		for len(term.typed) > 0 {
			read(t, term)
		}
		term.feed([]byte("|"))
		term.feed([]byte("\r"))
		line := read(t, term)
		if want := strings.TrimRight(shown(line), " "); row != want && uniseg.StringWidth(line) < 80 {
			t.Fatalf("seed %d, keys %q: got row %q, want %q", seed, log, row, want)
		}
		if strings.ContainsAny(s.String(), "\x1b\u009b") {
			t.Fatalf("seed %d, keys %q: got %q, want no escape sequence", seed, log, s.String())
		}
	}
}

// TestHistory: it has no empty line, no repeated one and no paste, keeps lines in the form
// that Remember returns, and is empty after Forget.
func TestHistory(t *testing.T) {
	term, s := open(t, 80)
	term.Remember(func(line string) string { return strings.ReplaceAll(line, "hunter2", "[secret]") })
	typeKeys(term, "one\r\rone\rpw hunter2\r")
	term.feed([]byte("a\rb\r\rc"))
	term.endPaste()
	for _, want := range []string{"pw [secret]|", "one|", "one|"} {
		typeKeys(term, up)
		if got := shownBy(t, s.String(), 80).at(); got != want {
			t.Errorf("got row %q, want %q", got, want)
		}
	}
	typeKeys(term, "\x15")
	term.Forget()
	typeKeys(term, up)
	if got := shownBy(t, s.String(), 80).at(); got != "|" {
		t.Errorf("after Forget: got row %q, want it empty", got)
	}
	for range 300 {
		term.history.Add(strings.Repeat("x", 1000+term.history.bytes%7))
		if h := term.history; h.Len() > maxHistory || h.bytes > maxHistoryBytes {
			t.Fatalf("got %d lines, %d bytes, want at most %d, %d", h.Len(), h.bytes, maxHistory, maxHistoryBytes)
		}
	}
}

// TestLinesThatDoNotFit: a line is taken whole or refused with a sentence, however many
// are waiting.
func TestLinesThatDoNotFit(t *testing.T) {
	term, s := open(t, 80)
	for range 70 {
		term.feed([]byte(strings.Repeat("x", 1023) + "\r"))
	}
	term.End(io.EOF)
	b, err := io.ReadAll(term)
	taken, refused := strings.Count(string(b), "\n"), strings.Count(s.String(), "this line was dropped")
	if err != nil || taken != 64 || refused != 6 {
		t.Errorf("got %d lines taken, %d refused, %v, want 64 and 6", taken, refused, err)
	}
}
