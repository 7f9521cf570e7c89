package feed_test

import (
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// declared creates a room and closes the hub. A hub that checks itself every few
// milliseconds might regard a stream that is being created as lost.
func declared(t *testing.T, o feed.Options) string {
	t.Helper()
	f, err := feed.Open(soon(t), o)
	must(t, err)
	short := feedtest.Declare(t, f)
	must(t, f.Close())
	return short
}

// TestFullDisk: before the hub's disk is full, lines wait in everybody's outboxes, and
// the terminals show why. When there is space again, they are sent automatically.
func TestFullDisk(t *testing.T) {
	var free atomic.Int64
	free.Store(1 << 40)
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	short := declared(t, o)
	o.FreeSpace, o.CheckEvery = func(string) (int64, bool) { return free.Load(), true }, 10*time.Millisecond
	a := feedtest.With(t, o)
	joined := feedtest.With(t, o)
	far := feedtest.With(t, remote(t, a, feedtest.Data(t), "bo"))
	sessions := []model.RoomSession{feedtest.Enter(t, a, short), feedtest.Enter(t, joined, short),
		feedtest.Enter(t, far, short)}
	texts := []string{"from the host", "from beside it", "from another machine"}
	for i, s := range sessions {
		feedtest.Append(t, s, "before, "+texts[i])
	}
	free.Store(30 << 20)
	feedtest.Until(t, sessions[0], "little room is said", func(v *model.View) bool {
		return strings.Contains(v.Link.Problem.String(), "only 30 MiB can still be stored")
	})
	feedtest.Append(t, sessions[0], "and it is stored")
	free.Store(1 << 20)
	for i, s := range sessions {
		feedtest.Until(t, s, "the full disk is said",
			func(v *model.View) bool { return strings.Contains(v.Link.Problem.String(), "disk is full") })
		_, err := s.Append(soon(t), feedtest.Note(texts[i]))
		if model.CodeOf(err) != model.Queued || !strings.Contains(err.Error(), "disk is full") {
			t.Errorf("%s: got %v, want it kept, and why", texts[i], err)
		}
		v := feedtest.Until(t, s, "the reason is shown",
			func(v *model.View) bool { return len(v.Waiting) == 1 && !v.Waiting[0].Why.IsEmpty() })
		if why := v.Waiting[0].Why.String(); !strings.Contains(why, "your lines wait in the outbox") {
			t.Errorf("%s: it waits because %q", texts[i], why)
		}
	}
	free.Store(6 << 20)
	if has(texts[0])(sessions[0].Latest()) {
		t.Error("sent with hardly more room than none")
	}
	free.Store(1 << 40)
	for _, s := range sessions {
		v := feedtest.Until(t, s, "all is there", func(v *model.View) bool {
			return has(texts[0])(v) && has(texts[1])(v) && has(texts[2])(v) && v.Link.Problem.IsEmpty() &&
				len(v.Waiting) == 0
		})
		if v.Room.Bad != 0 || v.Room.Rejected != 0 {
			t.Errorf("%d bad, %d void", v.Room.Bad, v.Room.Rejected)
		}
	}
}
