package feed_test

import (
	"sync"
	"testing"

	"warroom/feed/feedtest"
	"warroom/model"
)

// TestReentering: leaving a room while another session begins to write with the same key,
// as the hub does for each guest it admits, does not delete the outbox of that session.
func TestReentering(t *testing.T) {
	f := feedtest.Open(t, "host")
	short := feedtest.Declare(t, f)
	feedtest.Enter(t, f, short) // the room stays open
	g, err := f.Guest(soon(t), guestOf("ana", "one", model.Write))
	if err != nil {
		t.Fatalf("come as a guest: %v", err)
	}
	var writers sync.WaitGroup
	for range 4 {
		writers.Go(func() {
			for round := range 150 {
				if err := g.AttachAndDetach(soon(t), short); err != nil {
					t.Errorf("round %d: got %v, want nothing to go wrong", round, err)
					return
				}
			}
		})
	}
	writers.Wait()
	if err := g.Close(); err != nil {
		t.Errorf("leave: %v", err)
	}
}
