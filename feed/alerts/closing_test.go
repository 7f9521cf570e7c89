package alerts_test

import (
	"fmt"
	"strings"
	"testing"
)

// dependabotAlert is a webhook's event about one of several alerts with the same advisory, package and
// manifest: one for each range of versions, or for each time that the dependency came back.
func dependabotAlert(number int, state string) string {
	return fmt.Sprintf(`{"action":"%[2]s","alert":{"number":%[1]d,"state":"%[2]s","dependency":{"package":`+
		`{"name":"left-pad"},"manifest_path":"package-lock.json"},"security_advisory":`+
		`{"ghsa_id":"GHSA-aaaa-bbbb-cccc","severity":"high","summary":"s"},`+
		`"html_url":"https://github.com/nw/shop/security/dependabot/%[1]d"},"repository":{"full_name":"nw/shop"}}`,
		number, state)
}

func dependabotNode(number, state string) string {
	return `{"data":{"repository":{"nameWithOwner":"nw/shop","vulnerabilityAlerts":{"nodes":[{` + number +
		`"id":"RVA_1","state":"` + state + `","vulnerableManifestPath":"package-lock.json",` +
		`"securityVulnerability":{"severity":"HIGH","package":{"name":"left-pad"},"advisory":` +
		`{"ghsaId":"GHSA-aaaa-bbbb-cccc","summary":"s"}}}]}}}}`
}

func dependabotOldAlert(id, action string) string {
	return `{"action":"` + action + `","alert":{"id":` + id + `,"affected_range":"< 2",` +
		`"affected_package_name":"rack","external_identifier":"CVE-2026-7001","ghsa_id":"GHSA-aaaa-bbbb-cccc",` +
		`"severity":"high"},"repository":{"full_name":"nw/shop"}}`
}

// TestClosesTheSameAlert: what closes an alert of a source leaves open another one that is about the same.
func TestClosesTheSameAlert(t *testing.T) {
	for name, c := range map[string]struct {
		open, closesOther, closes string
	}{
		"Dependabot": {dependabotAlert(7, "open"), dependabotAlert(3, "fixed"), dependabotAlert(7, "fixed")},
		"Dependabot, GraphQL with numbers": {dependabotNode(`"number":7,`, "OPEN"),
			dependabotNode(`"number":3,`, "FIXED"), dependabotAlert(7, "fixed")},
		"Dependabot, GraphQL then webhook": {dependabotNode(`"number":7,`, "OPEN"), dependabotAlert(3, "fixed"),
			dependabotAlert(7, "fixed")},
		"Dependabot's former webhook": {dependabotOldAlert("7", "create"), dependabotOldAlert("3", "dismiss"),
			dependabotOldAlert("7", "dismiss")},
		"secret scanning": {githubSecret(`"state":"open"`, "created"),
			strings.Replace(githubSecret(`"state":"resolved"`, "resolved"), `"number":3`, `"number":2`, 1),
			githubSecret(`"state":"resolved"`, "resolved")},
		"code scanning": {codeScanning("open", "created"),
			strings.Replace(codeScanning("fixed", "fixed"), `"number":9`, `"number":8`, 1),
			codeScanning("fixed", "fixed")},
	} {
		r := stored(t, c.open)
		for _, u := range groupsOf(t, c.closesOther).Updates(r, "f", "s2") {
			t.Errorf("%s: another alert: got an update that closes %q, want none", name, u.Closed)
		}
		updates := groupsOf(t, c.closes).Updates(r, "f", "s3")
		if len(updates) != 1 || updates[0].Closed == "" {
			t.Errorf("%s: got %d updates, want one that closes the alert", name, len(updates))
		}
	}
}

// TestNewDependabotAlert: an alert about what an older one was about is a new one.
func TestNewDependabotAlert(t *testing.T) {
	r := stored(t, dependabotAlert(3, "fixed"))
	if bodies, _ := groupsOf(t, dependabotAlert(7, "open")).Bodies(r, "f", "s2"); len(bodies) != 1 {
		t.Errorf("got %d new alerts, want 1", len(bodies))
	}
}
