package screen_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"warroom/ui/screen"
)

// board is similar to an incident room in tview: panes and a clock.
type board struct {
	app   *tview.Application
	clock *tview.TextView
}

// begun is a stock screen that SetScreen does not start a second time, which would be a
// data race in tcell.
type begun struct{ tcell.Screen }

func (begun) Init() error { return nil }

func newBoard(s tcell.Screen) *board {
	b := &board{app: tview.NewApplication(), clock: tview.NewTextView()}
	log := tview.NewTextView().SetText(strings.Repeat("12:00:01 anna: the database is slow, 世界\n", 60))
	log.SetBorder(true).SetTitle("timeline")
	tasks := tview.NewList()
	for i := range 20 {
		tasks.AddItem(fmt.Sprintf("task %d", i), "nobody yet", 0, nil)
	}
	tasks.SetBorder(true)
	body := tview.NewFlex().AddItem(log, 0, 2, false).AddItem(tasks, 0, 1, true)
	all := tview.NewFlex().SetDirection(tview.FlexRow).AddItem(b.clock, 1, 0, false).AddItem(body, 0, 1, true)
	b.clock.SetText("00:00:01")
	b.app.SetScreen(s).SetRoot(all, true)
	return b
}

// frame draws as tview does on every event, and returns the bytes and writes.
func (b *board) frame(p *pipe, idle func() bool, t testing.TB) (bytes, writes int) {
	n, k := p.sent()
	b.app.ForceDraw()
	until(t, "the frame", idle)
	m, l := p.sent()
	return m - n, l - k
}

func TestBytesOfAFrame(t *testing.T) {
	cleanEnv(t, "C.UTF-8")
	v, p := newVT(120, 40), newPipe(120, 40)
	p.sink = v
	s := mustScreen(t, p, screen.Options{Colors: 256})
	b := newBoard(s)
	q := newPipe(120, 40)
	theirs := newBoard(begun{mustTcell(t, q, "xterm-256color", 256)})
	always := func() bool { return true }
	until(t, "the beginning", s.Idle)

	first, writes := b.frame(p, s.Idle, t)
	firstTheirs, _ := theirs.frame(q, always, t)
	if writes != 1 || first == 0 || first > firstTheirs {
		t.Errorf("first frame: %d bytes in %d writes, stock %d", first, writes, firstTheirs)
	}
	same, writes := b.frame(p, s.Idle, t)
	sameTheirs, _ := theirs.frame(q, always, t)
	if same != 0 || writes != 0 {
		t.Errorf("the same frame again: %d bytes in %d writes, want none", same, writes)
	}
	b.clock.SetText("00:00:02")
	theirs.clock.SetText("00:00:02")
	digit, writes := b.frame(p, s.Idle, t)
	digitTheirs, _ := theirs.frame(q, always, t)
	if digit == 0 || digit >= 40 || writes != 1 {
		t.Errorf("one digit: %d bytes in %d writes, want less than 40 in one", digit, writes)
	}
	if v.cells[7].s != "2" {
		t.Error("the digit is not there")
	}
	t.Logf("bytes, stock and ours: first %d %d, same %d %d, digit %d %d",
		firstTheirs, first, sameTheirs, same, digitTheirs, digit)
}

// TestHostileCells draws what an attacker would like to be sent to the terminal.
func TestHostileCells(t *testing.T) {
	v, p := newVT(60, 4), newPipe(60, 4)
	p.sink = v
	s := mustScreen(t, p, screen.Options{})
	s.Clear()
	x := 0
	for _, bad := range []rune{0, 7, 8, '\t', '\n', 0x1b, 0x7f, 0x85, 0x9b, 0x9d, 0xd800, -1, 0x110000, 0x202e, 0xfeff,
		0xad} {
		s.SetContent(x, 0, bad, nil, tcell.StyleDefault)
		s.SetContent(x, 1, 'a', []rune{bad, bad}, tcell.StyleDefault)
		x++
	}
	s.PutStr(0, 2, "\x1b]52;c;AAAA\a\x1b[2J\x9b31m\u009b2J\r\n")
	s.SetContent(50, 2, 'z', []rune(strings.Repeat("\u0300", 500)), tcell.StyleDefault)
	s.PutStrStyled(0, 3, "link", tcell.StyleDefault.Url("http://evil\x1b]0;x\a"))
	s.Fill('\x1b', tcell.StyleDefault.Bold(true))
	s.PutStr(0, 2, "\x1b]52;c;AAAA\a\x1b[2J\x9b31m\u009b2J\r\n")
	s.SetContent(50, 2, 'z', []rune(strings.Repeat("\u0300", 500)), tcell.StyleDefault)
	s.SetTitle("title\x1b\\\x1b]52;c;AAAA\a\u009c\u202e")
	s.Show()
	until(t, "the frame", s.Idle)
	if len(v.unknown) > 0 || len(v.clips) > 0 || v.bells > 0 {
		t.Errorf("strange %q, clipboard %q, %d bells", v.unknown, v.clips, v.bells)
	}
	if got, want := v.cells[0].s+v.cells[120].s, "??"; got != want {
		t.Errorf("shown %q, want %q", got, want)
	}
	if got := v.cells[2*60+50].s; len(got) > 1+2*4 {
		t.Errorf("%d bytes of marks in one cell", len(got))
	}
	if len(v.titles) != 1 || v.titles[0] != "title\\]52;c;AAAA" {
		t.Errorf("titles %q", v.titles)
	}
	s.SetClipboard([]byte("evidence"))
	until(t, "the clipboard", s.Idle)
	if len(v.clips) != 1 || v.clips[0] != "c;ZXZpZGVuY2U=" {
		t.Errorf("clipboard %q", v.clips)
	}
}

// TestSharedTable draws on many screens that share a table concurrently.
func TestSharedTable(t *testing.T) {
	table := screen.NewTable()
	done := make(chan struct{})
	for i := range 8 {
		s := mustScreen(t, newPipe(40, 10), screen.Options{Table: table})
		go func() {
			defer func() { done <- struct{}{} }()
			for j := range 50 {
				s.Clear()
				st := tcell.StyleDefault.Foreground(tcell.PaletteColor(j % 40))
				s.PutStrStyled(i%3, j%10, fmt.Sprint("e\u0301", j, "世", i), st)
				s.Show()
			}
		}()
	}
	for range 8 {
		<-done
	}
}

func TestMergeSGR(t *testing.T) {
	for in, want := range map[string]string{
		"\x1b[m\x1b[1m\x1b[31;42m":   "\x1b[;1;31;42m",
		"\x1b[0m\x1b[4m\x1b[4:3m":    "\x1b[0;4m\x1b[4:3m",
		"\x1b[m\x1b[38:5:7m\x1b[1m":  "\x1b[m\x1b[38:5:7m\x1b[1m",
		"":                           "",
		"\x1b(B\x1b[m":               "\x1b(B\x1b[m",
		"\x1b[0;10m\x1b[7m\x1b[?25h": "\x1b[0;10;7m\x1b[?25h",
	} {
		if got := screen.MergeSGR(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// FuzzDecode: whatever comes, Ctrl-C after a silence is a key, and every paste has an end.
func FuzzDecode(f *testing.F) {
	f.Add("\x1b]52;c;AA\x1b\\", "\x1b[1;5A")
	f.Add("\x1b[200~x\x1b[201~", "\xe4\xb8")
	f.Add("\x1b\x1b[200~a\rb\x03", "\x1bO")
	f.Fuzz(func(t *testing.T, a, b string) {
		events := screen.Decode(a, b, "", "\x03")
		open := 0
		for _, ev := range events {
			if p, ok := ev.(*tcell.EventPaste); ok && p.Start() {
				open++
			} else if ok {
				open--
			}
			if open < 0 || open > 1 {
				t.Fatalf("%q and %q: got %d pastes open at once, want at most one", a, b, open)
			}
		}
		k, ok := events[len(events)-1].(*tcell.EventKey)
		if !ok || k.Key() != tcell.KeyCtrlC || open != 0 {
			t.Errorf("%q and %q: got %T as the last event with %d pastes open, want Ctrl-C and none", a, b,
				events[len(events)-1], open)
		}
	})
}
