package alerts

import (
	"strconv"
	"strings"

	"warroom/model"
)

// readTrivy reads one finding of Trivy's JSON while it is streamed.
func readTrivy(w *work, at string, v val) error {
	w.is("trivy-json")
	return readTrivyIn(w, at, v, w.up(2), w.up(4))
}

// readTrivyIn reads a finding of a result. Trivy masks secrets only partly, so neither its
// match nor its code is kept.
func readTrivyIn(w *work, at string, v, result, top val) error {
	switch {
	case at == atTrivyLicense:
		w.licences++
		return nil
	case !v.is('{'):
		w.skip()
		return nil
	}
	if at == atTrivySuppressed {
		return readTrivyAccepted(w, v, result, top)
	}
	r := trivyRaw(w, v, result, top)
	target, artifact := result.get("Target").str(), top.get("ArtifactName").str()
	switch at {
	case atTrivyVuln:
		setTrivyVuln(w, r, v, result)
		if v.get("Status").equal("not_affected") {
			r.LeftOut = model.LeftSuppressed
		}
		pkg := v.get("PkgIdentifier", "PURL").str()
		if pkg == "" {
			pkg = v.get("PkgName").str() + "@" + v.get("InstalledVersion").str()
		}
		r.Title = strings.TrimSpace(pkg + " " + r.Title)
		if v.get("PkgPath").i > 0 { // without it the keys are equal
			r.carried = trivyCarried(target, r.what...)
		}
		r.former = []string{artifact, target, r.Rule, pkg, v.get("PkgPath").str()}
	case atTrivySecret:
		r.Kind, r.Rule, r.Confidence = "secret", v.get("RuleID").str(), "unverified"
		r.Location.Line = v.get("StartLine").num()
		r.former = []string{artifact, target, r.Rule, strconv.Itoa(r.Location.Line)}
		r.what = []string{"secret", r.Rule, w.mark(v.get("Match").str())}
		r.carried = trivyCarried(target, "secret", r.Title)
	case atTrivyMisconfig:
		if st := v.get("Status").str(); strings.EqualFold(st, "PASS") || strings.EqualFold(st, "EXCEPTION") {
			r.LeftOut = model.LeftPassed
		} else if !w.accepted {
			w.trivyBad++
		}
		r.Kind, r.Rule = "misconfig", v.first("ID", "AVDID")
		r.Location.Line = v.get("CauseMetadata", "StartLine").num()
		r.former = []string{artifact, target, r.Rule, strconv.Itoa(r.Location.Line),
			v.get("CauseMetadata", "Resource").str(), r.Description}
		r.what = []string{"misconfig", r.Rule, v.get("Message").str()}
		r.carried = trivyCarried(target, r.what...)
	}
	if w.accepted {
		r.LeftOut = model.LeftSuppressed
	}
	if w.cluster != "" {
		r.where, r.carried = append(r.where, w.cluster), nil
	}
	return w.alert(r)
}

// readTrivyAccepted reads a finding that Trivy was configured to accept: it closes the
// known one.
func readTrivyAccepted(w *work, v, result, top val) error {
	at := map[string]string{"vulnerability": atTrivyVuln, "misconfiguration": atTrivyMisconfig,
		"secret": atTrivySecret}[v.get("Type").str()]
	if at == "" || !v.get("Finding").is('{') {
		w.leave(model.LeftSuppressed)
		return nil
	}
	w.accepted = true
	defer func() { w.accepted = false }()
	return readTrivyIn(w, at, v.get("Finding"), result, top)
}

// trivyRaw returns what all findings of Trivy have.
func trivyRaw(w *work, v, result, top val) *raw {
	target := result.get("Target").str()
	r := &raw{tool: "trivy",
		Alert: model.Alert{Source: "trivy", SourceVersion: top.get("Trivy", "Version").str(),
			Title:       v.get("Title").str(),
			Description: v.first("Message", "Description"), SeverityRaw: v.get("Severity").str(), Confidence: "likely",
			Asset:    model.AlertAsset{Type: top.get("ArtifactType").str(), ID: top.get("ArtifactName").str()},
			Link:     v.get("PrimaryURL").str(),
			Location: model.AlertLocation{URI: target}}}
	r.where = []string{trivyLocation(target, false)}
	switch {
	case w.cluster != "":
		r.Asset = model.AlertAsset{Type: "kubernetes", ID: w.cluster}
	case r.Asset.ID == "":
		r.Asset = model.AlertAsset{Type: result.get("Type").str(), ID: target}
	}
	return r
}

func setTrivyVuln(w *work, r *raw, v, result val) {
	r.Kind, r.Rule, r.FirstSeen = "vuln", v.get("VulnerabilityID").str(), v.get("PublishedDate").when()
	r.group = []string{r.Rule}
	r.what = []string{r.Rule, v.get("PkgName").str(), v.get("InstalledVersion").str()}
	location := result.get("Target").str()
	if p := v.get("PkgPath").str(); p != "" {
		location = p
	}
	r.where = []string{trivyLocation(location, result.get("Class").equal("os-pkgs") ||
		strings.Contains(location, " ("))}
}

// trivyLocation normalizes a target, which differs between Trivy's forms: of an image only
// the name, without registry, tag, and system ("alpine:3.10 (alpine 3.10.2)" is
// library/alpine).
func trivyLocation(s string, image bool) string {
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

// trivyCarried returns what Trivy's forms have in common with its template for Security
// Hub, which has neither the rule of a secret nor the path of a package.
func trivyCarried(target string, what ...string) []string {
	return append([]string{"trivy", trivyLocation(target, strings.Contains(target, " ("))}, what...)
}

// setTrivySarif sets the same identity as Trivy's JSON has. The messages are lines like
// "Package: musl".
func setTrivySarif(w *work, r *raw) {
	values, secret := map[string]string{}, ""
	for line := range strings.Lines(r.Description) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && values[k] == "" {
			values[k] = v
		}
		if name, ok := strings.CutPrefix(line, "Secret "); ok && secret == "" {
			secret = strings.TrimSpace(name)
		}
	}
	switch {
	case values["Package"] != "":
		r.Kind, r.group = "vuln", []string{r.Rule}
		r.what = []string{r.Rule, values["Package"], values["Installed Version"]}
		r.where = []string{trivyLocation(r.Location.URI, strings.HasPrefix(r.Location.URI, "library/") ||
			!strings.Contains(r.Location.URI, "."))}
		if r.Title == "" || r.Title == r.Rule {
			r.Title = values["Package"] + " " + values["Installed Version"]
		}
	case strings.Contains(r.Description, "\nSecret ") || values["Match"] != "":
		r.Kind, r.Confidence = "secret", "unverified"
		r.what = []string{"secret", r.Rule, w.mark(values["Match"])}
		r.where = []string{trivyLocation(r.Location.URI, false)}
		r.carried = trivyCarried(r.Location.URI, "secret", secret)
	case values["Message"] != "":
		r.Kind = "misconfig"
		r.what = []string{"misconfig", r.Rule, values["Message"]}
		r.where = []string{trivyLocation(r.Location.URI, false)}
		r.carried = trivyCarried(r.Location.URI, r.what...)
	}
}
