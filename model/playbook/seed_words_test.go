package playbook_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// seedWords has, for each line of the two documents, words that the playbook made
// from it contains in the parts that name the line as their source. Alternatives are
// separated by a bar. What the program itself does is in a comment of the playbook,
// and has a control or a clock.
var seedWords = map[string]map[int]string{
	"security-plan": {
		3: "breach|leaked credential|policy violation",
		7: "gitleaks sarif|secretlint failure|soc alert|vendor|customer report",
		8: "validate alert authenticity and severity|15m", 12: "sev-1|sev-2|sev-3",
		13: "engage the platform security on-call via pagerduty",
		14: "this plan is referenced in the incident timeline",
		18: "incident commander|coordinates activities|maintains timeline",
		19: "security lead|drives containment|assesses regulatory exposure",
		20: "sre representative|handles infrastructure changes, rollbacks",
		21: "communications lead|manages stakeholder/customer updates",
		22: "scribe|captures events, decisions, evidence", 26: "identify compromised|services, credentials, user data",
		27: "revoke/rotate secrets|docs/security/secret-operations.md|isolate services|disable compromised accounts",
		28: "preserve evidence|capture logs|metrics|snapshots|before remediation",
		29: "enable heightened logging/alerting|where necessary",
		33: "patch vulnerabilities|apply configuration fixes|deploy hotfix builds",
		34: "validate systems in staging|re-enabling production paths|re-enable production paths",
		35: "monitor for recurrence|logs|metrics|ids|24h", 39: "15m|#lumi-incidents", 40: "executives|legal|30m|sev-1",
		41: "prepare customer messaging templates|if data exposure is suspected",
		45: "48h|timeline|root cause|blast radius|detection efficacy",
		46: "assign remediation tasks with owners and due dates",
		47: "update runbooks and automation to prevent recurrence",
		48: "file regulatory notifications (gdpr/kvkk)|if required|consult legal",
		52: "incident tracker (notion) with linked tickets",
		53: "evidence bundle: logs, metrics exports, forensics snapshots",
		54: "post-incident report|engineering leadership|compliance officers", 56: "consistent, auditable response",
	},
	"security-playbook": {
		4: "trufflehog|trivy|guardduty|user report", 7: "verify severity",
		8:  "p0|critical|data breach|active exploit|exposed master key",
		9:  "p1|high|vulnerability in public endpoint|failed compliance check",
		10: "p2|medium|internal vulnerability|suspicious but blocked activity",
		13: "incident commander|e.g., cto or lead devops", 14: "scribe|documenting timeline",
		15: "subject matter expert|engineer closest to the affected system", 18: "stop the bleeding",
		20: "secrets leaked", 21: "revoke immediately|rotate|aws, stripe, etc.|credential",
		22: "if jwt/session keys involved|rotate jwt_secret and force logout all users",
		23: "redeploy|remove the secret from code/env", 25: "application exploit (rce / injection)",
		26: "aws waf / cloudflare|block malicious ip/pattern",
		27: "if severe|maintenance mode|stop vulnerable containers",
		28: "if data exfiltration suspected|revoke application database write access",
		31: "fix the root cause|restore service", 33: "apply security patch|revert to last known good build",
		34: "run full trufflehog/trivy scan on the patched version", 35: "sme validates the fix in staging",
		36: "rollout fix to production", 39: "blameless post-mortem|48h",
		40: "generate compliance report (gdpr/soc2)|if data was impacted",
		41: "create jira tickets for preventative measures",
		49: "soc2 cc7.1|detection|ci/cd vulnerability scanning|trivy|npm audit",
		50: "soc2 cc6.1|security|secret scanning|trufflehog",
		51: "gdpr art. 33|breach|incident response plan|this playbook",
		52: "pci-dss 6.3|software|iac & dependency checks|checkov|dependabot",
	},
}

// TestWordsOfTheSeeds: each playbook that is made from one document covers every
// line of it, in its words, in the parts that name the line. The joined playbook
// names every line as well.
func TestWordsOfTheSeeds(t *testing.T) {
	for i, seed := range seeds {
		texts := textsBySource(t, seed.plan)
		for n := 1; n <= seeds[i].lines; n++ {
			want, listed := seedWords[seed.plan][n]
			if !has(seed.no, n) && !listed {
				t.Errorf("%s: line %d has no words here", seed.plan, n)
			}
			got := texts[seed.file+", line "+itoa(n)]
			for w := range strings.SplitSeq(want, "|") {
				if !strings.Contains(got, w) {
					t.Errorf("%s, line %d: got %q, want %q in it", seed.file, n, got, w)
				}
			}
		}
	}
}

// textsBySource returns all texts of the parts of a plan by the line that they name,
// in lower case.
func textsBySource(t *testing.T, plan string) map[string]string {
	t.Helper()
	raw, _ := mustLoad(t, plan).Encode()
	var whole any
	if err := json.Unmarshal(raw, &whole); err != nil {
		t.Fatalf("decode JSON: %v", err)
	}
	out := map[string]string{}
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, e := range v {
				walk(e)
			}
		case map[string]any:
			from, _ := v["from"].(string)
			text, _ := json.Marshal(v)
			plain := strings.NewReplacer(`\"`, `"`, `\u0026`, "&").Replace(strings.ToLower(string(text)))
			for part := range strings.SplitSeq(from, "; ") {
				out[part] += plain
			}
			for _, e := range v {
				walk(e)
			}
		}
	}
	walk(whole)
	return out
}
