package lineterm

import (
	"io"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestPastes: input of several lines in one read or between marks is one paste, with its text
// as it was; lines that arrive in reads of their own stay lines.
func TestPastes(t *testing.T) {
	line := func(s string) Input { return Input{Text: s} }
	paste := func(s string) Input { return Input{Text: s, Pasted: true} }
	for _, c := range []struct {
		name  string
		reads []string
		want  []Input
	}{
		{"lines of their own", []string{"one\r", "!two\r", "\r", ":three\n"},
			[]Input{line("one"), line("!two"), line(""), line(":three")}},
		{"a line, and Enter again", []string{"exit\r", "\r"}, []Input{line("exit"), line("")}},
		{"Enter twice", []string{"\r\r"}, []Input{line(""), line("")}},
		{"four lines", []string{"one\n  two\n!not a decision\n:sev SEV-1 pasted\n"},
			[]Input{paste("one\n  two\n!not a decision\n:sev SEV-1 pasted")}},
		{"no line end at the end", []string{"one\r\r:sev SEV-1"}, []Input{paste("one\n\n:sev SEV-1")}},
		{"a line, and the beginning of the next one", []string{"one\rtw", "o\r"}, []Input{line("one"), line("two")}},
		{"two reads", []string{"on", "e\r\n\r\ntwo\r\nth", "ree\r\n"}, []Input{paste("one\n\ntwo\nthree")}},
		{"controls", []string{"a\tb\x1b[31mc\x7f\x03d\re\r"}, []Input{paste("a\tb^[[31mc^?^Cd\ne")}},
		{"marked", []string{"x\x1b[200~one\r\tt", "wo\r\x1b[201", "~after\r"},
			[]Input{paste("xone\n\ttwo"), line("after")}},
		{"marked, one line", []string{"\x1b[200~!one\r\x1b[201~", " more\r"}, []Input{line("!one more")}},
		{"a key after marks", []string{"\x1b[200~a\rb\x1b[201~\r"}, []Input{paste("a\nb"), line("")}},
		{"marks cut in two", []string{"\x1b[20", "0~one\rtwo\r\x1b[20", "1~", "after\r"},
			[]Input{paste("one\ntwo"), line("after")}},
		{"marks, bytewise", strings.Split("\x1b[200~one\rtwo\x1b[201~after\r", ""),
			[]Input{paste("one\ntwo"), line("after")}},
		{"a burst after marks", []string{"\x1b[200~a\rb\x1b[201~one\rtwo\r"},
			[]Input{paste("a\nb"), paste("one\ntwo")}},
		{"a burst before marks", []string{"one\rtwo\r\x1b[200~a\rb\x1b[201~"}, []Input{paste("one\ntwo\na\nb")}},
		{"a stray end", []string{"\x1b[201~one\x1b[201~ more\x1b[20", "1~\r\x1b[201~"}, []Input{line("one more")}},
		{"Esc and marks", []string{"\x1b\x1b[200~one\rtwo\x1b[201~"}, []Input{paste("one\ntwo")}},
		{"marks twice", []string{"\x1b[200~one\r\x1b[200~two\x1b[201~\x1b[201~x\r"},
			[]Input{paste("one\ntwo"), line("x")}},
		{"LF", []string{"one\ntwo\n"}, []Input{paste("one\ntwo")}},
		{"CRLF", []string{"one\r\ntwo\r\n"}, []Input{paste("one\ntwo")}},
		{"CRLF, cut", []string{"one\r\ntwo\r", "\nthree\r", "\n"}, []Input{paste("one\ntwo\nthree")}},
		{"Enter and an arrow", []string{"one\r\x1b[A"}, []Input{line("one")}},
		{"too long", []string{"a\r\r" + strings.Repeat("x", maxPaste)}, nil},
	} {
		s := &stream{}
		term := New(s, func() { t.Errorf("%s: got an interrupt, want none", c.name) }, nil)
		term.paste.silence = time.Hour
		for _, r := range c.reads {
			term.feed([]byte(r))
		}
		term.endPaste()
		term.End(io.EOF)
		var got []Input
		for {
			in, err := term.Next()
			if err != nil {
				break
			}
			got = append(got, in)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
		}
		if strings.Contains(s.String(), "\x1b") {
			t.Errorf("%s: got %q, want no escape sequence", c.name, s.String())
		}
		if told := strings.Contains(s.String(), "this paste was dropped"); told != (c.name == "too long") {
			t.Errorf("%s: got it refused: %v, want only the one that is too long", c.name, told)
		}
	}
}

// TestPasteEnds: a pause ends a paste without marks, and its lines are read as text.
func TestPasteEnds(t *testing.T) {
	term := New(&stream{}, func() { t.Errorf("got an interrupt, want none") }, nil)
	term.feed([]byte("one\r  two\r"))
	buf := make([]byte, 100)
	if n, err := term.Read(buf); err != nil || string(buf[:n]) != "one\n  two\n" {
		t.Errorf("got %q, %v, want the two lines", buf[:n], err)
	}
}

// TestBreakInAPaste: Ctrl-C at the end of a paste is a key, and so is Ctrl-D.
func TestBreakInAPaste(t *testing.T) {
	for keys, want := range map[string]error{"a\rb\r\x03": ErrGone, "a\rb\r\x04": io.EOF} {
		interrupts := 0
		term := New(struct {
			io.Reader
			io.Writer
		}{strings.NewReader(keys), io.Discard}, func() { interrupts++ }, nil)
		term.paste.silence = time.Hour
		term.Run()
		in, err := term.Next()
		if !in.Pasted || in.Text != "a\nb" || err != nil {
			t.Errorf("%q: got %+v, %v, want the paste", keys, in, err)
		}
		if _, err = term.Next(); err != want {
			t.Errorf("%q: got %v, want %v", keys, err, want)
		}
		if (interrupts == 1) != (want == ErrGone) {
			t.Errorf("%q: got %d interrupts, want one for Ctrl-C only", keys, interrupts)
		}
	}
}

// TestPasteWithoutFinalEnd: two lines in one read are a paste without a line end after the
// second; a line end with a typed character or two after it is not.
func TestPasteWithoutFinalEnd(t *testing.T) {
	for read, want := range map[string]bool{"one\rtwo": true, ":close now\n:quit": true, "one\r\ntwo": true,
		"one\r": false, "one\rtw": false, "one two": false, "\r\x1b[A": false} {
		if got := isBurst(sequence{}, []byte(read)); got != want {
			t.Errorf("%q: got a paste %v, want %v", read, got, want)
		}
	}
}
