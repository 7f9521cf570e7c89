package bridge_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
)

// busyHub is a hub on which a note is written in a room while the runner opens it.
type busyHub struct {
	feedtest.BridgeHub
	opened atomic.Int32
	write  func()        // writes the note
	active chan struct{} // receives a value after the runner was told of activity
}

func (h *busyHub) OnActivity(fn func(string)) (func(), error) {
	return h.BridgeHub.OnActivity(func(short string) {
		fn(short)
		h.active <- struct{}{}
	})
}

func (h *busyHub) Open(ctx context.Context, short string) (bridge.HubRoom, error) {
	if h.opened.Add(1) == 1 {
		for len(h.active) > 0 {
			<-h.active
		}
		h.write()
		<-h.active
	}
	return h.BridgeHub.Open(ctx, short)
}

// TestOpenedOnce: a room in which something is written while it is opened is opened once.
// Otherwise its deliveries would run twice at the same time.
func TestOpenedOnce(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	session := feedtest.Enter(t, f, short)
	h := &busyHub{BridgeHub: feedtest.BridgeHub{Feed: f}, active: make(chan struct{}, 100),
		write: func() { feedtest.Append(t, session, "while it is opened") }}
	s := newShop()
	r := bridge.Start(bridge.Options{Hub: h, Bridges: []bridge.Bridge{s}, Now: time.Now, Logf: func(model.Safe) {},
		Base: 20 * time.Millisecond})
	t.Cleanup(r.Close)
	feedtest.Until(t, session, "both are delivered", func(v *model.View) bool {
		return len(v.Room.Deliveries) == 2 && v.Room.Deliveries[0].Over() && v.Room.Deliveries[1].Over()
	})
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.DefaultTimeout)
	defer cancel()
	r.Settle(ctx)
	if n := h.opened.Load(); n != 1 {
		t.Errorf("the room was opened %d times, want once", n)
	}
	if got := s.orders(); len(got) != 2 || got[0] == got[1] {
		t.Errorf("delivered: got %q, want the declaration and the note, each once", got)
	}
}
