package screen_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gdamore/tcell/v2"
	"github.com/rivo/tview"

	"warroom/ui/screen"
)

// mustPoll returns the next event of a type.
func mustPoll[E tcell.Event](t *testing.T, s *screen.Screen) E {
	t.Helper()
	for {
		switch ev := s.PollEvent().(type) {
		case E:
			return ev
		case nil, *tcell.EventError:
			t.Fatalf("got %T", ev)
		}
	}
}

func TestKeys(t *testing.T) {
	p := newPipe(80, 24)
	s := mustScreen(t, p, screen.Options{})
	for _, c := range []struct {
		bytes []string
		want  string
	}{
		{[]string{"a"}, "Rune[a]"}, {[]string{"\x1b[A"}, "Up"}, {[]string{"\x1bOB"}, "Down"},
		{[]string{"\x1b[1;5C"}, "Ctrl+Right"}, {[]string{"\x1b", "[5~"}, "PgUp"}, {[]string{"\x1bx"}, "Alt+Rune[x]"},
		{[]string{"\xe4\xb8", "\x96"}, "Rune[世]"}, {[]string{"\t"}, "Tab"}, {[]string{"\x1b[Z"}, "Backtab"},
		{[]string{"\x03"}, "Ctrl+C"}, {[]string{"\r"}, "Enter"}, {[]string{"\x1b[[A"}, "F1"},
		{[]string{"\x7f"}, "Backspace"},
		{[]string{"\x1b[97;5u"}, "Ctrl+A"}, {[]string{"\x1b]11;rgb:0/0/0\x1b\\q"}, "Rune[q]"},
		{[]string{"\x1b]", "z"}, "Alt+Rune[]]"}, {nil, "Rune[z]"},
		{[]string{"\x1b[65;0;97;1;0;2000000000_k"}, "Rune[k]"},
		{[]string{"\x1b[" + strings.Repeat("1;", 5000) + "Ak"}, "Rune[k]"}, {[]string{"\x1b"}, "Esc"},
	} {
		for _, b := range c.bytes {
			p.in <- []byte(b)
		}
		if got := mustPoll[*tcell.EventKey](t, s).Name(); got != c.want {
			t.Errorf("%.40q: got %s, want %s", c.bytes, got, c.want)
		}
	}
}

func TestMouse(t *testing.T) {
	p := newPipe(40, 10)
	s := mustScreen(t, p, screen.Options{})
	p.in <- []byte("\x1b[<0;5;6M") // before it was enabled
	p.in <- []byte("a")
	mustPoll[*tcell.EventKey](t, s)
	s.EnableMouse()
	p.in <- []byte("\x1b[<0;5;6M\x1b[<0;400;90m")
	x, y := mustPoll[*tcell.EventMouse](t, s).Position()
	if x != 4 || y != 5 {
		t.Errorf("press at %d,%d, want 4,5", x, y)
	}
	if x, y = mustPoll[*tcell.EventMouse](t, s).Position(); x != 39 || y != 9 {
		t.Errorf("release at %d,%d, want 39,9", x, y)
	}
}

// TestWakeDuringPaste: the loop continues while a paste comes, and gets it as a whole.
func TestWakeDuringPaste(t *testing.T) {
	p := newPipe(40, 10)
	s := mustScreen(t, p, screen.Options{})
	s.EnablePaste()
	p.in <- []byte("\x1b[200~ab")
	s.Wake()
	s.Wake()
	if k := mustPoll[*tcell.EventKey](t, s); k.Key() != screen.KeyWake {
		t.Errorf("got %s while a paste comes, want the wake-up", k.Name())
	}
	p.in <- []byte("\x1b[201~")
	if !mustPoll[*tcell.EventPaste](t, s).Start() {
		t.Error("got the end of the paste first, want its beginning")
	}
	for _, want := range "ab" {
		if k := mustPoll[*tcell.EventKey](t, s); k.Rune() != want {
			t.Fatalf("got %s inside the paste, want %c", k.Name(), want)
		}
	}
	if mustPoll[*tcell.EventPaste](t, s).Start() {
		t.Error("got the beginning of another paste, want the end")
	}
	if s.HasPendingEvent() {
		t.Error("got two wake-ups, want one")
	}
}

// TestFollow: the event loop waits for channels of others too, and for no others after they
// were replaced.
func TestFollow(t *testing.T) {
	s := mustScreen(t, newPipe(40, 10), screen.Options{})
	changes, timer := make(chan struct{}, 1), make(chan time.Time, 1)
	var got []int
	follow := func(i int) bool {
		got = append(got, i)
		return true
	}
	s.Follow(changes, timer, follow)
	wake := func() {
		t.Helper()
		if k := mustPoll[*tcell.EventKey](t, s); k.Key() != screen.KeyWake {
			t.Fatalf("got %s, want a wake-up", k.Name())
		}
	}
	wake() // of Follow
	changes <- struct{}{}
	wake()
	timer <- time.Time{}
	wake()
	if want := []int{0, 1}; !slices.Equal(got, want) {
		t.Errorf("got values of %v, want %v", got, want)
	}
	s.Follow(nil, nil, nil)
	wake()
	changes <- struct{}{}
	s.Wake()
	wake()
	if len(changes) != 1 {
		t.Errorf("got a value of a channel that is not followed any more")
	}
}

// TestWakeDraws wakes a running application from many goroutines; the screen must show the
// last state in the end.
func TestWakeDraws(t *testing.T) {
	v := newVT(20, 3)
	p := newPipe(20, 3)
	p.sink = v
	s := mustScreen(t, p, screen.Options{})
	view := tview.NewTextView()
	state := make(chan string, 1)
	app := tview.NewApplication().SetScreen(s).SetRoot(view, true)
	app.SetInputCapture(s.Capture(func(ev *tcell.EventKey) *tcell.EventKey {
		if ev.Key() == screen.KeyWake {
			select {
			case text := <-state:
				view.SetText(text)
			default:
			}
		}
		return ev
	}))
	done := make(chan struct{})
	go func() { _ = app.Run(); close(done) }()
	go func() {
		for i := range 500 {
			select {
			case <-state:
			default:
			}
			text := "middle"
			if i == 499 {
				text = "the end"
			}
			state <- text
			s.Wake()
			s.Wake()
		}
	}()
	until(t, "the last text", func() bool {
		p.mu.Lock()
		defer p.mu.Unlock()
		return v.cells[0].s+v.cells[6].s == "td"
	})
	_ = p.Close()
	<-done
}

// TestTakeEvent: whoever draws only when there is no event draws once for keys that came
// together.
func TestTakeEvent(t *testing.T) {
	p := newPipe(20, 3)
	s := mustScreen(t, p, screen.Options{})
	if ev := s.TakeEvent(); ev != nil {
		t.Errorf("nothing was typed: got %T, want nil", ev)
	}
	p.in <- []byte("0123456789abcdeZ")
	s.Wake()
	got := ""
	for ev := s.PollEvent(); ev != nil; ev = s.TakeEvent() {
		if k, ok := ev.(*tcell.EventKey); ok && k.Key() == tcell.KeyRune {
			got += string(k.Rune())
		}
		if got == "" { // the wake-up came first
			until(t, "input", s.HasPendingEvent)
		}
	}
	if want := "0123456789abcdeZ"; got != want {
		t.Errorf("got %q without waiting, want %q", got, want)
	}
	p.in <- []byte("keys that nobody asked for")
	until(t, "input", s.HasPendingEvent)
	s.Hangup(errors.New("window closed"))
	if ev := s.TakeEvent(); ev != nil {
		t.Errorf("after a hang-up: got %T, want nil", ev)
	}
}

// TestSlowClientGetsNewest: frames are skipped, but not the last one.
func TestSlowClientGetsNewest(t *testing.T) {
	v := newVT(20, 3)
	p := newPipe(20, 3)
	p.sink = v
	s := mustScreen(t, p, screen.Options{})
	p.mu.Lock() // the client does not read for now
	s.Clear()
	s.Show()
	for range 100 {
		s.Clear()
		s.PutStr(0, 0, "old")
		s.Show()
	}
	p.mu.Unlock()
	if k := mustPoll[*tcell.EventKey](t, s); k.Key() != screen.KeyWake {
		t.Fatalf("got %s, want a wake-up when the way is free", k.Name())
	}
	s.Clear()
	s.PutStr(0, 0, "new")
	s.Show()
	until(t, "the frame", s.Idle)
	if v.cells[0].s != "n" {
		t.Errorf("shown: %q", v.String())
	}
	if _, writes := p.sent(); writes > 4 {
		t.Errorf("%d writes", writes)
	}
}

// TestPostedAfterADroppedEvent: an event that nobody asked for does not hold up the posted
// one behind it.
func TestPostedAfterADroppedEvent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := mustScreen(t, newPipe(20, 2), screen.Options{})
		defer s.Fini()
		for _, ev := range []tcell.Event{tcell.NewEventPaste(true), tcell.NewEventInterrupt(7)} {
			if err := s.PostEvent(ev); err != nil {
				t.Fatalf("post %T: %v", ev, err)
			}
		}
		got := make(chan tcell.Event, 1)
		go func() { got <- s.PollEvent() }()
		synctest.Wait()
		select {
		case ev := <-got:
			if e, ok := ev.(*tcell.EventInterrupt); !ok || e.Data() != 7 {
				t.Errorf("got %T, want the interrupt that was posted last", ev)
			}
		default:
			t.Error("got no event, want the interrupt that was posted last")
		}
	})
}

func TestPostEvent(t *testing.T) {
	s := mustScreen(t, newPipe(20, 3), screen.Options{})
	for range 16 {
		if err := s.PostEvent(tcell.NewEventInterrupt(1)); err != nil {
			t.Fatalf("post event: %v", err)
		}
	}
	if err := s.PostEvent(tcell.NewEventInterrupt(1)); err != tcell.ErrEventQFull {
		t.Errorf("full queue: %v", err)
	}
	ch, quit := make(chan tcell.Event), make(chan struct{})
	go s.ChannelEvents(ch, quit)
	if _, ok := (<-ch).(*tcell.EventInterrupt); !ok {
		t.Error("not what was posted")
	}
	close(quit)
	for range ch { // must end
	}
}

func TestResize(t *testing.T) {
	p := newPipe(20, 3)
	r := screen.NewRemote(p, 20, 3)
	s := mustScreen(t, r, screen.Options{})
	if w, h := s.Size(); w != 20 || h != 3 {
		t.Errorf("size %dx%d", w, h)
	}
	for range 1000 {
		r.SetSize(9000, 9000)
	}
	if w, h := mustPoll[*tcell.EventResize](t, s).Size(); w != 500 || h != 200 {
		t.Errorf("event %dx%d, want 500x200", w, h)
	}
	if w, h := s.Size(); w != 500 || h != 200 {
		t.Errorf("size %dx%d, want 500x200", w, h)
	}
	if s.HasPendingEvent() {
		t.Error("a thousand sizes make more than one event")
	}
}
