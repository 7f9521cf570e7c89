package intake

import (
	"strconv"
	"strings"

	"warroom/model"
)

// gitleaks reads a finding of Gitleaks. It has no severity: a secret that lies
// open is high until somebody has looked.
func (w *work) gitleaks(v val) error {
	r := &raw{Alert: model.Alert{Source: "gitleaks", Kind: "secret", Rule: v.get("RuleID").str(), Title: v.get("Description").str(), Severity: "high",
		Confidence: "unverified", FirstSeen: v.get("Date").when(),
		Location: model.AlertLocation{URI: v.get("File").str(), Line: v.get("StartLine").num(), Column: v.get("StartColumn").num(), Commit: v.get("Commit").str()}}}
	r.Asset = model.AlertAsset{Type: "file", ID: r.Location.URI}
	r.secrets = []string{v.get("Secret").str(), v.get("Match").str()}
	r.find = []string{r.Location.Commit, r.Location.URI, r.Rule, strconv.Itoa(r.Location.Line)}
	return w.alert(r)
}

// secretlint reads a file of secretlint's JSON with its messages. The whole
// file stands beside them, with the secrets, and is passed over.
func (w *work) secretlint(v val) error {
	for m := range v.get("messages").all() {
		if !m.is('{') {
			w.skip()
			continue
		}
		r := &raw{Alert: model.Alert{Source: "secretlint", Kind: "secret", Rule: m.get("ruleId").str(), Title: m.get("message").str(),
			SeverityRaw: m.get("severity").str(), Confidence: "unverified", Link: m.get("docsUrl").str(),
			Location: model.AlertLocation{URI: v.get("filePath").str(), Line: m.get("loc", "start", "line").num(), Column: m.get("loc", "start", "column").num() + 1}}}
		r.Rule = secretlintRule(r.Rule)
		r.Asset = model.AlertAsset{Type: "file", ID: r.Location.URI}
		r.find = []string{r.Location.URI, r.Rule, strconv.Itoa(r.Location.Line), strconv.Itoa(r.Location.Column)}
		for d := range m.get("data").all() {
			if d.key() != "typeName" {
				r.secrets = append(r.secrets, d.str())
			}
		}
		if err := w.alert(r); err != nil {
			return err
		}
	}
	return nil
}

// secretlintRule leaves the preset out of "preset > rule".
func secretlintRule(s string) string {
	if i := strings.LastIndex(s, " > "); i >= 0 {
		s = s[i+3:]
	}
	return strings.TrimPrefix(s, "@secretlint/")
}

// trufflehog reads a line of TruffleHog. Not verified means not confirmed,
// never dead.
func (w *work) trufflehog(v val) error {
	r := &raw{Alert: model.Alert{Source: "trufflehog", Kind: "secret", Rule: v.get("DetectorName").str(), Title: v.get("DetectorDescription").str()}}
	if name := v.get("ExtraData", "name").str(); v.get("DetectorType").num() == 904 && name != "" {
		r.Rule = name
	}
	switch {
	case v.get("Verified").yes():
		r.Severity, r.Confidence, r.SeverityRaw = "critical", "verified", "verified"
	case v.get("VerificationError").str() != "":
		r.Severity, r.Confidence, r.SeverityRaw = "high", "unknown", "verification failed"
	default:
		r.Severity, r.Confidence, r.SeverityRaw = "medium", "unverified", "unverified"
	}
	var at val
	for m := range v.get("SourceMetadata", "Data").all() {
		at = m
		break
	}
	r.Location = model.AlertLocation{URI: at.first("file", "path", "link", "key", "url"), Line: at.get("line").num(), Commit: at.get("commit").str()}
	r.FirstSeen = at.get("timestamp").when()
	r.Asset = model.AlertAsset{Type: strings.ToLower(at.key()), ID: at.first("repository", "bucket", "image", "file", "link", "url")}
	if l := at.get("link").str(); strings.HasPrefix(l, "http") {
		r.Link = l
	}
	r.secrets = []string{v.get("Raw").str(), v.get("RawV2").str()}
	if red := v.get("Redacted").str(); !masked(red) {
		r.secrets = append(r.secrets, red)
	}
	for p := range v.get("SecretParts").all() {
		r.secrets = append(r.secrets, p.str())
	}
	mark := ""
	if r.secrets[0] != "" {
		mark = w.mark(r.secrets[0])
	}
	r.find = []string{r.Rule, r.Asset.Type, r.Asset.ID, r.Location.URI, r.Location.Commit, strconv.Itoa(r.Location.Line), mark}
	return w.alert(r)
}
