package screen_test

import (
	"bytes"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"warroom/ui/screen"
)

// TestBurstThenHangup sends 2000 keys and disconnects, 150 times: stock tcell would leave
// most of these sessions running forever.
func TestBurstThenHangup(t *testing.T) {
	before := runtime.NumGoroutine()
	burst := bytes.Repeat([]byte("x"), 2000)
	for range 150 {
		p := newPipe(80, 24)
		s, err := screen.New(p, screen.Options{Term: "xterm-256color", Colors: 256})
		if err != nil {
			t.Fatalf("make screen: %v", err)
		}
		app := tview.NewApplication().SetScreen(s).SetRoot(tview.NewBox(), true)
		app.SetInputCapture(s.Capture(nil))
		done := make(chan error, 1)
		go func() { done <- app.Run() }()
		p.in <- burst
		go func() { _ = p.Close() }()
		select {
		case err := <-done:
			if err == nil || s.Err() == nil {
				t.Fatalf("Run: %v, Err: %v, want the hang-up", err, s.Err())
			}
		case <-time.After(30 * time.Second):
			t.Fatal("the application did not end")
		}
		until(t, "Done", func() bool { return closed(s.Done()) })
	}
	until(t, "the goroutines end", func() bool { return runtime.NumGoroutine() <= before })
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// TestCtrlCAfterKeys ends the application while input is still pending.
func TestCtrlCAfterKeys(t *testing.T) {
	for range 20 {
		p := newPipe(80, 24)
		s, err := screen.New(p, screen.Options{Term: "xterm", Colors: 8})
		if err != nil {
			t.Fatalf("make screen: %v", err)
		}
		app := tview.NewApplication().SetScreen(s).SetRoot(tview.NewBox(), true)
		done := make(chan error, 1)
		go func() { done <- app.Run() }()
		p.in <- append([]byte{3}, bytes.Repeat([]byte("a"), 2500)...)
		select {
		case <-done:
		case <-time.After(30 * time.Second):
			t.Fatal("the application did not end")
		}
		_ = p.Close()
		until(t, "Done", func() bool { return closed(s.Done()) })
	}
}

func TestFiniOfStuckClient(t *testing.T) {
	p := newPipe(80, 24)
	p.stuck = true
	s := mustScreen(t, p, screen.Options{})
	s.Clear()
	s.PutStr(0, 0, "nobody reads this")
	s.Show()
	begin := time.Now()
	s.Fini()
	s.Fini()
	if d := time.Since(begin); d > 10*time.Second { // it waits half a second for each goroutine
		t.Errorf("Fini of a terminal that nobody reads: got %v, want less than 10s", d)
	}
	until(t, "Done", func() bool { return closed(s.Done()) })
	if ev := s.PollEvent(); ev != nil {
		t.Errorf("PollEvent after Fini: %T, want nil", ev)
	}
}

func TestStuckWriteEndsSession(t *testing.T) {
	p := newPipe(80, 24)
	p.stuck = true
	s := mustScreen(t, p, screen.Options{Stuck: 20 * time.Millisecond})
	s.Show()
	if _, ok := s.PollEvent().(*tcell.EventError); !ok {
		t.Error("no EventError")
	}
	if !errors.Is(s.Err(), screen.ErrStuck) {
		t.Errorf("Err: %v, want ErrStuck", s.Err())
	}
}

// TestHangupComesFirst: a hangup is reported before pending input.
func TestHangupComesFirst(t *testing.T) {
	p := newPipe(80, 24)
	s := mustScreen(t, p, screen.Options{})
	p.in <- []byte("keys that nobody asked for")
	until(t, "input", s.HasPendingEvent)
	s.Hangup(errors.New("window closed"))
	if ev, ok := s.PollEvent().(*tcell.EventError); !ok {
		t.Errorf("got %T, want EventError", ev)
	}
}

// TestLocalTakeAndGive: the terminal is started and stopped in pairs.
func TestLocalTakeAndGive(t *testing.T) {
	v := newVT(80, 24)
	p := newPipe(80, 24)
	p.sink = v
	term := newTty(p)
	s := mustScreen(t, screen.NewTty(term), screen.Options{})
	s.EnablePaste()
	s.EnableMouse()
	s.Clear()
	s.ShowCursor(1, 1)
	s.SetCursorStyle(tcell.CursorStyleSteadyBar)
	s.Show()
	if err := s.Suspend(); err != nil {
		t.Fatalf("suspend the screen: %v", err)
	}
	for _, m := range []string{"?1049", "?2004", "?1000", "?1002", "?1003", "?1006", "?1"} {
		if v.modes[m] {
			t.Errorf("mode %s is on while suspended", m)
		}
	}
	s.Show() // has no effect
	if err := s.Resume(); err != nil {
		t.Fatalf("resume the screen: %v", err)
	}
	s.PutStr(0, 0, "again")
	s.Show()
	until(t, "the frame", s.Idle)
	if !v.modes["?1049"] || !v.modes["?2004"] || !v.modes["?1006"] || v.hidden {
		t.Errorf("modes after Resume: %v", v.modes)
	}
	if got := v.cells[4].s; got != "n" {
		t.Errorf("shown after Resume: %q, want n", got)
	}
	s.Fini()
	s.Fini()
	if v.modes["?1049"] || v.modes["?2004"] || v.hidden || v.nowrap {
		t.Errorf("left behind: %v", v.modes)
	}
	if term.starts != 2 || term.stops != 2 {
		t.Errorf("%d starts and %d stops, want 2 and 2", term.starts, term.stops)
	}
	if term.notify != nil {
		t.Error("still notified of sizes")
	}
}

func TestInitErr(t *testing.T) {
	term := newTty(newPipe(80, 24))
	term.startErr = errors.New("no raw mode today")
	s, err := screen.New(screen.NewTty(term), screen.Options{Term: "xterm"})
	if err != nil {
		t.Fatalf("make screen: %v", err)
	}
	app := tview.NewApplication().SetScreen(s).SetRoot(tview.NewBox(), true)
	if !errors.Is(s.InitErr(), term.startErr) || !errors.Is(s.Init(), term.startErr) {
		t.Errorf("InitErr: %v", s.InitErr())
	}
	done := make(chan error, 1)
	go func() { done <- app.Run() }()
	select {
	case err := <-done:
		if err == nil {
			t.Error("Run hides the error")
		}
	case <-time.After(30 * time.Second):
		t.Error("Run does not end")
	}
}

func TestErrNoScreen(t *testing.T) {
	for _, term := range []string{"", "dumb"} {
		if _, err := screen.New(newPipe(80, 24), screen.Options{Term: term}); err != screen.ErrNoScreen {
			t.Errorf("TERM=%q: %v, want ErrNoScreen", term, err)
		}
	}
	for _, term := range []string{"-A/some/file", "../../etc", "wezterm", "screen.xterm-256color", "x\x1b[2J",
		"$(id)"} {
		if _, err := screen.New(newPipe(80, 24), screen.Options{Term: term}); err != nil {
			t.Errorf("TERM=%q: %v", term, err)
		}
	}
}

func TestSuspendOfRemote(t *testing.T) {
	s := mustScreen(t, screen.NewRemote(newPipe(80, 24), 80, 24), screen.Options{})
	if err := s.Suspend(); err != screen.ErrNoSuspend {
		t.Errorf("Suspend: %v, want ErrNoSuspend", err)
	}
}
