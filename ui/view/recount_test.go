package view

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/ui/draw"
	"warroom/ui/theme"
	"warroom/ui/uitest/recount"
)

// TestPagesAgreeWithARecount plays random incidents. At each step the pages of clocks and
// people and the timeline agree with an independent count of the log.
func TestPagesAgreeWithARecount(t *testing.T) {
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 11))
		r, now := model.NewRoom(), time.Date(2026, 10, 31, 22, 0, 0, 0, time.UTC)
		var log []*model.Event
		do := func(by string, a model.Act) {
			seq := r.Seq + 1
			d, err := model.NewDraft(fmt.Sprintf("01JD%022d", seq), model.Actor{Handle: by, Via: "tui"}, a, now)
			if err != nil {
				t.Fatalf("draft: got %v, want one", err)
			}
			e := d.Event("01JD0000000000000000000000")
			e.Key, e.N, e.Seq, e.RecordedAt = "key-"+by, seq, seq, now
			r, log = model.Apply(r, e), append(log, e)
		}
		one, two := (model.Declaration{Title: "x", Severity: "SEV-1", Plan: p}).Declare("")
		do("ana", one)
		do("ana", two)
		for _, h := range recount.People[1:] {
			do("ana",
				model.Act{Body: &model.KeyAdmitted{Key: "key-" + h, Handle: h, Right: model.Write,
					Origin: "invitation"}})
		}
		for range 40 {
			now = now.Add([]time.Duration{0, 4 * time.Minute, 16 * time.Minute, 7 * time.Hour,
				25 * time.Hour}[rng.IntN(5)])
			handle, line := recount.RandomTurn(rng)
			who := model.Actor{Handle: handle, Key: "key-" + handle}
			a, err := model.Parse(line, model.Ctx{Room: r, Who: who, Now: now, Zone: time.UTC})
			if err == nil && model.Decide(r, who, a, now) == nil {
				do(handle, a)
			}
			shownAsCounted(t, r, log, now)
			livedAsCounted(t, r, log, now)
		}
	}
}

func shownAsCounted(t *testing.T, r *model.Room, log []*model.Event, now time.Time) {
	t.Helper()
	var page strings.Builder
	for _, l := range ClockPage(r, now, 2000, time.UTC, theme.Of(theme.Mono, 0, true)) {
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
		if n := len(want.Runs); n > 1 &&
			(!strings.Contains(part, fmt.Sprintf("run %d: ", n)) ||
				strings.Contains(part, fmt.Sprintf("run %d: ", n+1))) {
			t.Fatalf("%s: got %q, want %d runs", want.ID, part, n)
		}
		if n := want.OnTime + want.Late + want.Missed; want.ID == "update" && len(want.Runs) == 1 && n > 0 {
			if s := fmt.Sprintf("%d on time, %d late, %d missed", want.OnTime, want.Late,
				want.Missed); !strings.Contains(part, s) {
				t.Fatalf("%s: got %q, want %q", want.ID, part, s)
			}
		}
		if want.Verdict == model.VerdictRecordedLate && !strings.Contains(part, "over all: recorded late") {
			t.Fatalf("%s: got %q, want it recorded late", want.ID, part)
		}
	}
}

// livedAsCounted checks that the screen has every status, severity, phase and role with
// its times, and every notice.
func livedAsCounted(t *testing.T, r *model.Room, log []*model.Event, now time.Time) {
	t.Helper()
	th := theme.Of(theme.Mono, 0, true)
	flat := func(lines []draw.Line) string {
		var b strings.Builder
		for _, l := range lines {
			b.WriteString(l.String() + "\n")
		}
		return b.String()
	}
	clocks := flat(ClockPage(r, now, 2000, time.UTC, th))
	people := flat(PeoplePage(&model.View{Short: "inc-1", Room: r}, now.UTC(), nil, 2000, th))
	has := func(page, text, want string) {
		if !strings.Contains(text, want) {
			t.Fatalf("the page of %s: got none %q, want it in\n%s", page, want, text)
		}
	}
	at := func(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05 MST") }
	want := recount.LifeOf(log)
	label := func(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
	for what, list := range map[string][]recount.Stretch{"Phase": want.Phases, "Severity": want.Severities} {
		for _, s := range list {
			name := s.ID
			if what == "Phase" {
				name = label(name)
			}
			line := fmt.Sprintf("%s %s: %s to %s", what, name, at(s.From), at(s.Until))
			if s.Until.IsZero() {
				line = fmt.Sprintf("%s %s: since %s", what, name, at(s.From))
			}
			has("clocks", clocks, line)
		}
	}
	for _, s := range want.Statuses {
		has("clocks", clocks, "Status "+s.ID+": ")
		has("clocks", clocks, at(s.From))
	}
	for _, h := range want.Roles {
		name := map[string]string{"commander": "Incident Commander", "security-lead": "Security Lead",
			"sre":   "SRE Representative",
			"comms": "Communications Lead", "scribe": "Scribe"}[h.Role]
		if h.Until.IsZero() {
			has("people", people, fmt.Sprintf("%s %s: ", name, h.Person))
			continue
		}
		has("people", people, fmt.Sprintf("%s %s: %s to %s", name, h.Person, at(h.From), at(h.Until)))
	}
	for _, n := range want.Notified {
		l := r.Line(n.Entry)
		rows := flat(EntryRows(r, l, LineState{Cols: ColumnsFor(300, r.Seq, time.UTC), When: r.When(l)}, th))
		audience := map[string]string{"responders": "Responders", "executives": "Executives", "legal": "Legal",
			"customers": "Customers", "regulator": ": Mei"}[n.Audience] // a notice of a law begins with the law
		has("the timeline", rows, map[bool]string{true: "update", false: "notify"}[n.Update])
		has("the timeline", rows, audience)
		has("the timeline", rows, n.At.UTC().Format("15:04"))
		has("the timeline", rows, n.By)
	}
	if a := want.Assessed; len(a) > 0 {
		last := a[len(a)-1]
		rows := flat(EntryRows(r, r.Line(last.Entry), LineState{Cols: ColumnsFor(300, r.Seq, time.UTC),
			When: last.Recorded}, th))
		has("the timeline", rows, "exposure")
		has("the timeline", rows, last.Level)
	}
}
