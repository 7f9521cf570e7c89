package alerts

import (
	"strconv"
	"strings"
)

// secretTools are the tools whose SARIF has the secret as its snippet.
var secretTools = []string{
	"gitleaks",
	"betterleaks",
	"trufflehog",
	"kingfisher",
	"noseyparker",
	"nosey parker",
	"titus",
	"ggshield",
	"gitguardian",
	"detect-secrets",
	"talisman",
	"whispers",
}

// setSarifKeys handles the special cases of tools: the kind of their findings and their
// identity.
func setSarifKeys(w *work, r *raw, v val) {
	prints, line := v.get("partialFingerprints"), strconv.Itoa(r.Location.Line)
	name := strings.ToLower(r.Source)
	r.formerKind, r.former = "detection", sarifFormer(r, v, line)
	switch {
	case name == "gitleaks" || name == "betterleaks":
		// The fingerprints are those of the commit, the same for every finding in it; the
		// version is constant, and the level is missing.
		r.Kind, r.Severity, r.Confidence, r.SourceVersion = "secret", "high", "unverified", ""
		r.FirstSeen, r.Location.Commit = prints.get("date").when(), prints.get("commitSha").str()
		r.formerKind, r.former = "secret", []string{r.Location.Commit, r.Location.URI, r.Rule, line}
		r.where = []string{r.Asset.ID}
	case name == "trufflehog":
		r.Kind, r.Confidence = "secret", "unverified"
		if r.SeverityRaw == "error" {
			r.Severity, r.Confidence = "critical", "verified"
		}
		r.also = prints.get("trufflehogFingerprint/v1").str()
		r.formerKind, r.former = "secret", []string{r.also, r.Rule, r.Location.URI, line}
		if r.also != "" {
			r.what = []string{r.Rule, w.mark(r.also)}
		}
	case name == "secretlint":
		r.Kind, r.SourceVersion, r.Rule = "secret", "", secretlintRule(r.Rule) // the version is always 1.0.0
		r.secretlintSarif(w)
	case name == "trivy":
		r.secrets = nil
		r.trivyFormer()
		setTrivySarif(w, r)
	case name == "grype":
		r.grypeSarif()
	case isAdvisory(r.Rule) || r.Kind == "vuln":
		r.Kind, r.group = "vuln", []string{strings.ToUpper(r.Rule)}
		r.trivyFormer()
		r.what = []string{r.Rule, blurred(r.Description)}
	case isSecretTool(name) || r.Kind == "secret" || strings.HasPrefix(r.Rule, "CKV_SECRET"):
		r.Kind = "secret"
		r.Confidence = "unverified"
		r.where = []string{r.Asset.ID}
	default:
		p := sarifPrint(v)
		r.what = []string{r.Rule, p, r.Description}
		if p != "" {
			r.what[2] = blurred(r.Description)
		}
		r.where = []string{r.Asset.ID}
		r.position = []string{line, strconv.Itoa(r.Location.Column), r.Description}
	}
	if name == "checkov" {
		r.carried = checkovCarried(r.Rule, r.Location.URI)
	}
	if r.Title == "" || r.Title == r.Rule {
		r.sarifTitle()
	}
	if r.Kind != "secret" {
		r.secrets = nil
	}
}

func isSecretTool(name string) bool {
	for _, t := range secretTools {
		if strings.HasPrefix(name, t) {
			return true
		}
	}
	return false
}

// sarifTitle takes the title from the message if the rule has none.
func (r *raw) sarifTitle() {
	if s := firstLine(r.Description); s != "" && (r.Rule == "" || r.Title == "") {
		r.Title = s
	}
}

// secretlintSarif sets the same identity as secretlint's JSON has.
func (r *raw) secretlintSarif(w *work) {
	line, column := strconv.Itoa(r.Location.Line), strconv.Itoa(r.Location.Column)
	r.Confidence, r.formerKind = "unverified", "secret"
	r.what, r.where = []string{r.Rule, w.mark(r.Description)}, []string{baseName(r.Location.URI)}
	r.position = []string{r.Location.URI, line, column}
	r.former = []string{r.Location.URI, r.Rule, line, column}
}

// trivyFormer sets what the key of a vulnerability was formerly made from.
func (r *raw) trivyFormer() {
	if strings.HasPrefix(strings.ToUpper(r.Rule), "CVE-") || strings.HasPrefix(r.Rule, "GHSA-") {
		r.formerKind, r.former = "vuln", []string{r.Rule, r.Location.URI, r.Description}
	}
}

// grypeSarif sets the same identity as Grype's JSON has: the rule is the vulnerability and
// the package, the message is "package: NAME, version X was found at: PATH".
func (r *raw) grypeSarif() {
	_, rest, ok := strings.Cut(r.Description, "package: ")
	pkg, rest, _ := strings.Cut(rest, ", version ")
	version, _, _ := strings.Cut(rest, " was found")
	cve := strings.TrimSuffix(r.Rule, "-"+pkg)
	r.trivyFormer()
	r.Kind, r.secrets = "vuln", nil
	if !ok {
		cve, pkg, version = r.Rule, "", blurred(r.Description)
	}
	r.group = []string{cve}
	r.what, r.where = []string{cve, pkg, version}, []string{strings.TrimLeft(r.Location.URI, "./")}
}

// sarifPrint returns the first fingerprint of a result that distinguishes findings.
func sarifPrint(v val) string {
	for _, k := range []string{"fingerprints", "partialFingerprints"} {
		for f := range v.get(k).all() {
			if p := usablePrint(f.str()); p != "" {
				return p
			}
		}
	}
	return ""
}

// sarifFormer returns what the key was made from in earlier versions.
func sarifFormer(r *raw, v val, line string) []string {
	former := []string{r.Rule, r.Location.URI, line, r.Description}
	for _, k := range []string{"fingerprints", "partialFingerprints"} {
		var out []string
		for f := range v.get(k).all() {
			out = append(out, f.key(), f.str())
		}
		if out != nil {
			former = out
			break
		}
	}
	return append(former, r.Rule, r.Location.URI)
}
