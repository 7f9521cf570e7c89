package alerts_test

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"warroom/model"
)

// otherOutputs are outputs of tools and services that are not read, and what the refusal
// names.
var otherOutputs = map[string]string{
	`{"dependencies":[{"name":"a","version":"1","vulns":[]}],"fixes":[]}`:                    "pip-audit",
	`[{"name":"a","version":"1","vulns":[{"id":"PYSEC-2026-1"}]}]`:                           "pip-audit",
	`{"type":"diagnostic","fields":{"code":"vulnerability","severity":"error"}}`:             "cargo deny",
	`{"@context":"https://openvex.dev/ns/v0.2.0","statements":[{"status":"affected"}]}`:      "OpenVEX",
	`{"document":{"category":"csaf_vex","csaf_version":"2.0"},"vulnerabilities":[]}`:         "CSAF",
	`{"bomFormat":"CycloneDX","vulnerabilities":[{"id":"CVE-1"}]}`:                           "CycloneDX with vulner",
	`{"results":[{"source":{"path":"go.mod"},"packages":[{"package":{}}]}]}`:                 "OSV-Scanner",
	`{"infrastructureAsCodeIssues":[{"id":"SNYK-1"}],"targetFile":"x"}`:                      "Snyk",
	`{"ok":false,"error":"Authentication failed","path":"x"}`:                                "an error of Snyk",
	`{"report_meta":{},"scanned_packages":{},"vulnerabilities":[]}`:                          "Safety",
	`{"version":1,"parameters":"--vulnerable","projects":[]}`:                                "dotnet",
	`{"reportSchema":"1.1","scanInfo":{},"dependencies":[]}`:                                 "Dependency-Check",
	`{"@programName":"ZAP","@version":"2.15","site":[]}`:                                     "ZAP",
	`{"manifest_hash":"sha256:x","vulnerabilities":{},"package_vulnerabilities":{}}`:         "Clair",
	`{"Controls":[],"Totals":{"total_fail":1}}`:                                              "kube-bench",
	`[{"filename":"a","namespace":"main","successes":1,"failures":[]}]`:                      "Conftest",
	`{"total":1,"paging":{"pageIndex":1},"issues":[{"key":"k","rule":"r"}]}`:                 "SonarQube",
	`{"paging":{"total":1},"hotspots":[{"key":"h"}]}`:                                        "SonarQube",
	`{"serverUrl":"s","project":{"key":"p"},"qualityGate":{"status":"ERROR"}}`:               "SonarQube",
	`{"invocation":{},"scanner":{"result":{"SchemaVersion":2}},"metadata":{}}`:               "cosign-vuln",
	`{"status":"success","data":{"alerts":[{"labels":{"alertname":"A"}}]}}`:                  "Prometheus",
	`{"evalMatches":[],"ruleName":"r","state":"alerting","title":"t"}`:                       "Grafana",
	`{"id":"1","title":"t","event_type":"query_alert_monitor","alert_type":"error"}`:         "Datadog",
	`{"action":"triggered","installation":{"uuid":"a"},"data":{"event":{"title":"t"}}}`:      "Sentry",
	`{"event":{"id":"01","event_type":"incident.triggered","data":{"title":"t"}}}`:           "PagerDuty",
	`{"@timestamp":"t","kibana.alert.rule.name":"r"}`:                                        "Elastic",
	`{"took":1,"hits":{"hits":[{"_index":"a","_source":{}}]}}`:                               "Elastic",
	`{"rule":{"level":10,"id":"5712"},"agent":{"id":"1"},"manager":{},"full_log":"x"}`:       "Wazuh",
	`{"sid":"s","search_name":"n","results_link":"l","result":{}}`:                           "Splunk",
	`{"event_type":"alert","src_ip":"192.0.2.1","alert":{"signature_id":1}}`:                 "Suricata",
	`{"metadata":{"eventType":"DetectionSummaryEvent"},"event":{"DetectName":"x"}}`:          "CrowdStrike",
	`{"action":"Create","alert":{"alertId":"a"},"integrationName":"i"}`:                      "Opsgenie",
	`{"finding":{"category":"C","state":"ACTIVE"},"resource":{"name":"x"}}`:                  "Security Command Center",
	`{"type":"Microsoft.Security/Locations/alerts","properties":{"severity":"High"}}`:        "Microsoft",
	`{"value":[{"type":"Microsoft.Security/Locations/alerts","properties":{}}]}`:             "Microsoft",
	`{"schemaId":"azureMonitorCommonAlertSchema","data":{}}`:                                 "Azure Monitor",
	`{"findings":[{"type":"SensitiveData:S3Object/X","classificationDetails":{},"id":"m"}]}`: "Macie",
	`{"source":"aws.macie","detail-type":"Macie Finding","detail":{"id":"m"}}`:               "an event of AWS",
	`{"findings":[{"id":"a","isPublic":true,"resourceOwnerAccount":"1"}]}`:                   "Access Analyzer",
	`{"Type":"Notification","TopicArn":"arn:t","Message":"{}"}`:                              "Amazon SNS",
	`{"AlarmName":"x","NewStateValue":"ALARM"}`:                                              "CloudWatch",
	`{"zen":"z","hook_id":1,"repository":{"full_name":"o/r"}}`:                               "a ping of GitHub",
	`{"ref":"refs/heads/main","commits":[],"repository":{"full_name":"o/r"}}`:                "an event of GitHub",
	"RuleID,Commit,File,Secret,Match\naws,,a.env,x,y\n":                                      "a CSV table",
	"AUTH_METHOD;TIMESTAMP;ACCOUNT_UID;STATUS\na;b;c;FAIL\n":                                 "a CSV table",
	"::warning file=a.env,line=4::Found unverified Github result\n":                          "GitHub Actions",
	"Found unverified result\nDetector Type: Github\nRaw result: made-up-token-1\n":          "TruffleHog's text",
	"PK\x03\x04" + strings.Repeat("\x00\n{", 40):                                             "a ZIP archive",
	"\x28\xb5\x2f\xfd" + zeros(40):                                                           "Zstandard",
	"\xfd7zXZ\x00" + zeros(40):                                                               "XZ",
	"BZh91AY&SY" + zeros(40):                                                                 "bzip2",
	"PAR1" + zeros(40):                                                                       "Parquet",
	"%PDF-1.7\n" + zeros(40):                                                                 "PDF",
	utf32(`[{"RuleID":"aws"}]`):                                                              "UTF-32",
	utf32("\ufeff{}"):                                                                        "UTF-32",
	gzipped("a.json" + strings.Repeat("\x00", 251) + "ustar" + zeros(250)):                   "a tar archive",
	`[[{"x":1}]]`: "a list of lists",
	`{"alpha":1,"beta":{},"` + strings.Repeat("z", 99) + `":1}`: `an object with the members "alpha" and "beta"`,
	`"text"`:                      "it is text",
	"all is well\nnothing else\n": "it is text",
}

func zeros(n int) string { return strings.Repeat("\x00", n) }

func utf32(s string) string {
	var b []byte
	for _, r := range s {
		b = binary.LittleEndian.AppendUint32(b, uint32(r))
	}
	return string(b)
}

func gzipped(s string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	_, _ = z.Write([]byte(s)) // a buffer accepts everything
	_ = z.Close()
	return b.String()
}

// TestOtherKinds: what is not read is refused in one sentence that names it.
func TestOtherKinds(t *testing.T) {
	for doc, want := range otherOutputs {
		got := readBytes([]byte(doc))
		if got.err == nil || !strings.Contains(got.err.Error(), want) || !model.IsUnknownForm(got.err) {
			t.Errorf("%.90q: got %s, %d findings, %v; want a refusal of an unknown form with %q", doc, got.Format,
				got.Findings, got.err, want)
			continue
		}
		if s := got.err.Error(); strings.ContainsAny(s, "\n\x00") || strings.Contains(s, "made-up") || len(s) > 400 {
			t.Errorf("%.90q: got %d bytes %q, want one short sentence without a secret", doc, len(s), s)
		}
	}
}

// TestNotAResourceOfTrivy: a record with a kind and a name is not a resource without findings unless
// it has something else that Trivy writes.
func TestNotAResourceOfTrivy(t *testing.T) {
	for doc, known := range map[string]bool{
		`{"Kind":"Pod","Name":"x"}`:                                   false,
		`{"Kind":"Pod","Name":"x","Error":"no"}`:                      false,
		`{"Kind":"Pod","Name":"x","Report":{}}`:                       false,
		`[{"Kind":"Pod","Name":"x"}]`:                                 false,
		`{"Namespace":"n","Kind":"Pod","Name":"x"}`:                   true,
		`{"Kind":"ClusterRole","Name":"x","Metadata":[]}`:             true,
		`{"Kind":"ClusterRole","Name":"x","Results":[]}`:              true,
		`{"ClusterName":"c","Resources":[{"Kind":"Pod","Name":"x"}]}`: true,
	} {
		got := readBytes([]byte(doc))
		if known && (got.err != nil || got.Format != "trivy-k8s-json") {
			t.Errorf("%s: got %s, %v; want trivy-k8s-json", doc, got.Format, got.err)
		}
		if !known && !model.IsUnknownForm(got.err) {
			t.Errorf("%s: got %s with %d findings, %v; want an unknown form", doc, got.Format, got.Findings, got.err)
		}
	}
}

// TestDamaged: a compressed input that is cut or damaged is refused as that.
func TestDamaged(t *testing.T) {
	whole := gzipped(`[` + strings.Repeat(`{"RuleID":"a","StartLine":1,"Secret":"made-up-1","File":"f"},`, 50) + `{}]`)
	damaged := []byte(whole)
	damaged[len(damaged)-6] ^= 1 // its checksum
	for name, c := range map[string]struct{ in, want string }{
		"cut":     {whole[:len(whole)-20], "it is incomplete"},
		"damaged": {string(damaged), "its compressed data is damaged"},
		"header":  {whole[:5], "it is incomplete"},
	} {
		if got := readBytes([]byte(c.in)); got.err == nil || !strings.Contains(got.err.Error(), c.want) {
			t.Errorf("%s: got %d findings and %v, want a refusal with %q", name, got.Findings, got.err, c.want)
		}
	}
	odd := utf16.Encode([]rune(`[{"RuleID":"a","StartLine":1,"Secret":"made-up-1","File":"f","Fingerprint":"x"}]`))
	var wide []byte
	for _, u := range odd {
		wide = binary.LittleEndian.AppendUint16(wide, u)
	}
	if got := readBytes(wide); got.err != nil || got.Findings != 1 {
		t.Errorf("UTF-16 without a byte order mark: got %d findings and %v, want 1", got.Findings, got.err)
	}
}
