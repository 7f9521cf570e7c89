package intake

import (
	"strconv"
	"strings"

	"warroom/model"
)

// npmVuln reads a package of npm audit's report, version 2. What only comes by
// another package has no advisory of its own.
func (w *work) npmVuln(v val) error {
	w.is("npm-audit")
	if !v.is('{') {
		w.skip()
		return nil
	}
	name := v.get("name").str()
	if name == "" {
		name = v.key()
	}
	name = cut(name, maxPath)
	for via := range v.get("via").all() {
		if !via.is('{') {
			continue
		}
		r := &raw{Alert: model.Alert{Source: "npm audit", Kind: "vuln", Rule: advisory(via.get("url").str(), via.get("source").str()), Title: name + ": " + via.get("title").str(),
			SeverityRaw: via.get("severity").str(), Confidence: "likely", Asset: model.AlertAsset{Type: "package", ID: name + " " + via.get("range").str()}, Link: via.get("url").str()}}
		r.find, r.group = []string{name, r.Rule}, []string{r.Rule}
		if err := w.alert(r); err != nil {
			return err
		}
	}
	return nil
}

// advisory is the name at the end of an advisory's address, else its number.
func advisory(link, number string) string {
	if i := strings.LastIndexByte(link, '/'); i >= 0 && i < len(link)-1 {
		return link[i+1:]
	}
	return number
}

// npmAdvisory reads an advisory of npm audit's older report.
func (w *work) npmAdvisory(v val) error {
	w.is("npm-audit")
	rule := advisory(v.get("url").str(), v.key())
	if cve := v.get("cves").at0().str(); cve != "" {
		rule = cve
	}
	name := v.get("module_name").str()
	r := &raw{Alert: model.Alert{Source: "npm audit", Kind: "vuln", Rule: rule, Title: name + ": " + v.get("title").str(), Description: v.get("overview").str(),
		SeverityRaw: v.get("severity").str(), Confidence: "likely", FirstSeen: v.get("created").when(),
		Asset: model.AlertAsset{Type: "package", ID: name + " " + v.get("vulnerable_versions").str()}, Link: v.get("url").str()}}
	r.find, r.group = []string{name, rule}, []string{rule}
	return w.alert(r)
}

// checkov reads a failed check of Checkov; without its platform it has no
// severity.
func (w *work) checkov(v val) error {
	w.is("checkov")
	if !v.is('{') {
		w.skip()
		return nil
	}
	line := v.get("file_line_range").at0().num()
	r := &raw{Alert: model.Alert{Source: "checkov", Kind: "misconfig", Rule: v.first("check_id", "bc_check_id"), Title: v.get("check_name").str(),
		SeverityRaw: v.get("severity").str(), Confidence: "likely", Link: v.get("guideline").str(),
		Asset: model.AlertAsset{Type: "resource", ID: v.get("resource").str()}, Location: model.AlertLocation{URI: v.first("file_path", "repo_file_path"), Line: line}}}
	if strings.HasPrefix(r.Rule, "CKV_SECRET") {
		r.Kind, r.Confidence = "secret", "unverified"
		if r.SeverityRaw == "" {
			r.Severity = "high"
		}
	}
	if strings.HasPrefix(r.Rule, "CKV_CVE") || v.get("vulnerability_details").is('{') {
		r.Kind = "vuln"
	}
	r.find = []string{r.Rule, r.Asset.ID, r.Location.URI, strconv.Itoa(line)}
	return w.alert(r)
}

// dependabot reads an alert of GitHub's Dependabot, as its interface lists
// them or as its webhook sends one.
func (w *work) dependabot(v val) error {
	repo := v.get("repository", "full_name").str()
	if v.has("alert") {
		v = v.get("alert")
	}
	adv, pkg := v.get("security_advisory"), v.get("dependency", "package")
	rule := adv.first("cve_id", "ghsa_id")
	if r := v.get("repository", "full_name").str(); r != "" {
		repo = r
	}
	r := &raw{Alert: model.Alert{Source: "dependabot", Kind: "vuln", Rule: rule, Title: pkg.get("name").str() + ": " + adv.get("summary").str(),
		Description: adv.get("description").str(), SeverityRaw: adv.get("severity").str(), Confidence: "likely", FirstSeen: v.get("created_at").when(),
		LastSeen: v.get("updated_at").when(), Asset: model.AlertAsset{Type: "repository", ID: repo}, Link: v.get("html_url").str(),
		Location: model.AlertLocation{URI: v.get("dependency", "manifest_path").str()}}}
	if r.Asset.ID == "" {
		r.Asset = model.AlertAsset{Type: "package", ID: pkg.get("name").str()}
	}
	switch v.get("state").str() {
	case "fixed", "dismissed", "auto_dismissed":
		r.Resolved = true
	}
	r.find = []string{repo, v.get("url").str(), v.get("number").str(), rule, pkg.get("name").str(), r.Location.URI}
	r.group = []string{rule}
	return w.alert(r)
}
