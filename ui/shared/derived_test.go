package shared

import "testing"

// TestDerived: a value is computed once per state.
func TestDerived(t *testing.T) {
	s, made := New(), 0
	get := func(key, state string) int {
		return s.Derived(key, state, func() any { made++; return made }).(int)
	}
	for i, c := range []struct {
		key, state string
		want       int
	}{{"a", "1", 1}, {"a", "1", 1}, {"b", "1", 2}, {"a", "2", 3}, {"a", "2", 3}, {"b", "1", 2}, {"a", "1", 4}} {
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
