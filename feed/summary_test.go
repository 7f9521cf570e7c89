package feed_test

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"warroom/feed/roomindex"
	"warroom/model"
)

// shownOf is what lists show of a room.
func shownOf(r *model.Room, now time.Time) string {
	list := []model.RoomInfo{{Short: "inc-1", Room: r, LastAt: r.RecordedAt, Restricted: r.IsRestricted()}}
	o := model.OverviewOf(list[0], now)
	next := "none"
	if o.Next != nil {
		next = fmt.Sprint(o.Next.Def.ID, o.Next.Run.DueAt, o.Next.State, o.Next.Remaining)
	}
	var clocks []string
	for _, v := range r.ClockViews(now) {
		switch v.State {
		case model.ClockRunning, model.ClockWarning, model.ClockOverdue, model.ClockSnoozed:
			if r.Status != model.Closed {
				clocks = append(clocks, fmt.Sprint(v.Def.ID, v.State, v.Remaining, v.Fraction, v.Since(now)))
			}
		}
	}
	life := r.Lifetime()
	return fmt.Sprintln(r.ID, r.Title, r.Kind, r.Severity, r.Status, r.Phase, r.PhaseLabels(), r.Drill, r.DeclaredAt,
		r.DeclaredBy, r.Seq, r.Restricted, r.CutChannels(), o.Commander, o.Overdue, o.Asks, o.Update, o.ClosedAt,
		o.Stale,
		o.Words(now), next, clocks, life, life.Words(now), r.IsRevoked("cy"), r.IsRevoked("bo"), r.Names("bo"),
		r.DuplicateOf() != nil, len(r.Related), r.ReportDue(), model.StaleLine(list, now))
}

// TestSummaryShowsWhatTheRoomDoes: after every event of every golden log, now and later,
// lists show of the summary of a room, and of one that was written into an index and read
// again, what they show of the room.
func TestSummaryShowsWhatTheRoomDoes(t *testing.T) {
	logs, err := filepath.Glob("testdata/golden/*.jsonl")
	must(t, err)
	for _, path := range logs {
		_, all := foldGolden(t, readGolden(t, path))
		r := model.NewRoom()
		for _, e := range all {
			r = model.Apply(r, e)
			sum := r.Summary()
			if got, want := sum.Summary().StateHash(), sum.StateHash(); got != want {
				t.Fatalf("%s, entry %d: summary of a summary: got %s, want %s", path, e.Seq, got, want)
			}
			x := roomindex.New()
			x.Put(roomindex.Row{Short: "inc-1", Room: r})
			block, _ := x.Block(x.All(), 1<<20)
			rows, err := roomindex.Read(block)
			if err != nil || len(rows) != 1 {
				t.Fatalf("%s, entry %d: read what was written: got %d rows, %v, want 1", path, e.Seq, len(rows), err)
			}
			if got, want := rows[0].Room.StateHash(), sum.StateHash(); got != want {
				t.Errorf("%s, entry %d: written and read again: got %+v, want %+v", path, e.Seq, rows[0].Room, sum)
			}
			for _, later := range []time.Duration{0, 20 * time.Minute, 100 * time.Hour, 400 * 24 * time.Hour} {
				now := r.RecordedAt.Add(later)
				if got, want := shownOf(rows[0].Room, now), shownOf(r, now); got != want {
					t.Fatalf("%s, entry %d, %s later:\ngot  %s\nwant %s", path, e.Seq, later, got, want)
				}
			}
		}
		if n := len(r.Lines()); n < 20 || len(r.Summary().Lines()) != 0 {
			t.Errorf("%s: got a room of %d lines and %d in its summary, want a long one and none", path, n,
				len(r.Summary().Lines()))
		}
	}
}
