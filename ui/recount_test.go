package ui

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/ui/uitest/recount"
)

// TestClocksPageAgreesWithARecount plays random incidents. At every step the page
// of clocks has every run and every count of an independent count of the log.
func TestClocksPageAgreesWithARecount(t *testing.T) {
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatal(err)
	}
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 11))
		r, now := model.NewRoom(), time.Date(2026, 10, 31, 22, 0, 0, 0, time.UTC)
		var log []*model.Event
		do := func(a model.Act) {
			seq := r.Seq + 1
			d, err := model.NewDraft(fmt.Sprintf("01JD%022d", seq), model.Actor{Handle: "ana", Via: "tui"}, a, now)
			if err != nil {
				t.Fatal(err)
			}
			e := d.Event("01JD0000000000000000000000")
			e.Key, e.N, e.Seq, e.RecordedAt = "key-ana", seq, seq, now
			r, log = model.Apply(r, e), append(log, e)
		}
		one, two := (model.Declaration{Title: "x", Severity: "SEV-1", Plan: p}).Declare("")
		do(one)
		do(two)
		for range 40 {
			now = now.Add([]time.Duration{0, 4 * time.Minute, 16 * time.Minute, 7 * time.Hour, 25 * time.Hour}[rng.IntN(5)])
			who := model.Actor{Handle: "ana", Key: "key-ana"}
			a, err := model.Parse(recount.RandomLine(rng), model.Ctx{Room: r, Who: who, Now: now, Zone: time.UTC})
			if err == nil && model.Decide(r, who, a, now) == nil {
				do(a)
			}
			shownAsCounted(t, r, log, now)
		}
	}
}

func shownAsCounted(t *testing.T, r *model.Room, log []*model.Event, now time.Time) {
	t.Helper()
	var page strings.Builder
	for _, l := range clockPage(r, now, 2000, time.UTC, newTheme(0, true)) {
		for _, s := range l {
			page.WriteString(s.Text.String())
		}
		page.WriteByte('\n')
	}
	for i, want := range recount.Of(log, now) {
		_, part, ok := strings.Cut(page.String(), fmt.Sprintf("\n      %d %s: ", i+1, want.ID))
		if !ok {
			t.Fatalf("the page has no clock %s:\n%s", want.ID, page.String())
		}
		if at := strings.Index(part, ": within "); at > 0 {
			part = part[:at]
		}
		if n := len(want.Runs); n > 1 && (!strings.Contains(part, fmt.Sprintf("run %d: ", n)) || strings.Contains(part, fmt.Sprintf("run %d: ", n+1))) {
			t.Fatalf("%s: got %q, want %d runs", want.ID, part, n)
		}
		if n := want.OnTime + want.Late + want.Missed; want.ID == "update" && len(want.Runs) == 1 && n > 0 {
			if s := fmt.Sprintf("%d on time, %d late, %d missed", want.OnTime, want.Late, want.Missed); !strings.Contains(part, s) {
				t.Fatalf("%s: got %q, want %q", want.ID, part, s)
			}
		}
		if want.Verdict == model.VerdictRecordedLate && !strings.Contains(part, "over all: recorded late") {
			t.Fatalf("%s: got %q, want it recorded late", want.ID, part)
		}
	}
}
