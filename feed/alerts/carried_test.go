package alerts_test

import (
	"strings"
	"testing"

	"warroom/feed/alerts"
	"warroom/model"
)

// trivyASFF is a finding as Trivy's template for Security Hub writes it.
func trivyASFF(id, generator, types, title, created, other string) string {
	return `{"SchemaVersion":"2018-10-08","Id":"` + id + `","GeneratorId":"` + generator +
		`","AwsAccountId":"1","Types":["` + types + `"],"CreatedAt":"` + created +
		`","Severity":{"Label":"HIGH"},"Title":"` + title + `","Description":"d",` +
		`"ProductFields":{"Product Name":"Trivy"},"Resources":[{"Type":"Other","Id":"deploy.sh",` +
		`"Details":{"Other":{` + other + `}}}],"RecordState":"ACTIVE"}`
}

const (
	trivyMixed = `{"SchemaVersion":2,"ArtifactName":"nw","Results":[{"Target":"deploy.sh","Class":"secret",` +
		`"Secrets":[{"RuleID":"aws-access-key-id","Severity":"CRITICAL","Title":"AWS Access Key ID","StartLine":3,` +
		`"Match":"export A=********************"},{"RuleID":"aws-access-key-id","Severity":"CRITICAL",` +
		`"Title":"AWS Access Key ID","StartLine":9,"Match":"export B=********************"}],` +
		`"Misconfigurations":[{"ID":"DS002","Status":"FAIL","Title":"root user","Message":"Specify 'USER'",` +
		`"Severity":"HIGH"}]}]}`
	trivyMixedSarif = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Trivy"}},"results":[
		{"ruleId":"aws-access-key-id","message":{"text":"Artifact: deploy.sh\nType: \nSecret AWS Access Key ID\n` +
		`Severity: CRITICAL\nMatch: export A=********************"},"locations":[{"physicalLocation":` +
		`{"artifactLocation":{"uri":"deploy.sh"},"region":{"startLine":3}}}]},
		{"ruleId":"aws-access-key-id","message":{"text":"Artifact: deploy.sh\nType: \nSecret AWS Access Key ID\n` +
		`Severity: CRITICAL\nMatch: export B=********************"},"locations":[{"physicalLocation":` +
		`{"artifactLocation":{"uri":"deploy.sh"},"region":{"startLine":9}}}]},
		{"ruleId":"DS002","message":{"text":"Artifact: deploy.sh\nType: dockerfile\nVulnerability DS002\n` +
		`Severity: HIGH\nMessage: Specify 'USER'\nLink: x"},"locations":[{"physicalLocation":` +
		`{"artifactLocation":{"uri":"deploy.sh"},"region":{"startLine":1}}}]}]}]}`
	trivyPackages = `{"SchemaVersion":2,"ArtifactName":"nw/shop:3","Results":[{"Target":"Node.js",` +
		`"Class":"lang-pkgs","Type":"node-pkg","Vulnerabilities":[{"VulnerabilityID":"CVE-2026-4",` +
		`"PkgName":"left-pad","PkgPath":"app/node_modules/left-pad/package.json","InstalledVersion":"1.0",` +
		`"Severity":"HIGH"},{"VulnerabilityID":"CVE-2026-4","PkgName":"left-pad",` +
		`"PkgPath":"srv/node_modules/left-pad/package.json","InstalledVersion":"1.0","Severity":"HIGH"}]}]}`
	checkovJSON = `{"check_type":"terraform","results":{"failed_checks":[{"check_id":"CKV_AWS_1",` +
		`"check_name":"n","file_path":"/m.tf","resource":"aws.1","file_line_range":[1,2]},{"check_id":"CKV_AWS_1",` +
		`"check_name":"n","file_path":"/m.tf","resource":"aws.2","file_line_range":[7,9]}],"passed_checks":[` +
		`{"check_id":"CKV_AWS_1","check_name":"n","file_path":"/m.tf","resource":"aws.0"}]},"summary":{"failed":2}}`
	checkovScanSarif = `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"Checkov"}},"results":[
		{"ruleId":"CKV_AWS_1","message":{"text":"n"},"locations":[{"physicalLocation":{"artifactLocation":` +
		`{"uri":"m.tf"},"region":{"startLine":1}}}]},{"ruleId":"CKV_AWS_1","message":{"text":"n"},` +
		`"locations":[{"physicalLocation":{"artifactLocation":{"uri":"m.tf"},"region":{"startLine":7}}}]}]}]}`
	inspectorASFF = `{"Findings":[{"SchemaVersion":"2018-10-08",` +
		`"Id":"arn:aws:inspector2:eu-west-1:210987654321:finding/1","ProductName":"Inspector",` +
		`"GeneratorId":"AWSInspector","AwsAccountId":"210987654321","Types":["Software and Configuration Checks/` +
		`Vulnerabilities/CVE"],"Severity":{"Label":"HIGH"},"Title":"CVE-2026-9 - zlib",` +
		`"Resources":[{"Type":"AwsEc2Instance","Id":"arn:aws:ec2:eu-west-1:210987654321:instance/i-9"}],` +
		`"Vulnerabilities":[{"Id":"CVE-2026-9","VulnerablePackages":[{"Name":"zlib","Version":"1"}]}],` +
		`"RecordState":"STATE"}]}`
	inspectorOCSF = `{"class_uid":2002,"severity_id":4,"metadata":{"product":{"name":"Inspector"},` +
		`"version":"1.1.0"},"finding_info":{"uid":"arn:aws:inspector2:eu-west-1:210987654321:finding/1",` +
		`"title":"CVE-2026-9 - zlib"},"resources":[{"uid":"i-9"}],"vulnerabilities":[{"cve":{"uid":"CVE-2026-9"}}]}`
	prowlerJSON = `[{"CheckID":"iam_rotate","FindingUniqueId":"u1","Status":"FAIL","StatusExtended":` +
		`"Key 1 was not rotated in 93 days.","Severity":"medium","CheckTitle":"t","Region":"us-east-1",` +
		`"ResourceArn":"arn:aws:iam::1:user/kim","AccountId":"1"},{"CheckID":"iam_rotate","FindingUniqueId":"u2",` +
		`"Status":"FAIL","StatusExtended":"Key 2 was not rotated in 120 days.","Severity":"medium",` +
		`"CheckTitle":"t","Region":"us-east-1","ResourceArn":"arn:aws:iam::1:user/kim","AccountId":"1"}]`
	prowlerASFF = `{"Findings":[{"SchemaVersion":"2018-10-08","Id":"prowler-iam_rotate-1-us-east-1-a",` +
		`"ProductArn":"arn:aws:securityhub:us-east-1::product/prowler/prowler","GeneratorId":"prowler-iam_rotate",` +
		`"AwsAccountId":"1","Types":["Software and Configuration Checks"],"Severity":{"Label":"MEDIUM"},` +
		`"Title":"t","Description":"Key 1 was not rotated in 94 days.","Resources":[{"Type":"AwsIamUser",` +
		`"Id":"arn:aws:iam::1:user/kim"}],"Compliance":{"Status":"FAILED"}},{"SchemaVersion":"2018-10-08",` +
		`"Id":"prowler-iam_rotate-1-us-east-1-a","ProductArn":` +
		`"arn:aws:securityhub:us-east-1::product/prowler/prowler","GeneratorId":"prowler-iam_rotate",` +
		`"AwsAccountId":"1","Types":["Software and Configuration Checks"],"Severity":{"Label":"MEDIUM"},` +
		`"Title":"t","Description":"Key 2 was not rotated in 121 days.","Resources":[{"Type":"AwsIamUser",` +
		`"Id":"arn:aws:iam::1:user/kim"}],"Compliance":{"Status":"FAILED"}}]}`
	prowlerOCSF = `[{"class_uid":2003,"severity_id":3,"metadata":{"event_code":"iam_rotate","product":` +
		`{"name":"Prowler"},"version":"1.3.0"},"status_code":"FAIL","status_detail":` +
		`"Key 1 was not rotated in 93 days.","finding_info":{"uid":"p-1","title":"t"},` +
		`"resources":[{"uid":"arn:aws:iam::1:user/kim"}]},{"class_uid":2003,"severity_id":3,"metadata":` +
		`{"event_code":"iam_rotate","product":{"name":"Prowler"},"version":"1.3.0"},"status_code":"FAIL",` +
		`"status_detail":"Key 2 was not rotated in 120 days.","finding_info":{"uid":"p-2","title":"t"},` +
		`"resources":[{"uid":"arn:aws:iam::1:user/kim"}]}]`
	guardDutyOCSF = `{"class_uid":2004,"severity_id":3,"metadata":{"product":{"name":"GuardDuty"},` +
		`"version":"1.1.0"},"finding_info":{"uid":"arn:aws:guardduty:eu-west-1:210987654321:detector/d/finding/0a",` +
		`"title":"t","types":["Backdoor:EC2/DenialOfService.Tcp"]},"resources":[{"uid":"i-9"}]}`
)

func trivyMixedASFF() string {
	const sensitive, checks = "Sensitive Data Identifications", "Software and Configuration Checks"
	return `{"Findings":[` +
		trivyASFF("deploy.sh/DS002", "Trivy/DS002", checks,
			"Trivy found a misconfiguration in deploy.sh: root user", "2026-01-02T03:04:05.1Z",
			`"Message":"Specify &#39;USER&#39;","Filename":"deploy.sh"`) + "," +
		trivyASFF("deploy.sh", "Trivy", sensitive, "Trivy found a secret in deploy.sh: AWS Access Key ID",
			"2026-01-02T03:04:05.2Z", `"Filename":"deploy.sh"`) + "," +
		trivyASFF("deploy.sh", "Trivy", sensitive, "Trivy found a secret in deploy.sh: AWS Access Key ID",
			"2026-01-02T03:04:05.3Z", `"Filename":"deploy.sh"`) + `]}`
}

func trivyPackagesASFF() string {
	one := func(created string) string {
		return `{"SchemaVersion":"2018-10-08","Id":"Node.js/CVE-2026-4","GeneratorId":"Trivy/CVE-2026-4",` +
			`"AwsAccountId":"1","CreatedAt":"` + created + `","Severity":{"Label":"HIGH"},"Title":"t",` +
			`"Resources":[{"Type":"Container","Id":"Node.js","Details":{"Other":{"PkgName":"left-pad",` +
			`"Installed Package":"1.0"}}}]}`
	}
	return `{"Findings":[` + one("2026-01-02T03:04:05.1Z") + "," + one("2026-01-02T03:04:05.2Z") + `]}`
}

func guardDutyWithARN() string {
	return `[{"Id":"0a","Type":"Backdoor:EC2/DenialOfService.Tcp","Severity":5,"Title":"t",` +
		`"AccountId":"210987654321",` +
		`"Region":"eu-west-1","Arn":"arn:aws:guardduty:eu-west-1:210987654321:detector/d/finding/0a",` +
		`"Service":{},"Resource":{}}]`
}

// stored returns a room with the alerts of a document.
func stored(t *testing.T, doc string) *model.Room {
	t.Helper()
	r := model.NewRoom()
	bodies, _ := groupsOf(t, doc).Bodies(r, "f", "s")
	for i, b := range bodies {
		r.Alerts = append(r.Alerts, model.RoomAlert{N: i + 1, ID: b.Alert.FindingKey, Alert: b.Alert,
			Findings: b.Findings, Keys: b.Keys, Also: b.Also, Done: b.Closed})
	}
	return r
}

// TestCarriedFindings: a finding that another format carries is the same as in its tool's own format, in
// whichever order the two are read.
func TestCarriedFindings(t *testing.T) {
	for name, c := range map[string]struct {
		docs []string
		n    int
	}{
		"Trivy, secrets and a misconfiguration":   {[]string{trivyMixed, trivyMixedSarif, trivyMixedASFF()}, 3},
		"Trivy, packages in an image":             {[]string{trivyPackages, trivyPackagesASFF()}, 2},
		"Checkov":                                 {[]string{checkovJSON, checkovScanSarif}, 2},
		"Inspector, in Security Hub and in OCSF":  {[]string{inspector("ACTIVE"), inspectorASFF, inspectorOCSF}, 1},
		"Prowler, in Security Hub and in OCSF":    {[]string{prowlerJSON, prowlerASFF, prowlerOCSF}, 2},
		"GuardDuty, in Security Hub and in OCSF":  {[]string{guardDutyWithARN(), guardDutyASFF, guardDutyOCSF}, 1},
		"GuardDuty by EventBridge, and in ASFF":   {[]string{guardDuty("5", "false"), guardDutyASFF}, 1},
		"Trivy, vulnerabilities of a base system": {[]string{trivyScan, trivyScanSarif, trivyScanASFF}, 2},
	} {
		for i, first := range c.docs {
			r := stored(t, first)
			n := 0
			for _, a := range r.Alerts {
				n += a.Findings
			}
			if n != c.n {
				t.Errorf("%s: format %d: got %d findings, want %d", name, i, n, c.n)
			}
			for j, then := range c.docs {
				bodies, seen := groupsOf(t, then).Bodies(r, "f", "s2")
				if len(bodies) != 0 || seen != c.n {
					t.Errorf("%s: format %d after %d: got %d new alerts and %d known findings, want 0 and %d", name, j,
						i, len(bodies), seen, c.n)
				}
			}
		}
	}
}

// TestCarriedFindingCloses: a finding that its source closes in one format closes the alert that another
// format made.
func TestCarriedFindingCloses(t *testing.T) {
	for name, c := range map[string]struct{ first, then string }{
		"archived in Security Hub": {inspector("ACTIVE"), archivedInspector()},
		"closed by Inspector":      {inspectorASFF, inspector("CLOSED")},
	} {
		updates := groupsOf(t, c.then).Updates(stored(t, c.first), "f", "s2")
		if len(updates) != 1 || updates[0].Closed == "" {
			t.Errorf("%s: got %d updates, want one that closes a finding", name, len(updates))
		}
	}
}

func archivedInspector() string { return strings.Replace(inspectorASFF, `"STATE"`, `"ARCHIVED"`, 1) }

// TestCodeScanningAndItsAnalysis: an alert of code scanning and the SARIF of its analysis, as
// GitHub returns it, are the same finding, under any name. The SARIF of the tool, without the
// number, and another alert of the same rule are not.
func TestCodeScanningAndItsAnalysis(t *testing.T) {
	sarif := func(properties string) string {
		return `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"CodeQL"}},"results":[{"ruleId":"js/xss",` +
			`"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"a.js"},"region":` +
			`{"startLine":3}}}]` + properties + `}]}]}`
	}
	number := func(n, host string) string {
		return `,"properties":{"github/alertNumber":` + n + `,"github/alertUrl":"https://` + host +
			`/repos/NW/shop/code-scanning/alerts/` + n + `"}`
	}
	alert := codeScanning("open", "created")
	for _, c := range []struct {
		name, first, second string
		added               int
	}{
		{"alert, then analysis", alert, sarif(number("9", "api.github.com")), 0},
		{"analysis, then alert", sarif(number("9", "api.github.com")), alert, 0},
		{"analysis of a self-hosted server", alert, sarif(number("9", "ghe.example/api/v3")), 0},
		{"another number", alert, sarif(number("8", "api.github.com")), 1},
		{"the tool's own SARIF", alert, sarif(""), 1},
	} {
		bodies, _ := groupsOf(t, c.second).Bodies(stored(t, c.first), "f", "s2")
		if len(bodies) != c.added {
			t.Errorf("%s: got %d new alerts, want %d", c.name, len(bodies), c.added)
		}
	}
	var also []string
	for _, doc := range []string{alert, sarif(number("9", "api.github.com"))} {
		_, err := alerts.Read(t.Context(), strings.NewReader(doc), alerts.Options{Key: key, Source: "ci"},
			func(a *model.Alert) error { also = append(also, a.AlsoKey); return nil })
		if err != nil {
			t.Fatalf("reading: got %v, want it read", err)
		}
	}
	if len(also) != 2 || also[0] == "" || also[0] != also[1] {
		t.Errorf("with a name of the source: got the keys %q, want two equal ones", also)
	}
	r := stored(t, sarif(number("9", "api.github.com")))
	if got := groupsOf(t, codeScanning("fixed", "fixed")).Updates(r, "f", "s3"); len(got) != 1 || got[0].Closed == "" {
		t.Errorf("fixed: got %d updates, want one that closes the alert", len(got))
	}
}
