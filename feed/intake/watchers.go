package intake

import (
	"strings"

	"warroom/model"
)

// alertmanager reads one alert of Alertmanager's webhook, version 4. Single
// alerts may be over while their group still fires.
func (w *work) alertmanager(v val) error {
	labels, notes, top := v.get("labels"), v.get("annotations"), w.up(2)
	if !labels.is('{') {
		w.skip()
		return nil
	}
	w.is("alertmanager")
	var about []string
	for l := range labels.all() {
		if k := l.key(); k != "alertname" && k != "severity" && len(about) < 12 {
			about = append(about, k+"="+l.str())
		}
	}
	r := &raw{Alert: model.Alert{Source: "alertmanager", Kind: "detection", Rule: labels.get("alertname").str(), Title: notes.first("summary", "title", "message"),
		Description: notes.first("description", "message"), SeverityRaw: labels.get("severity").str(), FirstSeen: v.get("startsAt").when(),
		LastSeen: v.get("endsAt").when(), Asset: model.AlertAsset{Type: "labels", ID: strings.Join(about, " ")}, Link: v.get("generatorURL").str(),
		Resolved: v.get("status").equal("resolved")}}
	r.find = []string{v.get("fingerprint").str(), v.get("startsAt").str()}
	if r.find[0] == "" {
		r.find = []string{r.Rule, r.Asset.ID, r.find[1]}
	}
	group := top.get("groupKey").str()
	if group == "" {
		group = r.Rule
	}
	r.group = []string{"alertmanager", group}
	return w.alert(r)
}

// falco reads an event of Falco. It has no id, and it floods.
func (w *work) falco(v val) error {
	f := v.get("output_fields")
	r := &raw{Alert: model.Alert{Source: "falco", Kind: "threat", Rule: v.get("rule").str(), Title: v.get("rule").str(), Description: v.get("output").str(),
		SeverityRaw: v.get("priority").str(), FirstSeen: v.get("time").when(), Asset: model.AlertAsset{Type: "host", ID: v.get("hostname").str()}}}
	for _, k := range []string{"k8s.pod.name", "container.name", "container.id"} {
		if id := f.get(k).str(); id != "" && id != "host" && id != "<NA>" {
			r.Asset = model.AlertAsset{Type: "container", ID: id}
			break
		}
	}
	r.LastSeen = r.FirstSeen
	r.find = []string{r.Rule, v.get("hostname").str(), f.get("proc.name").str(), f.get("proc.cmdline").str(), f.get("container.id").str(), v.get("time").str()}
	r.group = []string{"falco", r.Rule}
	return w.alert(r)
}

var ocsfSeverity = []string{"unknown", "info", "low", "medium", "high", "critical", "critical"}

var ocsfKind = map[int]string{2002: "vuln", 2003: "misconfig", 2004: "detection", 2005: "threat", 2001: "threat", 2006: "secret", 2007: "misconfig"}

// ocsf reads a finding of the Open Cybersecurity Schema.
func (w *work) ocsf(v val) error {
	info, class := v.get("finding_info"), v.get("class_uid").num()
	if !info.is('{') {
		info = v.get("finding_info_list").at0()
	}
	if !info.is('{') {
		info = v.get("finding")
	}
	r := &raw{Alert: model.Alert{Source: v.get("metadata", "product").first("name", "vendor_name"), SourceVersion: v.get("metadata", "product", "version").str(),
		Kind: ocsfKind[class], Title: info.get("title").str(), Description: info.get("desc").str(), SeverityRaw: v.first("severity", "severity_id"),
		Confidence: strings.ToLower(v.get("confidence").str()), FirstSeen: info.get("first_seen_time").when(), LastSeen: info.get("last_seen_time").when(),
		Count: v.get("count").num(), Link: info.get("src_url").str()}}
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
	asset := v.get("resources").at0()
	if !asset.is('{') {
		asset = v.get("resource")
	}
	r.Asset = model.AlertAsset{Type: asset.get("type").str(), ID: asset.first("uid", "name")}
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
	if id := info.get("uid").str(); id != "" {
		r.find = []string{id, r.Asset.ID, r.Rule}
	}
	return w.alert(r)
}
