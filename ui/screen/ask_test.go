package screen_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/screen"
)

// TestAsk: a terminal is asked for its colours once, at the beginning. Its answer is no key,
// whole or in pieces, early or late, and what is typed meanwhile stays.
func TestAsk(t *testing.T) {
	const attributes = "\x1b[?62;22c"
	black, white := tcell.NewRGBColor(0, 0, 0), tcell.NewRGBColor(255, 255, 255)
	for name, c := range map[string]struct {
		reads  []string
		fg, bg tcell.Color
		typed  string
		copies bool
	}{
		"both": {reads: []string{"\x1b]10;rgb:ffff/ffff/ffff\x1b\\\x1b]11;rgb:0000/0000/0000\x1b\\" + attributes},
			fg: white, bg: black},
		"short, with a bell": {reads: []string{"\x1b]10;rgb:0/0/0\a\x1b]11;rgb:ff/ff/ff\a", attributes}, fg: black,
			bg: white},
		"with alpha": {reads: []string{"\x1b]11;rgba:0000/0000/0000/ffff\x1b\\", attributes}, bg: black},
		"split": {reads: []string{"\x1b", "]11;rg", "b:0000/0000/0000\x1b", "\\", "\x1b[?6", "2;52c"},
			bg: black, copies: true},
		"typed ahead": {reads: []string{"a", "b\x1b]11;rgb:0000/0000/0000\x1b\\c", attributes + "d"}, bg: black,
			typed: "abcd"},
		"attributes only": {reads: []string{attributes}},
		"nothing":         {},
		"keys only":       {reads: []string{"xyz"}, typed: "xyz"},
		"nonsense": {reads: []string{"\x1b]11;rgb:zz/00/00\x1b\\\x1b]11;#000000\x1b\\\x1b]11\x1b\\\x1b]11;r" +
			"gb:1/2\a", attributes}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := newPipe(40, 10)
				s, err := screen.New(p, screen.Options{Term: "xterm-256color"})
				if err != nil {
					t.Fatalf("make a screen: %v", err)
				}
				if err := s.Init(); err != nil {
					t.Fatalf("init: %v", err)
				}
				go func() {
					for _, r := range c.reads {
						<-time.After(20 * time.Millisecond)
						p.in <- []byte(r)
					}
				}()
				fg, bg := s.Ask(500 * time.Millisecond)
				if fg != c.fg || bg != c.bg {
					t.Errorf("got %v on %v, want %v on %v", fg, bg, c.fg, c.bg)
				}
				if _, sure := s.Copies(); sure != c.copies {
					t.Errorf("got a clipboard: %v, want %v", sure, c.copies)
				}
				p.in <- []byte("\x1b]11;rgb:0000/0000/0000\x1b\\" + attributes + "!") // too late
				var typed strings.Builder
				for !strings.HasSuffix(typed.String(), "!") {
					typed.WriteRune(mustPoll[*tcell.EventKey](t, s).Rune())
				}
				if got := strings.TrimSuffix(typed.String(), "!"); got != c.typed {
					t.Errorf("got the keys %q, want %q", got, c.typed)
				}
				s.Fini()
				_ = p.Close()
				<-s.Done()
			})
		})
	}
	p := newPipe(40, 10)
	s := mustScreen(t, p, screen.Options{Term: "linux"})
	if fg, bg := s.Ask(time.Hour); fg.Valid() || bg.Valid() {
		t.Errorf("a console that knows no such question: got %v on %v, want none", fg, bg)
	}
}
