package alerts

import (
	"slices"
	"strings"

	"warroom/model"
)

const formNormal = "warroom-json"

// readNormal reads one. Like any input it is not trusted: unknown words are dropped, and
// its keys refer only to alerts that came in this form.
func readNormal(w *work, v val) error {
	at := v.get("location")
	r := &raw{Alert: model.Alert{Source: v.get("source").str(), SourceVersion: v.get("source_version").str(),
		Kind: v.get("kind").str(), Rule: v.get("rule").str(),
		Title: v.get("title").str(), Description: v.get("description").str(), SeverityRaw: v.get("severity_raw").str(),
		Severity:   v.get("severity").str(),
		Confidence: v.get("confidence").str(),
		Asset:      model.AlertAsset{Type: v.get("asset", "type").str(), ID: v.get("asset", "id").str()},
		Location: model.AlertLocation{URI: at.get("uri").str(), Line: at.get("line").num(),
			Column: at.get("column").num(), Commit: at.get("commit").str()},
		FirstSeen: v.get("first_seen").when(), LastSeen: v.get("last_seen").when(), Count: v.get("count").num(),
		Link:   v.get("link").str(),
		Sample: v.get("sample").yes(), Resolved: v.get("resolved").yes(), State: v.get("state").str(),
		Account: v.get("account").str(), ARN: v.get("arn").str(),
		Validity: v.get("validity").str(), Public: v.get("public").yes(), Rotate: v.get("rotate").str()}}
	if r.Source == "" {
		r.Source = "unknown"
	}
	if !slices.Contains(model.AlertKinds, r.Kind) {
		r.Kind = "detection"
	}
	if !slices.Contains(model.AlertSeverities, r.Severity) {
		r.Severity = ""
	}
	if !slices.Contains([]string{"verified", "likely", "unverified"}, r.Confidence) {
		r.Confidence = "unknown"
	}
	if s := v.get("secret").str(); len(s) == 16 && strings.Trim(s, "0123456789abcdef") == "" {
		r.Secret = s
	}
	r.former = []string{formNormal, v.get("finding_key").str()}
	r.what, r.where, r.position = r.former, []string{}, []string{}
	r.group = []string{formNormal, v.get("group_key").str()}
	return w.alert(r)
}
