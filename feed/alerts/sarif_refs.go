package alerts

import (
	"net/url"
	"strconv"
	"strings"

	"warroom/model"
)

// maxArtifacts is the max number of paths, and of logical locations, that are kept of a run.
const maxArtifacts = 100_000

// readSarifArtifact records the path of a file that results may refer to by index.
func readSarifArtifact(w *work, v val) {
	if uri := v.get("location", "uri").str(); locationFits(w, len(w.run.artifacts), len(uri)) {
		w.run.artifacts = append(w.run.artifacts, uri)
	}
}

// logicalLocation is a function or the like that is listed in a run.
type logicalLocation struct {
	name   string
	parent int32 // index of the location that has it; if -1, none, or the name is a full one
}

// maxLogicalParents is how many parents of a logical location are in its name.
const maxLogicalParents = 16

// readSarifLogical records a logical location that results may refer to by index.
func readSarifLogical(w *work, v val) {
	l := logicalLocation{name: v.get("fullyQualifiedName").str(), parent: -1}
	if l.name == "" {
		l.name, l.parent = v.get("name").str(), int32(sarifIndex(v.get("parentIndex")))
	}
	if locationFits(w, len(w.run.logical), len(l.name)) {
		w.run.logical = append(w.run.logical, l)
	}
}

// locationFits reports whether one more location of size bytes is kept, beside n others.
func locationFits(w *work, n, size int) bool {
	w.locationBytes += size
	return n < maxArtifacts && w.locationBytes < maxRecord
}

// sarifIndex returns an index, or -1, SARIF's default, if v is not one.
func sarifIndex(v val) int {
	if n, ok := v.float(); ok && n >= 0 && n < 1<<31 {
		return int(n)
	}
	return -1
}

// lacksLocation reports whether a result refers to a location that may follow in doc, its run.
func (run *sarifRun) lacksLocation(doc, v val) bool {
	at := v.get("locations").at0()
	file, logical := at.get("physicalLocation", "artifactLocation"), at.get("logicalLocations").at0()
	n := sarifIndex(file.get("index"))
	switch {
	case file.has("uri"):
		return false
	case n >= 0:
		return n >= len(run.artifacts) && !doc.has("artifacts")
	}
	return logical.get("fullyQualifiedName").str() == "" && sarifIndex(logical.get("index")) >= len(run.logical) &&
		!doc.has("logicalLocations")
}

// logicalName returns the name of a logical location, which may be listed in its run. A
// full name is preferred, so that a result has the same location with and without an index.
func (run *sarifRun) logicalName(v val) string {
	name := v.get("fullyQualifiedName").str()
	if name == "" {
		name = run.listedName(sarifIndex(v.get("index")))
	}
	if name == "" {
		name = v.get("name").str()
	}
	return name
}

// listedName returns the name of a logical location of the run, with those of its parents if
// it is not a full one, or "".
func (run *sarifRun) listedName(n int) string {
	if n < 0 || n >= len(run.logical) {
		return ""
	}
	name := run.logical[n].name
	long, at := name, run.logical[n].parent
	for range maxLogicalParents {
		if at < 0 || int(at) >= len(run.logical) || len(long) > maxPath {
			return long
		}
		long, at = run.logical[at].name+"."+long, run.logical[at].parent
	}
	return name // its parents have no end
}

func setSarifLocation(w *work, r *raw, v val) {
	at := v.get("locations").at0().get("physicalLocation")
	uri := at.get("artifactLocation", "uri").str()
	if n := sarifIndex(at.get("artifactLocation", "index")); uri == "" && n >= 0 && n < len(w.run.artifacts) {
		uri = w.run.artifacts[n]
	}
	logical := w.run.logicalName(v.get("locations").at0().get("logicalLocations").at0())
	if uri == "" && logical == "" {
		uri = v.get("analysisTarget", "uri").str()
	}
	if plain, err := url.PathUnescape(uri); err == nil {
		uri = plain
	}
	r.Location = model.AlertLocation{URI: strings.TrimPrefix(uri, "file://"), Line: at.get("region", "startLine").num(),
		Column: at.get("region", "startColumn").num()}
	if uri != "" {
		r.Asset = model.AlertAsset{Type: "file", ID: r.Location.URI}
	} else if logical != "" {
		r.Asset = model.AlertAsset{Type: "logical", ID: logical}
	}
	for _, p := range [][]string{{"region", "snippet", "text"}, {"contextRegion", "snippet", "text"}} {
		if s := at.get(p...).str(); s != "" {
			r.secrets = append(r.secrets, s)
		}
	}
}

// sarifMessage returns the message of a result, with its arguments.
func sarifMessage(w *work, run, v val, rule string) string {
	m := v.get("message")
	text, id := m.first("text", "markdown"), m.get("id").str()
	if text == "" && id != "" {
		if text = sarifTemplate(w, run, v, id, rule); text == "" {
			return id
		}
	} else if m.get("arguments").at0().i == 0 {
		return text // its braces are literal
	}
	return expand(text, 8*maxBody, func(n int) (string, bool) {
		a := m.get("arguments").nth(n)
		return a.str(), a.i > 0
	})
}

// sarifTemplate returns a message that a result names: of its rule, or else of the tool or
// extension that the rule is from.
func sarifTemplate(w *work, run, v val, id, rule string) string {
	component := run.get("tool", "driver")
	if x := sarifExtension(w, v.get("rule", "toolComponent")); x >= 0 {
		component = run.get("tool", "extensions").nth(x)
	}
	base, _, _ := strings.Cut(rule, "/")
	n, index := 0, sarifRuleIndex(v)
	for r := range component.get("rules").all() {
		isRule := index.i > 0 && index.str() == strconv.Itoa(n) || r.get("id").equal(rule) || r.get("id").equal(base)
		if s := r.get("messageStrings", id, "text").str(); isRule && s != "" {
			return s
		}
		n++
	}
	return component.get("globalMessageStrings", id, "text").str()
}
