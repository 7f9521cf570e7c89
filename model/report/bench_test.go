package report_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/report"
)

// benchLog is a log of 100,000 events: mostly notes, an update in every ten, and checks,
// phases and severities.
var benchLog = sync.OnceValue(func() []*model.Event {
	p, err := shipped()
	if err != nil {
		panic(err)
	}
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	var log []*model.Event
	put := func(b model.Body) {
		seq := uint64(len(log) + 1)
		d, err := model.NewDraft(fmt.Sprintf("01JD%022d", seq), model.Actor{Handle: "ana", Via: "tui"},
			model.Act{Body: b}, now)
		if err != nil {
			panic(err)
		}
		e := d.Event("01JD0000000000000000000000")
		e.Key, e.N, e.Seq, e.RecordedAt = "key-ana", seq, seq, now
		log, now = append(log, e), now.Add(7*time.Second)
	}
	d := model.Declaration{Title: "x", Severity: "SEV-1", Plan: p}
	one, two := d.Declare("")
	put(one.Body)
	put(two.Body)
	for i := len(log); i < 100_000; i++ {
		switch {
		case i%100 == 7:
			put(&model.UpdateSent{Audience: "responders", Conditions: "it stands as before"})
		case i%1000 == 11:
			put(&model.SeverityChanged{To: "SEV-2", Reason: "calm"})
		case i%1000 == 511:
			put(&model.SeverityChanged{To: "SEV-1", Reason: "not calm"})
		case i%1000 == 300:
			put(&model.PhaseEntered{Phase: []string{"containment", "recovery"}[i/1000%2]})
		default:
			put(model.NewEntry(model.KindEntryNoted, fmt.Sprintf("note %d of what was seen in job 8841", i)))
		}
	}
	return log
})

// BenchmarkFold100k folds 100,000 events.
func BenchmarkFold100k(b *testing.B) {
	log := benchLog()
	for b.Loop() {
		if r := model.Replay(model.NewRoom(), log...); r.Rejected != 0 || r.Seq != 100_000 {
			b.Fatalf("got %d events without effect of %d, want 0 of 100000", r.Rejected, r.Seq)
		}
	}
}

// BenchmarkReport100k makes the Markdown report of 100,000 events.
func BenchmarkReport100k(b *testing.B) {
	log := benchLog()
	for b.Loop() {
		d := report.Of(log, report.Reader{Short: "inc-1", Now: log[len(log)-1].RecordedAt})
		if len(d.Markdown()) == 0 {
			b.Fatal("got no report")
		}
	}
}
