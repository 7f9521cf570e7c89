package alerts

import (
	"slices"
	"strconv"
	"strings"

	"warroom/model"
)

// genericMark is the value that identifies a document of the generic form.
const genericMark = "alerts/1"

// readGeneric reads an alert in the generic form, which any tool or script can write. Its
// identity is "id" if present, and else what it is and where.
func readGeneric(w *work, v val) error {
	w.is("generic")
	if !v.is('{') || v.first("title", "rule") == "" {
		w.skip()
		return nil
	}
	return readGenericIn(w, v, w.up(2))
}

// readGenericIn reads an alert of a document, which may lack a title.
func readGenericIn(w *work, v, document val) error {
	r := genericRaw(v)
	if r.Source == "" {
		r.Source = document.get("source").str()
	}
	if r.Source == "" {
		r.Source, r.sender = "generic", toolName(w.Source) // two senders may use the same ids
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
		r.position = []string{strconv.Itoa(r.Location.Line), strconv.Itoa(r.Location.Column), r.Location.Commit,
			r.Asset.ID, r.Rule, r.Title} // a sender may give all of its alerts one id
	}
	if r.Kind == "vuln" {
		r.group = []string{r.Rule}
	}
	return w.alert(r)
}

// genericRaw reads the members of an alert.
func genericRaw(v val) *raw {
	at, text := v.get("location"), func(k string) string { return v.get(k).str() }
	a := model.Alert{
		Source: text("source"), SourceVersion: text("source_version"), Kind: text("kind"),
		Rule:  v.first("rule", "title"),
		Title: v.first("title", "rule"), Description: text("description"), SeverityRaw: text("severity"),
		Confidence: text("confidence"),
		Asset:      model.AlertAsset{Type: v.get("asset", "type").str(), ID: v.get("asset", "id").str()},
		Location: model.AlertLocation{URI: at.get("uri").str(), Line: at.get("line").num(),
			Column: at.get("column").num(),
			Commit: at.get("commit").str()},
		Account: text("account"), ARN: text("arn"), Validity: validity(text("validity")), Public: v.get("public").yes(),
		Rotate:    text("rotate"),
		FirstSeen: v.get("first_seen").when(), LastSeen: v.get("last_seen").when(), Count: v.get("count").num(),
		Link:   text("link"),
		Sample: v.get("sample").yes(),
	}
	if !slices.Contains(model.AlertKinds, a.Kind) {
		a.Kind = "detection"
	}
	if !slices.Contains([]string{"verified", "likely", "unverified"}, a.Confidence) {
		a.Confidence = "unknown"
	}
	return &raw{Alert: a}
}
