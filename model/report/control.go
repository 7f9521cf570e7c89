package report

import (
	"slices"
	"strings"

	"warroom/model"
)

// Control is one row of the plan's compliance table, with the events of this room that
// answer it, according to the tools and processes that the plan assigns to it. The report
// states which events exist; whether they suffice is for an auditor to decide.
type Control struct {
	ID          string     `json:"id"`
	Framework   model.Safe `json:"framework"`
	Requirement model.Safe `json:"requirement"`
	Text        model.Safe `json:"text"`
	Tools       model.Safe `json:"tools"`
	From        model.Safe `json:"from"`
	Answers     []Answer   `json:"answers"`
	Answered    int        `json:"answered"` // number of kinds with an event; if 0, no evidence
}

// Answer lists the events of one kind that a control asks for.
type Answer struct {
	Kind    model.Safe `json:"kind"`
	What    model.Safe `json:"what"` // the kind, for people
	Entries []uint64   `json:"entries"`
	By      model.Safe `json:"by"` // the tools that raised the alerts
}

func controlsOf(r *model.Room) []Control {
	out := []Control{}
	if r.Plan == nil {
		return out
	}
	byKind := map[model.Kind][]uint64{}
	for _, l := range r.Lines() {
		if l.Refused.IsEmpty() && r.Marks[l.Seq].Retracted == "" {
			byKind[l.Kind] = append(byKind[l.Kind], l.Seq)
		}
	}
	for _, c := range r.Plan.Controls {
		tools := make([]model.Safe, len(c.Tools))
		for i, t := range c.Tools {
			tools[i] = model.CleanLine(t)
		}
		row := Control{ID: c.ID, Framework: model.CleanLine(c.Framework),
			Requirement: model.CleanLine(c.Requirement), Text: model.CleanLine(c.Text),
			Tools: joined(", ", tools...), From: model.CleanLine(c.From), Answers: []Answer{}}
		for _, k := range c.Kinds {
			a := Answer{Kind: model.CleanLine(k), What: model.Kind(k).Plural(), Entries: append([]uint64{},
				byKind[model.Kind(k)]...)}
			switch model.Kind(k) {
			case model.KindAlertReceived:
				a.Entries, a.By = alertsFor(r, &c)
			case model.KindNoticeGiven:
				a.Entries = noticesFor(r, &c)
			case model.KindItemDone: // also by an asset or a page; not those that were reopened
				a.Entries = doneIn(r)
			case model.KindRoleAssumed: // accepting a handed-off role is assuming it
				a.Entries = append(a.Entries, byKind[model.KindHandoffAccepted]...)
				slices.Sort(a.Entries)
			}
			if len(a.Entries) > 0 {
				row.Answered++
			}
			row.Answers = append(row.Answers, a)
		}
		out = append(out, row)
	}
	return out
}

// doneIn returns the entries by which the items that are done became so.
func doneIn(r *model.Room) []uint64 {
	out := []uint64{}
	for i := range r.Items {
		if it := &r.Items[i]; it.State == model.ItemDone && it.Seq > 0 {
			out = append(out, it.Seq)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// scanners maps tools that a plan may assign to a control to what they look for, by their
// names in lower case.
var scanners = map[string]string{
	"gitleaks": "secret", "trufflehog": "secret", "secretlint": "secret", "detect-secrets": "secret",
	"git-secrets": "secret", "ggshield": "secret",
	"trivy": "vuln", "grype": "vuln", "npm audit": "vuln", "snyk": "vuln", "osv-scanner": "vuln", "govulncheck": "vuln",
	"pip-audit":  "vuln",
	"dependabot": "dependency", "renovate": "dependency",
	"checkov": "misconfig", "tfsec": "misconfig", "kics": "misconfig", "terrascan": "misconfig",
}

// alertsFor returns the entries of the alerts that answer a control: those of its own
// tools, or of a similar tool that the plan names nowhere.
func alertsFor(r *model.Room, c *model.Control) ([]uint64, model.Safe) {
	out, by := []uint64{}, []model.Safe{}
	for i := range r.Alerts {
		a := &r.Alerts[i]
		if !answers(r.Plan, c, &a.Alert) {
			continue
		}
		out = append(out, a.Seq)
		if s := model.CleanLine(a.Alert.Source); !slices.Contains(by, s) {
			by = append(by, s)
		}
	}
	return out, joined(", ", by...)
}

func answers(p *model.Plan, c *model.Control, a *model.Alert) bool {
	if len(c.Tools) == 0 {
		return true // the plan asks for alerts from any source
	}
	named := func(c *model.Control) bool {
		return slices.ContainsFunc(c.Tools, func(t string) bool {
			return strings.EqualFold(strings.TrimSpace(t),
				a.Source)
		})
	}
	if slices.ContainsFunc(p.Controls, func(c model.Control) bool { return named(&c) }) {
		return named(c)
	}
	finds := scanners[strings.ToLower(a.Source)]
	if finds == "" && a.Kind != "detection" {
		finds = a.Kind
	}
	return finds != "" && slices.ContainsFunc(c.Tools,
		func(t string) bool { return scanners[strings.ToLower(strings.TrimSpace(t))] == finds })
}

// noticesFor returns the notices that answer a control: those about its law, if it has one.
func noticesFor(r *model.Room, c *model.Control) []uint64 {
	regime := ""
	for _, d := range r.Plan.Clocks {
		if d.Regime != "" && strings.Contains(strings.ToLower(c.Framework), strings.ToLower(d.Regime)) {
			regime = d.Regime
		}
	}
	out := []uint64{}
	for _, n := range r.Standing() {
		if d := r.Plan.Clock(n.Clock); regime == "" || n.Clock != "" && d != nil && d.Regime == regime {
			out = append(out, n.Seq)
		}
	}
	return out
}
