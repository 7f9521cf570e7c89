package cli

import (
	"strings"
	"testing"
)

// TestARoomByItsULID: each command that takes a room takes its ULID too, in capital or small
// letters. A ULID that no room has is refused like any other name.
func TestARoomByItsULID(t *testing.T) {
	h := roomInMemory(t)
	list, err := h.As("ana").List(t.Context())
	if err != nil || len(list) != 1 {
		t.Fatalf("list: got %v, %v, want one room", list, err)
	}
	id := list[0].Room.ID
	for _, args := range [][]string{{"status", id}, {"status", strings.ToLower(id)}, {"tail", id, "--no-follow"},
		{"note", id, "hello"}, {"do", id, "!decided"}, {"report", id}, {"indicators", id},
		{"close", id, "--reason", "it is over"}} {
		if out, errs, code := printed(t, h, args...); strings.Contains(errs, "there is no room") {
			t.Errorf("%q: got exit %d, %q, %q, want the room found", args, code, out, errs)
		}
	}
	other := strings.Repeat("0", len(id))
	if _, errs, code := printed(t, h, "status", other); code != exitFailed ||
		!strings.Contains(errs, "there is no room "+other+" here") {
		t.Errorf("another ULID: got exit %d, %q, want it refused", code, errs)
	}
}
