package alerts

import (
	"strconv"
	"strings"

	"warroom/model"
)

// fields maps a record to an alert, for forms that need no code. A path is like
// "extra.metadata.source", with alternatives after "|", a number for an element of a list,
// "^" for the document that has the finding, and "=" for a fixed text.
type fields struct {
	tool, kind                        string // fixed: names of the tool and the kind
	source, version                   string
	rule, title, text                 string
	severity, score                   string // a word; a CVSS number if there is no word
	confidence, state                 string
	assetType, asset, account, arn    string
	uri, line, column, commit         string
	first, last, count                string
	link, rotate                      string
	secret, validity                  string // values that must not be stored; whether the secret is active
	pkg, release                      string // the package and its version
	print                             string // the tool's fingerprint
	verified, passed, closed, ignored string // conditions: PATH=WORD,WORD
	also                              func(*raw, val)

	paths map[string][]path
}

// path is one parsed alternative of a path.
type path struct {
	up    bool
	fixed string
	keys  []string
}

// byName returns the fields that are looked up, by name.
func (f *fields) byName() map[string]string {
	return map[string]string{
		"source":     f.source,
		"version":    f.version,
		"rule":       f.rule,
		"title":      f.title,
		"text":       f.text,
		"severity":   f.severity,
		"score":      f.score,
		"confidence": f.confidence,
		"state":      f.state,
		"assetType":  f.assetType,
		"asset":      f.asset,
		"account":    f.account,
		"arn":        f.arn,
		"uri":        f.uri,
		"line":       f.line,
		"column":     f.column,
		"commit":     f.commit,
		"first":      f.first,
		"last":       f.last,
		"count":      f.count,
		"link":       f.link,
		"rotate":     f.rotate,
		"secret":     f.secret,
		"validity":   f.validity,
		"pkg":        f.pkg,
		"release":    f.release,
		"print":      f.print,
	}
}

func (f *fields) compile() {
	f.paths = map[string][]path{}
	for name, s := range f.byName() {
		if s != "" {
			f.paths[name] = pathsOf(s)
		}
	}
	for name, s := range map[string]string{"verified": f.verified, "passed": f.passed,
		"closed": f.closed, "ignored": f.ignored} {
		if s != "" {
			at, _, _ := strings.Cut(s, "=")
			f.paths[name] = pathsOf(at)
		}
	}
}

func pathsOf(s string) (out []path) {
	for _, p := range strings.Split(s, "|") {
		switch {
		case strings.HasPrefix(p, "="):
			out = append(out, path{fixed: p[1:]})
		case strings.HasPrefix(p, "^"):
			out = append(out, path{up: true, keys: strings.Split(p[1:], ".")})
		default:
			out = append(out, path{keys: strings.Split(p, ".")})
		}
	}
	return out
}

// at follows a path; a number is an index into a list.
func (v val) at(keys []string) val {
	for _, k := range keys {
		if n, err := strconv.Atoi(k); err == nil && v.is('[') {
			v = v.nth(n)
		} else {
			v = v.member(k)
		}
		if v.i == 0 {
			break
		}
	}
	return v
}

// nth returns an element of a list.
func (v val) nth(n int) val {
	for m := range v.all() {
		if n == 0 {
			return m
		}
		n--
	}
	return val{}
}

// lookup reads one record by its fields.
type lookup struct {
	f      *fields
	v, doc val
}

// get returns the first existing value of a field.
func (l *lookup) get(name string) val {
	for _, p := range l.f.paths[name] {
		from := l.v
		if p.up {
			from = l.doc
		}
		if p.fixed == "" {
			if got := from.at(p.keys); got.i > 0 && !got.is('n') {
				return got
			}
		}
	}
	return val{}
}

// str returns the first text of a field that is not empty.
func (l *lookup) str(name string) string {
	for _, p := range l.f.paths[name] {
		from := l.v
		switch {
		case p.fixed != "":
			return p.fixed
		case p.up:
			from = l.doc
		}
		switch got := from.at(p.keys); {
		case got.is('t'):
			return "true"
		case got.is('f'):
			return "false"
		case got.str() != "":
			return got.str()
		}
	}
	return ""
}

// is reports whether a condition "PATH=WORD,WORD" holds.
func (l *lookup) is(name, cond string) bool {
	if cond == "" {
		return false
	}
	_, words, _ := strings.Cut(cond, "=")
	got := l.str(name)
	for _, w := range strings.Split(words, ",") {
		if got != "" && strings.EqualFold(got, w) {
			return true
		}
	}
	return false
}

// mapped reads a record by the fields of its form.
func (w *work) mapped(f *form, v val) error {
	m := f.m
	l := &lookup{f: m, v: v, doc: w.up(2)}
	r := &raw{
		tool: m.tool,
		Alert: model.Alert{
			Source:        l.str("source"),
			SourceVersion: l.str("version"),
			Kind:          m.kind,
			Rule:          l.str("rule"),
			Title:         l.str("title"),
			Description:   l.str("text"),
			SeverityRaw:   l.str("severity"),
			Confidence:    "likely",
			Link:          l.str("link"),
			Rotate:        l.str("rotate"),
			Asset: model.AlertAsset{
				Type: l.str("assetType"),
				ID:   l.str("asset"),
			},
			Account:  l.str("account"),
			ARN:      l.str("arn"),
			Validity: strings.ToLower(l.str("validity")),
			Location: model.AlertLocation{
				URI:    l.str("uri"),
				Line:   l.get("line").num(),
				Column: l.get("column").num(),
				Commit: l.str("commit"),
			},
			FirstSeen: l.get("first").when(),
			LastSeen:  l.get("last").when(),
			Count:     l.get("count").num(),
		},
	}
	if r.Source == "" {
		r.Source = m.tool
	}
	m.weigh(l, r)
	m.stands(w, l, r)
	if s := l.str("secret"); s != "" {
		r.secrets = append(r.secrets, s)
	}
	if m.also != nil {
		m.also(r, v)
	}
	m.names(l, r)
	return w.alert(r)
}

// weigh sets severity and confidence of a finding.
func (f *fields) weigh(l *lookup, r *raw) {
	if x, ok := l.get("score").float(); ok && severity(r.SeverityRaw) == "unknown" {
		r.Severity = score(x)
		if r.SeverityRaw == "" {
			r.SeverityRaw = l.get("score").str()
		}
	}
	if r.Kind == "secret" {
		r.Confidence = "unverified"
		if r.SeverityRaw == "" {
			r.Severity = "high" // an exposed secret, until somebody has examined it
		}
	}
	switch strings.ToLower(l.str("confidence")) {
	case "low", "experimental", "weak":
		r.Confidence = "unverified"
	}
	if l.is("verified", f.verified) {
		r.Confidence, r.Severity = "verified", "critical"
	}
}

// stands sets the state of a finding at its source.
func (f *fields) stands(w *work, l *lookup, r *raw) {
	switch {
	case l.is("passed", f.passed):
		r.LeftOut = model.LeftPassed
	case w.accepted, l.is("ignored", f.ignored):
		r.LeftOut = model.LeftSuppressed
	}
	if s := l.str("state"); s != "" && s != "None" {
		r.state(s, closedStates...)
	}
	r.Resolved = r.Resolved || l.is("closed", f.closed)
}

// names sets the identity of a finding and its location.
func (f *fields) names(l *lookup, r *raw) {
	pkg, release := l.str("pkg"), l.str("release")
	switch {
	case r.what != nil:
	case r.Kind == "vuln":
		r.what = []string{r.Rule, pkg, release}
		if r.group == nil {
			r.group = []string{r.Rule}
		}
		if pkg != "" && !strings.Contains(r.Title, pkg) {
			r.Title = strings.TrimSuffix(strings.TrimSpace(pkg+" "+release)+": "+r.Title, ": ")
		}
	case r.Kind == "secret":
	default:
		p := usablePrint(l.str("print"))
		r.what = []string{r.Rule, p, r.Description}
		if p != "" {
			r.what[2] = blurred(r.Description)
		}
	}
	if r.Asset.ID == "" && pkg != "" {
		r.Asset = model.AlertAsset{Type: "package", ID: strings.TrimSpace(pkg + " " + release)}
	}
	if r.where == nil && r.Kind == "vuln" {
		r.where = []string{l.str("asset"), strings.TrimLeft(r.Location.URI, "./")}
	}
	if r.Asset.ID == "" && r.Location.URI != "" {
		r.Asset = model.AlertAsset{Type: "file", ID: r.Location.URI}
	}
}
