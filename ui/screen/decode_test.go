package screen_test

import (
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/ui/screen"
)

// shown is events in a line: keys by their names, characters as they are, pastes in
// brackets.
func shown(events []tcell.Event) string {
	var b strings.Builder
	for _, ev := range events {
		switch e := ev.(type) {
		case *tcell.EventPaste:
			b.WriteString(map[bool]string{true: "[", false: "]"}[e.Start()])
		case *tcell.EventKey:
			if e.Key() == tcell.KeyRune && e.Modifiers() == 0 {
				b.WriteRune(e.Rune())
			} else {
				b.WriteString("<" + e.Name() + ">")
			}
		default:
			b.WriteString("<?>")
		}
	}
	return b.String()
}

const (
	begin, end = "\x1b[200~", "\x1b[201~"
	silence    = ""
)

// TestDecode: what terminals send, in one read and cut anywhere, and what it must not do.
func TestDecode(t *testing.T) {
	for name, c := range map[string]struct {
		reads []string
		want  string
	}{
		"keypad": {[]string{"\x1bOq\x1bOp\x1bOM\x1bOt\x1bOu\x1bOv\x1bOw\x1bOx\x1bOy\x1bOn" +
			"\x1bOj\x1bOk\x1bOl\x1bOm\x1bOo\x1bOX"}, "10<Enter>456789.*+,-/="},
		"keys in application mode": {[]string{"\x1bOA\x1bOB\x1bOP\x1bOS\x1bOH\x1bO5P\x1bO1;5A"},
			"<Up><Down><F1><F4><Home><Ctrl+F1><Ctrl+Up>"},
		"a paste":           {[]string{begin + "a\rb\r\nc\nd\te" + end}, "[a<Enter>b<Enter>c<Enter>d<Tab>e]"},
		"a stray end":       {[]string{begin + "secret one" + end, "\r", end}, "[secret one]<Enter>"},
		"a stray end, once": {[]string{begin + "secret one" + end + "\r" + end}, "[secret one]<Enter>"},
		"a lost end":        {[]string{begin + "half a paste", silence, "x"}, "[half a paste]x"},
		"keys after a lost end": {[]string{begin + "half", "\r", "\x0c", "y", silence, "\x03"},
			"[half<Enter>^Ly]<Ctrl+C>"},
		"Ctrl-C after a lost end":  {[]string{begin + "half", "\x03", silence}, "[half]<Ctrl+C>"},
		"Esc after a lost end":     {[]string{begin + "half", "\x1b", silence, "z"}, "[half]z"},
		"Ctrl-C within a paste":    {[]string{begin + "a\x03b" + end}, "[a^Cb]"},
		"Ctrl-C at the end of one": {[]string{begin + "a\x03" + end, silence}, "[a^C]"},
		"a paste within a paste":   {[]string{begin + "a" + begin + "b" + end + "c"}, "[ab]c"},
		"colours in a paste": {[]string{begin + "\x1b[31mred\x1b[m\x1b]0;x\x07!" + end},
			"[^[[31mred^[[m^[]0;x^G!]"},
		"an answer within a paste":      {[]string{begin + "a\x1b[?1;2cb" + end}, "[a^[[?1;2cb]"},
		"control characters in a paste": {[]string{begin + "a\x00\x01\x7f\b\x1bb\x1b" + end}, "[a^@^A^?^H^[b^[]"},
		"a burst of two lines":          {[]string{"one pasted\rtwo", silence}, "[one pasted<Enter>two]"},
		"a line, and the next one":      {[]string{"typed\rab"}, "typed<Enter>ab"},
		"Enter, then a line":            {[]string{"\rhello"}, "<Enter>hello"},
		"a burst": {[]string{"one pasted\rtwo pasted\r!three\rfour", silence},
			"[one pasted<Enter>two pasted<Enter>!three<Enter>four]"},
		"a burst of more reads": {[]string{"one\rtwo\r", "three\r", ":close x\r", silence},
			"[one<Enter>two<Enter>three<Enter>:close x<Enter>]"},
		"a burst with colours": {[]string{"one\r\x1b[31mtwo\r", silence}, "[one<Enter>^[[31mtwo<Enter>]"},
		"a burst with control characters": {[]string{"one\x07\r\x01two\x7f\r", silence},
			"[one^G<Enter>^Atwo^H<Enter>]"},
		"a burst before a paste": {[]string{"a\rb\r" + begin + "c" + end}, "[a<Enter>b<Enter>c]"},
		"a burst after a paste":  {[]string{begin + "a" + end + "b\rc\r", silence}, "[a][b<Enter>c<Enter>]"},
		"CRLF is one line end":   {[]string{"one\r\ntw"}, "one<Enter><Ctrl+J>tw"},
		"one line":               {[]string{"one\r"}, "one<Enter>"},
		"keys of a slow line":    {[]string{"\x1b[A\r\x1b[A\r"}, "<Up><Enter><Up><Enter>"},
		"Enter held down":        {[]string{"\r\r\r"}, "<Enter><Enter><Enter>"},
		"Esc before a paste": {[]string{"\x1b" + begin + "alpha\r:zzz beta\rgamma" + end},
			"<Esc>[alpha<Enter>:zzz beta<Enter>gamma]"},
		"Esc, then text": {[]string{"\x1b", silence, "X]_^P[O"}, "<Esc>X]_^P[O"},
		"Esc twice":      {[]string{"\x1b\x1b", silence, "x"}, "<Esc><Esc>x"},
		"Alt and a key": {[]string{"\x1bx\x1bO", silence, "\x1b[", silence, "\x1b]", silence, "a"},
			"<Alt+Rune[x]><Alt+Rune[O]><Alt+Rune[[]><Alt+Rune[]]>a"},
		"Alt and a letter with a mark": {[]string{"\x1bé\x1b\r\x1b\x7f"}, "<Alt+Rune[é]><Alt+Enter><Alt+Backspace>"},
		"Alt and an arrow of rxvt":     {[]string{"\x1b\x1b[A\x1b\x1bOB"}, "<Alt+Up><Alt+Down>"},
		"Esc and a function key": {[]string{"\x1b\x1bOR\x1b\x1b[15~\x1b\x1b[[A"},
			"<Esc><F3><Esc><F5><Esc><F1>"},
		"Esc and Ctrl-C": {[]string{"\x1b\x03"}, "<Esc><Ctrl+C>"},
		"answers": {[]string{"\x1b[?64;1;2c\x1b[>41;354;0c\x1b[?2004;1$y\x1bP>|" +
			"XTerm(354)\x1b\\\x1b]11;rgb:0000/0000/0000\x07" +
			"\x1bP1$r0m\x1b\\\x1b_Gx\x1b\\\x1b^y\x1b\\\x1bXz\x1b\\k"}, "k"},
		"an answer after Enter": {[]string{"one\r\x1b]11;rgb:ffff/ffff/ffff\x07"}, "one<Enter>"},
		"DCS after Enter":       {[]string{"one\r\x1bP>|XTerm(354)\x1b\\tw"}, "one<Enter>tw"},
		"an answer in two reads": {[]string{"one\r\x1b]11;rgb:ff", "ff/ffff/ffff\x1b\\two\rab"},
			"one<Enter>two<Enter>ab"},
		"DCS in two reads":        {[]string{"one\r\x1bP", ">|XTerm(354)\x1b\\\rabc"}, "one<Enter><Enter>abc"},
		"DA in two reads":         {[]string{"one\r\x1b[?64;1", ";2;6;9;15c\rabc"}, "one<Enter><Enter>abc"},
		"an answer within a line": {[]string{"o\x1b]10;rgb:0/0/0\x1b\\ne\x1b[?1;2c\r"}, "one<Enter>"},
		"an answer between two": {[]string{"\x1b]10;rgb:0/0/0\x1b\\\r\x1b]11;rgb:f/f/f\x07\r"},
			"<Enter><Enter>"},
		"a burst and an answer":         {[]string{"a\rb\r\x1b[?1;2c", silence}, "[a<Enter>b<Enter>]"},
		"an answer without an end":      {[]string{"\x1b]11;rgb:00", silence, "k"}, "k"},
		"Enter after a lost end of it":  {[]string{"\x1bP1$r", "\rk"}, "<Enter>k"},
		"Ctrl-C after a lost end of it": {[]string{"\x1b]52;c;AA", "\x03"}, "<Ctrl+C>"},
		"an endless sequence":           {[]string{"\x1b[" + strings.Repeat("1;", 5000), "Ak"}, "k"},
		"a sequence broken off":         {[]string{"\x1b[1;5\rk\x1b[1\x18l\x1b[2\x1b[Am"}, "<Enter>kl<Up>m"},
		"a mouse of X10":                {[]string{"\x1b[M !!k"}, "k"},
		"function keys of Linux":        {[]string{"\x1b[[A\x1b[[E"}, "<F1><F5>"},
		"Windows keys":                  {[]string{"\x1b[65;0;97;1;0;2000000000_k"}, "k"},
		"half a character":              {[]string{"\xe4\xb8", silence, "k\xff"}, "\ufffdk\ufffd"},
	} {
		if got := shown(screen.Decode(c.reads...)); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		if strings.Contains(strings.Join(c.reads, ""), "\xff") || strings.HasPrefix(name, "a burst") ||
			strings.HasPrefix(name, "Esc before") || strings.HasPrefix(name, "Esc twice") {
			continue // they are what they are by coming in one read
		}
		var cut []string
		for _, r := range c.reads {
			cut = append(cut, strings.Split(r, "")...)
			if r == silence {
				cut = append(cut, silence)
			}
		}
		if got := shown(screen.Decode(cut...)); got != c.want {
			t.Errorf("%s, a character a read: got %q, want %q", name, got, c.want)
		}
	}
}

// TestPasteEndsBySilence: a paste whose end never comes is over by itself, on the real clock.
func TestPasteEndsBySilence(t *testing.T) {
	p := newPipe(40, 10)
	s := mustScreen(t, p, screen.Options{})
	s.EnablePaste()
	p.in <- []byte(begin + "half a paste")
	got := []tcell.Event{s.PollEvent()}
	for e, ok := got[0].(*tcell.EventPaste); !ok || e.Start(); e, ok = got[len(got)-1].(*tcell.EventPaste) {
		got = append(got, s.PollEvent())
	}
	if s := shown(got); s != "[half a paste]" {
		t.Errorf("got %q, want the paste", s)
	}
}
