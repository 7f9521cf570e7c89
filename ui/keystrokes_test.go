package ui_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/uitest"
)

// typed presses keys as a person does and returns the number of keys besides the words in
// braces: texts, and the names of roles, people, levels and days. \t is Tab, \r Enter, \x03 the
// key F3, \x0e Down and \x0f Ctrl-N.
func typed(s *uitest.Term, keys string) (beside int) {
	word := false
	for _, r := range keys {
		switch r {
		case '{', '}':
			word = r == '{'
			continue
		case '\t':
			s.Key(tcell.KeyTab)
		case '\r':
			s.Key(tcell.KeyEnter)
		case '\x03':
			s.Key(tcell.KeyF3)
		case '\x0e':
			s.Key(tcell.KeyDown)
		case '\x0f':
			s.Key(tcell.KeyCtrlN)
		default:
			s.Type(string(r))
		}
		if !word {
			beside++
		}
	}
	return beside
}

// TestKeystrokes: the number of keys, besides words, that the most frequent acts take.
func TestKeystrokes(t *testing.T) {
	for _, c := range []struct {
		what, keys string
		max        int
		see        string
	}{
		{"note", "{a note}\r", 1, "note       a note"},
		{"decision", "!{isolate it}\r", 2, "isolate it"},
		{"backdate", "-12m {first login}\r", 6, "first login"},
		{"amend the last", "\ta{ and more}\r", 3, "waiting for the provider and more"},
		{"retract the last", "\tr{wrong room}\r", 3, "retracted"},
		{"follow-up with owner and date", ":to\t@{cy} due {fri} {sign the images}\r", 12, "sign the images"},
		{"follow-up in one line", "TODO: @{cy} {sign the images} due {fri}\r", 14, "sign the images"},
		{"role", ":r\t{scribe} @{cy}\r", 6, "cy is Scribe"},
		{"role by a part of its name", ":r\t{sec} @{bo}\r", 6, "bo is Security Lead"},
		{"severity", ":sev {2} {no sign of use}\r", 8, "SEV-2, was SEV-1"},
		{"handoff", ":h\t{inc} @{bo}\r\r", 10, "offered"},
		{"handoff in full", ":handoff {ic} @{bo}\r\r", 13, "offered"},
		{"three ticks", "\x03 \x0e \x0e ", 6, "Containment 3/5"},
	} {
		t.Run(c.what, func(t *testing.T) {
			t.Parallel()
			h, short := busy(t)
			mustType(t, h, short, "cy :if sessions yes", "cy waiting for the provider")
			who := "ana"
			if strings.HasSuffix(c.what, "the last") {
				who = "cy"
			}
			s := uitest.Open(t, h, who, 120, 40)
			s.See("runner isolated")
			if got := typed(s, c.keys); got > c.max {
				t.Errorf("%s: got %d keys beside the words, want at most %d", c.what, got, c.max)
			}
			s.See(c.see)
		})
	}
	t.Run("paste of 12 lines", func(t *testing.T) {
		h, short := busy(t)
		s := uitest.Open(t, h, "bo", 120, 40)
		before := len(linesOf(t, h, short))
		var text strings.Builder
		for i := range 12 {
			fmt.Fprintf(&text, "line %d of the log\n", i+1)
		}
		s.See("runner isolated").Paste(text.String()).See("Pasted text")
		if got := typed(s, "\x0f"); got > 1 {
			t.Errorf("got %d keys after the paste, want 1", got)
		}
		eventually(t, "12 lines", func() bool { return len(linesOf(t, h, short))-before == 12 })
	})
}
