package intake

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"warroom/model"
)

// gitleaks reads a finding of Gitleaks, or of Betterleaks, which writes the same and
// whether a secret works. It has no severity: a secret that lies open is high until
// somebody has looked.
func (w *work) gitleaks(v val) error {
	r := &raw{Alert: model.Alert{Source: "gitleaks", Kind: "secret", Rule: v.get("RuleID").str(), Title: v.get("Description").str(), Severity: "high",
		Confidence: "unverified", FirstSeen: v.get("Date").when(), Link: v.get("Link").str(),
		Location: model.AlertLocation{URI: v.get("File").str(), Line: v.get("StartLine").num(), Column: v.get("StartColumn").num(), Commit: v.get("Commit").str()}}}
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

// secretlint reads a file of secretlint's JSON with its messages. The whole
// file stands beside them, with the secrets, and is passed over.
func (w *work) secretlint(v val) error {
	for m := range v.get("messages").all() {
		if !m.is('{') {
			w.skip()
			continue
		}
		r := &raw{Alert: model.Alert{Source: "secretlint", Kind: "secret", Rule: secretlintRule(m.get("ruleId").str()), Title: m.get("message").str(),
			SeverityRaw: m.get("severity").str(), Link: m.get("docsUrl").str(),
			Location: model.AlertLocation{URI: v.get("filePath").str(), Line: m.get("loc", "start", "line").num(), Column: m.get("loc", "start", "column").num() + 1}}}
		for d := range m.get("data").all() {
			if d.key() != "typeName" {
				r.secrets = append(r.secrets, d.str())
			}
		}
		if err := w.secretlintAlert(r); err != nil {
			return err
		}
	}
	return nil
}

// secretlintAlert finishes a finding of secretlint, which its JSON, its SARIF and its
// text give with the same message: that is what the finding is.
func (w *work) secretlintAlert(r *raw) error {
	r.Confidence = "unverified"
	r.Asset = model.AlertAsset{Type: "file", ID: r.Location.URI}
	message := r.Title
	if message == "" {
		message = r.Description
	}
	r.what, r.where = []string{r.Rule, w.mark(message)}, []string{baseName(r.Location.URI)}
	r.spot = []string{r.Location.URI, strconv.Itoa(r.Location.Line), strconv.Itoa(r.Location.Column)}
	r.former = []string{r.Location.URI, r.Rule, strconv.Itoa(r.Location.Line), strconv.Itoa(r.Location.Column)}
	return w.alert(r)
}

// baseName is the end of a path: secretlint's JSON has it from the root and its SARIF
// from where it was run.
func baseName(p string) string {
	p = strings.ReplaceAll(p, "\\", "/")
	if i := strings.LastIndexByte(p, '/'); i >= 0 {
		return p[i+1:]
	}
	return p
}

// secretlintRule leaves the preset out of "preset > rule".
func secretlintRule(s string) string {
	if i := strings.LastIndex(s, " > "); i >= 0 {
		s = s[i+3:]
	}
	return strings.TrimPrefix(s, "@secretlint/")
}

// hogSource is where in the metadata of one of TruffleHog's sources a place stands.
type hogSource struct{ place, asset []string }

// hogSources are the sources whose places are named in their own way; all others
// have a file, a path or a link.
var hogSources = map[string]hogSource{
	"Syslog":            {place: []string{"hostname"}, asset: []string{"hostname", "client"}},
	"Elasticsearch":     {place: []string{"document_id"}, asset: []string{"index"}},
	"AWSSecretsManager": {place: []string{"secret_arn", "secret_name"}, asset: []string{"secret_arn"}},
	"Buildkite":         {place: []string{"link"}, asset: []string{"pipeline"}},
	"CircleCI":          {place: []string{"link", "build_step"}, asset: []string{"repository"}},
	"TravisCI":          {place: []string{"link", "build_number"}, asset: []string{"repository"}},
	"Jenkins":           {place: []string{"link", "project_name"}, asset: []string{"project_name"}},
	"Jira":              {place: []string{"issue", "link"}, asset: []string{"issue"}},
	"Confluence":        {place: []string{"page", "link"}, asset: []string{"space", "page"}},
	"Slack":             {place: []string{"link", "channel_name"}, asset: []string{"channel_name", "channel_id"}},
	"Teams":             {place: []string{"link", "channel_name"}, asset: []string{"team_name", "channel_name"}},
	"Postman":           {place: []string{"link", "request_name"}, asset: []string{"workspace_name", "collection_name"}},
	"Sentry":            {place: []string{"link", "event_id"}, asset: []string{"project_slug", "organization_slug"}},
	"Vector":            {place: []string{"host", "source_type"}, asset: []string{"host"}},
	"Webhook":           {place: []string{"link", "host"}, asset: []string{"host"}},
	"Stdin":             {place: nil, asset: nil},
	"Huggingface":       {place: []string{"file", "link"}, asset: []string{"repository"}},
}

// hogPlace is where TruffleHog found a secret.
func hogPlace(at val) (uri, asset string) {
	s := hogSources[at.key()]
	uri = at.first(append(s.place, "file", "path", "link", "key", "url", "title", "page", "issue", "hostname", "document_id", "channel_name", "name")...)
	asset = at.first(append(s.asset, "repository", "bucket", "container", "image", "project", "package", "index", "hostname", "file", "link", "url", "path", "repo")...)
	return uri, asset
}

// hogData is the metadata of the source, below what wraps it.
func hogData(v val) val {
	at := firstOf(v.get("SourceMetadata", "Data"))
	if at.key() == "Forager" || at.get("Metadata").is('{') {
		if in := firstOf(at.get("Metadata")); in.is('{') {
			return in
		}
	}
	return at
}

// firstOf is the first member of an object.
func firstOf(v val) val {
	for m := range v.all() {
		return m
	}
	return val{}
}

// trufflehog reads a line of TruffleHog. Not verified means not confirmed,
// never dead.
func (w *work) trufflehog(v val) error {
	r := &raw{Alert: model.Alert{Source: "trufflehog", Kind: "secret", Rule: v.get("DetectorName").str(), Title: v.get("DetectorDescription").str()}}
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
	uri, asset := hogPlace(at)
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
	r.Account, r.ARN, r.Rotate = extra.first("account", "account_id"), extra.get("arn").str(), extra.get("rotation_guide").str()
	r.hogSecrets(v)
	mark := ""
	if r.secrets[0] != "" {
		mark = w.mark(r.secrets[0])
	}
	// Git names the commit that brought it: the same secret in the next commit of the
	// file is the same finding, once more.
	r.where = []string{r.Asset.Type, asset, uri}
	r.spot = []string{strconv.Itoa(r.Location.Line), r.Location.Commit, at.get("layer").str(), at.get("tag").str(), r.Link, w.mark(v.get("RawV2").str())}
	r.former = hogFormer(r, at, mark)
	r.also = hogPrint(r.Rule, at.get("file").str(), r.Location.Line, v.get("Raw").str())
	return w.alert(r)
}

// hogPrint is the fingerprint that TruffleHog's SARIF gives a finding with a file.
func hogPrint(rule, file string, line int, secret string) string {
	if file == "" || secret == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(secret))
	sum = sha256.Sum256([]byte(rule + ":" + file + ":" + strconv.Itoa(line) + ":" + hex.EncodeToString(sum[:])))
	return hex.EncodeToString(sum[:])
}

// hogFormer is what its key was made of in programs before.
func hogFormer(r *raw, at val, mark string) []string {
	uri, asset := at.first("file", "path", "link", "key", "url"), at.first("repository", "bucket", "image", "file", "link", "url")
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
