package alerts

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"warroom/model"
)

// readGitleaks reads a finding of Gitleaks, or of Betterleaks, which adds whether a secret
// is active. It has no severity: an exposed secret is high until somebody has examined it.
func readGitleaks(w *work, v val) error {
	r := &raw{Alert: model.Alert{Source: "gitleaks", Kind: "secret", Rule: v.get("RuleID").str(),
		Title: v.get("Description").str(), Severity: "high",
		Confidence: "unverified", FirstSeen: v.get("Date").when(), Link: v.get("Link").str(),
		Location: model.AlertLocation{URI: v.get("File").str(), Line: v.get("StartLine").num(),
			Column: v.get("StartColumn").num(), Commit: v.get("Commit").str()}}}
	if status := v.get("ValidationStatus"); status.i > 0 {
		r.Source = "betterleaks"
		r.Validity = validity(status.str())
		if r.Validity == "active" {
			r.Severity, r.Confidence, r.SeverityRaw = "critical", "verified", status.str()
		}
	}
	r.Asset = model.AlertAsset{Type: "file", ID: r.Location.URI}
	r.secrets = []string{v.get("Secret").str(), v.get("Match").str()}
	if masked(r.secrets[0]) {
		r.secrets = nil
	}
	r.where = []string{r.Location.URI}
	r.former = []string{r.Location.Commit, r.Location.URI, r.Rule, strconv.Itoa(r.Location.Line)}
	return w.alert(r)
}

// readSecretlint reads a file in secretlint's JSON with its messages. The complete file
// with its secrets is beside them, and is skipped.
func readSecretlint(w *work, v val) error {
	for m := range v.get("messages").all() {
		if !m.is('{') {
			w.skip()
			continue
		}
		r := &raw{Alert: model.Alert{Source: "secretlint", Kind: "secret", Rule: secretlintRule(m.get("ruleId").str()),
			Title:       m.get("message").str(),
			SeverityRaw: m.get("severity").str(), Link: m.get("docsUrl").str(),
			Location: model.AlertLocation{URI: v.get("filePath").str(), Line: m.get("loc", "start", "line").num(),
				Column: m.get("loc", "start", "column").num() + 1}}}
		for d := range m.get("data").all() {
			if d.key() != "typeName" {
				r.secrets = append(r.secrets, d.str())
			}
		}
		if err := readSecretlintAlert(w, r); err != nil {
			return err
		}
	}
	return nil
}

// readSecretlintAlert completes a finding of secretlint. JSON, SARIF and text have the same
// message, which is its identity.
func readSecretlintAlert(w *work, r *raw) error {
	r.Confidence = "unverified"
	r.Asset = model.AlertAsset{Type: "file", ID: r.Location.URI}
	message := r.Title
	if message == "" {
		message = r.Description
	}
	r.what, r.where = []string{r.Rule, w.mark(message)}, []string{baseName(r.Location.URI)}
	r.position = []string{r.Location.URI, strconv.Itoa(r.Location.Line), strconv.Itoa(r.Location.Column)}
	r.former = []string{r.Location.URI, r.Rule, strconv.Itoa(r.Location.Line), strconv.Itoa(r.Location.Column)}
	return w.alert(r)
}

// baseName returns the last part of a path: in secretlint's JSON paths are absolute, in its
// SARIF relative to the working directory.
func baseName(p string) string {
	p = strings.ReplaceAll(p, "\\", "/")
	if i := strings.LastIndexByte(p, '/'); i >= 0 {
		return p[i+1:]
	}
	return p
}

// secretlintRule removes the preset from "preset > rule".
func secretlintRule(s string) string {
	if i := strings.LastIndex(s, " > "); i >= 0 {
		s = s[i+3:]
	}
	return strings.TrimPrefix(s, "@secretlint/")
}

// hogSource lists the metadata of one TruffleHog source that has the location and the
// asset.
type hogSource struct{ location, asset []string }

// hogSources are the sources with special names for these; all others have a file, a path
// or a link.
var hogSources = map[string]hogSource{
	"Syslog":            {location: []string{"hostname"}, asset: []string{"hostname", "client"}},
	"Elasticsearch":     {location: []string{"document_id"}, asset: []string{"index"}},
	"AWSSecretsManager": {location: []string{"secret_arn", "secret_name"}, asset: []string{"secret_arn"}},
	"Buildkite":         {location: []string{"link"}, asset: []string{"pipeline"}},
	"CircleCI":          {location: []string{"link", "build_step"}, asset: []string{"repository"}},
	"TravisCI":          {location: []string{"link", "build_number"}, asset: []string{"repository"}},
	"Jenkins":           {location: []string{"link", "project_name"}, asset: []string{"project_name"}},
	"Jira":              {location: []string{"issue", "link"}, asset: []string{"issue"}},
	"Confluence":        {location: []string{"page", "link"}, asset: []string{"space", "page"}},
	"Slack":             {location: []string{"link", "channel_name"}, asset: []string{"channel_name", "channel_id"}},
	"Teams":             {location: []string{"link", "channel_name"}, asset: []string{"team_name", "channel_name"}},
	"Postman": {location: []string{"link", "request_name"},
		asset: []string{"workspace_name", "collection_name"}},
	"Sentry":      {location: []string{"link", "event_id"}, asset: []string{"project_slug", "organization_slug"}},
	"Vector":      {location: []string{"host", "source_type"}, asset: []string{"host"}},
	"Webhook":     {location: []string{"link", "host"}, asset: []string{"host"}},
	"Stdin":       {location: nil, asset: nil},
	"Huggingface": {location: []string{"file", "link"}, asset: []string{"repository"}},
}

// hogLocation returns where TruffleHog found a secret.
func hogLocation(at val) (uri, asset string) {
	s := hogSources[at.key()]
	uri = at.first(append(s.location, "file", "path", "link", "key", "url", "title", "page", "issue", "hostname",
		"document_id", "channel_name", "name")...)
	asset = at.first(append(s.asset, "repository", "bucket", "container", "image", "project", "package", "index",
		"hostname", "file", "link", "url", "path", "repo")...)
	return uri, asset
}

// hogData returns the metadata of the source, without its wrapper.
func hogData(v val) val {
	at := firstOf(v.get("SourceMetadata", "Data"))
	if at.key() == "Forager" || at.get("Metadata").is('{') {
		if in := firstOf(at.get("Metadata")); in.is('{') {
			return in
		}
	}
	return at
}

// firstOf returns the first member of an object.
func firstOf(v val) val {
	for m := range v.all() {
		return m
	}
	return val{}
}

// readTrufflehog reads a line of TruffleHog. "Not verified" means not confirmed, not
// inactive.
func readTrufflehog(w *work, v val) error {
	r := &raw{Alert: model.Alert{Source: "trufflehog", Kind: "secret", Rule: v.get("DetectorName").str(),
		Title: v.get("DetectorDescription").str()}}
	extra := v.get("ExtraData")
	if name := extra.get("name").str(); v.get("DetectorType").num() == 904 && name != "" {
		r.Rule = name
	}
	switch {
	case v.get("Verified").yes():
		r.Severity, r.Confidence, r.SeverityRaw, r.Validity = "critical", "verified", "verified", "active"
	case v.get("VerificationError").str() != "":
		r.Severity, r.Confidence, r.SeverityRaw = "high", "unknown", "verification failed"
	default:
		r.Severity, r.Confidence, r.SeverityRaw = "medium", "unverified", "unverified"
	}
	at := hogData(v)
	uri, asset := hogLocation(at)
	if uri == "" {
		uri = v.get("SourceName").str()
	}
	r.Location = model.AlertLocation{URI: uri, Line: at.get("line").num(), Commit: at.get("commit").str()}
	r.FirstSeen = at.get("timestamp").when()
	r.Asset = model.AlertAsset{Type: strings.ToLower(at.key()), ID: asset}
	r.Public = at.get("visibility").i > 0 && at.get("visibility").str() == "0" && at.key() != "Slack"
	if l := at.get("link").str(); strings.HasPrefix(l, "http") {
		r.Link = l
	}
	r.Account, r.ARN, r.Rotate = extra.first("account", "account_id"), extra.get("arn").str(),
		extra.get("rotation_guide").str()
	r.hogSecrets(v)
	mark := ""
	if r.secrets[0] != "" {
		mark = w.mark(r.secrets[0])
	}
	// Git names the commit that added it: the same secret in the next commit of the file is
	// the same finding, once more.
	r.where = []string{r.Asset.Type, asset, uri}
	r.position = []string{strconv.Itoa(r.Location.Line), r.Location.Commit, at.get("layer").str(), at.get("tag").str(),
		r.Link, w.mark(v.get("RawV2").str())}
	r.former = hogFormer(r, at, mark)
	r.also = hogPrint(r.Rule, at.get("file").str(), r.Location.Line, v.get("Raw").str())
	return w.alert(r)
}

// hogPrint returns the fingerprint that TruffleHog's SARIF gives a finding with a file.
func hogPrint(rule, file string, line int, secret string) string {
	if file == "" || secret == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(secret))
	sum = sha256.Sum256([]byte(rule + ":" + file + ":" + strconv.Itoa(line) + ":" + hex.EncodeToString(sum[:])))
	return hex.EncodeToString(sum[:])
}

// hogFormer returns what the key was made from in earlier versions.
func hogFormer(r *raw, at val, mark string) []string {
	uri, asset := at.first("file", "path", "link", "key", "url"),
		at.first("repository", "bucket", "image", "file", "link", "url")
	return []string{r.Rule, r.Asset.Type, asset, uri, r.Location.Commit, strconv.Itoa(r.Location.Line), mark}
}

func (r *raw) hogSecrets(v val) {
	r.secrets = []string{v.get("Raw").str(), v.get("RawV2").str()}
	if red := v.get("Redacted").str(); !masked(red) {
		r.secrets = append(r.secrets, red)
	}
	for p := range v.get("SecretParts").all() {
		r.secrets = append(r.secrets, p.str())
	}
}
