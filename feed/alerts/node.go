package alerts

import (
	"strings"

	"warroom/model"
)

// readNpmVuln reads a package of npm audit's report, version 2. A package that is only
// affected through another one has no advisory of its own.
func readNpmVuln(w *work, v val) (retain bool, err error) {
	if v.key() == "list" && v.is('[') { // the form of cargo audit
		for e := range v.all() {
			if f := formOf(e); f == nil {
				w.skip()
			} else if err := w.take(f, e); err != nil {
				return false, err
			}
		}
		return false, nil
	}
	if !v.is('{') || !v.has("via") {
		return true, nil
	}
	w.is("npm-audit")
	w.taken++
	return false, readNpmPackage(w, v)
}

func readNpmPackage(w *work, v val) error {
	name := v.get("name").str()
	if name == "" {
		name = v.key()
	}
	name = cut(name, maxPath)
	for via := range v.get("via").all() {
		if !via.is('{') {
			continue
		}
		r := &raw{Alert: model.Alert{Source: "npm audit", Kind: "vuln",
			Rule: advisory(via.get("url").str(), via.get("source").str()), Title: name + ": " + via.get("title").str(),
			SeverityRaw: via.get("severity").str(), Confidence: "likely",
			Asset: model.AlertAsset{Type: "package", ID: name + " " + via.get("range").str()},
			Link:  via.get("url").str()}}
		r.former, r.group = []string{name, r.Rule}, []string{r.Rule}
		r.what, r.where, r.tool = []string{r.Rule, name}, []string{}, "npm"
		if err := w.alert(r); err != nil {
			return err
		}
	}
	return nil
}

// advisory returns the name at the end of an advisory's URL, or else its number.
func advisory(link, number string) string {
	if i := strings.LastIndexByte(link, '/'); i >= 0 && i < len(link)-1 {
		return link[i+1:]
	}
	return number
}

// readAdvisoryIn reads a member of "advisories", which npm audit and composer audit have.
func readAdvisoryIn(w *work, v val) (retain bool, err error) {
	if v.is('{') && v.has("module_name") {
		w.taken++
		return false, readNpmAdvisory(w, v)
	}
	unknown := 0
	for e := range v.all() { // of one package
		f := formOf(e)
		if f == nil {
			unknown++
			continue
		}
		if err := w.take(f, e); err != nil {
			return false, err
		}
	}
	if v.count() == unknown { // the document may be of another form
		return true, nil
	}
	w.out.Skipped += unknown
	return false, nil
}

// readNpmAdvisory reads an advisory of npm audit's older report.
func readNpmAdvisory(w *work, v val) error {
	w.is("npm-audit")
	number := v.key()
	if id := v.get("id").str(); id != "" {
		number = id
	}
	rule := advisory(v.get("url").str(), number)
	if cve := v.get("cves").at0().str(); cve != "" {
		rule = cve
	}
	name := v.get("module_name").str()
	r := &raw{Alert: model.Alert{Source: "npm audit", Kind: "vuln", Rule: rule, Title: name + ": " +
		v.get("title").str(), Description: v.get("overview").str(),
		SeverityRaw: v.get("severity").str(), Confidence: "likely", FirstSeen: v.get("created").when(),
		Asset: model.AlertAsset{Type: "package", ID: name + " " + v.get("vulnerable_versions").str()},
		Link:  v.get("url").str()}}
	r.former, r.group = []string{name, rule}, []string{rule}
	r.what, r.where, r.tool = []string{advisory(v.get("url").str(), number), name}, []string{}, "npm"
	return w.alert(r)
}

// readYarnAdvisory reads an advisory of yarn 1, which lists it once for each path to the
// package.
func readYarnAdvisory(w *work, v val) error { return readNpmAdvisory(w, v.get("data", "advisory")) }

// readYarnPackage reads an advisory of yarn 2 and later.
func readYarnPackage(w *work, v val) error {
	of := v.get("children")
	return nodeAlert(w, "yarn audit", v.get("value").str(), of.get("Vulnerable Versions").str(), of.get("Issue").str(),
		of.get("Severity").str(), of.get("URL").str(), of.get("ID").str())
}

// isBunAudit reports whether a document has lists of advisories by package.
func isBunAudit(v val) bool {
	for m := range v.all() {
		if !m.at0().has("vulnerable_versions", "severity", "title") {
			return false
		}
	}
	return v.count() > 0
}

// readBunAudit reads the audit of bun.
func readBunAudit(w *work, v val) error {
	for list := range v.all() {
		for a := range list.all() {
			err := nodeAlert(w, "bun audit", list.key(), a.get("vulnerable_versions").str(), a.get("title").str(),
				a.get("severity").str(), a.get("url").str(), a.get("id").str())
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// nodeAlert makes an alert with the identity that npm audit's has.
func nodeAlert(w *work, source, name, versions, title, severity, link, number string) error {
	rule := advisory(link, number)
	name = cut(name, maxPath)
	return w.alert(&raw{tool: "npm", what: []string{rule, name}, where: []string{}, group: []string{rule},
		Alert: model.Alert{Source: source, Kind: "vuln", Rule: rule, Title: name + ": " + title, SeverityRaw: severity,
			Confidence: "likely", Link: link,
			Asset: model.AlertAsset{Type: "package", ID: strings.TrimSpace(name + " " + versions)}}})
}

// nodeForms are the audits of packages for Node, beside npm's.
var nodeForms = []form{
	{
		name: "npm-audit",
		tool: "yarn",
		made: "yarn audit --json",
		item: []string{"type=auditAdvisory", "data.advisory{}"},
		read: readYarnAdvisory,
	},
	{
		name: "yarn-audit",
		tool: "yarn",
		made: "yarn npm audit --json",
		item: []string{"value", "children.Severity"},
		read: readYarnPackage,
	},
	{
		name: "bun-audit",
		tool: "bun",
		made: "bun audit --json",
		item: []string{"!version"},
		is:   isBunAudit,
		read: readBunAudit,
	},
}
