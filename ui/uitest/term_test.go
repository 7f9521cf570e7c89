package uitest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
)

// slowRooms has sessions that take a line only when the screen shows it.
type slowRooms struct {
	ui.Rooms
	shows func(text string)
}

func (r slowRooms) Enter(ctx context.Context, short string) (model.RoomSession, error) {
	s, err := r.Rooms.Enter(ctx, short)
	return slowSession{s, r.shows}, err
}

type slowSession struct {
	model.RoomSession
	shows func(text string)
}

func (s slowSession) Submit(ctx context.Context, a model.Act) (model.Receipt, error) {
	s.shows(a.Line)
	return s.RoomSession.Submit(ctx, a)
}

// openSlow opens a terminal of a room whose hub takes a line only when the screen shows it.
func openSlow(t *testing.T) (*Hub, *Term) {
	t.Helper()
	h := NewHub()
	if _, err := h.As("ana").Declare(t.Context(),
		model.Declaration{Title: "slow", Severity: "SEV-1", Plan: Plan()}); err != nil {
		t.Fatalf("declare: got %v, want no error", err)
	}
	opened := make(chan *Term, 1)
	shows := func(text string) {
		s := <-opened
		opened <- s
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for range 10_000 {
			if f, _, _ := s.Screen.last(); strings.Contains(f.Text(), text) {
				return
			}
			<-tick.C
		}
	}
	s := Open(t, h, "ana", 80, 24, func(o *ui.Options) { o.Rooms = slowRooms{o.Rooms, shows} })
	opened <- s
	return h, s.See("declared")
}

// waiting returns the number of pending lines.
func (h *Hub) waiting() (n int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.watch {
		n += len(s.waiting)
	}
	return n
}

// TestFrameIncludesTheHub: a frame that a test gets does not show a line that the hub does not
// have.
func TestFrameIncludesTheHub(t *testing.T) {
	h, s := openSlow(t)
	h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()})
	s.See("OFFLINE")
	for i, line := range []string{"first of mine", "second of mine", "third of mine"} {
		s.Line(line).Until(line, func(f Frame) bool {
			shown := strings.Contains(f.Text(), line)
			if got := h.waiting(); shown && got != i+1 {
				t.Errorf("%s: got %d lines in the outbox when it is shown, want %d", line, got, i+1)
			}
			return shown
		})
	}
}

// TestHubChangesAfterTheKeys: what a test changes after keys comes after them.
func TestHubChangesAfterTheKeys(t *testing.T) {
	h, s := openSlow(t)
	var want []string
	for _, change := range []struct {
		what string
		do   func()
	}{
		{"the clock", func() { h.Clock.Add(time.Minute) }},
		{"a line of another person", func() {
			if err := h.SubmitLine("bo", "inc-1", "of bo"); err != nil {
				t.Errorf("submit: got %v, want no error", err)
			}
		}},
		{"the link", func() { h.SetLink(model.Link{State: model.Offline, Since: h.Clock.Now()}) }},
	} {
		want = append(want, h.Clock.Now().Format("15:04 ")+"before "+change.what)
		s.Line("before " + change.what)
		change.do()
	}
	session, err := h.As("cy").Enter(t.Context(), "inc-1")
	if err != nil {
		t.Fatalf("enter: got %v, want no error", err)
	}
	defer session.Close()
	var got []string
	for _, l := range session.Latest().Room.Lines() {
		if l.IsEntry() {
			got = append(got, l.RecordedAt.Format("15:04 ")+l.Text.String())
		}
	}
	want = slices.Insert(want, 2, "14:01 of bo")
	if !slices.Equal(got, want) {
		t.Errorf("got the lines %q, want %q", got, want)
	}
	s.Key(tcell.KeyCtrlC)
	h.Clock.Add(time.Minute) // a program that has ended is not waited for
	s.Wait()
}
