package intake

import (
	"strings"

	"warroom/model"
)

var ocsfSeverity = []string{"unknown", "info", "low", "medium", "high", "critical", "critical"}

var ocsfKind = map[int]string{2002: "vuln", 2003: "misconfig", 2004: "detection", 2005: "threat", 2001: "threat", 2006: "secret", 2007: "misconfig"}

// ocsf reads a finding of the Open Cybersecurity Schema.
func (w *work) ocsf(v val) error {
	info := v.get("finding_info")
	if !info.is('{') {
		info = v.get("finding_info_list").at0()
	}
	if !info.is('{') {
		info = v.get("finding")
	}
	r := &raw{Alert: model.Alert{Source: v.get("metadata", "product").first("name", "vendor_name"), SourceVersion: v.get("metadata", "product", "version").str(),
		Kind: ocsfKind[v.get("class_uid").num()], Title: info.get("title").str(), Description: info.get("desc").str(), SeverityRaw: v.first("severity", "severity_id"),
		Confidence: strings.ToLower(v.get("confidence").str()), FirstSeen: info.get("first_seen_time").when(), LastSeen: info.get("last_seen_time").when(),
		Count: v.get("count").num(), Link: info.get("src_url").str()}}
	r.ocsfWords(v)
	ocsfRule(r, v, info)
	asset := v.get("resources").at0()
	if !asset.is('{') {
		asset = v.get("resource")
	}
	r.Asset = model.AlertAsset{Type: asset.get("type").str(), ID: asset.first("uid", "name")}
	if id := info.get("uid").str(); id != "" {
		r.find = []string{id, r.Asset.ID, r.Rule}
	}
	return w.alert(r)
}

// ocsfWords reads what the schema writes as numbers.
func (r *raw) ocsfWords(v val) {
	if n := v.get("severity_id").num(); v.get("severity_id").i > 0 && n < len(ocsfSeverity) {
		r.Severity = ocsfSeverity[n]
	}
	if r.Kind == "" {
		r.Kind = "detection"
	}
	if r.Source == "" {
		r.Source = "ocsf"
	}
	if r.FirstSeen.IsZero() {
		r.FirstSeen = v.get("time").when()
	}
	switch v.get("status_id").num() {
	case 3, 4: // suppressed, resolved
		r.Resolved = true
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

// ocsfRule is what was broken or found: an advisory, an analytic, a control.
func ocsfRule(r *raw, v, info val) {
	r.Rule = info.get("analytic").first("uid", "name")
	vuln := v.get("vulnerabilities").at0()
	if cve := vuln.get("cve", "uid").str(); cve != "" {
		r.Rule, r.group = cve, []string{cve}
		if r.Title == "" {
			r.Title = vuln.get("title").str()
		}
	}
	if c := v.get("compliance", "control").str(); r.Rule == "" {
		r.Rule = c
	}
	if r.Rule == "" {
		r.Rule = info.get("title").str()
	}
}
