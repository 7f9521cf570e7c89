package alerts_test

import "testing"

// TestVulnerabilitiesOfADetection: what a detection lists as vulnerabilities are its details, and not
// findings with the same key. Those that have an id of their own are findings.
func TestVulnerabilitiesOfADetection(t *testing.T) {
	doc := func(class, vulns string) string {
		return `{"class_uid":` + class + `,"severity_id":4,"metadata":{"product":{"name":"p"}},"finding_info":` +
			`{"uid":"f","title":"t"},"resources":[{"uid":"i-1"}],"vulnerabilities":[` + vulns + `]}`
	}
	const titles = `{"title":"a","severity":"Low"},{"title":"b"}`
	const cves = `{"cve":{"uid":"CVE-2026-1"}},{"cve":{"uid":"CVE-2026-2"}}`
	for _, c := range []struct {
		class, vulns string
		want         int
	}{{"2004", titles, 1}, {"2003", titles, 1}, {"2001", titles, 1}, {"2001", cves, 2}, {"2002", cves, 2}} {
		got := readBytes([]byte(doc(c.class, c.vulns)))
		if got.err != nil || len(got.alerts) != c.want {
			t.Errorf("class %s, %s: got %d findings (%v), want %d", c.class, c.vulns, len(got.alerts), got.err, c.want)
			continue
		}
		if a := got.alerts[0]; a.Title != "t" || a.Severity != "high" {
			t.Errorf("class %s, %s: got %s, %s; want t, high", c.class, c.vulns, a.Title, a.Severity)
		}
		if c.want == 2 && got.alerts[0].FindingKey == got.alerts[1].FindingKey {
			t.Errorf("class %s, %s: got one key, want two", c.class, c.vulns)
		}
	}
}

// TestFindingsAreToldApart: findings about different things have different keys, even if
// their tool gives them the same id, title or rule.
func TestFindingsAreToldApart(t *testing.T) {
	asff := func(generator, id, title, description, other string) string {
		return `{"SchemaVersion":"2018-10-08","Id":"` + id + `","GeneratorId":"` + generator +
			`","AwsAccountId":"1","Types":["Software and Configuration Checks"],
		"Severity":{"Label":"HIGH"},"Title":"` + title + `","Description":"` + description +
			`","Resources":[{"Type":"x","Id":"image (alpine 3.11)","Details":{"Other":{` + other + `}}}]}`
	}
	pkg := `"PkgName":"apk-tools","Installed Package":"2.10"`
	npm := func(id, versions string) string {
		return `"` + id +
			`":{"url":"https://npmjs.com/advisories/1179","module_name":"minimist","vulnerable_versions":"` + versions +
			`","severity":"low","title":"t","findings":[]}`
	}
	for name, c := range map[string]struct {
		doc   string
		rules [2]string
	}{
		"the CVE stands in the title": {`{"Findings":[` +
			asff("Trivy", "a", "Trivy found a vulnerability to CVE-2021-1 in container x", "d", pkg) + "," +
			asff("Trivy", "b", "Trivy found a vulnerability to CVE-2021-2 in container x", "d", pkg) + `]}`,
			[2]string{"CVE-2021-1", "CVE-2021-2"}},
		"the CVE stands in the details": {`{"Findings":[` +
			asff("Trivy", "a", "Trivy found something", "d", pkg+`,"CVE ID":"CVE-2021-1"`) + "," +
			asff("Trivy", "b", "Trivy found something", "d", pkg+`,"CVE ID":"CVE-2021-2"`) + `]}`,
			[2]string{"CVE-2021-1", "CVE-2021-2"}},
		"one id, two descriptions": {`{"Findings":[` +
			asff("prowler-iam_30_days", "same", "Unused credentials", "no console password", "") + "," +
			asff("prowler-iam_30_days", "same", "Unused credentials", "access key 2 is unused", "") + `]}`,
			[2]string{"prowler-iam_30_days", "prowler-iam_30_days"}},
		"one advisory, two ranges": {`{"advisories":{` + npm("1", "<0.2.1") + "," + npm("2", ">=1.0.0 <1.2.3") +
			`},"metadata":{}}`, [2]string{"1179", "1179"}},
	} {
		got := readBytes([]byte(c.doc))
		if got.err != nil || len(got.alerts) != 2 {
			t.Errorf("%s: got %d findings (%v), want 2", name, len(got.alerts), got.err)
			continue
		}
		if a, b := got.alerts[0], got.alerts[1]; a.FindingKey == b.FindingKey || a.Rule != c.rules[0] ||
			b.Rule != c.rules[1] {
			t.Errorf("%s: got rules %s and %s, one key %v; want %v with two keys", name, a.Rule, b.Rule,
				a.FindingKey == b.FindingKey, c.rules)
		}
		again := readBytes([]byte(c.doc))
		if again.alerts[0].FindingKey != got.alerts[0].FindingKey ||
			again.alerts[1].FindingKey != got.alerts[1].FindingKey {
			t.Errorf("%s: got other keys the second time, want the same", name)
		}
	}
}
