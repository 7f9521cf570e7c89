package intake

import "strings"

// form is one form of a document or record: how it is recognised, and its
// alerts. Read is nil where the findings were handed out on the way.
type form struct {
	name string
	is   func(val) bool
	read func(*work, val) error
}

// forms are tried in this order, the most peculiar first.
var forms []form

// tried is what people are told when nothing fits.
var tried = []string{"SARIF", "Gitleaks", "secretlint", "TruffleHog", "Trivy", "ASFF", "GuardDuty", "npm audit", "Checkov", "Dependabot", "Alertmanager",
	"Falco", "OCSF", "warroom's own", "a report as JSON, mail or form"}

func init() {
	forms = []form{
		{"sarif", func(v val) bool {
			return v.has("runs") && (v.has("version") || strings.Contains(v.get("$schema").str(), "sarif"))
		}, nil},
		{"trivy-json", func(v val) bool { return v.get("SchemaVersion").num() == 2 && v.has("ArtifactName") }, nil},
		{"findings", func(v val) bool { return v.get("Findings").is('[') }, nil},
		{"alertmanager", func(v val) bool {
			return v.get("version").equal("4") && v.has("groupKey") || v.has("receiver", "alerts")
		}, nil},
		{"npm-audit", func(v val) bool { return v.has("auditReportVersion") || v.has("advisories", "metadata") }, nil},
		{"checkov", func(v val) bool {
			return v.has("check_type", "results") || v.has("passed", "failed", "checkov_version")
		}, nil},
		{"guardduty-eventbridge", isEventBridge, (*work).eventBridge},
		{"gitleaks-json", func(v val) bool { return v.has("RuleID", "Fingerprint") }, (*work).gitleaks},
		{"secretlint-json", func(v val) bool { return v.has("filePath", "messages") }, (*work).secretlint},
		{"trufflehog-jsonl", func(v val) bool { return v.has("SourceMetadata", "DetectorName") }, (*work).trufflehog},
		{"dependabot", func(v val) bool {
			return v.has("security_advisory", "number") || v.has("alert", "repository", "action")
		}, (*work).dependabot},
		{"ocsf", func(v val) bool { return v.get("class_uid").num()/1000 == 2 }, (*work).ocsf},
		{"falco", func(v val) bool { return v.has("rule", "priority") && (v.has("output_fields") || v.has("output")) }, (*work).falco},
		{"guardduty", isGuardDuty, (*work).guardDuty},
		{"asff", func(v val) bool { return v.get("SchemaVersion").equal("2018-10-08") }, (*work).asff},
		{formNormal, isNormal, (*work).normal},
		{formNormal, isNormals, nil},
		{"report-json", isReport, (*work).report},
	}
}

// record reads one document, line or member of an array.
func (w *work) record(v val) error {
	for _, f := range forms {
		if !v.is('{') || !f.is(v) {
			continue
		}
		w.is(f.name)
		if f.read == nil {
			return nil
		}
		return f.read(w, v)
	}
	w.skip()
	return nil
}
