package ui_test

import (
	"context"
	"strings"
	"testing"

	"github.com/gdamore/tcell/v2"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/uitest"
)

// slow is a hub whose rooms take time to open.
type slow struct {
	ui.Rooms
	open chan struct{}
}

func (r *slow) Enter(ctx context.Context, short string) (model.RoomSession, error) {
	select {
	case <-r.open:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	return r.Rooms.Enter(ctx, short)
}

func TestTypedAhead(t *testing.T) {
	h, short := busy(t)
	release := make(chan struct{})
	s := uitest.Open(t, h, "bo", 80, 24, func(o *ui.Options) { o.Rooms = &slow{o.Rooms, release} })
	s.See("opening ...", "Ctrl-C").Line("quickly said").Type("hslf").Key(tcell.KeyBackspace2, tcell.KeyBackspace2,
		tcell.KeyBackspace2).Type("alf ")
	s.Paste("pasted").See("what you type is sent once")
	close(release)
	s.See("bo       quickly said", "> half pasted").Gone("opening") // it is stored
	n := 0
	if err := h.As("bo").Events(context.Background(), short, 1, func(e *model.Event) error {
		if strings.Contains(string(e.Body), "quickly said") {
			n++
		}
		return nil
	}); err != nil || n != 1 {
		t.Errorf("said %d times, %v", n, err)
	}
}

// TestTypedAheadOfADraft: a saved draft is not mixed with what is typed ahead.
func TestTypedAheadOfADraft(t *testing.T) {
	h, _ := busy(t)
	dir := t.TempDir()
	s := uitest.Open(t, h, "bo", 80, 24, stateIn(dir))
	s.See("runner isolated").Type("from last time").See("> from last time").Key(tcell.KeyCtrlC)
	s.Wait()
	release := make(chan struct{})
	s = uitest.Open(t, h, "bo", 80, 24, stateIn(dir), func(o *ui.Options) { o.Rooms = &slow{o.Rooms, release} })
	s.See("opening ...").Line("something new").See("what you type is sent")
	close(release)
	s.See("something new", "one line up (Up)").Key(tcell.KeyUp, tcell.KeyUp).See("> from last time")
}
