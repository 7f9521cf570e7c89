package shell

import (
	"testing"
	"time"
)

type fixedClock time.Time

func (c fixedClock) Now() time.Time { return time.Time(c) }

// TestSecondOfTheHub: the time that is shown is the hub's in full seconds, however the clock of this
// machine differs.
func TestSecondOfTheHub(t *testing.T) {
	hub := time.Date(2026, 11, 20, 14, 0, 7, 800e6, time.UTC)
	want := hub.Truncate(time.Second)
	for _, offset := range []time.Duration{0, 300 * time.Millisecond, -300 * time.Millisecond, 900 * time.Millisecond,
		-61700 * time.Millisecond} {
		c := Clock{clock: fixedClock(hub.Add(-offset)), own: time.UTC, offset: offset}
		if got := c.Second(); !got.Equal(want) {
			t.Errorf("the hub's clock is %s ahead of this machine: got %s, want %s", offset, got, want)
		}
	}
}
