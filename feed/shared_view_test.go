package feed_test

import (
	"testing"

	"warroom/feed/feedtest"
	"warroom/model"
)

// TestSessionsShareTheirView: the guests of one process have one view, not a copy each, and
// what one of them waits for is in nobody else's.
func TestSessionsShareTheirView(t *testing.T) {
	f := feedtest.Open(t, "host")
	short := feedtest.Declare(t, f)
	ana := feedtest.Enter(t, guest(t, f, "ana", model.Write), short)
	bo := feedtest.Enter(t, guest(t, f, "bo", model.Write), short)
	feedtest.Until(t, ana, "one view of ana and bo", func(v *model.View) bool { return v == bo.Latest() })

	if _, err := ana.Submit(soon(t), feedtest.Note("mine")); err != nil {
		t.Fatalf("submit: %v", err)
	}
	feedtest.Until(t, ana, "ana's line", func(v *model.View) bool {
		if w := bo.Latest().Waiting; len(w) > 0 {
			t.Fatalf("waiting lines of bo: got %d, want none", len(w))
		}
		return has("mine")(v) && len(v.Waiting) == 0 // an admission may come after it
	})
	feedtest.Until(t, ana, "one view again", func(v *model.View) bool { return v == bo.Latest() })
}
