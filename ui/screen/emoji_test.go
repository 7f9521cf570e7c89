package screen_test

import (
	"bytes"
	"strings"
	"testing"

	"warroom/ui/screen"
)

// TestEmojiShiftNothing: emoji of whose width terminals do not agree reach none, so that
// what stands beside them is whole in GNU screen and mosh too.
func TestEmojiShiftNothing(t *testing.T) {
	for in, want := range map[string]string{
		"mix 👨\u200d👩\u200d👧\u200d👦 family": "👨", "a ❤\ufe0f heart": "❤ ", "a 👍🏽 hand": "👍", "a 1\ufe0f\u20e3 key": "1",
	} {
		for _, term := range []string{"xterm-256color", "screen", "screen-256color", "linux"} {
			var sent bytes.Buffer
			p := newPipe(40, 3)
			p.sink = &sent
			s := mustScreen(t, p, screen.Options{Term: term})
			s.Clear()
			s.PutStr(0, 0, in)
			s.Show()
			until(t, "the frame", s.Idle)
			p.mu.Lock()
			got := sent.String()
			p.mu.Unlock()
			if strings.ContainsAny(got, "\u200d\ufe0f🏽") || !strings.Contains(got, want) {
				t.Errorf("%s, %q: got %q sent, want %q and nothing that joins or changes it", term, in, got, want)
			}
		}
	}
}

// TestKeypadTypesDigits: no terminal is asked for the application mode of its keys, nor to
// make arrows of the wheel, whatever its TERM.
func TestKeypadTypesDigits(t *testing.T) {
	for _, term := range []string{"xterm", "xterm-256color", "xterm-16color", "xterm-kitty", "alacritty", "foot",
		"tmux", "tmux-256color", "screen", "screen-256color", "screen.xterm-256color", "linux", "vt100", "vt102",
		"vt220", "vt320", "vt420", "rxvt", "rxvt-256color", "rxvt-unicode", "rxvt-unicode-256color", "konsole",
		"konsole-256color", "gnome", "gnome-256color", "vte-256color", "st-256color", "putty", "putty-256color",
		"cygwin", "ansi", "mintty", "unheard-of"} {
		var sent bytes.Buffer
		p := newPipe(40, 3)
		p.sink = &sent
		s := mustScreen(t, p, screen.Options{Term: term})
		until(t, "the beginning", s.Idle)
		p.mu.Lock()
		got := sent.String()
		p.mu.Unlock()
		if strings.Contains(got, "\x1b=") || strings.Contains(got, "\x1b[?1h") || strings.Contains(got, "1007h") {
			t.Errorf("%s: got %q, want no application mode", term, got)
		}
		if strings.HasPrefix(term, "xterm") && !strings.Contains(got, "\x1b[?1007l") {
			t.Errorf("%s: got %q, want the wheel without arrow keys", term, got)
		}
	}
}
