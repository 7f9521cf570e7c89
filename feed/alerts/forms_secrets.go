package alerts

import "strings"

// secretForms are the forms of secret scanners.
var secretForms = []form{
	{
		name: "trufflehog-jsonl",
		tool: "TruffleHog",
		made: "trufflehog git URL --json",
		item: []string{"SourceMetadata", "DetectorName"},
		read: readTrufflehog,
		note: "every source it reads; a secret that it verified is critical",
	},
	{
		name: "trufflehog-v2-jsonl",
		tool: "TruffleHog 2",
		made: "trufflehog --json URL",
		item: []string{"stringsFound[]", "commitHash", "reason"},
		m: &fields{
			tool: "trufflehog", kind: "secret", rule: "reason", uri: "path", commit: "commitHash",
			first: "date", secret: "stringsFound.0"},
	},
	{
		name: "gitleaks-json",
		tool: "Gitleaks",
		made: "gitleaks git . -f json -r -",
		item: []string{"RuleID", "StartLine", "Secret"},
		read: readGitleaks,
		note: "8.0 and later, with or without fingerprints; Betterleaks and its ValidationStatus",
	},
	{
		name: "gitleaks-json",
		tool: "Gitleaks",
		made: "gitleaks git . -f json -r -",
		item: []string{"RuleID", "Fingerprint", "File"},
		read: readGitleaks,
	},
	{
		name: "gitleaks-v7-json",
		tool: "Gitleaks 4 to 7",
		made: "gitleaks --report FILE",
		item: []string{"offender", "rule", "file"},
		m: &fields{
			tool: "gitleaks", kind: "secret", rule: "rule", title: "rule", uri: "file", line: "lineNumber",
			commit: "commit", first: "date", link: "leakURL", secret: "offender"},
	},
	{
		name: "secretlint-json",
		tool: "secretlint",
		made: "secretlint --format json",
		item: []string{"filePath", "messages[]", "!errorCount", "!warnings"},
		read: readSecretlint,
	},
	{
		name: "kingfisher-json",
		tool: "Kingfisher",
		made: "kingfisher scan PATH --format json",
		doc:  []string{"findings[]", "audit"},
		item: []string{"rule{}", "finding.snippet"},
		m:    kingfisherFields(),
		note: "also its JSON lines; a credential that it validated is critical",
	},
	{
		name: "kingfisher-json",
		tool: "Kingfisher",
		made: "kingfisher scan PATH --format json",
		doc:  []string{"findings[]", "access_map"},
	},
	{
		name: "gitlab-secret-detection",
		tool: "GitLab secret detection",
		made: "artifact gl-secret-detection-report.json",
		doc:  []string{"vulnerabilities[]", "scan.type=secret_detection"},
		item: []string{
			"location{}",
			"identifiers[]",
			"raw_source_code_extract",
		},
		m:    gitlabFields("secret"),
		note: "its raw_source_code_extract is the secret",
	},
	{
		name: "gitlab-secret-detection",
		tool: "GitLab secret detection",
		made: "artifact gl-secret-detection-report.json",
		item: []string{"location{}", "identifiers[]", "category=secret_detection"},
		m:    gitlabFields("secret"),
	},
}

func kingfisherFields() *fields {
	return &fields{
		tool:      "kingfisher",
		kind:      "secret",
		rule:      "rule.id|rule.name",
		title:     "rule.description|rule.name",
		uri:       "finding.path|finding.git_metadata.file.path",
		line:      "finding.line",
		column:    "finding.column_start",
		commit:    "finding.git_metadata.commit.id",
		asset:     "finding.git_metadata.repository_url",
		assetType: "=repository",
		link:      "finding.git_metadata.file.url",
		secret:    "finding.snippet",
		validity:  "finding.validation.status",
		verified:  "finding.validation.status=Active Credential",
		also: func(r *raw, v val) {
			if r.Asset.ID == "" {
				r.Asset.Type = ""
			}
			r.Validity = validity(v.get("finding", "validation", "status").str())
			r.where = []string{r.Location.URI}
		},
	}
}

func gitlabFields(kind string) *fields {
	return &fields{
		tool:       "gitlab",
		kind:       kind,
		source:     "=gitlab",
		version:    "^scan.scanner.version",
		rule:       "identifiers.0.value|identifiers.0.name|cve",
		title:      "name|message",
		text:       "description",
		severity:   "severity",
		confidence: "confidence",
		uri:        "location.file|location.image|location.path",
		line:       "location.start_line",
		commit:     "location.commit.sha",
		link:       "identifiers.0.url|links.0.url",
		secret:     "raw_source_code_extract",
		print:      "id",
		state:      "state",
		pkg:        "location.dependency.package.name",
		release:    "location.dependency.version",
		also: func(r *raw, v val) {
			if r.Kind == "secret" {
				r.where = []string{r.Location.URI}
			}
			if strings.Trim(r.Location.Commit, "0") == "" {
				r.Location.Commit = ""
			}
			switch v.get("category").str() {
			case "container_scanning", "dependency_scanning", "cluster_image_scanning":
				r.Kind = "vuln"
			}
			if r.Kind == "detection" && isAdvisory(r.Rule) {
				r.Kind = "vuln"
			}
			for f := range v.get("flags").all() {
				if f.get("type").equal("flagged-as-likely-false-positive") {
					r.Confidence = "unverified"
				}
			}
		},
	}
}

// validity maps a source's word for whether a secret works: active, inactive or unknown.
func validity(word string) string {
	switch strings.ToLower(strings.TrimSpace(word)) {
	case "":
		return ""
	case "active", "valid", "active credential", "confirmed_valid", "verified", "true":
		return "active"
	case "inactive", "invalid", "revoked", "inactive credential", "confirmed_invalid", "expired", "false":
		return "inactive"
	}
	return "unknown"
}
