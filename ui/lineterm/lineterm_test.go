package lineterm

import (
	"io"
	"strings"
	"testing"
)

// stream is a terminal in memory, without input.
type stream struct{ strings.Builder }

func (*stream) Read([]byte) (int, error) { return 0, io.EOF }

// shown returns what a terminal of 80 columns shows after some bytes.
func shown(s string) []string {
	rows, col := [][]rune{nil}, 0
	for _, r := range s {
		row := &rows[len(rows)-1]
		switch r {
		case '\r':
			col = 0
		case '\n':
			rows = append(rows, nil)
		case '\b':
			col = max(0, col-1)
		case '\a':
		default:
			for len(*row) <= col {
				*row = append(*row, ' ')
			}
			(*row)[col] = r
			col++
		}
	}
	var out []string
	for _, r := range rows {
		out = append(out, strings.TrimRight(string(r), " "))
	}
	return out
}

func typeKeys(t *Terminal, keys string) {
	for i := range len(keys) {
		t.key(keys[i])
	}
}

// TestArrivingLine: output appears above the line being typed, which stays whole and can
// be continued. A bell alone moves nothing.
func TestArrivingLine(t *testing.T) {
	for keys, then := range map[string]struct{ more, line string }{
		"di isol":                        {"ates build-7", "di isolates build-7"},
		"":                               {"note", "note"},
		"wrong\x15right":                 {" one", "right one"},
		"two words\x17":                  {"lines", "two lines"},
		"bürö\x7f\x7f":                   {"o", "büo"},
		"a\x1b[Ab":                       {"c", "abc"},
		"tab\there":                      {"!", "tab\there!"},
		"c1 \u009b31m":                   {"x", "c1 \u009b31mx"},
		strings.Repeat("long ", 20):      {"end", strings.Repeat("long ", 20) + "end"},
		"日本":                             {"語", "日本語"},
		strings.Repeat("x", sureCells+1): {"y", strings.Repeat("x", sureCells+1) + "y"},
	} {
		s := &stream{}
		term := New(s, func() { t.Errorf("%q: got an interrupt, want none", keys) })
		typeKeys(term, keys)
		for _, text := range []string{"\a", "14:02 bo note token was read\n"} {
			if _, err := io.WriteString(term, text); err != nil {
				t.Fatalf("%q: write: got %v, want no error", keys, err)
			}
		}
		typeKeys(term, then.more)
		rows := shown(s.String())
		if got, want := rows[len(rows)-1], visible([]byte(then.line)); !strings.Contains(keys, "日") && got != want {
			t.Errorf("%q: got last row %q, want %q", keys, got, want)
		}
		if got, want := rows[len(rows)-2], "14:02 bo note token was read"; got != want {
			t.Errorf("%q: got the row above %q, want %q", keys, got, want)
		}
		if strings.ContainsAny(s.String(), "\x1b\u009b") {
			t.Errorf("%q: got %q, want no escape sequence", keys, s.String())
		}
		typeKeys(term, "\r")
		buf := make([]byte, 1024)
		n, err := term.Read(buf)
		if got, want := string(buf[:n]), then.line+"\n"; err != nil || got != want {
			t.Errorf("%q: got line %q, %v, want %q", keys, got, err, want)
		}
	}
}

// TestLinesThatDoNotFit: a line is taken whole or refused with a sentence, however many
// are waiting.
func TestLinesThatDoNotFit(t *testing.T) {
	s := &stream{}
	term := New(s, func() { t.Errorf("got an interrupt, want none") })
	line := strings.Repeat("x", 1023) + "\r"
	for range 70 {
		typeKeys(term, line)
	}
	term.End(io.EOF)
	b, err := io.ReadAll(term)
	taken, refused := strings.Count(string(b), "\n"), strings.Count(s.String(), "this line was dropped")
	if err != nil || taken != 64 || refused != 6 {
		t.Errorf("got %d lines taken, %d refused, %v, want 64 and 6", taken, refused, err)
	}
}
