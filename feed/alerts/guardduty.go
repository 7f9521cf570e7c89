package alerts

import (
	"strings"

	"warroom/model"
)

// readEventBridge reads a finding as delivered by EventBridge.
func readEventBridge(w *work, v val) error {
	d := v.get("detail")
	if !d.any("type").is('"') && !d.any("id").is('"') {
		w.skip() // a status of GuardDuty itself
		return nil
	}
	return readGuardDutyIn(w, v, d)
}

func readGuardDuty(w *work, v val) error { return readGuardDutyIn(w, val{}, v) }

// readObjectScan reads the result of a malware scan of an object. A clean object is not an
// alert.
func readObjectScan(w *work, v val) error {
	d := v.get("detail")
	object, result := d.get("s3ObjectDetails"), d.get("scanResultDetails", "scanResultStatus").str()
	location := object.get("bucketName").str() + "/" + object.get("objectKey").str()
	threat := d.get("scanResultDetails", "threats").at0().get("name").str()
	r := &raw{tool: "guardduty",
		Alert: model.Alert{Source: "guardduty", Kind: "threat", Rule: "Malware Protection Object Scan", Title: threat +
			" in s3://" + location,
			SeverityRaw: result, Severity: "high", Confidence: "likely", FirstSeen: v.get("time").when(),
			Account:  v.get("account").str(),
			Asset:    model.AlertAsset{Type: "s3", ID: object.get("bucketName").str()},
			Location: model.AlertLocation{URI: "s3://" + location}}}
	switch result {
	case "THREATS_FOUND":
	case "NO_THREATS_FOUND":
		r.LeftOut = model.LeftPassed
	default: // it was not scanned
		w.skip()
		return nil
	}
	r.what, r.where = []string{r.Rule, object.get("eTag").str(), object.get("versionId").str()},
		[]string{r.Account, location}
	return w.alert(r)
}

// readGuardDutyIn reads a finding. A finding that is repeated has the same id with a higher
// count.
func readGuardDutyIn(w *work, envelope, v val) error {
	account, region := v.any("accountId").str(), v.any("region").str()
	if account == "" {
		account = envelope.get("account").str()
	}
	if region == "" {
		region = envelope.get("region").str()
	}
	service := v.any("service")
	r := &raw{tool: "guardduty",
		Alert: model.Alert{Source: "guardduty", Kind: "threat", Rule: v.any("type").str(), Title: v.any("title").str(),
			Description: v.any("description").str(),
			SeverityRaw: v.any("severity").str(), Severity: "unknown", Confidence: "likely",
			FirstSeen: service.any("eventFirstSeen").when(),
			LastSeen:  service.any("eventLastSeen").when(), Count: service.any("count").num(),
			Asset: guardDutyAsset(v, account), Account: account,
			ARN: v.any("arn").str(), Sample: guardDutySample(v, service)}}
	if f, ok := v.any("severity").float(); ok {
		r.Severity = guardDutySeverity(f)
	}
	if r.FirstSeen.IsZero() {
		r.FirstSeen = v.any("createdAt").when()
	}
	if r.Rule == "" {
		r.Rule = "GuardDuty Finding"
	}
	if service.any("archived").yes() || service.any("archived").equal("true") {
		r.state("archived", "archived")
	}
	id := v.any("id").str()
	r.former = []string{id, account, region}
	r.what, r.where, r.position = guardDutyNames(r.Rule, id), []string{account, region}, []string{r.Asset.ID}
	r.group = []string{"guardduty", r.Rule, r.Asset.ID}
	r.carried = awsCarried(r.ARN)
	return w.alert(r)
}

// guardDutyNames returns the identity of a finding. It is the same in GuardDuty's form and
// in ASFF, which writes its type with a dash.
func guardDutyNames(rule, id string) []string {
	return []string{strings.ReplaceAll(rule, "/", "-"), id}
}

// guardDutySample reports whether a finding is a test, which can be marked in four ways.
func guardDutySample(v, service val) bool {
	info := service.any("additionalInfo")
	return info.any("sample").yes() || info.any("sample").equal("true") ||
		strings.HasPrefix(v.any("title").str(), "[SAMPLE]") ||
		strings.Contains(strings.ReplaceAll(info.any("value").str(), " ", ""), `"sample":true`)
}

// guardDutySeverity maps the number. The documented ranges have gaps, so they are treated
// as half-open.
func guardDutySeverity(f float64) string {
	if f == 0 { // a CVSS score may be 0
		return "unknown"
	}
	return score(f)
}

var guardDutyAssets = [][]string{{"instanceDetails", "instanceId"}, {"accessKeyDetails", "userName"},
	{"accessKeyDetails", "principalId"},
	{"eksClusterDetails", "name"}, {"rdsDbInstanceDetails", "dbInstanceIdentifier"},
	{"rdsLimitlessDbDetails", "dbShardGroupIdentifier"},
	{"lambdaDetails", "functionName"}, {"ecsClusterDetails", "name"}, {"containerDetails", "name"},
	{"kubernetesDetails", "kubernetesUserDetails", "username"},
	{"ebsSnapshotDetails", "snapshotArn"}, {"ec2ImageDetails", "imageArn"},
	{"recoveryPointDetails", "recoveryPointArn"}}

func guardDutyAsset(v val, account string) model.AlertAsset {
	resource := v.any("resource")
	a := model.AlertAsset{Type: resource.any("resourceType").str()}
	for _, p := range guardDutyAssets {
		if a.ID = resource.any(p...).str(); a.ID != "" {
			return a
		}
	}
	if a.ID = resource.any("s3BucketDetails").at0().any("name").str(); a.ID != "" {
		return a
	}
	sequence := v.any("service", "detection", "sequence") // an attack sequence has several
	for _, list := range []string{"resources", "actors", "endpoints"} {
		first := sequence.any(list).at0()
		for _, name := range []string{"uid", "name", "id"} {
			if a.ID = first.any(name).str(); a.ID != "" {
				a.Type = "AttackSequence"
				return a
			}
		}
	}
	a.Type, a.ID = "account", account
	return a
}
