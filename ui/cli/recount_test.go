package cli

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/model/report"
	"warroom/ui/uitest/recount"
)

var (
	seeds     = flag.Uint64("recount-seeds", 20, "how many random incidents are counted twice")
	firstSeed = flag.Uint64("recount-from", 0, "the first of them")
)

// TestFacesAgreeWithARecount plays random incidents. At every step the report, the
// JSON and the words of status have what an independent count of the log has.
func TestFacesAgreeWithARecount(t *testing.T) {
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatal(err)
	}
	for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
		rng := rand.New(rand.NewPCG(seed, 7))
		s := &stage{t: t, room: model.NewRoom(), now: time.Date(2026, 10, 31, 22, 0, 0, 0, time.UTC)}
		d := model.Declaration{Title: "x", Severity: []string{"SEV-1", "SEV-2"}[rng.IntN(2)], Plan: p}
		declared, adopted := d.Declare("")
		s.do("ana", declared)
		s.do("ana", adopted)
		var lines []string
		for range 50 {
			s.now = s.now.Add([]time.Duration{0, 30 * time.Second, 4 * time.Minute, 16 * time.Minute, 50 * time.Minute, 7 * time.Hour, 25 * time.Hour}[rng.IntN(7)])
			line := recount.RandomLine(rng)
			who := model.Actor{Handle: "ana", Key: "key-ana"}
			a, err := model.Parse(line, model.Ctx{Room: s.room, Who: who, Now: s.now, Zone: time.UTC})
			if err == nil && model.Decide(s.room, who, a, s.now) == nil {
				s.do("ana", a)
				lines = append(lines, s.now.Format("01-02 15:04:05 ")+line)
			}
			if bad := disagreements(s); len(bad) > 0 {
				t.Fatalf("seed %d, after\n%s\nat %s:\n%s", seed, strings.Join(lines, "\n"), s.now.Format("01-02 15:04:05"), strings.Join(bad, "\n"))
			}
		}
	}
}

// disagreements are where a face has something else than the recount.
func disagreements(s *stage) (bad []string) {
	d := report.Of(s.log, report.Reader{Short: "inc-1", Now: s.now})
	numbers := map[string]report.Number{}
	for _, n := range d.Numbers {
		numbers[n.ID] = n
	}
	rows := map[string]clockRow{}
	for _, r := range clockRows(s.room, s.now) {
		rows[r.ID] = r
	}
	var words strings.Builder
	for _, l := range clockStatus(s.room, s.now, time.UTC) {
		fmt.Fprintln(&words, l)
	}
	differ := func(id, face string, got, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			bad = append(bad, fmt.Sprintf("%s: %s has %v, the recount %v", id, face, got, want))
		}
	}
	for _, want := range recount.Of(s.log, s.now) {
		n, row := numbers[want.ID], rows[want.ID]
		differ(want.ID, "the report", n.Verdict, want.Verdict)
		differ(want.ID, "JSON", row.Verdict, want.Verdict)
		var runs, inJSON []model.Verdict
		for _, r := range n.Runs {
			runs = append(runs, r.Verdict)
		}
		for _, r := range row.Runs {
			inJSON = append(inJSON, r.Verdict)
		}
		differ(want.ID, "the report's runs", runs, want.Runs)
		differ(want.ID, "JSON's runs", inJSON, want.Runs)
		if want.ID == "update" && len(want.Runs) > 0 {
			counts := []int{want.OnTime, want.Late, want.Missed}
			differ(want.ID, "the report", []int{n.Every.OnTime, n.Every.Late, n.Every.Missed}, counts)
			differ(want.ID, "JSON", []int{row.OnTime, row.Late, row.Missed}, counts)
		}
		if want.LateS != 0 {
			differ(want.ID, "the report's lateness", n.LateS, want.LateS)
			if text := report.Of(s.log, report.Reader{Now: s.now}).Numbers; len(text) == 0 {
				differ(want.ID, "the report", "nothing", "numbers")
			}
		}
		if len(want.Runs) > 1 && strings.Count(words.String(), fmt.Sprintf("    run %d: ", len(want.Runs))) == 0 {
			bad = append(bad, want.ID+": status lists fewer runs than the recount")
		}
		state := row.State
		if last := len(want.Runs) - 1; last >= 0 {
			if v := want.Runs[last]; v == model.VerdictMet && want.ID != "update" && state != model.ClockMet || v == model.VerdictRecordedLate && want.ID != "update" && state != model.ClockMissed {
				bad = append(bad, fmt.Sprintf("%s: the state is %s, the newest run %s", want.ID, state, v))
			}
		}
	}
	return bad
}
