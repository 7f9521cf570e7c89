package intake

import (
	"net/url"
	"strconv"
	"strings"

	"warroom/model"
)

// sarifRun is what the results of a run need of it.
type sarifRun struct {
	at    int32 // the run's value; 0: none yet
	tool  string
	ver   string
	rules map[string]sarifRule
	byPos []string
}

type sarifRule struct {
	severity, level, title, link string
}

// sarifResult takes one result. Where the tool is named after its results, as
// some write it, they wait for it.
func (w *work) sarifResult(v val) (keep bool, err error) {
	w.is("sarif")
	run := w.up(2)
	if !run.has("tool") {
		w.held = append(w.held, v.i)
		return true, nil
	}
	return false, w.sarifAlert(run, v)
}

// endRun reads the results that waited.
func (w *work) endRun(run val) error {
	for _, i := range w.held {
		if err := w.sarifAlert(run, val{&w.doc, i}); err != nil {
			return err
		}
	}
	w.held = w.held[:0]
	if run.has("tool") {
		w.sarifTool(run)
	}
	w.run = sarifRun{}
	return nil
}

// sarifTool reads the tool of a run, once.
func (w *work) sarifTool(run val) {
	if w.run.at == run.i && w.run.rules != nil {
		return
	}
	driver := run.get("tool", "driver")
	w.run = sarifRun{at: run.i, tool: driver.first("name", "fullName"), ver: driver.first("semanticVersion", "version"), rules: map[string]sarifRule{}}
	if w.run.tool == "" {
		w.run.tool = "sarif"
	}
	if slug := slug(w.run.tool); w.form == "" || w.form == "sarif" {
		w.form = strings.TrimPrefix(slug+"-sarif", "sarif-")
	}
	w.sarifRules(driver.get("rules"), true)
	for x := range run.get("tool", "extensions").all() {
		w.sarifRules(x.get("rules"), false)
	}
}

func (w *work) sarifRules(rules val, main bool) {
	for r := range rules.all() {
		if len(w.run.byPos) >= maxRules || len(w.run.rules) >= maxRules {
			return
		}
		id := r.get("id").str()
		if main {
			w.run.byPos = append(w.run.byPos, id)
		}
		rule := sarifRule{severity: r.get("properties", "security-severity").str(), level: r.get("defaultConfiguration", "level").str(),
			title: cut(r.get("shortDescription", "text").str(), 8*maxTitle), link: r.get("helpUri").str()}
		if rule.title == "" {
			rule.title = r.get("name").str()
		}
		w.run.rules[id] = rule
	}
}

// slug makes a tool's name fit for the name of a form.
func slug(s string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			b.WriteRune(r)
		case b.Len() > 0 && !strings.HasSuffix(b.String(), "-"):
			b.WriteByte('-')
		}
		if b.Len() >= 40 {
			break
		}
	}
	if s := strings.Trim(b.String(), "-"); s != "" {
		return s
	}
	return "sarif"
}

// sarifAlert makes an alert of a result.
func (w *work) sarifAlert(run, v val) error {
	w.sarifTool(run)
	if !v.is('{') {
		w.skip()
		return nil
	}
	if sarifQuiet(v) {
		w.out.Suppressed++
		return nil
	}
	id := v.get("ruleId").str()
	if id == "" {
		id = v.get("rule", "id").str()
	}
	n, at := v.get("ruleIndex"), -1
	if n.i == 0 {
		n = v.get("rule", "index")
	}
	if n.i > 0 {
		at = n.num()
	}
	if id == "" && at >= 0 && at < len(w.run.byPos) {
		id = w.run.byPos[at]
	}
	rule := w.run.rules[id]
	if _, known := w.run.rules[id]; !known { // "CA1000/1" is of rule CA1000
		base, _, _ := strings.Cut(id, "/")
		rule = w.run.rules[base]
	}
	r := &raw{Alert: model.Alert{Source: w.run.tool, SourceVersion: w.run.ver, Kind: "detection", Rule: id, Title: rule.title, Link: rule.link,
		Description: sarifMessage(run, v, id)}}
	r.SeverityRaw, r.Severity = sarifSeverity(v, rule)
	sarifPlace(r, v)
	w.sarifKeys(r, v)
	return w.alert(r)
}

// sarifQuiet says whether a result is no alert: passed, suppressed, or gone.
func sarifQuiet(v val) bool {
	switch v.get("kind").str() {
	case "pass", "notApplicable", "informational":
		return true
	}
	for s := range v.get("suppressions").all() {
		if st := s.get("status").str(); st == "" || st == "accepted" {
			return true
		}
	}
	return v.get("baselineState").equal("absent")
}

// sarifSeverity is what a result weighs: the number of its rule, else its
// level, else its rule's, else what the standard says.
func sarifSeverity(v val, rule sarifRule) (word, sev string) {
	number := v.get("properties", "security-severity").str()
	if number == "" {
		number = rule.severity
	}
	if f, err := strconv.ParseFloat(number, 64); err == nil {
		return number, score(f)
	}
	word = v.get("level").str()
	if word == "" {
		word = rule.level
	}
	if word == "" {
		return "", "medium" // the standard: warning
	}
	return word, severity(word)
}

func sarifMessage(run, v val, rule string) string {
	m := v.get("message")
	if s := m.first("text", "markdown"); s != "" {
		return s
	}
	id := m.get("id").str()
	if id == "" {
		return ""
	}
	for r := range run.get("tool", "driver", "rules").all() {
		if r.get("id").equal(rule) {
			return expand(r.get("messageStrings", id, "text").str(), 8*maxBody, func(n int) (string, bool) {
				a := m.get("arguments").nth(n)
				return a.str(), a.i > 0
			})
		}
	}
	return id
}

func sarifPlace(r *raw, v val) {
	at := v.get("locations").at0().get("physicalLocation")
	uri := at.get("artifactLocation", "uri").str()
	if plain, err := url.PathUnescape(uri); err == nil {
		uri = plain
	}
	r.Location = model.AlertLocation{URI: strings.TrimPrefix(uri, "file://"), Line: at.get("region", "startLine").num(), Column: at.get("region", "startColumn").num()}
	if uri != "" {
		r.Asset = model.AlertAsset{Type: "file", ID: r.Location.URI}
	}
	for _, p := range [][]string{{"region", "snippet", "text"}, {"contextRegion", "snippet", "text"}} {
		if s := at.get(p...).str(); s != "" {
			r.secrets = append(r.secrets, s)
		}
	}
}

// sarifKeys knows the peculiar tools: what kind their findings are and what
// makes two the same.
func (w *work) sarifKeys(r *raw, v val) {
	prints, line := v.get("partialFingerprints"), strconv.Itoa(r.Location.Line)
	switch name := strings.ToLower(r.Source); {
	case name == "gitleaks":
		// Its fingerprints are those of the commit, the same for every finding in
		// it; its version is always the same, its level never there.
		r.Kind, r.Severity, r.Confidence, r.SourceVersion = "secret", "high", "unverified", ""
		r.FirstSeen, r.Location.Commit = prints.get("date").when(), prints.get("commitSha").str()
		r.find = []string{r.Location.Commit, r.Location.URI, r.Rule, line}
	case name == "trufflehog":
		r.Kind, r.Confidence = "secret", "unverified"
		if r.SeverityRaw == "error" {
			r.Severity, r.Confidence = "critical", "verified"
		}
		r.find = []string{prints.get("trufflehogFingerprint/v1").str(), r.Rule, r.Location.URI, line}
	case name == "secretlint":
		r.Kind, r.SourceVersion, r.Confidence = "secret", "", "unverified" // it always says 1.0.0
		r.find = []string{r.Location.URI, secretlintRule(r.Rule), line, strconv.Itoa(r.Location.Column)}
		r.Rule = secretlintRule(r.Rule)
	case strings.HasPrefix(strings.ToUpper(r.Rule), "CVE-") || strings.HasPrefix(r.Rule, "GHSA-"):
		r.Kind, r.group = "vuln", []string{strings.ToUpper(r.Rule)}
		r.find = []string{r.Rule, r.Location.URI, r.Description}
	default:
		r.secrets = nil // a snippet is code, and where it is code it is no secret
		r.find = sarifPrints(v)
		if r.find == nil {
			r.find = []string{r.Rule, r.Location.URI, line, r.Description}
		}
		r.find = append(r.find, r.Rule, r.Location.URI)
	}
	if r.Kind != "secret" {
		r.secrets = nil
	}
}

// sarifPrints are the fingerprints that a tool gives a result.
func sarifPrints(v val) []string {
	var out []string
	for _, k := range []string{"fingerprints", "partialFingerprints"} {
		for f := range v.get(k).all() {
			if len(out) >= maxPrints {
				break
			}
			out = append(out, f.key(), f.str())
		}
		if out != nil {
			return out
		}
	}
	return nil
}
