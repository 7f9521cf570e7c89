package model

import (
	"slices"
	"strings"
)

// Where returns the place of a finding, such as "deploy/ci.sh:4", or the asset if it
// has no place.
func (a *Alert) Where() Safe {
	switch {
	case a.Location.URI != "" && a.Location.Line > 0:
		return Safef("%s:%d", a.Location.URI, a.Location.Line)
	case a.Location.URI != "":
		return CleanLine(a.Location.URI)
	}
	return CleanLine(a.Asset.ID)
}

// What returns the rule of a finding, and its title if that differs.
func (a *Alert) What() Safe {
	if a.Title == "" || a.Title == a.Rule {
		return CleanLine(a.Rule)
	}
	return Safef("%s, %s", a.Rule, a.Title)
}

// AlertHint returns which severity and kind of incident an alert suggests, and why.
// It only suggests: people set both.
func (r *Room) AlertHint(a *Alert) Safe {
	if r.Plan == nil || a.Sample || a.Resolved {
		return Safe{}
	}
	var out []Safe
	rank, why := alertRank(a)
	if rank == 0 { // not severe enough to declare an incident
		return Safe{}
	}
	if s := r.nthSeverity(rank); s != "" && s != r.Severity {
		out = append(out, Safef("%s (%s)", s, why))
	}
	if k := r.kindFor(a); k != "" && k != r.Kind {
		out = append(out, Safef("%s (%s found)", r.Plan.KindDef(k).Label, alertNoun(a)))
	}
	if len(out) == 0 {
		return Safe{}
	}
	return Safef("suggests %s", JoinSafe(Lit(", "), out...))
}

// alertRank returns the rank of the severity that an alert suggests, 1 being the
// plan's worst, and the reason. The rank is 0 if it suggests none.
func alertRank(a *Alert) (int, Safe) {
	switch {
	case a.Kind == "secret" && a.Confidence == "verified":
		return 1, Lit("the secret works")
	case a.Severity == "critical" && (a.Kind == "threat" || a.Confidence == "verified"):
		return 1, Lit("critical")
	case a.Severity == "critical" || a.Severity == "high":
		return 2, Safef("%s", a.Severity)
	case a.Severity == "medium":
		return 3, Lit("medium")
	}
	return 0, Safe{}
}

// nthSeverity returns the n-th severity of the plan, the worst being 1, or the last
// one if there are fewer.
func (r *Room) nthSeverity(n int) string {
	all := slices.SortedFunc(slices.Values(r.Plan.Severities), func(a, b Severity) int { return a.Rank - b.Rank })
	if len(all) == 0 {
		return ""
	}
	return all[min(n, len(all))-1].ID
}

// alertWords has, for each kind of alert, words by which a plan may call the
// matching kind of incident.
var alertWords = map[string][]string{"secret": {"credential", "secret", "leak"}, "vuln": {"vuln"},
	"threat": {"breach", "intrusion", "compromise"}}

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

// isLive reports whether an alert is an unresolved secret that was verified to work.
func (a *Alert) isLive() bool {
	return a.Kind == "secret" && a.Confidence == "verified" && !a.Resolved && !a.Sample
}

// triage returns the rank by which alerts are sorted for review: verified secrets
// first, then by severity, then tests, then resolved ones.
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
