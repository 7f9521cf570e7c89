package sshd_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// terms are the terminals that people come with.
var terms = []string{"xterm", "xterm-256color", "xterm-16color", "xterm-color", "xterm-kitty", "xterm-ghostty",
	"alacritty", "foot", "wezterm", "tmux", "tmux-256color", "screen", "screen-256color", "screen.xterm-256color",
	"linux",
	"vt100", "vt102", "vt220", "vt320", "vt420", "rxvt", "rxvt-256color", "rxvt-unicode-256color", "konsole-256color",
	"gnome-256color", "vte-256color", "st-256color", "putty", "putty-256color", "cygwin", "mintty", "ansi",
	"unheard-of"}

// newest is the newest line of a room.
func (r *rig) newest(short string) (line *model.Line, n int) {
	r.t.Helper()
	s, err := r.hub.As("ana").Enter(r.t.Context(), short)
	if err != nil {
		r.t.Fatalf("enter: %v", err)
	}
	defer s.Close()
	lines := s.Latest().Room.Lines()
	return lines[len(lines)-1], len(lines)
}

// stores waits until a line is stored, the next after n, and compares it.
func (r *rig) stores(n int, what, want string) {
	r.t.Helper()
	eventually(r.t, what, func() bool { _, now := r.newest("inc-1"); return now > n })
	if l, now := r.newest("inc-1"); l.Text.String() != want || now != n+1 {
		r.t.Errorf("%s: got %q as line %d, want %q as line %d", what, l.Text, now, want, n+1)
	}
}

const (
	pasteBegin, pasteEnd = "\x1b[200~", "\x1b[201~"
	answersOfATerminal   = "\x1b[?64;1;2c\x1b[>41;354;0c\x1b[?2004;1$y\x1bP>|XTerm(354)\x1b\\" +
		"\x1b]10;rgb:0000/0000/0000\x07\x1b]11;rgb:ffff/ffff/ffff\x1b\\\x1bP1$r0m\x1b\\"
)

// TestBytesOverSSH: what terminals send reaches a room over SSH as it does in a local
// terminal: whole, cut anywhere, and without what is not a key.
func TestBytesOverSSH(t *testing.T) {
	r := start(t, usual())
	x := r.open(r.login("ana", ana), "xterm-256color", "inc-1", 100, 30)
	x.out.until(t, "ana > ")
	for _, c := range []struct{ name, bytes, want string }{
		{"the keypad", "\x1bOq\x1bOp\x1bOt\x1bOn\x1bOu\x1bOM", "104.5"},
		{"a stray end of a paste", "one" + pasteEnd + " two\r", "one two"},
		{"answers", "be" + answersOfATerminal + "fore\r", "before"},
		{"the mouse", "\x1b[<64;5;5M\x1b[<65;5;5Mwheel\r", "wheel"},
		{"the mouse of X10", "\x1b[M`!!old\r", "old"},
		{"an emoji", "family \U0001f468\u200d\U0001f469\u200d\U0001f467 whole\r",
			"family \U0001f468\u200d\U0001f469\u200d\U0001f467 whole"},
	} {
		_, n := r.newest("inc-1")
		x.keys(c.bytes)
		r.stores(n, c.name, c.want)
		for rest := c.bytes; rest != ""; { // a byte a packet, but an Esc that waits too long is a key
			n := 1
			if rest[0] == '\x1b' {
				n = 2
			}
			x.keys(rest[:n])
			rest = rest[n:]
		}
		r.stores(n+1, c.name+", a byte a packet", c.want)
	}
	_, n := r.newest("inc-1")
	for name, bytes := range map[string]string{
		"a paste":            pasteBegin + "one\r:pin 3\r!two" + pasteEnd,
		"Esc before a paste": "\x1b" + pasteBegin + "alpha\r:zzz beta\rgamma" + pasteEnd,
		"an unmarked burst":  "one pasted\rtwo pasted\r!three\rfour",
		"a lost end":         pasteBegin + "half\rof a\rpaste",
	} {
		x.out.forget()
		x.keys(bytes)
		x.out.until(t, "Pasted text")
		x.out.forget()
		x.keys("\x1b")
		x.out.until(t, "ana > ")
		if l, now := r.newest("inc-1"); now != n {
			t.Errorf("%s: got %q stored, want nothing", name, l.Text)
		}
	}
	x.keys("\x1a") // Ctrl-Z
	x.out.until(t, "Ctrl-Z does nothing here")
	x.keys("\x03")
	if code := x.wait(); code != 0 {
		t.Errorf("got exit code %d, want 0", code)
	}
}

// TestTermsOverSSH: with every TERM digits of the keypad are digits, answers are no text, and
// the terminal is given back.
func TestTermsOverSSH(t *testing.T) {
	if len(terms) != 33 {
		t.Fatalf("got %d terminals, want 33", len(terms))
	}
	r := start(t, usual())
	for _, name := range terms {
		x := r.open(r.login("ana", ana), name, "inc-1", 80, 24)
		x.out.until(t, "ana > ")
		_, n := r.newest("inc-1")
		x.keys("\x1bOq" + answersOfATerminal + "\x1bOp" + " of " + name + pasteEnd + "\x1bOM")
		r.stores(n, name, "10 of "+name)
		x.keys("\x03")
		if code := x.wait(); code != 0 {
			t.Errorf("%s: got exit code %d, want 0", name, code)
		}
		if out := x.out.String(); strings.Contains(out, "\x1b=") || strings.Contains(out, "\x1b[?1h") {
			t.Errorf("%s: got %.80q, want no application mode", name, out)
		}
	}
}

// TestThemeOverSSH: a guest's terminal is asked for its colours, and gets those that read on
// them. The answer is no text, also when it comes late, and what is typed before it stays.
func TestThemeOverSSH(t *testing.T) {
	const light = "38;5;23m" // a colour of the light theme: black on white
	r := start(t, usual())
	for try := range 5 { // on a busy machine an answer may come after half a second, which is too late
		x := r.open(r.login("ana", ana), "xterm-256color", "inc-1", 100, 30, "WARROOM_THEME=auto")
		x.out.until(t, "\x1b]11;?")
		_, n := r.newest("inc-1")
		x.keys("typed " + answersOfATerminal)
		x.out.until(t, "ana > ", "typed")
		x.keys("early" + answersOfATerminal + "\r")
		r.stores(n, "a line", "typed early")
		x.keys("\x03")
		x.wait()
		if strings.Contains(x.out.String(), light) {
			return
		}
		t.Logf("try %d: got another theme", try)
	}
	t.Errorf("got no %s in five tries, want the light theme for a white terminal", light)
}
