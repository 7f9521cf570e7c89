package lineterm

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// clocked returns a terminal with a clock that only advances when the test moves it.
func clocked(t *testing.T) (*Terminal, *time.Time) {
	t.Helper()
	term, _ := open(t, 80)
	now := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	term.now = func() time.Time { return now }
	return term, &now
}

// inputs ends the input and returns what was typed.
func inputs(term *Terminal) []Input {
	term.End(io.EOF)
	var out []Input
	for {
		in, err := term.Next()
		if err != nil {
			return out
		}
		out = append(out, in)
	}
}

// TestAnswersAreNotText: answers of the terminal that arrive while somebody types are dropped,
// in one read with the line, in reads of their own, and a byte a read. They make no paste of a
// line. Without its end, an answer ends with the next control character.
func TestAnswersAreNotText(t *testing.T) {
	for name, a := range map[string]string{
		"OSC, BEL": "\x1b]11;rgb:ffff/ffff/ffff\a", "OSC, ST": "\x1b]10;rgb:0/0/0\x1b\\",
		"DCS": "\x1bP>|XTerm(354)\x1b\\", "DCS 1": "\x1bP1$r0m\x1b\\", "APC": "\x1b_Gi=1;OK\x1b\\",
		"DA": "\x1b[?64;1;2c", "DA 2": "\x1b[>41;354;0c", "mode": "\x1b[?2004;1$y", "cursor": "\x1b[12;40R",
		"focus": "\x1b[I", "mouse": "\x1b[<64;5;5M", "no end": "\x1b]11;rgb:ffff",
	} {
		ended := name != "no end"
		ways := map[string][]string{"before Enter": {"one" + a + "\r"}, "of its own": {"one", a, "\r"},
			"in two": {"one" + a[:len(a)/2], a[len(a)/2:] + "\r"}}
		if ended {
			ways["before"], ways["within"] = []string{a + "one\r"}, []string{"on" + a + "e\r"}
			ways["after Enter"] = []string{"one\r" + a}
			ways["split, Enter"] = []string{"one\r" + a[:3], a[3:]}
			var bytewise []string
			for _, c := range []byte("on" + a + "e\r") {
				bytewise = append(bytewise, string([]byte{c}))
			}
			ways["bytewise"] = bytewise
		}
		for way, reads := range ways {
			term, _ := clocked(t)
			for _, r := range reads {
				term.feed([]byte(r))
			}
			if got, want := inputs(term), []Input{{Text: "one"}}; !slices.Equal(got, want) {
				t.Errorf("%s %s: got %+v, want %+v", name, way, got, want)
			}
		}
	}
}

// TestEscIsNotAlt: a letter that comes some time after Esc is typed, and one that comes with it
// is a key with Alt. An answer without an end takes no text that comes later.
func TestEscIsNotAlt(t *testing.T) {
	for _, c := range []struct {
		reads []string
		pause time.Duration
		want  string
	}{
		{[]string{"\x1b", "hello\r"}, time.Second, "hello"},
		{[]string{"\x1b", "hello\r"}, 0, "ello"},
		{[]string{"x\x1b[", "1;hello\r"}, time.Second, "x1;hello"},
		{[]string{"x\x1b]11;rgb:", "hello\r"}, 2 * time.Second, "xhello"},
		{[]string{"x\x1b]", "hello\r"}, 0, "xhello"},
		{[]string{"x\x1bP", "\xc3\xa4\r"}, 0, "xä"},
		{[]string{"x\x1b\x1b[200~y\x1b[201~\r"}, 0, "xy"},
		{[]string{"x\x1b[201~y\r"}, 0, "xy"},
	} {
		term, now := clocked(t)
		for _, r := range c.reads {
			term.feed([]byte(r))
			*now = now.Add(c.pause)
		}
		if got, want := inputs(term), []Input{{Text: c.want}}; !slices.Equal(got, want) {
			t.Errorf("%q: got %+v, want %+v", c.reads, got, want)
		}
	}
}

// TestKeypad: the numeric keypad in application mode types what is on it.
func TestKeypad(t *testing.T) {
	term, _ := clocked(t)
	for _, k := range "pqrstuvwxynmkjo" {
		term.feed([]byte("\x1bO" + string(k)))
	}
	term.feed([]byte("\x1bOM"))
	if got, want := inputs(term), []Input{{Text: "0123456789.-+*/"}}; !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// TestSwappedClusters: Ctrl-T exchanges characters as they are seen.
func TestSwappedClusters(t *testing.T) {
	const family, e = "\U0001F468\u200d\U0001F469\u200d\U0001F467", "e\u0301"
	for keys, want := range map[string]string{
		"ab\x14": "ba", "abc" + left + "\x14": "acb", "a" + e + "\x14": e + "a", "x" + family + "\x14": family + "x",
		family + "x\x14": "x" + family, family + e + left + "\x14": e + family, "a\x14": "a", "\x14": "",
		"ab\x01\x14": "ab", "日本" + "\x14": "本日",
	} {
		term, _ := clocked(t)
		typeKeys(term, keys+"\r")
		if got := inputs(term); len(got) != 1 || got[0].Text != want {
			t.Errorf("%q: got %+v, want %q", keys, got, want)
		}
	}
}

// TestRedraw: after the shell has written something, the line being typed is shown again, with
// its cursor.
func TestRedraw(t *testing.T) {
	for keys, want := range map[string]string{"a draft" + left + left: "a dra|ft", "": "|", "日本" + left: "日|本",
		strings.Repeat("x", 100): strings.Repeat("x", 20) + "|"} {
		term, s := open(t, 80)
		typeKeys(term, keys)
		before := len(s.String())
		term.Redraw()
		if got := shownBy(t, s.String()[before:], 80).at(); got != want {
			t.Errorf("%q: got %q shown again, want %q", keys, got, want)
		}
		if typeKeys(term, "!\r"); !strings.Contains(read(t, term), "!") {
			t.Errorf("%q: got a line without what was typed after it", keys)
		}
	}
}

// TestBreakInAPasteWithoutEnd: Ctrl-C leaves although the end mark of a paste never comes. One
// that more of the paste follows is text.
func TestBreakInAPasteWithoutEnd(t *testing.T) {
	interrupts := make(chan bool, 1)
	term := New(&stream{}, func() { interrupts <- true }, nil)
	term.feed([]byte("\x1b[200~half\x03a paste\x03"))
	select {
	case <-interrupts:
	case <-time.After(30 * time.Second):
		t.Fatal("got no interrupt, want one for the Ctrl-C at the end")
	}
	if in, err := term.Next(); err != ErrGone {
		t.Errorf("got %+v, %v, want %v", in, err, ErrGone)
	}
}
