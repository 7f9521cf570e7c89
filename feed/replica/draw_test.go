package replica

import (
	"testing"
	"time"

	"warroom/model"
)

// TestDrawNotifiesOnce: a live message is shown at once, and what ends its batch does not
// notify a second time: each of a thousand terminals would draw again.
func TestDrawNotifiesOnce(t *testing.T) {
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	c := &Env{Now: func() time.Time { return now }, Hosting: func() bool { return true }, MinEvents: 100}
	f := c.bare("inc-1")
	changed := make(chan struct{}, 100)
	f.Watch(changed)
	for i, step := range []struct {
		name  string
		event bool
		tip   uint64 // of the log, as far as it is known
		want  int    // notifications
	}{
		{"an empty log", false, 0, 0},
		{"a live message", true, 1, 1},
		{"another one", true, 2, 1},
		{"the log is longer than what was read", false, 5, 1},
		{"the same again", false, 5, 0},
	} {
		now = now.Add(time.Second)
		f.at.tip = step.tip
		if step.event {
			f.at.room, f.Log.Next = model.NewRoom(), f.Log.Next+1
			f.draw(false)
		}
		f.draw(true)
		got := len(changed)
		for range got {
			<-changed
		}
		if got != step.want {
			t.Errorf("%d, %s: got %d notifications, want %d", i, step.name, got, step.want)
		}
	}
}
