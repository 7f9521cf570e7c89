package cli

import (
	"fmt"
	"time"

	"warroom/model"
	"warroom/model/report"
	"warroom/ui/cli/jsonform"
)

// missLedger has the runs of clocks that were missed or recorded late at any time, and the
// clocks, by id and number of the run; if 0, over all runs.
type missLedger map[string]map[int]bool

// faults returns where the clocks contradict themselves or what was shown before: a start
// after its due time, a miss that is gone, a state that differs from its run, a list that
// counts other clocks than the JSON has as overdue.
func (m missLedger) faults(s *stage) (bad []string) {
	miss := func(id string, run int, v model.Verdict) {
		isBad := v == model.VerdictMissed || v == model.VerdictRecordedLate
		if m[id][run] && !isBad {
			bad = append(bad, fmt.Sprintf("%s run %d: got the verdict %s, want the miss that was shown before", id,
				run, v))
		}
		if isBad && m[id] == nil {
			m[id] = map[int]bool{}
		}
		if isBad {
			m[id][run] = true
		}
	}
	overdue := 0
	for _, row := range jsonform.Clocks(s.room, s.now) {
		miss(row.ID, 0, row.Verdict)
		if row.State == model.ClockOverdue {
			overdue++
		}
		for _, r := range row.Runs {
			miss(row.ID, r.N, r.Verdict)
			if r.StartedAt != nil && r.DueAt != nil && r.StartedAt.After(*r.DueAt) {
				bad = append(bad, fmt.Sprintf("%s run %d: got a start at %s, want none after the due time %s", row.ID,
					r.N, moment(*r.StartedAt), moment(*r.DueAt)))
			}
		}
		bad = append(bad, lastRunDiffers(&row)...)
	}
	for _, n := range report.Of(s.log, report.Reader{Short: "inc-1", Now: s.now}).Numbers {
		miss(n.ID, 0, n.Verdict)
	}
	o := model.OverviewOf(model.RoomInfo{Short: "inc-1", Room: s.room}, s.now)
	if s.room.Status != model.Closed && o.Overdue != overdue {
		bad = append(bad, fmt.Sprintf("the list of rooms: got %d overdue, want %d as in JSON", o.Overdue, overdue))
	}
	return bad
}

// lastRunDiffers compares a deadline with its newest run.
func lastRunDiffers(row *jsonform.Clock) (bad []string) {
	n := len(row.Runs)
	if n == 0 || row.EveryS > 0 || row.State == model.ClockSnoozed || row.DueAt == nil {
		return nil
	}
	last := row.Runs[n-1]
	if last.DueAt == nil || !last.DueAt.Equal(*row.DueAt) {
		bad = append(bad, fmt.Sprintf("%s: got due %s, want %v as in its run", row.ID, moment(*row.DueAt), last.DueAt))
	}
	if late := time.Duration(last.LateS) * time.Second; row.State == model.ClockOverdue &&
		late != -time.Duration(*row.RemainingS)*time.Second {
		bad = append(bad, fmt.Sprintf("%s: got overdue by %d s, want %s as in its run", row.ID, -*row.RemainingS, late))
	}
	return bad
}
