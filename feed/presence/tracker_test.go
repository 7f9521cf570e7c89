package presence_test

import (
	"strings"
	"testing"
	"time"

	"warroom/feed/presence"
)

// TestPeopleInOrder: the list has everybody who is there by handle, with what they have sent,
// at most a second late, whatever has changed; a list that was returned does not change.
func TestPeopleInOrder(t *testing.T) {
	now := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
	var h presence.Tracker
	h.Init(func() time.Time { return now })
	people := func() string {
		here, _ := h.People()
		var b strings.Builder
		for _, p := range here {
			b.WriteString(p.Handle + " " + p.Key + " " + p.LastSeen.Format("05") + "; ")
		}
		return b.String()
	}
	check := func(what, want string) {
		t.Helper()
		if got := people(); got != want {
			t.Errorf("%s: got %q, want %q", what, got, want)
		}
	}
	h.Note("k2", presence.Beat{Handle: "cy"})
	h.Note("k1", presence.Beat{Handle: "ana"})
	check("two came", "ana k1 00; cy k2 00; ")
	before, _ := h.People()
	now = now.Add(2 * time.Second)
	h.Note("k2", presence.Beat{Handle: "cy"})
	check("one was seen again", "ana k1 00; cy k2 02; ")
	if got := before[1].LastSeen.Second(); got != 0 {
		t.Errorf("an earlier list: got second %d, want 0", got)
	}
	now = now.Add(2 * time.Second)
	h.Note("k1", presence.Beat{Handle: "dora"})
	check("a key with another handle", "cy k2 02; dora k1 04; ")
	h.Note("k3", presence.Beat{Handle: "bo"})
	check("a third came", "bo k3 04; cy k2 02; dora k1 04; ")
	h.Note("k2", presence.Beat{Handle: "cy", Bye: true})
	check("one left", "bo k3 04; dora k1 04; ")
}
