package feed_test

import (
	"reflect"
	"sync/atomic"
	"testing"
	"time"

	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/stats"
)

// TestStats: a sample counts rooms, overdue clocks except in drills, streams, and pending
// redactions. A room that has not grown is not folded again.
func TestStats(t *testing.T) {
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	var later atomic.Int64
	o.Now = func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	f := feedtest.With(t, o)
	short, plan := feedtest.Declare(t, f), feedtest.Plan()
	plan.Clocks = []model.ClockDef{{ID: "validate", Label: "Validate", Start: "declared",
		After: model.Duration(time.Hour)}}
	for _, d := range []model.Declaration{{Title: "Hidden", Severity: "SEV-1", Plan: plan, Restricted: []string{"ana"}},
		{Title: "Exercise", Severity: "SEV-1", Plan: plan, Drill: true}} {
		if _, err := f.Declare(soon(t), d); err != nil {
			t.Fatalf("declare %s: got %v, want no error", d.Title, err)
		}
	}
	s := f.Stats(soon(t))
	if got, want := s.Rooms, (stats.Rooms{Open: 3}); got != want {
		t.Errorf("rooms: got %+v, want %+v", got, want)
	}
	if !s.Live || !s.Hosting || s.Truncated || s.DiskFree <= 0 || s.Outbox != (stats.Outbox{}) || s.Lag != 0 {
		t.Errorf("sample of a hub at rest: got %+v, want it live, hosting, complete and with nothing that waits", s)
	}
	if len(s.Streams) != 4 || s.Streams[0].Kind != stats.KindLog || s.Streams[0].Count != 3 || s.Streams[0].Bytes == 0 {
		t.Errorf("streams: got %+v, want 3 of the kind log with bytes, and 4 kinds", s.Streams)
	}
	later.Store(int64(100 * 24 * time.Hour))
	s = f.Stats(soon(t))
	if s.Rooms.ClocksOverdue != 1 {
		t.Errorf("clocks overdue after a hundred days: got %d, want that of the room that is not a drill",
			s.Rooms.ClocksOverdue)
	}
	later.Store(0)
	if one := f.Stats(soon(t)).Rooms.ClocksOverdue; one != 0 {
		t.Errorf("clocks overdue after the clock was set back: got %d, want 0", one)
	}
	room := feedtest.Enter(t, f, short)
	defer room.Close()
	feedtest.Append(t, room, "a line")
	if got := f.Stats(soon(t)).Streams[0].Messages; got != s.Streams[0].Messages+1 {
		t.Errorf("messages of logs after one more line: got %d, want %d", got, s.Streams[0].Messages+1)
	}
	if got := guest(t, f, "eve", model.Command).Stats(soon(t)); !reflect.DeepEqual(got, stats.Hub{}) {
		t.Errorf("sample of a guest: got %+v, want nothing", got)
	}
}
