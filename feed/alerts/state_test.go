package alerts_test

import (
	"bytes"
	"context"
	"testing"

	"warroom/feed/alerts"
	"warroom/model"
)

// groupsOf reads a document into groups, as all callers do.
func groupsOf(t *testing.T, doc string) *model.AlertGroups {
	t.Helper()
	var g model.AlertGroups
	_, err := alerts.Read(
		context.Background(),
		bytes.NewReader([]byte(doc)),
		alerts.Options{Key: key},
		func(a *model.Alert) error {
			g.Add(a)
			return nil
		},
	)
	if err != nil {
		t.Fatalf("%s\n%v", doc, err)
	}
	return &g
}

// states are two documents of one finding: before and after a change.
var states = map[string]struct {
	before, is string
	closed     bool   // by its source, in the second document
	severity   string // the new severity, or ""
	confidence string
}{
	"Alertmanager resolved": {
		`{"version":"4","groupKey":"k","receiver":"w","alerts":[{"status":"firing","labels":{"alertname":"Disk",` +
			`"instance":"db-3"},"startsAt":"2026-03-01T00:00:00Z","fingerprint":"aa"}]}`,
		`{"version":"4","groupKey":"k","receiver":"w","alerts":[{"status":"resolved","labels":{"instance":"db-3",` +
			`"alertname":"Disk"},"startsAt":"2026-03-01T00:00:00Z","fingerprint":"aa"}]}`,
		true,
		"",
		"",
	},
	"Dependabot fixed": {dependabot("open", "created"), dependabot("fixed", "fixed"), true, "", ""},
	"Dependabot dismissed": {
		dependabot("open", "created"),
		dependabot("dismissed", "dismissed"),
		true,
		"",
		"",
	},
	"Dependabot, webhook then list": {
		dependabot("open", "created"),
		`[{"number":7,"state":"auto_dismissed","dependency":{"package":{"ecosystem":"npm","name":"left-pad"},` +
			`"manifest_path":"package-lock.json"},"security_advisory":{"ghsa_id":"GHSA-aaaa-bbbb-cccc",` +
			`"cve_id":"CVE-2026-7","severity":"high","summary":"s"},` +
			`"url":"https://api.github.com/repos/nw/shop/dependabot/alerts/7",` +
			`"html_url":"https://github.com/nw/shop/security/dependabot/7"}]`,
		true,
		"",
		"",
	},
	"secret scanning resolved": {
		githubSecret(`"state":"open"`, "created"),
		githubSecret(`"state":"resolved","resolution":"revoked"`, "resolved"),
		true,
		"",
		"",
	},
	"secret scanning validated": {
		githubSecret(`"state":"open","validity":"unknown"`, "created"),
		githubSecret(`"state":"open","validity":"active"`, "validated"),
		false,
		"critical",
		"verified",
	},
	"code scanning fixed": {codeScanning("open", "created"), codeScanning("fixed", "fixed"), true, "", ""},
	"code scanning dismissed": {
		codeScanning("open", "created"),
		codeScanning("dismissed", "closed_by_user"),
		true,
		"",
		"",
	},
	"GuardDuty archived": {guardDuty("5", "false"), guardDuty("5", "true"), true, "", ""},
	"GuardDuty worse":    {guardDuty("5", "false"), guardDuty("8.1", "false"), false, "high", ""},
	"Security Hub resolved": {
		asff(`"Workflow":{"Status":"NEW"},"RecordState":"ACTIVE"`),
		asff(`"Workflow":{"Status":"RESOLVED"},"RecordState":"ACTIVE"`),
		true,
		"",
		"",
	},
	"Security Hub suppressed": {
		asff(`"Workflow":{"Status":"NEW"}`),
		asff(`"Workflow":{"Status":"SUPPRESSED"}`),
		true,
		"",
		"",
	},
	"Security Hub archived": {asff(`"RecordState":"ACTIVE"`), asff(`"RecordState":"ARCHIVED"`), true, "", ""},
	"Security Hub passed": {
		asff(`"Compliance":{"Status":"FAILED"}`),
		asff(`"Compliance":{"Status":"PASSED"}`),
		true,
		"",
		"",
	},
	"TruffleHog verified": {hogLine("false"), hogLine("true"), false, "critical", "verified"},
	"Betterleaks valid":   {betterleaks("unknown"), betterleaks("valid"), false, "critical", "verified"},
	"SARIF absent": {
		sarifOf(`"baselineState":"new"`),
		sarifOf(`"baselineState":"absent"`),
		true,
		"",
		"",
	},
	"SARIF suppressed": {
		sarifOf(`"level":"error"`),
		sarifOf(`"level":"error","suppressions":[{"kind":"external","status":"accepted"}]`),
		true,
		"",
		"",
	},
	"SARIF passed": {sarifOf(`"kind":"fail"`), sarifOf(`"kind":"pass"`), true, "", ""},
	"OCSF resolved": {
		ocsf(`"status_id":1,"status":"New"`),
		ocsf(`"status_id":4,"status":"Resolved"`),
		true,
		"",
		"",
	},
	"OCSF passed":      {ocsf(`"status_code":"FAIL"`), ocsf(`"status_code":"PASS"`), true, "", ""},
	"Inspector closed": {inspector("ACTIVE"), inspector("CLOSED"), true, "", ""},
	"Semgrep ignored":  {semgrep("false"), semgrep("true"), true, "", ""},
	"Trivy accepted":   {trivyOpen, trivyAccepted, true, "", ""},
	"generic fixed":    {generic("open"), generic("fixed"), true, "", ""},
}

func dependabot(state, action string) string {
	return `{"action":"` + action + `","alert":{"number":7,"state":"` + state +
		`","dependency":{"package":{"ecosystem":"npm","name":"left-pad"},"manifest_path":"package-lock.json"},` +
		`"security_advisory":{"ghsa_id":"GHSA-aaaa-bbbb-cccc","cve_id":"CVE-2026-7","severity":"high",` +
		`"summary":"s"},"html_url":"https://github.com/nw/shop/security/dependabot/7"},` +
		`"repository":{"full_name":"nw/shop"}}`
}

func githubSecret(state, action string) string {
	return `{"action":"` + action + `","alert":{"number":3,` + state +
		`,"secret_type":"slack_api_token","secret_type_display_name":"Slack API Token",` +
		`"html_url":"https://github.com/nw/shop/security/secret-scanning/3"},"repository":{"full_name":"nw/shop"}}`
}

func codeScanning(state, action string) string {
	return `{"action":"` + action + `","alert":{"number":9,"state":"` + state +
		`","rule":{"id":"js/xss","severity":"error","description":"XSS"},"tool":{"name":"CodeQL"},` +
		`"html_url":"https://github.com/nw/shop/security/code-scanning/9",` +
		`"most_recent_instance":{"location":{"path":"a.js","start_line":3},"message":{"text":"m"}}},` +
		`"repository":{"full_name":"nw/shop"}}`
}

func guardDuty(severity, archived string) string {
	return `{"source":"aws.guardduty","detail-type":"GuardDuty Finding","account":"210987654321",` +
		`"region":"eu-west-1","detail":{"id":"0a","type":"Backdoor:EC2/DenialOfService.Tcp","severity":` + severity +
		`,"title":"t","resource":{"resourceType":"Instance","instanceDetails":{"instanceId":"i-9"}},` +
		`"service":{"count":2,"archived":` + archived + `}}}`
}

func asff(state string) string {
	return `{"Findings":[{"SchemaVersion":"2018-10-08",` +
		`"Id":"arn:aws:securityhub:eu-west-1:210987654321:subscription/x/v/1.0.0/S3.8/finding/1",` +
		`"ProductName":"Security Hub","GeneratorId":"aws-foundational/v/1.0.0/S3.8","AwsAccountId":"210987654321",` +
		`"Severity":{"Label":"HIGH"},"Title":"S3.8 public",` +
		`"Resources":[{"Type":"AwsS3Bucket","Id":"arn:aws:s3:::b"}],` +
		state + `}]}`
}

func hogLine(verified string) string {
	return `{"SourceMetadata":{"Data":{"Git":{"commit":"c1","file":"k.env",` +
		`"repository":"https://git.nw.example/shop","line":3}}},"DetectorName":"Stripe","Verified":` + verified +
		`,"Raw":"made-up-raw-1"}`
}

func betterleaks(status string) string {
	return `[{"RuleID":"slack","Description":"d","StartLine":1,"StartColumn":1,"Match":"made-up-raw-2",` +
		`"Secret":"made-up-raw-2","File":"b.env","ValidationStatus":"` + status + `"}]`
}

func sarifOf(state string) string {
	return `{"version":"2.1.0","runs":[{"tool":{"driver":{"name":"NwScan"}},"results":[{"ruleId":"R9",` + state +
		`,"message":{"text":"m"},"locations":[{"physicalLocation":{"artifactLocation":{"uri":"x.c"},` +
		`"region":{"startLine":3}}}]}]}]}`
}

func ocsf(state string) string {
	return `{"class_uid":2003,"metadata":{"product":{"name":"NwCheck"},"version":"1.3.0"},"severity_id":4,` + state +
		`,"finding_info":{"uid":"u1","title":"open port"},"resources":[{"uid":"sg-1","type":"SecurityGroup"}]}`
}

func inspector(status string) string {
	return `{"findings":[{"findingArn":"arn:aws:inspector2:eu-west-1:210987654321:finding/1",` +
		`"awsAccountId":"210987654321","severity":"HIGH","status":"` + status +
		`","type":"PACKAGE_VULNERABILITY","title":"CVE-2026-9 - zlib",` +
		`"packageVulnerabilityDetails":{"vulnerabilityId":"CVE-2026-9","vulnerablePackages":[{"name":"zlib",` +
		`"version":"1"}]},"resources":[{"id":"i-9","type":"AWS_EC2_INSTANCE"}]}]}`
}

func semgrep(ignored string) string {
	return `{"results":[{"check_id":"py.eval","path":"a.py","start":{"line":3,"col":1},"extra":{"message":"m",` +
		`"severity":"ERROR","fingerprint":"requires login","is_ignored":` + ignored + `}}],"errors":[],"paths":{}}`
}

func generic(state string) string {
	return `{"warroom":"alerts/1","alerts":[{"source":"nwscan","title":"open door","severity":"high","state":"` +
		state + `"}]}`
}

const (
	trivyOpen = `{"SchemaVersion":2,"ArtifactName":"nw","Results":[{"Target":"a.lock",` +
		`"Vulnerabilities":[{"VulnerabilityID":"CVE-2026-5","PkgName":"p","InstalledVersion":"1","Severity":"HIGH"}]}]}`
	trivyAccepted = `{"SchemaVersion":2,"ArtifactName":"nw","Results":[{"Target":"a.lock",` +
		`"ExperimentalModifiedFindings":[{"Type":"vulnerability","Status":"ignored",` +
		`"Finding":{"VulnerabilityID":"CVE-2026-5","PkgName":"p","InstalledVersion":"1","Severity":"HIGH"}}]}]}`
)

// TestStates: a changed state of a known finding changes its alert, and never makes a new
// one.
func TestStates(t *testing.T) {
	for name, s := range states {
		before := groupsOf(t, s.before)
		bodies, _ := before.Bodies(model.NewRoom(), "f", "s")
		if len(bodies) != 1 {
			t.Errorf("%s: got %d alerts, want 1", name, len(bodies))
			continue
		}
		room := &model.Room{
			Lobby: true,
			Alerts: []model.RoomAlert{
				{
					N:        1,
					ID:       "A",
					Alert:    bodies[0].Alert,
					Findings: 1,
					Keys:     bodies[0].Keys,
					Also:     bodies[0].Also,
					Done:     bodies[0].Closed,
				},
			},
		}
		is := groupsOf(t, s.is)
		updates := is.Updates(room, "f", "s")
		if len(updates) != 1 {
			t.Errorf("%s: got %d updates, want 1", name, len(updates))
			continue
		}
		if u := updates[0]; (u.Closed != "") != s.closed || u.Severity != s.severity || u.Confidence != s.confidence {
			t.Errorf(
				"%s: got closed %q, severity %q, confidence %q; want %v, %q, %q",
				name,
				u.Closed,
				u.Severity,
				u.Confidence,
				s.closed,
				s.severity,
				s.confidence,
			)
		}
		if newBodies, _ := is.Bodies(room, "f", "s"); len(newBodies) != 0 {
			t.Errorf("%s: got %d new alerts, want 0", name, len(newBodies))
		}
		if !s.closed {
			continue
		}
		room.Alerts[0].Done = updates[0].Closed
		if back := groupsOf(t, s.before).Updates(room, "f", "s"); len(back) != 1 || back[0].Opened == "" {
			t.Errorf("%s, and back: got %d updates, want one that opens it", name, len(back))
		}
	}
}
