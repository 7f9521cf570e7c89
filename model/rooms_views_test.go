package model_test

import (
	"strings"
	"time"

	"warroom/model"
)

// views prints the state of a room.
func views(k *testRoom, p func(string, ...any)) {
	r, now := k.room, k.now
	at := func(t time.Time) model.Safe { return model.Safef("%s", t.UTC().Format("01-02 15:04:05")) }
	p("%s views: status %s, severity %s, phases %s", now.Format("01-02 15:04"), r.Status, r.Severity,
		model.JoinSafe(model.Lit(" + "), r.PhaseLabels()...))
	p("  counted: %d entries, %d without effect, %d that do not check", r.Entries, r.Rejected, r.Bad)
	o := model.OverviewOf(model.RoomInfo{Short: "inc-1", Room: r, LastAt: r.RecordedAt}, now)
	p("  overview: %s; overdue %d, asks %d, stale %t", o.Words(now), o.Overdue, o.Asks, o.Stale)
	for _, v := range r.ClockViews(now) {
		p("  clock %d %s: %s %s %.3f; %s; waits %q; starts %q; every %s %s", v.N, v.Def.ID, v.State, v.Remaining,
			v.Fraction, v.Since(now), v.Waits(), v.Start, v.Cadence(r.Severity), v.CadenceWords(r.Severity))
	}
	for _, h := range r.ClockHistories(now) {
		p("  history %s: %s by run %d, %s; differs %t; on time %d, late %d, missed %d, by word %d, worst %s", h.Def.ID,
			h.Verdict, h.Decides, h.Why, h.Differs(), h.OnTime, h.LateN, h.Missed, h.ByWord, h.Worst)
		for i := range h.Runs {
			v := &h.Runs[i]
			p("    run %d %s: %s; late %s, by word %s; missed %d", v.Run.N, v.Verdict, v.Words(h.Def, at), v.Late,
				v.WordLate, v.Missed)
		}
		for i := range h.Gaps {
			p("    gap: %s", h.Gaps[i].Words(now, at))
		}
	}
	viewItems(k, p)
	for _, s := range r.Radar(now) {
		p("  radar %s: %s; since %s; %s", s.Kind, s.What, at(s.Since), s.Line)
	}
	for _, s := range append(r.Stretches(), r.RoleStretches()...) {
		p("  %s", r.StretchWords(s, now, at))
	}
	for _, m := range r.Measures() {
		p("  measure %s: %s", m.Name, m.Took)
	}
	for _, c := range r.Contradictions() {
		p("  contradiction: %s", c.Words(at))
	}
	viewRest(k, at, p)
}

// viewItems prints the phases and the items.
func viewItems(k *testRoom, p func(string, ...any)) {
	r := k.room
	for _, ph := range r.Plan.Phases {
		done, all := r.Progress(ph.ID)
		p("  phase %s: %d of %d", ph.ID, done, all)
	}
	for i := range r.Items {
		it := &r.Items[i]
		p("  item %d %s: %s settled %t, asked %t, overdue %t; not needed %q; blocked %q; stale %q; self %q; "+
			"contained %q %s",
			it.N, it.ID, it.State, r.Settled(it), r.Asked(it), r.ItemOverdue(it, k.now), r.NotNeeded(it),
			r.BlockedBy(it), r.StaleWhy(it), r.SelfChecked(it), r.Containment(it).Words(), r.ExceptedWords(it))
	}
}

// viewRest prints what is open, what was sent and what is due to be sent.
func viewRest(k *testRoom, at model.At, p func(string, ...any)) {
	r, now := k.room, k.now
	for _, s := range r.LeftOpen(now) {
		p("  left open: %s", s)
	}
	for _, s := range r.ReviewLeft() {
		p("  review: %s", s)
	}
	for i := range r.Alerts {
		a := &r.Alerts[i]
		p("  alert %d %s: %s; %s; %s; hint %s", a.N, a.Alert.Severity, a.Alert.What(), a.Alert.Where(),
			a.VerdictWords(), r.AlertHint(&a.Alert))
	}
	for _, a := range r.OpenAlerts() {
		c := r.AlertClock(a, now)
		p("  open alert %d: %s %s", a.N, c.State, c.Remaining)
	}
	p("  scope: %s; %s", r.ScopeLine(), r.BlockedLine())
	for i := range r.Assets {
		p("  asset %s, %s: %s", r.Assets[i].Words(), r.Assets[i].State(), r.Assets[i].Facts(at))
	}
	for i := range r.Impacts {
		p("  impact %s: %s", r.ImpactWords(&r.Impacts[i]), r.ImpactFacts(&r.Impacts[i], now, at))
	}
	for _, h := range r.Hypotheses() {
		p("  hypothesis %d %s: %s, %s", h.N, h.State, h.Text, h.Facts(at))
	}
	for _, x := range r.PageViews() {
		p("  page %s: %s", x.Purpose, x.Words())
	}
	for _, x := range r.BridgeProblems(now) {
		p("  bridge: %s", x.Words(time.UTC))
	}
	for i := range r.Dispatches {
		for _, w := range r.Ways(&r.Dispatches[i]) {
			p("  way of update %d: %s; %s", i+1, w.Words(time.UTC), w.Detail)
		}
	}
	for _, a := range r.PreparedUpdates() {
		p("  prepared for %s", a.ID)
	}
	for _, a := range r.Plan.Audiences {
		p("  update to %s: %s", a.ID, r.DraftUpdate(a.ID, now).Words())
	}
	if g, ok := r.CommandGap(now); ok {
		p("  command: %s", g.Words(now))
	}
	p("  brief:\n    %s", strings.ReplaceAll(r.HandoffBrief(now), "\n", "\n    "))
}
