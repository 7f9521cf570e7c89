package shared

import (
	"testing"
	"time"

	"warroom/model"
)

// TestDerived: a value is computed once per state, for the two newest states of a key.
func TestDerived(t *testing.T) {
	s, made := New(), 0
	get := func(key, state string) int {
		return s.Derived(key, state, func() any { made++; return made }).(int)
	}
	for i, c := range []struct {
		key, state string
		want       int
	}{{"a", "1", 1}, {"a", "1", 1}, {"b", "1", 2}, {"a", "2", 3}, {"a", "2", 3}, {"b", "1", 2}, {"a", "1", 1},
		{"a", "3", 4}, {"a", "2", 3}, {"a", "1", 5}} {
		if got := get(c.key, c.state); got != c.want {
			t.Errorf("%d: key %s, state %s: got value %d, want %d", i, c.key, c.state, got, c.want)
		}
	}
	for i := range 3 * maxDerived {
		s.Derived(i, 0, func() any { return i })
	}
	if n := len(s.derived); n > maxDerived {
		t.Errorf("got %d values kept, want at most %d", n, maxDerived)
	}
}

// TestVisible: equal values get one pointer, as long as they are among the two newest of
// their room.
func TestVisible(t *testing.T) {
	s, r := New(), model.NewRoom()
	at := func(sec int) *Visible {
		return s.Visible(&Visible{Room: r, Now: time.Date(2026, 11, 20, 14, 0, sec, 0, time.UTC)})
	}
	first := at(0)
	if at(0) != first {
		t.Error("got another pointer for the same value, want the same one")
	}
	second := at(1)
	if second == first || at(0) != first || at(1) != second {
		t.Error("got other pointers for the two newest values, want the same ones")
	}
	at(2)
	if got := at(0); got == first || *got != *first {
		t.Error("got the pointer of a value that is older than two, want a new one of the same value")
	}
}
