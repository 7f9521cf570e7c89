package model

import (
	"slices"
	"strings"
)

// Where is the place of a finding for people: "deploy/ci.sh:4", else what it is
// about.
func (a *Alert) Where() Safe {
	switch {
	case a.Location.URI != "" && a.Location.Line > 0:
		return Safef("%s:%d", a.Location.URI, a.Location.Line)
	case a.Location.URI != "":
		return CleanLine(a.Location.URI)
	}
	return CleanLine(a.Asset.ID)
}

// What is what a finding says: its rule, and its title where that says more.
func (a *Alert) What() Safe {
	if a.Title == "" || a.Title == a.Rule {
		return CleanLine(a.Rule)
	}
	return Safef("%s, %s", a.Rule, a.Title)
}

// AlertHint is what an alert would suggest for the incident, and why. Nothing
// is ever set by it: people decide.
func (r *Room) AlertHint(a *Alert) Safe {
	if r.Plan == nil || a.Sample || a.Resolved {
		return Safe{}
	}
	var out []Safe
	rank, why := alertRank(a)
	if rank == 0 { // nothing to declare an incident for
		return Safe{}
	}
	if s := r.nthSeverity(rank); s != "" && s != r.Severity {
		out = append(out, Safef("%s as %s", s, why))
	}
	if k := r.kindFor(a); k != "" && k != r.Kind {
		out = append(out, Safef("kind %s as it is a %s", k, alertNoun(a)))
	}
	if len(out) == 0 {
		return Safe{}
	}
	return Safef("suggests %s", JoinSafe(Lit(", "), out...))
}

// alertRank is which severity of a plan an alert weighs, counted from the
// worst; 0 where it weighs none.
func alertRank(a *Alert) (int, Safe) {
	switch {
	case a.Kind == "secret" && a.Confidence == "verified":
		return 1, Lit("the secret was seen to work")
	case a.Severity == "critical" && (a.Kind == "threat" || a.Confidence == "verified"):
		return 1, Lit("it is critical")
	case a.Severity == "critical" || a.Severity == "high":
		return 2, Safef("it is %s", a.Severity)
	case a.Severity == "medium":
		return 3, Lit("it is medium")
	}
	return 0, Safe{}
}

// nthSeverity is the plan's severity of a place, the worst first; the last where
// it has fewer.
func (r *Room) nthSeverity(n int) string {
	all := slices.SortedFunc(slices.Values(r.Plan.Severities), func(a, b Severity) int { return a.Rank - b.Rank })
	if len(all) == 0 {
		return ""
	}
	return all[min(n, len(all))-1].ID
}

// alertWords are what a plan's kinds of incident are called for alerts of a
// kind.
var alertWords = map[string][]string{"secret": {"credential", "secret", "leak"}, "vuln": {"vuln"}, "threat": {"breach", "intrusion", "compromise"}}

func (r *Room) kindFor(a *Alert) string {
	for _, w := range alertWords[a.Kind] {
		for _, k := range r.Plan.Kinds {
			if strings.Contains(k.ID, w) {
				return k.ID
			}
		}
	}
	return ""
}

func alertNoun(a *Alert) Safe {
	if a.Kind == "vuln" {
		return Lit("vulnerability")
	}
	return CleanLine(a.Kind)
}

// isLive reports whether an alert is a secret that was seen to work.
func (a *Alert) isLive() bool {
	return a.Kind == "secret" && a.Confidence == "verified" && !a.Resolved && !a.Sample
}

// triage is the order in which a person should look at alerts: secrets that work, then
// by severity. What its source says is a test or is over comes last.
func triage(a *Alert) int {
	switch {
	case a.Resolved:
		return 200
	case a.Sample:
		return 100
	case a.isLive():
		return 0
	}
	return 1 + slices.Index(AlertSeverities, a.Severity)
}
