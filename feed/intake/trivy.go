package intake

import (
	"strconv"
	"strings"

	"warroom/model"
)

// trivy reads one finding of Trivy's JSON where it streams by.
func (w *work) trivy(at string, v val) error {
	w.is("trivy-json")
	return w.trivyIn(at, v, w.up(2), w.up(4))
}

// trivyIn reads a finding of a result. Trivy's own masking of secrets leaves parts of
// them readable, so neither its match nor its code is kept.
func (w *work) trivyIn(at string, v, result, top val) error {
	switch {
	case at == atTrivyLicense:
		w.licences++
		return nil
	case !v.is('{'):
		w.skip()
		return nil
	}
	if at == atTrivySuppressed {
		return w.trivyAccepted(v, result, top)
	}
	r := w.trivyRaw(v, result, top)
	target, artifact := result.get("Target").str(), top.get("ArtifactName").str()
	switch at {
	case atTrivyVuln:
		w.trivyVuln(r, v, result)
		pkg := v.get("PkgIdentifier", "PURL").str()
		if pkg == "" {
			pkg = v.get("PkgName").str() + "@" + v.get("InstalledVersion").str()
		}
		r.Title = strings.TrimSpace(pkg + " " + r.Title)
		r.former = []string{artifact, target, r.Rule, pkg, v.get("PkgPath").str()}
	case atTrivySecret:
		r.Kind, r.Rule, r.Confidence = "secret", v.get("RuleID").str(), "unverified"
		r.Location.Line = v.get("StartLine").num()
		r.former = []string{artifact, target, r.Rule, strconv.Itoa(r.Location.Line)}
		r.what = []string{"secret", r.Rule, w.mark(v.get("Match").str())}
	case atTrivyMisconfig:
		if st := v.get("Status").str(); st != "" && st != "FAIL" {
			r.LeftOut = model.LeftPassed
		}
		r.Kind, r.Rule = "misconfig", v.first("ID", "AVDID")
		r.Location.Line = v.get("CauseMetadata", "StartLine").num()
		r.former = []string{artifact, target, r.Rule, strconv.Itoa(r.Location.Line), v.get("CauseMetadata", "Resource").str(), r.Description}
		r.what = []string{"misconfig", r.Rule, v.get("Message").str()}
	}
	if w.accepted {
		r.LeftOut = model.LeftSuppressed
	}
	if w.cluster != "" {
		r.where = append(r.where, w.cluster)
	}
	return w.alert(r)
}

// trivyAccepted reads a finding that Trivy was told to accept: it closes the one that is
// known.
func (w *work) trivyAccepted(v, result, top val) error {
	at := map[string]string{"vulnerability": atTrivyVuln, "misconfiguration": atTrivyMisconfig, "secret": atTrivySecret}[v.get("Type").str()]
	if at == "" || !v.get("Finding").is('{') {
		w.leave(model.LeftSuppressed)
		return nil
	}
	w.accepted = true
	defer func() { w.accepted = false }()
	return w.trivyIn(at, v.get("Finding"), result, top)
}

// trivyRaw is what every finding of Trivy has.
func (w *work) trivyRaw(v, result, top val) *raw {
	target := result.get("Target").str()
	r := &raw{tool: "trivy", Alert: model.Alert{Source: "trivy", SourceVersion: top.get("Trivy", "Version").str(), Title: v.get("Title").str(),
		Description: v.first("Message", "Description"), SeverityRaw: v.get("Severity").str(), Confidence: "likely",
		Asset: model.AlertAsset{Type: top.get("ArtifactType").str(), ID: top.get("ArtifactName").str()}, Link: v.get("PrimaryURL").str(),
		Location: model.AlertLocation{URI: target}}}
	r.where = []string{trivyPlace(target, false)}
	switch {
	case w.cluster != "":
		r.Asset = model.AlertAsset{Type: "kubernetes", ID: w.cluster}
	case r.Asset.ID == "":
		r.Asset = model.AlertAsset{Type: result.get("Type").str(), ID: target}
	}
	return r
}

func (w *work) trivyVuln(r *raw, v, result val) {
	r.Kind, r.Rule, r.FirstSeen = "vuln", v.get("VulnerabilityID").str(), v.get("PublishedDate").when()
	r.group = []string{r.Rule}
	r.what = []string{r.Rule, v.get("PkgName").str(), v.get("InstalledVersion").str()}
	place := result.get("Target").str()
	if p := v.get("PkgPath").str(); p != "" {
		place = p
	}
	r.where = []string{trivyPlace(place, result.get("Class").equal("os-pkgs") || strings.Contains(place, " ("))}
}

// trivyPlace is a target as each of Trivy's forms has it: of an image the name alone,
// without registry, tag, and system ("alpine:3.10 (alpine 3.10.2)" is library/alpine).
func trivyPlace(s string, image bool) string {
	s, _, _ = strings.Cut(strings.ReplaceAll(s, "\\", "/"), " (")
	if s = strings.TrimPrefix(s, "./"); !image {
		return s
	}
	s, _, _ = strings.Cut(s, "@")
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, '/') {
		s = s[:i]
	}
	if first, rest, ok := strings.Cut(s, "/"); ok && (strings.ContainsAny(first, ".:") || first == "localhost") {
		s = rest
	}
	return strings.TrimPrefix(s, "library/")
}

// trivySarif names the findings of Trivy's SARIF as its JSON does. Its messages are
// lines of "Package: musl".
func (w *work) trivySarif(r *raw) {
	said := map[string]string{}
	for line := range strings.Lines(r.Description) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && said[k] == "" {
			said[k] = v
		}
	}
	switch {
	case said["Package"] != "":
		r.Kind, r.group = "vuln", []string{r.Rule}
		r.what = []string{r.Rule, said["Package"], said["Installed Version"]}
		r.where = []string{trivyPlace(r.Location.URI, strings.HasPrefix(r.Location.URI, "library/") || !strings.Contains(r.Location.URI, "."))}
		if r.Title == "" || r.Title == r.Rule {
			r.Title = said["Package"] + " " + said["Installed Version"]
		}
	case strings.Contains(r.Description, "\nSecret ") || said["Match"] != "":
		r.Kind, r.Confidence = "secret", "unverified"
		r.what = []string{"secret", r.Rule, w.mark(said["Match"])}
		r.where = []string{trivyPlace(r.Location.URI, false)}
	case said["Message"] != "":
		r.Kind = "misconfig"
		r.what = []string{"misconfig", r.Rule, said["Message"]}
		r.where = []string{trivyPlace(r.Location.URI, false)}
	}
}
