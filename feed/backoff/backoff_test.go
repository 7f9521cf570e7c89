package backoff

import (
	"testing"
	"time"
)

// TestBackoff: a pause doubles up to the longest, starts again after a reset, and is
// between half of its nominal value and all of it.
func TestBackoff(t *testing.T) {
	b := New(10*time.Millisecond, 35*time.Millisecond)
	for i, want := range []time.Duration{10, 20, 35, 35} {
		if want *= time.Millisecond; b.now != want {
			t.Errorf("pause %d: got %s, want %s", i+1, b.now, want)
		}
		if got := Nth(10*time.Millisecond, 35*time.Millisecond, i+1); got < want/2 || got > want {
			t.Errorf("pause %d with jitter: got %s, want %s to %s", i+1, got, want/2, want)
		}
		b.Grow()
	}
	b.Reset()
	if b.now != b.first {
		t.Errorf("after a reset: got %s, want %s", b.now, b.first)
	}
	if got := Nth(time.Second, time.Hour, 1<<40); got > time.Hour || got < time.Hour/2 {
		t.Errorf("after very many attempts: got %s, want 30m to 1h", got)
	}
}
