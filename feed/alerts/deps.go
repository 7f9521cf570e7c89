package alerts

import (
	"strconv"
	"strings"

	"warroom/model"
)

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
	r.carried = checkovCarried(r.Rule, r.Location.URI)
	if advisory != "" { // the check may be the same for all advisories
		r.position, r.group = []string{strconv.Itoa(line), advisory}, []string{advisory}
		r.Rule = advisory
	}
	return w.alert(r)
}

// checkovCarried returns what Checkov's JSON has in common with its SARIF, which has no
// resource.
func checkovCarried(check, path string) []string {
	return []string{"checkov", check, strings.TrimLeft(path, "./")}
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
