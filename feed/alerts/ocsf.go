package alerts

import (
	"cmp"
	"strings"

	"warroom/model"
)

var ocsfSeverity = []string{"unknown", "info", "low", "medium", "high", "critical", "critical"}

var ocsfKind = map[int]string{2002: "vuln", 2003: "misconfig", 2004: "detection", 2005: "threat", 2001: "threat",
	2006: "secret", 2007: "misconfig"}

// isOCSFFinding reports whether a record is a finding, as opposed to other events.
func isOCSFFinding(v val) bool { return v.get("class_uid").num()/1000 == 2 }

// readOCSF reads a finding of the Open Cybersecurity Schema Framework: one alert for each of
// its vulnerabilities, or one if it has none. Those of a detection that have no id are its details.
func readOCSF(w *work, v val) error {
	list := v.get("vulnerabilities")
	if list.at0().i == 0 {
		return w.alert(ocsfRaw(v, val{}))
	}
	first, several := true, list.count() > 1
	for vuln := range list.all() {
		r := ocsfRaw(v, vuln)
		isOwn := r.Kind == "vuln" || len(r.group) > 0
		if !isOwn && !first {
			continue
		}
		if sev := severity(vuln.get("severity").str()); sev != "unknown" && several && isOwn {
			r.SeverityRaw, r.Severity = vuln.get("severity").str(), sev
		}
		if !first {
			r.Title, r.former = cmp.Or(vuln.get("title").str(), r.Rule), nil
			if r.carried != nil {
				r.carried = append(r.carried, r.Rule)
			}
		}
		first = false
		if err := w.alert(r); err != nil {
			return err
		}
	}
	return nil
}

// ocsfRaw reads a finding, as that of one of its vulnerabilities if it has any.
func ocsfRaw(v, vuln val) *raw {
	info := v.get("finding_info")
	if !info.is('{') {
		info = v.get("finding_info_list").at0()
	}
	if !info.is('{') {
		info = v.get("finding")
	}
	r := &raw{Alert: model.Alert{Source: v.get("metadata", "product").first("name", "vendor_name"),
		SourceVersion: v.get("metadata", "product", "version").str(),
		Kind:          ocsfKind[v.get("class_uid").num()], Title: info.get("title").str(),
		Description: info.get("desc").str(), SeverityRaw: v.first("severity", "severity_id"),
		Confidence: strings.ToLower(v.get("confidence").str()), FirstSeen: info.get("first_seen_time").when(),
		LastSeen: info.get("last_seen_time").when(),
		Count:    v.get("count").num(), Link: info.get("src_url").str(),
		Account: v.get("cloud", "account", "uid").str()}}
	if r.Link == "" {
		r.Link = v.get("remediation", "references").at0().str()
	}
	if r.Link == "" {
		r.Link = v.get("remediation", "kb_articles").at0().str()
	}
	r.ocsfWords(v, info)
	r.ocsfState(v)
	ocsfRule(r, v, info, vuln)
	asset := v.get("resources").at0()
	if !asset.is('{') {
		asset = v.get("resource")
	}
	if !asset.is('{') {
		asset = v.get("device")
	}
	r.Asset = model.AlertAsset{Type: asset.get("type").str(), ID: asset.first("uid", "name", "hostname", "ip")}
	r.ocsfNames(v, info, vuln)
	return r
}

// ocsfNames sets the identity of a finding. Its uid is part of it only if another one of
// the same kind would be another attack, because for checks some tools create a uid per
// run.
func (r *raw) ocsfNames(v, info, vuln val) {
	id, region := info.get("uid").str(), v.get("cloud", "region").str()
	if id != "" {
		r.former = []string{id, r.Asset.ID, r.Rule}
	}
	check := v.get("status_code").i > 0 || r.Kind == "misconfig"
	switch {
	case r.Kind == "vuln":
		pkg := vuln.get("affected_packages").at0()
		if !pkg.is('{') {
			pkg = vuln.get("packages").at0()
		}
		r.what, r.position = []string{r.Rule, pkg.get("name").str(), pkg.get("version").str()}, []string{id}
	case check:
		r.what, r.position = []string{r.Rule, r.Title}, []string{id}
	default:
		r.what = []string{r.Rule, r.Title, id}
	}
	r.where = []string{r.Asset.ID, r.Account, region}
	r.carried = awsCarried(id)
	if strings.EqualFold(r.Source, "prowler") {
		text := cmp.Or(v.get("status_detail").str(), v.get("message").str())
		r.carried = prowlerCarried(v.get("metadata", "event_code").str(), r.Asset.ID, text)
		r.position = []string{id, text}
	}
}

// ocsfWords maps what the schema encodes as numbers.
func (r *raw) ocsfWords(v, info val) {
	if n := v.get("severity_id").num(); n > 0 && n < len(ocsfSeverity) {
		r.Severity = ocsfSeverity[n]
	}
	if r.Kind == "" {
		r.Kind = "detection"
	}
	if r.Source == "" {
		r.Source = "ocsf"
	}
	for _, from := range []val{info.get("created_time"), info.get("created_time_dt"), v.get("time"), v.get("time_dt")} {
		if r.FirstSeen.IsZero() {
			r.FirstSeen = from.when()
		}
	}
	switch r.Confidence {
	case "high":
		r.Confidence = "likely"
	case "medium", "low":
		r.Confidence = "unverified"
	default:
		r.Confidence = "unknown"
	}
}

// ocsfState reads whether a check passed, and the state of the finding. Some tools write a
// number from another version of the schema beside the right word: the word counts.
func (r *raw) ocsfState(v val) {
	for _, word := range []string{v.get("status_code").str(), v.get("compliance", "status").str(),
		v.get("compliance", "status_code").str(), v.get("status").str()} {
		switch strings.ToLower(word) {
		case "pass", "passed", "manual", "not_available", "not available", "not applicable", "skipped", "muted",
			"success":
			r.LeftOut = model.LeftPassed
		}
	}
	if n := v.get("compliance", "status_id"); n.i > 0 && n.num() == 1 {
		r.LeftOut = model.LeftPassed
	}
	word := strings.ToLower(v.get("status").str())
	switch word {
	case "new", "in progress", "suppressed", "resolved", "archived", "deleted", "closed", "fail", "failed":
	case "":
		if n := v.get("status_id").num(); n > 0 && n < 7 {
			word = []string{"", "new", "in progress", "suppressed", "resolved", "archived", "deleted"}[n]
		}
	}
	if v.get("activity_id").num() == 3 && word != "suppressed" {
		word = "closed"
	}
	if word == "fail" || word == "failed" {
		word = "new"
	}
	r.state(word, append([]string{"deleted"}, closedStates...)...)
}

// ocsfRule sets what was violated or found: an advisory, an analytic, a control.
func ocsfRule(r *raw, v, info, vuln val) {
	r.Rule = info.get("analytic").first("uid", "name")
	cve := vuln.get("cve", "uid").str()
	if cve == "" {
		cve = vuln.get("advisory", "uid").str()
	}
	if cve != "" {
		r.Rule, r.group = cve, []string{cve}
		if r.Title == "" {
			r.Title = vuln.get("title").str()
		}
	}
	for _, word := range []string{v.get("compliance", "control").str(), v.get("metadata", "event_code").str(),
		info.get("types").at0().str(), info.get("title").str()} {
		if r.Rule == "" {
			r.Rule = word
		}
	}
}
