package feed

import "testing"

// TestMailRoom: the bytes of waiting messages are bounded per sender and in total, and
// one sender leaves room for others.
func TestMailRoom(t *testing.T) {
	var m mailRoom
	n := 0
	for m.enter("a", 1<<20) {
		n++
	}
	if n != 8 {
		t.Errorf("one sender: got %d MB, want 8", n)
	}
	for _, from := range []string{"b", "c", "d", "e"} {
		for m.enter(from, 1<<20) {
			n++
		}
	}
	if n != 32 {
		t.Errorf("all senders: got %d MB, want 32", n)
	}
	m.leave("a", 1<<20)
	if m.enter("e", 1<<20); m.bytes != 32<<20 {
		t.Errorf("after one was read: got %d bytes, want 32 MB again", m.bytes)
	}
	for from, left := range m.by {
		m.leave(from, left)
	}
	if m.bytes != 0 || len(m.by) != 0 {
		t.Errorf("after all were read: got %d bytes of %d senders, want none", m.bytes, len(m.by))
	}
}
