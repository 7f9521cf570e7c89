package intake

import (
	"strconv"
	"strings"

	"warroom/model"
)

// trivy reads one finding of Trivy's JSON. Its own masking of secrets leaves
// parts of them readable, so neither its match nor its code is kept.
func (w *work) trivy(at string, v val) error {
	w.is("trivy-json")
	if at == atTrivySuppressed {
		w.out.Suppressed++
		return nil
	}
	if !v.is('{') {
		w.skip()
		return nil
	}
	result, top := w.up(2), w.up(4)
	target, artifact := result.get("Target").str(), top.get("ArtifactName").str()
	r := &raw{Alert: model.Alert{Source: "trivy", SourceVersion: top.get("Trivy", "Version").str(), Title: v.get("Title").str(),
		Description: v.first("Message", "Description"), SeverityRaw: v.get("Severity").str(), Confidence: "likely",
		Asset: model.AlertAsset{Type: top.get("ArtifactType").str(), ID: artifact}, Link: v.get("PrimaryURL").str(),
		Location: model.AlertLocation{URI: target}}}
	switch at {
	case atTrivyVuln:
		pkg := v.get("PkgIdentifier", "PURL").str()
		if pkg == "" {
			pkg = v.get("PkgName").str() + "@" + v.get("InstalledVersion").str()
		}
		r.Kind, r.Rule, r.FirstSeen = "vuln", v.get("VulnerabilityID").str(), v.get("PublishedDate").when()
		r.Title = strings.TrimSpace(pkg + " " + r.Title)
		r.find, r.group = []string{artifact, target, r.Rule, pkg, v.get("PkgPath").str()}, []string{r.Rule}
	case atTrivySecret:
		r.Kind, r.Rule, r.Confidence = "secret", v.get("RuleID").str(), "unverified"
		r.Location.Line = v.get("StartLine").num()
		r.find = []string{artifact, target, r.Rule, strconv.Itoa(r.Location.Line)}
	case atTrivyMisconfig:
		if st := v.get("Status").str(); st != "" && st != "FAIL" {
			w.out.Suppressed++
			return nil
		}
		r.Kind, r.Rule = "misconfig", v.first("ID", "AVDID")
		r.Location.Line = v.get("CauseMetadata", "StartLine").num()
		r.find = []string{artifact, target, r.Rule, strconv.Itoa(r.Location.Line), v.get("CauseMetadata", "Resource").str(), r.Description}
	}
	return w.alert(r)
}

// finding reads a member of "Findings", which both Security Hub (ASFF) and
// GuardDuty write.
func (w *work) finding(v val) error {
	switch {
	case v.get("SchemaVersion").equal("2018-10-08"):
		return w.asff(v)
	case isGuardDuty(v):
		w.is("guardduty-get-findings")
		return w.guardDuty(v)
	}
	w.skip()
	return nil
}

// asff reads a finding in Amazon's format for them.
func (w *work) asff(v val) error {
	gen := v.get("GeneratorId").str()
	tool, rule, isPath := strings.Cut(gen, "/")
	if !isPath {
		tool, rule = "asff", gen
	}
	if strings.EqualFold(tool, "trivy") {
		tool = "trivy"
		w.is("trivy-asff")
	}
	w.is("asff")
	asset := v.get("Resources").at0()
	r := &raw{Alert: model.Alert{Source: tool, Kind: "detection", Rule: rule, Title: v.get("Title").str(), Description: v.get("Description").str(),
		SeverityRaw: v.get("Severity", "Label").str(), FirstSeen: v.get("FirstObservedAt").when(), LastSeen: v.get("UpdatedAt").when(),
		Asset: model.AlertAsset{Type: asset.get("Type").str(), ID: asset.get("Id").str()}, Link: v.get("SourceUrl").str(),
		Sample: v.get("Sample").yes()}}
	if r.FirstSeen.IsZero() {
		r.FirstSeen = v.get("CreatedAt").when()
	}
	if r.SeverityRaw == "" {
		if f, ok := v.get("Severity", "Normalized").float(); ok {
			r.SeverityRaw, r.Severity = v.get("Severity", "Normalized").str(), score(f/10)
		}
	}
	st := v.get("Workflow", "Status").str()
	r.Resolved = v.get("RecordState").equal("ARCHIVED") || st == "RESOLVED" || st == "SUPPRESSED"
	if strings.HasPrefix(rule, "CVE-") {
		r.Kind, r.group = "vuln", []string{rule}
	}
	r.find = []string{v.get("Id").str(), r.Asset.ID}
	return w.alert(r)
}
