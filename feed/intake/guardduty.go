package intake

import (
	"strings"

	"warroom/model"
)

func isEventBridge(v val) bool {
	if v.get("source").equal("aws.guardduty") || v.get("detail-type").equal("GuardDuty Finding") {
		return true
	}
	return v.get("detail").is('{') && isGuardDuty(v.get("detail"))
}

// isGuardDuty knows a finding by its type, as "Recon:EC2/Portscan".
func isGuardDuty(v val) bool {
	kind := v.any("type").str()
	return strings.Contains(kind, ":") && strings.Contains(kind, "/") && v.any("service").is('{') && v.any("id").i > 0
}

// eventBridge reads a finding in the envelope that EventBridge delivers.
func (w *work) eventBridge(v val) error { return w.guardDutyIn(v, v.get("detail")) }

func (w *work) guardDuty(v val) error { return w.guardDutyIn(val{}, v) }

// guardDutyIn reads a finding. The same id comes again with a higher count: it
// is the same finding.
func (w *work) guardDutyIn(envelope, v val) error {
	account, region := v.any("accountId").str(), v.any("region").str()
	if account == "" {
		account = envelope.get("account").str()
	}
	if region == "" {
		region = envelope.get("region").str()
	}
	service := v.any("service")
	r := &raw{Alert: model.Alert{Source: "guardduty", Kind: "threat", Rule: v.any("type").str(), Title: v.any("title").str(), Description: v.any("description").str(),
		SeverityRaw: v.any("severity").str(), Severity: "unknown", Confidence: "likely", FirstSeen: service.any("eventFirstSeen").when(),
		LastSeen: service.any("eventLastSeen").when(), Count: service.any("count").num(), Asset: guardDutyAsset(v.any("resource"), account),
		Sample: service.any("additionalInfo", "sample").yes() || strings.HasPrefix(v.any("title").str(), "[SAMPLE]"), Resolved: service.any("archived").yes()}}
	if f, ok := v.any("severity").float(); ok {
		r.Severity = guardDutySeverity(f)
	}
	if r.FirstSeen.IsZero() {
		r.FirstSeen = v.any("createdAt").when()
	}
	if r.Rule == "" {
		r.Rule = "GuardDuty Finding"
	}
	r.find = []string{v.any("id").str(), account, region}
	r.group = []string{"guardduty", r.Rule, r.Asset.ID}
	return w.alert(r)
}

// guardDutySeverity reads the number; its ranges have gaps, so they are taken
// as half open.
func guardDutySeverity(f float64) string {
	switch {
	case f > 10 || f <= 0 || f != f:
		return "unknown"
	case f >= 9:
		return "critical"
	case f >= 7:
		return "high"
	case f >= 4:
		return "medium"
	}
	return "low"
}

var guardDutyAssets = [][]string{{"instanceDetails", "instanceId"}, {"accessKeyDetails", "userName"}, {"accessKeyDetails", "principalId"},
	{"eksClusterDetails", "name"}, {"rdsDbInstanceDetails", "dbInstanceIdentifier"}, {"lambdaDetails", "functionName"},
	{"ecsClusterDetails", "name"}, {"containerDetails", "name"}}

func guardDutyAsset(v val, account string) model.AlertAsset {
	a := model.AlertAsset{Type: v.any("resourceType").str()}
	for _, p := range guardDutyAssets {
		if a.ID = v.any(p...).str(); a.ID != "" {
			return a
		}
	}
	if a.ID = v.any("s3BucketDetails").at0().any("name").str(); a.ID == "" {
		a.Type, a.ID = "account", account
	}
	return a
}
