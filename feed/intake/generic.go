package intake

import (
	"slices"
	"strings"

	"warroom/model"
)

// genericMark is what a document of the generic form names itself.
const genericMark = "alerts/1"

// generic reads an alert in the form that any tool or script can write. What makes two
// of them one is "id", where it is given: else what it is and where.
func (w *work) generic(v val) error {
	w.is("generic")
	if !v.is('{') || v.first("title", "rule") == "" {
		w.skip()
		return nil
	}
	at := v.get("location")
	r := &raw{
		Alert: model.Alert{
			Source:        v.get("source").str(),
			SourceVersion: v.get("source_version").str(),
			Kind:          v.get("kind").str(),
			Rule:          v.first("rule", "title"),
			Title: v.first(
				"title",
				"rule",
			),
			Description: v.get("description").str(),
			SeverityRaw: v.get("severity").str(),
			Confidence:  v.get("confidence").str(),
			Asset:       model.AlertAsset{Type: v.get("asset", "type").str(), ID: v.get("asset", "id").str()},
			Location: model.AlertLocation{
				URI:    at.get("uri").str(),
				Line:   at.get("line").num(),
				Column: at.get("column").num(),
				Commit: at.get("commit").str(),
			},
			Account: v.get("account").
				str(),
			ARN: v.get("arn").
				str(),
			Validity: validity(v.get("validity").str()),
			Public:   v.get("public").yes(),
			Rotate:   v.get("rotate").str(),
			FirstSeen: v.get("first_seen").
				when(),
			LastSeen: v.get("last_seen").
				when(),
			Count:  v.get("count").num(),
			Link:   v.get("link").str(),
			Sample: v.get("sample").yes(),
		},
	}
	if r.Source == "" {
		r.Source = w.up(2).get("source").str()
	}
	if r.Source == "" {
		r.Source = "generic"
	}
	if !slices.Contains(model.AlertKinds, r.Kind) {
		r.Kind = "detection"
	}
	if !slices.Contains([]string{"verified", "likely", "unverified"}, r.Confidence) {
		r.Confidence = "unknown"
	}
	if s := v.get("secret").str(); s != "" {
		r.secrets = []string{s}
	}
	switch s := strings.ToLower(v.get("state").str()); s {
	case "":
	case "passed", "skipped":
		r.LeftOut = model.LeftPassed
	default:
		r.state(s, closedStates...)
	}
	if id := v.get("id").str(); id != "" {
		r.what, r.where = []string{"id", id}, []string{r.Asset.ID, r.Location.URI}
	}
	if r.Kind == "vuln" {
		r.group = []string{r.Rule}
	}
	return w.alert(r)
}
