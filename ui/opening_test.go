package ui_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// starting starts a terminal whose hub starts when begin is called, with the error of that
// call.
func starting(t *testing.T, h *uitest.Hub, with ...func(*ui.Options)) (s *uitest.Term, begin func(error)) {
	t.Helper()
	began := make(chan error, 1)
	rooms, err := h.As("bo").List(context.Background())
	if err != nil {
		t.Fatalf("list: got %v, want no error", err)
	}
	s = uitest.Open(t, h, "bo", 80, 24, append(with, func(o *ui.Options) {
		full := *o
		o.Rooms, o.Handle = nil, ""
		o.Opening = &ui.Opening{Rooms: rooms, More: 900, At: h.Clock.Now().Add(-time.Hour),
			Open: func(ctx context.Context) (ui.Options, error) {
				select {
				case err := <-began:
					return full, err
				case <-ctx.Done():
					return ui.Options{}, ctx.Err()
				}
			}}
	})...)
	return s, func(err error) { began <- err }
}

// TestStart: while the hub starts, the list of its last run is shown; a room that was chosen
// is entered once it has started.
func TestStart(t *testing.T) {
	h, short := busy(t)
	other := mustDeclare(t, h, "Another one")
	s, begin := starting(t, h)
	goldenAtSizes(t, s.See("the hub is starting", "as of 20 Nov", short, other), "start", "the hub is starting")
	s.Type("x").See("you can type once a room is open")
	s.Key(tcell.KeyDown).Key(tcell.KeyEnter).See(short + " opens once the hub has started")
	begin(nil)
	s.See("runner isolated")
}

// TestStartOfTheList: without a choice the live list follows, and the selected row stays
// selected, so that an Enter that comes a moment later opens the room that was meant.
func TestStartOfTheList(t *testing.T) {
	h, short := busy(t)
	mustDeclare(t, h, "Another one")
	s, begin := starting(t, h)
	s.See("the hub is starting").Key(tcell.KeyDown)
	begin(nil)
	s.See("search:").Key(tcell.KeyEnter).See("runner isolated").See(short)
}

// TestStartOfOneRoom: the only open room is entered, and what was typed before is in its
// composer.
func TestStartOfOneRoom(t *testing.T) {
	h, _ := busy(t)
	s, begin := starting(t, h)
	s.See("the hub is starting").Type("token was read").See("what you type is sent once the room is open")
	begin(nil)
	s.See("runner isolated", "token was read")
}

// TestStartFails: the program ends with the error of the hub.
func TestStartFails(t *testing.T) {
	h, _ := busy(t)
	mustDeclare(t, h, "Another one")
	want := model.Refuse(model.Forbidden, "other users can read the store")
	screen := uitest.NewScreen(80, 24)
	err := ui.Run(context.Background(), screen, ui.Options{Clock: h.Clock, Opening: &ui.Opening{
		Open: func(context.Context) (ui.Options, error) { return ui.Options{}, want }}})
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

// TestLeaveDuringStart: Ctrl-C leaves while the hub starts, without an error.
func TestLeaveDuringStart(t *testing.T) {
	h, _ := busy(t)
	mustDeclare(t, h, "Another one")
	s, _ := starting(t, h)
	s.See("the hub is starting").Key(tcell.KeyCtrlC)
	if err := s.Wait(); err != nil {
		t.Errorf("got %v, want no error", err)
	}
}
