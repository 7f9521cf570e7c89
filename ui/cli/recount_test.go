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
	"warroom/ui/cli/jsonform"
	"warroom/ui/present"
	"warroom/ui/uitest/recount"
)

var (
	seeds     = flag.Uint64("recount-seeds", 20, "how many random incidents are counted twice")
	firstSeed = flag.Uint64("recount-from", 0, "the first of them")
)

// TestFacesAgreeWithARecount plays random incidents. At each step the report, the JSON
// and the text of status agree with an independent count of the log.
func TestFacesAgreeWithARecount(t *testing.T) {
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	met := map[model.Kind]int{}
	for seed := *firstSeed; seed < *firstSeed+*seeds; seed++ {
		rng := rand.New(rand.NewPCG(seed, 7))
		s := &stage{t: t, room: model.NewRoom(), now: time.Date(2026, 10, 31, 22, 0, 0, 0, time.UTC)}
		d := model.Declaration{Title: "x", Severity: []string{"SEV-1", "SEV-2"}[rng.IntN(2)], Plan: p}
		declared, adopted := d.Declare("")
		s.do("ana", declared)
		s.do("ana", adopted)
		for _, h := range recount.People[1:] {
			s.do("ana",
				model.Act{Body: &model.KeyAdmitted{Key: "key-" + h, Handle: h, Right: model.Write,
					Origin: "invitation"}})
		}
		var lines []string
		var late *turn
		ledger := missLedger{}
		for range 50 {
			s.now = s.now.Add([]time.Duration{0, 30 * time.Second, 4 * time.Minute, 16 * time.Minute, 50 * time.Minute,
				7 * time.Hour, 25 * time.Hour}[rng.IntN(7)])
			handle, line := recount.RandomTurn(rng)
			who := model.Actor{Handle: handle, Key: "key-" + handle}
			a, err := model.Parse(line, model.Ctx{Room: s.room, Who: who, Now: s.now, Zone: time.UTC})
			switch _, gives := a.Body.(*model.RoleAssumed); {
			case err != nil || model.Decide(s.room, who, a, s.now) != nil:
			case gives && late == nil && rng.IntN(3) == 0: // two at once: this one is second
				late = &turn{handle, line, a}
			default:
				s.put(handle, a)
				met[model.KindOf(a.Body)]++
				lines = append(lines, s.now.Format("01-02 15:04:05 ")+handle+" "+line)
			}
			if late != nil && s.tooLate(late) {
				s.put(late.who, late.act)
				met["too late"]++
				lines = append(lines, s.now.Format("01-02 15:04:05 ")+late.who+" "+late.line+" (too late)")
				late = nil
			}
			if rng.IntN(150) == 0 && s.room.DuplicateOf() == nil {
				other := &model.Room{ID: "01JD0000000000000000000099"}
				s.put("ana", model.Act{Body: model.NewRelated(model.RelationDuplicate, "inc-6", other, "the same")})
				met[model.RelationDuplicate]++
				lines = append(lines, s.now.Format("01-02 15:04:05 ")+"a duplicate of inc-6")
			}
			if bad := append(disagreements(t, s), ledger.faults(s)...); len(bad) > 0 {
				t.Fatalf("seed %d, after\n%s\nat %s:\n%s", seed, strings.Join(lines, "\n"),
					s.now.Format("01-02 15:04:05"), strings.Join(bad, "\n"))
			}
		}
	}
	for _, k := range []model.Kind{model.KindHandoffAccepted, model.KindRoleRenounced, model.KindKeyRevoked,
		model.KindRightChanged,
		model.KindPhaseLeft, model.KindIncidentReopened, model.KindUpdateSent, model.KindNoticeGiven,
		model.KindClockRetimed, model.KindMilestoneSet, model.KindClockMet, model.RelationDuplicate, "too late"} {
		if *seeds >= 20 && met[k] == 0 {
			t.Errorf("got no %s in %d incidents, want some", k, *seeds)
		}
	}
}

// turn is a line that somebody typed.
type turn struct {
	who, line string
	act       model.Act
}

// tooLate reports whether a role was given to somebody else after the line was typed.
func (s *stage) tooLate(l *turn) bool {
	b, ok := l.act.Body.(*model.RoleAssumed)
	if !ok || b.Held == nil {
		return false
	}
	for _, h := range recount.LifeOf(s.log).Roles {
		if h.Role == b.Role && h.Until.IsZero() {
			return h.Person != *b.Held
		}
	}
	return *b.Held != ""
}

// disagreements returns where an output differs from the recount.
func disagreements(t *testing.T, s *stage) (bad []string) {
	t.Helper()
	d := report.Of(s.log, report.Reader{Short: "inc-1", Now: s.now})
	bad = lifeFaults(t, s, &d)
	numbers := map[string]report.Number{}
	for _, n := range d.Numbers {
		numbers[n.ID] = n
	}
	rows := map[string]jsonform.Clock{}
	for _, r := range jsonform.Clocks(s.room, s.now) {
		rows[r.ID] = r
	}
	var clocks strings.Builder
	for _, l := range present.Clocks(s.room, s.now, time.UTC) {
		fmt.Fprintln(&clocks, l)
	}
	differ := func(id, source string, got, want any) {
		if fmt.Sprint(got) != fmt.Sprint(want) {
			bad = append(bad, fmt.Sprintf("%s: %s has %v, the recount %v", id, source, got, want))
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
		if len(want.Runs) > 1 && strings.Count(clocks.String(), fmt.Sprintf("    run %d: ", len(want.Runs))) == 0 {
			bad = append(bad, want.ID+": status lists fewer runs than the recount")
		}
		state := row.State
		if want.ID != "update" && len(want.Runs) > 0 && want.Runs[len(want.Runs)-1] == model.VerdictMissed &&
			state != model.ClockMissed && state != model.ClockOverdue && state != model.ClockSnoozed {
			bad = append(bad, fmt.Sprintf("%s: the newest run is missed, and the state is %s", want.ID, state))
		}
		if last := len(want.Runs) - 1; last >= 0 {
			if v := want.Runs[last]; v == model.VerdictMet && want.ID != "update" && state != model.ClockMet ||
				v == model.VerdictRecordedLate && want.ID != "update" && state != model.ClockMissed {
				bad = append(bad, fmt.Sprintf("%s: the state is %s, the newest run %s", want.ID, state, v))
			}
		}
	}
	return bad
}
