package alerts

// foreignTools are the outputs of tools that are refused by name.
var foreignTools = []foreignForm{
	{what: "ESLint's JSON", has: []string{"filePath", "messages[]", "errorCount"},
		way: "ESLint can write SARIF: eslint -f @microsoft/eslint-formatter-sarif"},
	{
		what: "SARIF's external properties",
		has:  []string{"$schema~external-propert"},
		way:  "merge them into the SARIF file that they belong to, and send that",
	},
	{
		what: "a report of Trivy Operator",
		has:  []string{"apiVersion~aquasecurity", "kind"},
		way:  "trivy k8s --report all -f json writes a format that is supported",
	},
	{
		what: "a list of Trivy Operator's reports",
		has:  []string{"apiVersion", "items[]", "kind"},
		way:  "trivy k8s --report all -f json writes a format that is supported",
	},
	{
		what: "SonarQube's JSON",
		has:  []string{"key", "rule", "component", "project"},
		or: [][]string{{"issues", "paging"}, {"hotspots", "paging"},
			{"qualityGate", "project"}},
		way: "send its SARIF export, or the generic form of docs/alerts.md",
	},
	{
		what: "Snyk's JSON",
		has:  []string{"vulnerabilities[]", "packageManager"},
		or:   [][]string{{"infrastructureAsCodeIssues"}},
		way:  "Snyk can write SARIF: snyk test --sarif",
	},
	{
		what: "OSV-Scanner's JSON",
		has:  []string{"results[]", "experimental_config"},
		or:   [][]string{{"results.0.packages", "results.0.source"}},
		way:  "it can write SARIF: osv-scanner --format sarif",
	},
	{
		what: "Bandit's JSON",
		has:  []string{"results[]", "metrics", "generated_at"},
		way:  "Bandit can write SARIF: bandit -f sarif (package bandit[sarif])",
	},
	{
		what: "detect-secrets' baseline",
		has:  []string{"results{}", "plugins_used"},
		way:  "send the generic form of docs/alerts.md, or scan with a tool that writes SARIF",
	},
	{what: "gosec's JSON", has: []string{"Golang errors", "Issues"}, way: "gosec can write SARIF: gosec -fmt sarif"},
	{
		what: "CycloneDX with vulnerabilities",
		has:  []string{"bomFormat", "vulnerabilities.0"},
		way:  "the scanner that wrote it can write SARIF: grype sbom:FILE -o sarif, or trivy sbom FILE -f sarif",
	},
	{
		what: "CycloneDX",
		has:  []string{"bomFormat"},
		way:  "a list of components is not an alert; scan it: grype sbom:FILE -o sarif, or trivy sbom FILE -f sarif",
	},
	{
		what: "SPDX",
		has:  []string{"spdxVersion"},
		way:  "a list of components is not an alert; scan it: grype sbom:FILE -o sarif, or trivy sbom FILE -f sarif",
	},
	{
		what: "Checkmarx's JSON",
		has:  []string{"scanResults"},
		way:  "Checkmarx One can write SARIF: cx results show --report-format sarif",
	},
	{
		what: "Nuclei's JSON",
		has:  []string{"template-id", "matched-at"},
		way:  "Nuclei can write SARIF: nuclei -sarif-export FILE",
	},
	{
		what: "Hadolint's JSON",
		has:  []string{"code", "column", "file", "level", "line", "message"},
		way:  "Hadolint can write SARIF: hadolint -f sarif",
	},
	{
		what: "GitGuardian's JSON",
		has:  []string{"total_incidents"},
		way:  "ggshield can write SARIF: ggshield secret scan --format sarif",
	},
	{
		what: "govulncheck's JSON",
		has:  []string{"config.protocol_version"},
		way:  "govulncheck can write SARIF: govulncheck -format sarif",
	},
	{
		what: "KICS' JSON",
		has:  []string{"queries[]", "queries_total"},
		way:  "KICS can write SARIF: kics scan --report-formats sarif",
	},
	{
		what: "Terrascan's JSON",
		has:  []string{"results.violations"},
		way:  "Terrascan can write SARIF: terrascan scan -o sarif",
	},
	{
		what: "tfsec's JSON",
		has:  []string{"results.0.rule_id", "results.0.rule_provider"},
		way:  "tfsec can write SARIF: tfsec -f sarif",
	},
	{
		what: "Checkmarx One's JSON",
		has:  []string{"results.0.similarityId"},
		way:  "Checkmarx One can write SARIF: cx results show --report-format sarif",
	},
	{
		what: "Semgrep's platform",
		has:  []string{"findings.0.match_based_id"},
		way:  "semgrep scan --json writes a format that is supported",
	},
	{
		what: "Brakeman's JSON",
		has:  []string{"scan_info", "warnings[]"},
		way:  "Brakeman can write SARIF: brakeman -f sarif",
	},
	{
		what: "Nosey Parker's JSON",
		has:  []string{"rule_structural_id"},
		way:  "Nosey Parker can write SARIF: noseyparker report --format sarif",
	},
	{what: "njsscan's JSON", has: []string{"njsscan_version"}, way: "njsscan can write SARIF: njsscan --sarif"},
	{
		what: "Dockle's JSON",
		has:  []string{"summary.fatal", "details[]"},
		way:  "Dockle can write SARIF: dockle -f sarif",
	},
	{
		what: "KubeLinter's JSON",
		has:  []string{"Checks", "Reports", "Summary.KubeLinterVersion"},
		way:  "KubeLinter can write SARIF: kube-linter lint --format sarif",
	},
	{
		what: "Kubescape's JSON",
		has:  []string{"reportGUID", "clusterAPIServerInfo"},
		way:  "Kubescape can write SARIF: kubescape scan --format sarif",
	},
	{
		what: "Horusec's JSON",
		has:  []string{"analysisVulnerabilities"},
		way:  "Horusec can write SARIF: horusec start -o sarif",
	},
	{
		what: "cfn-lint's JSON",
		has:  []string{"Filename", "Level", "Location", "Rule"},
		way:  "cfn-lint can write SARIF: cfn-lint --format sarif",
	},
	{
		what: "Bearer's JSON",
		has:  []string{"high.0.cwe_ids"},
		way:  "Bearer can write SARIF: bearer scan --format sarif",
	},
	{
		what: "an error of npm",
		has:  []string{"error.code", "error.summary"},
		way:  "the audit did not run; correct that, and run it again",
	},
	{
		what: "an error of GitHub's API",
		has:  []string{"message", "documentation_url", "!alert"},
		way:  "check the address and the token, and ask again",
	},
	{
		what: "pip-audit's JSON",
		has:  []string{"fixes[]", "!runs", "!version"},
		or:   [][]string{{"name", "version", "vulns[]"}},
		way:  "scan with osv-scanner --format sarif, or send the generic form of docs/alerts.md",
	},
	{
		what: "cargo deny's JSON",
		has:  []string{"type", "fields.severity"},
		way:  "cargo audit --json writes a format that is supported",
	},
	{
		what: "an OpenVEX document",
		has:  []string{"@context~openvex", "statements"},
		way:  "it states which vulnerabilities apply, and is not a scan; give it to the scanner: trivy --vex FILE, grype --vex FILE",
	},
	{
		what: "a CSAF document",
		has:  []string{"document.csaf_version"},
		way:  "it states which vulnerabilities apply, and is not a scan; give it to the scanner: trivy --vex FILE, grype --vex FILE",
	},
	{
		what: "an error of Snyk",
		has:  []string{"ok", "error"},
		way:  "the scan did not run; correct that, and run it again",
	},
	{
		what: "Safety's JSON",
		has:  []string{"report_meta", "scanned_packages"},
		way:  genericWay,
	},
	{
		what: "dotnet list package's JSON",
		has:  []string{"projects", "parameters"},
		way:  genericWay,
	},
	{
		what: "Dependency-Check's JSON",
		has:  []string{"reportSchema", "scanInfo"},
		way:  "Dependency-Check can write SARIF: --format SARIF",
	},
	{
		what: "ZAP's JSON",
		has:  []string{"@programName=ZAP"},
		or:   [][]string{{"site", "@version"}},
		way:  "ZAP can write SARIF: the report template sarif-json",
	},
	{
		what: "Clair's JSON",
		has:  []string{"manifest_hash"},
		way:  "scan the image with trivy image -f json, or grype -o json",
	},
	{
		what: "kube-bench's JSON",
		has:  []string{"Controls", "Totals"},
		way:  genericWay,
	},
	{
		what: "Conftest's JSON",
		has:  []string{"filename", "successes"},
		way:  "Conftest can write SARIF: conftest test -o sarif",
	},
	{
		what: "Trivy's cosign-vuln",
		has:  []string{"scanner.result"},
		way:  "trivy image IMAGE -f json writes a format that is supported",
	},
}
