package alerts

import (
	"strconv"
	"strings"

	"warroom/model"
)

// readNpmVuln reads a package of npm audit's report, version 2. A package that is only
// affected through another one has no advisory of its own.
func readNpmVuln(w *work, v val) (retain bool, err error) {
	if v.key() == "list" && v.is('[') { // the form of cargo audit
		for e := range v.all() {
			if f := formOf(e); f == nil {
				w.skip()
			} else if err := w.take(f, e); err != nil {
				return false, err
			}
		}
		return false, nil
	}
	if !v.is('{') || !v.has("via") {
		return true, nil
	}
	w.is("npm-audit")
	w.taken++
	return false, readNpmPackage(w, v)
}

func readNpmPackage(w *work, v val) error {
	name := v.get("name").str()
	if name == "" {
		name = v.key()
	}
	name = cut(name, maxPath)
	for via := range v.get("via").all() {
		if !via.is('{') {
			continue
		}
		r := &raw{Alert: model.Alert{Source: "npm audit", Kind: "vuln",
			Rule: advisory(via.get("url").str(), via.get("source").str()), Title: name + ": " + via.get("title").str(),
			SeverityRaw: via.get("severity").str(), Confidence: "likely",
			Asset: model.AlertAsset{Type: "package", ID: name + " " + via.get("range").str()},
			Link:  via.get("url").str()}}
		r.former, r.group = []string{name, r.Rule}, []string{r.Rule}
		r.what, r.where, r.tool = []string{r.Rule, name}, []string{}, "npm"
		if err := w.alert(r); err != nil {
			return err
		}
	}
	return nil
}

// advisory returns the name at the end of an advisory's URL, or else its number.
func advisory(link, number string) string {
	if i := strings.LastIndexByte(link, '/'); i >= 0 && i < len(link)-1 {
		return link[i+1:]
	}
	return number
}

// readAdvisoryIn reads a member of "advisories", which npm audit and composer audit have.
func readAdvisoryIn(w *work, v val) (retain bool, err error) {
	if v.is('{') && v.has("module_name") {
		w.taken++
		return false, readNpmAdvisory(w, v)
	}
	retain = true
	for e := range v.all() { // of one package
		if f := formOf(e); f != nil {
			retain = false
			if err := w.take(f, e); err != nil {
				return false, err
			}
		}
	}
	return retain, nil
}

// readNpmAdvisory reads an advisory of npm audit's older report.
func readNpmAdvisory(w *work, v val) error {
	w.is("npm-audit")
	rule := advisory(v.get("url").str(), v.key())
	if cve := v.get("cves").at0().str(); cve != "" {
		rule = cve
	}
	name := v.get("module_name").str()
	r := &raw{Alert: model.Alert{Source: "npm audit", Kind: "vuln", Rule: rule, Title: name + ": " +
		v.get("title").str(), Description: v.get("overview").str(),
		SeverityRaw: v.get("severity").str(), Confidence: "likely", FirstSeen: v.get("created").when(),
		Asset: model.AlertAsset{Type: "package", ID: name + " " + v.get("vulnerable_versions").str()},
		Link:  v.get("url").str()}}
	r.former, r.group = []string{name, rule}, []string{rule}
	r.what, r.where, r.tool = []string{advisory(v.get("url").str(), v.key()), name}, []string{}, "npm"
	return w.alert(r)
}

// readCheckov reads a check of Checkov, which has no severity unless the Prisma Cloud
// platform is used.
func readCheckov(w *work, at string, v val) error {
	w.is("checkov")
	if !v.is('{') {
		w.skip()
		return nil
	}
	line := v.get("file_line_range").at0().num()
	r := &raw{Alert: model.Alert{Source: "checkov", Kind: "misconfig", Rule: v.first("check_id", "bc_check_id"),
		Title:       v.get("check_name").str(),
		SeverityRaw: v.get("severity").str(), Confidence: "likely", Link: v.get("guideline").str(),
		Asset:    model.AlertAsset{Type: "resource", ID: v.get("resource").str()},
		Location: model.AlertLocation{URI: v.first("file_path", "repo_file_path"), Line: line}}}
	if strings.HasPrefix(r.Rule, "CKV_SECRET") {
		r.Kind, r.Confidence = "secret", "unverified"
		if r.SeverityRaw == "" {
			r.Severity = "high"
		}
		r.Validity = validity(v.get("validation_status").str())
		if r.Validity == "active" {
			r.Confidence, r.Severity = "verified", "critical"
		}
	}
	advisory := v.get("vulnerability_details", "id").str()
	if strings.HasPrefix(r.Rule, "CKV_CVE") || v.get("vulnerability_details").is('{') {
		r.Kind = "vuln"
	}
	switch word := v.get("check_result", "result").str(); {
	case at == atCheckovPassed, strings.EqualFold(word, "PASSED"), strings.EqualFold(word, "SKIPPED"):
		r.LeftOut = model.LeftPassed
	case strings.EqualFold(word, "UNKNOWN"):
		r.LeftOut = model.LeftPassed
	}
	r.former = []string{r.Rule, r.Asset.ID, r.Location.URI, strconv.Itoa(line)}
	// The resource of a secret in Checkov is the hash of the secret.
	r.what, r.where = []string{r.Rule, r.Asset.ID}, []string{strings.TrimPrefix(r.Location.URI, "/")}
	if advisory != "" { // the check may be the same for all advisories
		r.position, r.group = []string{strconv.Itoa(line), advisory}, []string{advisory}
		r.Rule = advisory
	}
	return w.alert(r)
}

// isAdvisory reports whether a rule is the name of a known vulnerability.
func isAdvisory(rule string) bool {
	up := strings.ToUpper(rule)
	for _, p := range []string{"CVE-", "GHSA-", "RUSTSEC-", "PYSEC-", "GO-20", "OSV-", "SNYK-",
		"ELSA-", "RHSA-", "DSA-", "TEMP-", "NSWG-", "GMS-"} {
		if strings.HasPrefix(up, p) {
			return true
		}
	}
	return false
}
