package model

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func stormFinding(n int, with func(*Alert)) *Alert {
	a := &Alert{Source: "s", Kind: "detection", Rule: fmt.Sprintf("rule %d", n), Title: "t", Severity: "medium",
		Confidence: "unknown", Count: 1, FindingKey: fmt.Sprintf("%016x%016x", n+1, 0),
		GroupKey: fmt.Sprintf("group %d", n)}
	if with != nil {
		with(a)
	}
	return a
}

// TestStormNamesTheWorst: a storm becomes one event, and one for each secret that works. The
// event names the most severe rules, however late they came, each as severe as its worst
// finding.
func TestStormNamesTheWorst(t *testing.T) {
	var all AlertGroups
	live := func(a *Alert) { a.Kind, a.Confidence, a.Severity = "secret", "verified", "critical" }
	for n := range 1000 {
		var g AlertGroups
		g.Add(stormFinding(n, func(a *Alert) {
			switch {
			case n == 100 || n == 800:
				live(a)
			case n >= 995:
				a.Severity = "critical"
			}
		}))
		all.Merge(&g)
	}
	var g AlertGroups
	g.Add(stormFinding(2000, func(a *Alert) { a.Rule, a.Severity, a.GroupKey = "rule 7", "high", "group 7" }))
	all.Merge(&g)
	got := all.Storm(new(Room), "f", "sum")
	if len(got) != 3 {
		t.Fatalf("got %d events, want 3", len(got))
	}
	for i, rule := range []string{"rule 100", "rule 800"} {
		if got[i].Alert.Rule != rule || got[i].Findings != 1 {
			t.Errorf("event %d: got %s with %d findings, want %s alone", i, got[i].Alert.Rule, got[i].Findings, rule)
		}
	}
	rest := got[2]
	if rest.Findings != 999 || rest.Groups != 998 {
		t.Errorf("the rest: got %d findings in %d groups, want 999 in 998", rest.Findings, rest.Groups)
	}
	var names []string
	for _, r := range rest.Rules[:6] {
		names = append(names, r.Severity+" "+r.Rule)
	}
	if s, want := strings.Join(names, ", "), "critical rule 995, critical rule 996, critical rule 997, "+
		"critical rule 998, critical rule 999, high rule 7"; s != want {
		t.Errorf("rules: got %q, want %q", s, want)
	}
	r := &RoomAlert{Alert: rest.Alert, Rules: rest.Rules}
	if s, want := r.OtherRules().String(), "also rule 996, rule 997, rule 998 and others"; s != want {
		t.Errorf("other rules: got %q, want %q", s, want)
	}
}

// TestCountOfManyRules: counting rules beyond the limit does not compare all that are kept.
func TestCountOfManyRules(t *testing.T) {
	c := &alertGroup{rules: map[string]*AlertRule{}}
	begin := time.Now()
	for n := range 300_000 {
		c.count(AlertRule{Rule: fmt.Sprint(n), Severity: AlertSeverities[4-n/60_000], Findings: 1})
	}
	if len(c.rules) != heldRules {
		t.Errorf("got %d rules, want %d", len(c.rules), heldRules)
	}
	if took := time.Since(begin); took > 5*time.Second {
		t.Errorf("got %v, want less than 5s", took)
	}
}

// TestLobbyLineIsAboutTheFirstDue: an alert that returned, and whose clock restarted, does not
// hide one that came later and is overdue.
func TestLobbyLineIsAboutTheFirstDue(t *testing.T) {
	begin := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	r := &Room{Lobby: true, Alerts: []RoomAlert{
		{N: 1, At: begin, Since: begin.Add(58 * time.Minute), Alert: Alert{Severity: "high"}},
		{N: 2, At: begin.Add(40 * time.Minute), Alert: Alert{Severity: "low"}},
	}}
	got := r.LobbyLine(begin.Add(time.Hour)).String()
	if want := "Lobby: 2 alerts to triage, oldest waiting 20:00, OVERDUE by 05:00"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestFlappingRuleCountsOnce: a finding that is resolved and fires again in a storm is one
// finding of its rule, also if the storm was held on disk.
func TestFlappingRuleCountsOnce(t *testing.T) {
	as := func(n int, rule string, over bool) *Alert {
		return &Alert{Source: "s", Kind: "detection", Rule: rule, Title: rule, Severity: "high", Count: 1,
			Resolved: over, FindingKey: fmt.Sprintf("%016x%016x", n+1, 0), GroupKey: "one"}
	}
	readings := [][]*Alert{
		{as(1, "disk", false), as(2, "memory", false)},
		{as(1, "disk", true)},
		{as(1, "disk", false), as(3, "disk", false), as(3, "disk", true)},
		{as(2, "memory", true), as(2, "memory", false)},
		{as(4, "cpu", false)},
	}
	for _, disk := range []bool{false, true} {
		var all AlertGroups
		for _, list := range readings {
			var g AlertGroups
			for _, a := range list {
				g.Add(a)
			}
			if !disk {
				all.Merge(&g)
				continue
			}
			for raw, err := range g.Encoded() {
				if err == nil {
					err = all.AddEncoded(raw)
				}
				if err != nil {
					t.Fatalf("storing a group: got %v, want it stored", err)
				}
			}
		}
		bodies := all.Storm(NewRoom(), "f", "sum")
		if len(bodies) != 1 || bodies[0].Findings != 4 {
			t.Fatalf("held on disk %v: got %d events, want 1 with 4 findings", disk, len(bodies))
		}
		got := ""
		for _, r := range bodies[0].Rules {
			got += fmt.Sprintf("%s %d ", r.Rule, r.Findings)
		}
		if want := "disk 2 cpu 1 memory 1 "; got != want {
			t.Errorf("held on disk %v: got %q, want %q", disk, got, want)
		}
	}
}
