package alerts

import (
	"net/url"
	"strings"

	"warroom/model"
)

// maxArtifacts is the max number of paths, and of logical locations, that are kept of a run.
const maxArtifacts = 100_000

// readSarifArtifact records the path of a file that results may refer to by index.
func readSarifArtifact(w *work, v val) {
	if uri := v.get("location", "uri").str(); w.keepLocation(len(w.run.artifacts), len(uri)) {
		w.run.artifacts = append(w.run.artifacts, uri)
	}
}

// readSarifLogical records the name of a logical location that results may refer to by
// index.
func readSarifLogical(w *work, v val) {
	if name := v.first("fullyQualifiedName", "name"); w.keepLocation(len(w.run.logical), len(name)) {
		w.run.logical = append(w.run.logical, name)
	}
}

// keepLocation reports whether one more location of size bytes is kept, beside n others.
func (w *work) keepLocation(n, size int) bool {
	w.locationBytes += size
	return n < maxArtifacts && w.locationBytes < maxRecord
}

// lacksLocation reports whether a result refers to a location that was not read yet.
func (run *sarifRun) lacksLocation(v val) bool {
	at := v.get("locations").at0()
	file, logical := at.get("physicalLocation", "artifactLocation"), at.get("logicalLocations").at0()
	return file.has("index") && !file.has("uri") && file.get("index").num() >= len(run.artifacts) ||
		!file.is('{') && logical.has("index") && run.logicalName(logical) == ""
}

// logicalName returns the name of a logical location, which may be listed in its run.
func (run *sarifRun) logicalName(v val) string {
	if name := v.first("fullyQualifiedName", "name"); name != "" {
		return name
	}
	if n := v.get("index"); n.i > 0 && !strings.HasPrefix(n.str(), "-") && n.num() < len(run.logical) {
		return run.logical[n.num()]
	}
	return ""
}

func setSarifLocation(w *work, r *raw, v val) {
	at := v.get("locations").at0().get("physicalLocation")
	uri := at.get("artifactLocation", "uri").str()
	if n := at.get("artifactLocation", "index"); uri == "" && n.i > 0 && n.num() < len(w.run.artifacts) {
		uri = w.run.artifacts[n.num()]
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
