package alerts

import (
	"strings"
)

// scannerForms are the forms of scanners for code, dependencies and images.
var scannerForms = []form{
	{
		name: "sarif",
		tool: "SARIF 2.1",
		made: "-f sarif, --format sarif",
		doc:  []string{"runs[]", "version~2.1"},
		note: "of any tool; older SARIF is refused by its version",
	},
	{
		name: "sarif",
		tool: "SARIF 2.1",
		made: "-f sarif, --format sarif",
		doc:  []string{"runs[]", "$schema~sarif", "!version"},
	},
	{
		name: "trivy-json",
		tool: "Trivy",
		made: "trivy image IMAGE -f json",
		doc:  []string{"SchemaVersion=2", "ArtifactName"},
		list: []string{"Results[]"},
		note: "vulnerabilities, secrets and misconfigurations; licences are counted",
	},
	{
		name: "trivy-k8s-json",
		tool: "Trivy for Kubernetes",
		made: "trivy k8s --report all -f json",
		doc:  []string{"ClusterName"},
		list: []string{"Resources[]", "Vulnerabilities[]", "Misconfigurations[]"},
	},
	{
		name: "trivy-k8s-json",
		tool: "Trivy for Kubernetes",
		made: "trivy k8s --report summary -f json",
		item: []string{"Kind", "Name"},
		is:   isTrivyResource,
		read: readTrivyK8s,
	},
	{
		name: "trivy-list-json",
		tool: "Trivy before 0.20",
		made: "trivy image IMAGE -f json",
		item: []string{"Target", "Vulnerabilities"},
		is:   isOldTrivy,
		read: readTrivyList,
	},
	{
		name: "trivy-list-json",
		tool: "Trivy before 0.20",
		made: "trivy image IMAGE -f json",
		item: []string{"Target", "Type"},
		is:   isOldTrivy,
		read: readTrivyList,
	},
	{
		name: "grype-json",
		tool: "Grype",
		made: "grype IMAGE -o json",
		doc:  []string{"matches[]", "descriptor.name=grype"},
		item: []string{"vulnerability{}", "artifact{}", "matchDetails"},
		m:    grypeFields(),
		note: "ignored matches are left out and counted",
	},
	{
		name: "grype-json",
		tool: "Grype",
		made: "grype IMAGE -o json",
		doc:  []string{"matches[]", "source{}", "!descriptor"},
		item: []string{"vulnerability.id", "artifact.name"},
		m:    grypeFields(),
	},
	{
		name: "semgrep-json",
		tool: "Semgrep",
		made: "semgrep scan --json",
		doc:  []string{"results[]", "errors", "!metrics", "!generated_at"},
		item: []string{"check_id", "path", "extra{}"},
		m:    semgrepFields(),
		note: "a fingerprint of \"requires login\" identifies nothing and is ignored",
	},
	{
		name: "npm-audit",
		tool: "npm audit",
		made: "npm audit --json",
		doc:  []string{"auditReportVersion"},
		list: []string{"vulnerabilities{}"},
	},
	{name: "npm-audit", tool: "npm audit", made: "npm audit --json", doc: []string{"advisories{}", "metadata{}"}},
	{
		name: "cargo-audit",
		tool: "cargo audit",
		made: "cargo audit --json",
		doc:  []string{"vulnerabilities.count", "lockfile"},
		list: []string{"vulnerabilities.list[]"},
		item: []string{"advisory.id", "package.name", "versions"},
		m:    cargoFields(),
	},
	{
		name: "cargo-audit",
		tool: "cargo audit",
		made: "cargo audit --json",
		item: []string{"advisory.id", "package.name", "!gem"},
		m:    cargoFields(),
	},
	{
		name: "composer-audit",
		tool: "composer audit",
		made: "composer audit --format=json",
		doc:  []string{"advisories", "abandoned"},
		list: []string{"advisories{}"},
		item: []string{"advisoryId", "packageName"},
		m: &fields{
			tool: "composer", source: "=composer audit", kind: "vuln", rule: "cve|advisoryId",
			title: "title", severity: "severity", link: "link", first: "reportedAt", pkg: "packageName",
			release: "affectedVersions"},
	},
	{
		name: "composer-audit",
		tool: "composer audit",
		made: "composer audit --format=json",
		doc:  []string{"advisories[]"},
		is:   isComposer,
	},
	{
		name: "bundler-audit",
		tool: "bundler-audit",
		made: "bundle-audit check --format json",
		doc:  []string{"results[]", "created_at", "version"},
		item: []string{"gem{}", "type", "advisory"},
		m: &fields{
			tool: "bundler-audit", source: "=bundler-audit", kind: "vuln", rule: "advisory.id",
			title: "advisory.title", text: "advisory.description", severity: "advisory.criticality",
			score: "advisory.cvss_v3|advisory.cvss_v2", link: "advisory.url", first: "advisory.date",
			pkg: "gem.name", release: "gem.version"},
	},
	{
		name: "bundler-audit",
		tool: "bundler-audit",
		made: "bundle-audit check --format json",
		item: []string{"type=insecure_source", "source"},
		m: &fields{tool: "bundler-audit", source: "=bundler-audit", kind: "misconfig", rule: "type",
			title: "=Insecure source of gems", assetType: "=source", asset: "source"},
	},
	{
		name: "checkov",
		tool: "Checkov",
		made: "checkov -d . -o json",
		doc:  []string{"check_type", "results{}"},
		list: []string{"results.failed_checks[]", "results.passed_checks[]", "results.skipped_checks[]"},
		note: "passed and skipped checks are left out and counted",
	},
	{
		name: "checkov",
		tool: "Checkov",
		made: "checkov -d . -o json",
		doc:  []string{"passed", "failed", "checkov_version"},
	},
	{
		name: "gitlab-sast",
		tool: "GitLab SAST",
		made: "artifact gl-sast-report.json",
		doc:  []string{"vulnerabilities[]", "remediations", "!bomFormat"},
		item: []string{"location{}", "identifiers[]", "!class_uid", "!raw_source_code_extract"},
		m:    gitlabFields("detection"),
		note: "also its container, dependency and DAST reports",
	},
	{
		name: "gitlab-sast",
		tool: "GitLab SAST",
		made: "artifact gl-sast-report.json",
		doc:  []string{"vulnerabilities[]", "scan{}"},
	},
}

func grypeFields() *fields {
	return &fields{
		tool:     "grype",
		source:   "=grype",
		kind:     "vuln",
		rule:     "vulnerability.id",
		title:    "vulnerability.id",
		text:     "vulnerability.description",
		severity: "vulnerability.severity",
		uri:      "artifact.locations.0.path",
		link:     "vulnerability.dataSource|vulnerability.urls.0",
		pkg:      "artifact.name",
		release:  "artifact.version",
		also:     func(r *raw, _ val) { r.where = []string{strings.TrimLeft(r.Location.URI, "./")} },
	}
}

func cargoFields() *fields {
	return &fields{
		tool:    "cargo-audit",
		source:  "=cargo audit",
		kind:    "vuln",
		rule:    "advisory.id",
		title:   "advisory.title",
		text:    "advisory.description",
		link:    "advisory.url",
		first:   "advisory.date",
		pkg:     "package.name",
		release: "package.version",
		also: func(r *raw, v val) {
			r.SeverityRaw, r.Severity = cvssVector(v.get("advisory", "cvss").str())
		},
	}
}

// cvssVector rates a CVSS vector without a score: high impact on confidentiality, integrity
// and availability over the network is critical.
func cvssVector(s string) (word, sev string) {
	if !strings.HasPrefix(s, "CVSS:3") {
		return "", "unknown"
	}
	high, network := strings.Count(s, "C:H")+strings.Count(s, "I:H")+strings.Count(s, "A:H")-strings.Count(s, "AC:H"),
		strings.Contains(s, "AV:N")
	switch {
	case high >= 3 && network && strings.Contains(s, "PR:N") && strings.Contains(s, "UI:N"):
		return s, "critical"
	case high >= 1 && network:
		return s, "high"
	}
	return s, "medium"
}

func semgrepFields() *fields {
	return &fields{
		tool:       "semgrep",
		source:     "=semgrep",
		version:    "^version",
		kind:       "detection",
		rule:       "check_id",
		title:      "check_id",
		text:       "extra.message",
		severity:   "extra.severity",
		confidence: "extra.metadata.confidence",
		uri:        "path",
		line:       "start.line",
		column:     "start.col",
		link:       "extra.metadata.source|extra.metadata.shortlink|extra.metadata.source-rule-url",
		ignored:    "extra.is_ignored=true",
		print:      "extra.fingerprint",
		also: func(r *raw, v val) {
			extra := v.get("extra")
			if state := extra.get("validation_state").str(); state != "" && state != "NO_VALIDATOR" ||
				strings.Contains(r.Rule, "secrets.") {
				r.Kind, r.Validity = "secret", validity(strings.ToLower(state))
				r.Confidence = "unverified"
				r.secrets = append(r.secrets, extra.get("lines").str())
				if r.Validity == "active" {
					r.Confidence, r.Severity = "verified", "critical"
				}
			}
			r.where = []string{r.Location.URI}
		},
	}
}

// isComposer reports whether a document is an empty report of composer audit.
func isComposer(v val) bool {
	for m := range v.all() {
		if k := m.key(); k != "advisories" && k != "abandoned" && k != "filter" && k != "ignored-advisories" &&
			k != "unreachable-repositories" {
			return false
		}
	}
	return true
}

// isTrivyResource reports whether a record is a resource in Trivy's summary of a cluster. One
// without findings may have no results, but then it has metadata, or a namespace and nothing else.
func isTrivyResource(v val) bool {
	for m := range v.all() {
		switch m.key() {
		case "Namespace", "Kind", "Name", "Metadata", "Results", "Error", "Report":
		default:
			return false
		}
	}
	return v.get("Results").is('[') || v.has("Metadata") || v.has("Namespace") && v.count() == 3
}

// isOldTrivy reports whether a record is a result in Trivy's older reports: it has only the
// members of one, and its findings have ids.
func isOldTrivy(v val) bool {
	for m := range v.all() {
		switch m.key() {
		case "Target", "Type", "Class", "Secrets", "Misconfigurations", "MisconfSummary", "Packages", "Licenses":
		case "Vulnerabilities":
			if first := m.at0(); first.i > 0 && !first.has("VulnerabilityID") && !first.has("PkgName") {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// readTrivyList reads a result in Trivy's older reports, which are a bare list.
func readTrivyList(w *work, v val) error { return readTrivyResult(w, v, val{}) }

// readTrivyResult reads the findings of a result that is complete in memory.
func readTrivyResult(w *work, result, top val) error {
	if err := trivyLists(result, "Vulnerabilities", "Secrets", "Misconfigurations"); err != nil {
		return err
	}
	for _, l := range []struct{ list, at string }{{"Vulnerabilities", atTrivyVuln}, {"Secrets",
		atTrivySecret}, {"Misconfigurations", atTrivyMisconfig},
		{"ExperimentalModifiedFindings", atTrivySuppressed}, {"Licenses", atTrivyLicense}} {
		for v := range result.get(l.list).all() {
			if err := readTrivyIn(w, l.at, v, result, top); err != nil {
				return err
			}
		}
	}
	return nil
}

// readTrivyResource reads an element of a list that is a resource of a cluster, or a result
// in Trivy's older reports.
func readTrivyResource(w *work, v val) (retain bool, err error) {
	switch {
	case v.has("Kind", "Name"):
		w.taken++
		return false, readTrivyK8s(w, v)
	case v.has("VulnerabilityID"):
		w.is("trivy-list-json")
		w.taken++
		return false, readTrivyIn(w, atTrivyVuln, v, w.up(2), val{})
	}
	return true, nil
}

// readTrivyK8s reads a resource of a cluster with its results.
func readTrivyK8s(w *work, v val) error {
	w.is("trivy-k8s-json")
	if v.get("Error").str() != "" { // it could not be scanned
		w.errors++
	}
	w.cluster = strings.Trim(v.get("Namespace").str()+"/"+v.get("Kind").str()+"/"+v.get("Name").str(), "/")
	defer func() { w.cluster = "" }()
	if err := trivyLists(v, "Results"); err != nil {
		return err
	}
	for r := range v.get("Results").all() {
		if err := readTrivyResult(w, r, val{}); err != nil {
			return err
		}
	}
	return nil
}
