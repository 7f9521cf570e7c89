package sshd_test

import (
	"net"
	"slices"
	"testing"
	"time"

	"warroom/ui/sshd"
)

// deadlines is a connection that records its deadlines for writes, counted from a time.
type deadlines struct {
	net.Conn
	from time.Time
	set  []time.Duration
}

func (d *deadlines) SetWriteDeadline(t time.Time) error {
	d.set = append(d.set, t.Sub(d.from))
	return nil
}

func (d *deadlines) Write(b []byte) (int, error) { return len(b), nil }

// TestWriteDeadline: the deadline of writes is set again only when an eighth of the limit has
// passed, and when the clock was set back.
func TestWriteDeadline(t *testing.T) {
	clock := &fakeClock{time.Unix(1e9, 0)}
	d := &deadlines{from: clock.now}
	c := sshd.Patient(d, clock, 8*time.Second)
	for _, step := range []time.Duration{0, time.Second, time.Second, -time.Hour, time.Second, time.Second} {
		clock.now = clock.now.Add(step)
		if _, err := c.Write([]byte("x")); err != nil {
			t.Fatalf("write: %v", err)
		}
	}
	want := []time.Duration{8 * time.Second, 10 * time.Second, 10*time.Second - time.Hour, 12*time.Second - time.Hour}
	if !slices.Equal(d.set, want) {
		t.Errorf("deadlines after the start: got %s, want %s", d.set, want)
	}
}
