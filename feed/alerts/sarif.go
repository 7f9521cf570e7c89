package alerts

import (
	"strconv"
	"strings"

	"warroom/model"
)

// sarifRun has the parts of a run that its results need.
type sarifRun struct {
	at        int32 // index of the run's value; if 0, none yet
	tool      string
	ver       string
	rules     map[string]sarifRule
	byPos     []string
	ext       []map[string]sarifRule // of the tool's extensions, by index
	extNames  []string               // their names and ids
	artifacts []string               // paths, by index
	logical   []logicalLocation      // functions and the like, by index
	over      map[string]string      // levels of rules that the run overrides
	guids     map[string]string      // ids of rules, by guid
}

type sarifRule struct {
	id, severity, level, title, about, link, kind string
}

// oldSarif refuses SARIF of a version other than 2.1, and what only looks like SARIF.
func oldSarif(v val) error {
	version, schema := v.get("version").str(), v.get("$schema").str()
	isSarif := strings.Contains(schema, "sarif") || version != "" || v.get("runs").at0().has("tool")
	switch {
	case !isSarif:
	case !v.get("runs").is('['):
		return model.RefuseForm("the format is not supported: it looks like SARIF, and its runs are not a list; " +
			"the tool " +
			"failed before it wrote any")
	case strings.HasPrefix(version, "2.1"), version == "" && strings.Contains(schema, "2.1"), version == "":
	default:
		return model.Refuse(model.Invalid,
			"it is SARIF %s, but only SARIF 2.1.0 is read; use a newer version of the tool, or convert it: sarif "+
				"transform --sarif-output-version Current", version)
	}
	return nil
}

// readSarifResult reads one result. If the tool follows its results, as some programs write
// it, the result is kept until then.
func readSarifResult(w *work, v val) (retain bool, err error) {
	w.is("sarif")
	w.taken++
	run := w.up(2)
	if !run.has("tool") || w.run.lacksLocation(run, v) {
		w.held = append(w.held, v.i)
		return true, nil
	}
	return false, readSarifAlert(w, run, v)
}

// endSarifRun reads the results that were kept.
func endSarifRun(w *work, run val) error {
	if !run.is('{') {
		return model.RefuseForm("the format is not supported: it looks like SARIF, and one of its runs is not an " +
			"object; the tool may have failed: run it again")
	}
	res := run.get("results")
	if run.get("externalPropertyFileReferences", "results").count() > 0 {
		w.elsewhere = true
	} else if res.i == 0 {
		w.noMember = true
	}
	if res.is('n') {
		w.noResults = true // the tool did not get to look for any
	} else if res.i > 0 && !res.is('[') {
		return model.RefuseForm("the format is not supported: it looks like SARIF, and the results of a run are " +
			"not a list")
	}
	for _, i := range w.held {
		if err := readSarifAlert(w, run, val{d: &w.doc, i: i}); err != nil {
			return err
		}
	}
	sarifDoubts(w, run)
	w.held = w.held[:0]
	if run.has("tool") {
		readSarifTool(w, run)
	}
	w.run, w.locationBytes = sarifRun{}, 0
	return nil
}

// readSarifTool reads the tool of a run, once.
func readSarifTool(w *work, run val) {
	if w.run.at == run.i && w.run.rules != nil {
		return
	}
	driver := run.get("tool", "driver")
	w.run = sarifRun{at: run.i, tool: driver.first("name", "fullName"), ver: driver.first("semanticVersion", "version"),
		rules: map[string]sarifRule{}, guids: map[string]string{}, artifacts: w.run.artifacts, logical: w.run.logical}
	if w.run.tool == "" {
		w.run.tool = "sarif"
	}
	if slug := slug(w.run.tool); w.form == "" || w.form == "sarif" {
		w.form = strings.TrimPrefix(slug+"-sarif", "sarif-")
	}
	readSarifRules(w, driver.get("rules"), nil)
	for x := range run.get("tool", "extensions").all() {
		own := map[string]sarifRule{}
		readSarifRules(w, x.get("rules"), own)
		w.run.ext = append(w.run.ext, own)
		w.run.extNames = append(w.run.extNames, x.get("name").str()+"\n"+x.get("guid").str())
	}
	readSarifOverrides(w, run)
}

// readSarifOverrides reads the levels of rules that a single invocation overrides.
func readSarifOverrides(w *work, run val) {
	w.run.over = map[string]string{}
	calls := run.get("invocations")
	if calls.nth(1).i > 0 {
		return
	}
	for o := range calls.at0().get("ruleConfigurationOverrides").all() {
		id := o.get("descriptor", "id").str()
		if n := sarifIndex(o.get("descriptor", "index")); id == "" && n >= 0 && n < len(w.run.byPos) &&
			!o.get("descriptor").has("toolComponent") {
			id = w.run.byPos[n]
		}
		if level := o.get("configuration", "level").str(); id != "" && level != "" {
			w.run.over[id] = level
		}
	}
}

// readSarifRules reads the rules of the tool, or those of an extension into own.
func readSarifRules(w *work, rules val, own map[string]sarifRule) {
	n := 0
	for r := range rules.all() {
		if len(w.run.byPos) >= maxRules || len(w.run.rules) >= maxRules {
			return
		}
		id := r.get("id").str()
		if own == nil {
			w.run.byPos = append(w.run.byPos, id)
		}
		rule := sarifRule{id: id, severity: r.get("properties", "security-severity").str(),
			level: r.get("defaultConfiguration", "level").str(),
			title: cut(r.get("shortDescription", "text").str(), 8*maxTitle),
			about: cut(r.get("fullDescription", "text").str(), 8*maxBody),
			link:  cut(r.get("helpUri").str(), 8*maxTitle), kind: sarifTags(r.get("properties", "tags"))}
		if rule.title == "" {
			rule.title = r.get("name").str()
		}
		if guid := r.get("guid").str(); guid != "" {
			w.run.guids[guid] = id
		}
		if own != nil {
			own["#"+strconv.Itoa(n)] = rule
			own[id] = rule
			n++
		}
		if _, known := w.run.rules[id]; !known || own == nil {
			w.run.rules[id] = rule
		}
	}
}

// sarifTags returns the kind that the tags of a rule name.
func sarifTags(tags val) string {
	for t := range tags.all() {
		switch strings.ToLower(t.str()) {
		case "secret", "secrets":
			return "secret"
		case "vulnerability":
			return "vuln"
		case "misconfiguration":
			return "misconfig"
		}
	}
	return ""
}

// slug converts a tool's name for use in the name of a form.
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

// readSarifAlert makes an alert from a result.
func readSarifAlert(w *work, run, v val) error {
	readSarifTool(w, run)
	if !v.is('{') {
		w.skip()
		return nil
	}
	id, rule := ruleOfSarif(w, v)
	r := &raw{Alert: model.Alert{Source: w.run.tool, SourceVersion: w.run.ver, Kind: "detection", Rule: id,
		Title: rule.title, Link: v.get("hostedViewerUri").str(), Count: v.get("occurrenceCount").num(),
		Description: sarifMessage(w, run, v, id)}}
	if r.Link == "" {
		r.Link = rule.link
	}
	if rule.kind != "" {
		r.Kind = rule.kind
	}
	if over := w.run.over[id]; over != "" {
		rule.level = over
	}
	r.SeverityRaw, r.Severity = sarifSeverity(v, rule)
	r.LeftOut = sarifLeftOut(v)
	if s := v.get("baselineState").str(); s != "" {
		r.state(s)
	}
	setSarifLocation(w, r, v)
	setSarifKeys(w, r, v)
	if p := v.get("properties"); r.carried == nil && r.also == "" && p.is('{') {
		r.numbered(sarifRepo(p.get("github/alertUrl").str()), p.get("github/alertNumber").str())
	}
	return w.alert(r)
}

// sarifRepo returns the repository of a URL of GitHub's API, which an analysis that was fetched
// from GitHub has for each result.
func sarifRepo(link string) string {
	_, path, _ := strings.Cut(link, "/repos/")
	if parts := strings.Split(path, "/"); len(parts) >= 3 {
		return parts[0] + "/" + parts[1]
	}
	return ""
}

// ruleOfSarif returns the rule of a result, by its id or index, in the tool or in an
// extension.
func ruleOfSarif(w *work, v val) (id string, rule sarifRule) {
	id = v.get("ruleId").str()
	if id == "" {
		id = v.get("rule", "id").str()
	}
	if id == "" {
		id = w.run.guids[v.get("rule", "guid").str()]
	}
	n := sarifRuleIndex(v)
	if x := sarifExtension(w, v.get("rule", "toolComponent")); x >= 0 {
		own := w.run.ext[x]
		if n.i > 0 {
			if rule, ok := own["#"+n.str()]; ok {
				if id == "" {
					id = rule.id
				}
				return id, rule
			}
		}
		if rule, ok := own[id]; ok {
			return id, rule
		}
	}
	at := sarifIndex(n)
	if id == "" && at >= 0 && at < len(w.run.byPos) {
		id = w.run.byPos[at]
	}
	rule, known := w.run.rules[id]
	if !known && at >= 0 && at < len(w.run.byPos) {
		rule, known = w.run.rules[w.run.byPos[at]]
	}
	if !known { // "CA1000/1" is of rule CA1000
		base, _, _ := strings.Cut(id, "/")
		rule = w.run.rules[base]
	}
	return id, rule
}

// sarifRuleIndex returns the index of a result's rule, if it has one.
func sarifRuleIndex(v val) val {
	if n := v.get("rule", "index"); n.i > 0 {
		return n
	}
	return v.get("ruleIndex")
}

// sarifExtension returns the index of the extension that a reference names, or -1 for the
// tool itself.
func sarifExtension(w *work, ref val) int {
	if x := sarifIndex(ref.get("index")); x >= 0 && x < len(w.run.ext) {
		return x
	}
	name, guid := ref.get("name").str(), ref.get("guid").str()
	for i, n := range w.run.extNames {
		own, id, _ := strings.Cut(n, "\n")
		if name != "" && name == own || guid != "" && guid == id {
			return i
		}
	}
	return -1
}

// sarifLeftOut returns why a result is not an alert: it passed, is suppressed, unchanged,
// or absent.
func sarifLeftOut(v val) string {
	switch v.get("kind").str() {
	case "pass", "notApplicable", "informational":
		return model.LeftPassed
	}
	n, open := 0, false
	for s := range v.get("suppressions").all() {
		n++
		st := s.get("status").str()
		open = open || st == "underReview" || st == "rejected"
	}
	switch state := v.get("baselineState"); {
	case n > 0 && !open:
		return model.LeftSuppressed
	case state.equal("absent"):
		return model.LeftGone
	case state.equal("unchanged"):
		return model.LeftUnchanged
	}
	return ""
}

// sarifSeverity returns the severity of a result: the first that is set of the number of
// its rule, its level, its rule's level, and the default of the standard.
func sarifSeverity(v val, rule sarifRule) (word, sev string) {
	number := v.get("properties", "security-severity").str()
	if number == "" {
		number = rule.severity
	}
	if f, err := strconv.ParseFloat(number, 64); err == nil && score(f) != "unknown" {
		return number, score(f)
	}
	if severity(number) != "unknown" { // some tools write a word
		return number, severity(number)
	}
	word = v.get("level").str()
	if kind := v.get("kind").str(); word == "" && kind != "" && kind != "fail" {
		return "none", "info"
	}
	if word == "" {
		word = rule.level
	}
	if own := v.get("properties", "severity").str(); word == "" && severity(own) != "unknown" {
		return own, severity(own)
	}
	if word == "" {
		return "", "medium" // default of the standard: warning
	}
	return word, severity(word)
}
