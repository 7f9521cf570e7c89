package alerts_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestEmptyListsNameNoTool: an input without findings and without the name of a tool is
// refused, not read as "0 findings". A document that names its tool is read.
func TestEmptyListsNameNoTool(t *testing.T) {
	for doc, want := range map[string]string{
		`[]`:                     "an empty list or null",
		" [ ]\n":                 "an empty list or null",
		`{"findings":[]}`:        "an empty list or null",
		`{"Findings":[]}`:        "an empty list or null",
		`{"advisories":[]}`:      "an empty list or null",
		`[][]`:                   "an empty list or null",
		`{"results":[]}`:         "is not recognized",
		`{"results":42}`:         "is not recognized",
		`{"runs":null}`:          "is not recognized",
		`{"runs":[]}`:            "is not recognized",
		`{"alerts":[]}`:          "is not recognized",
		`{"vulnerabilities":[]}`: "is not recognized",
		`{"matches":null}`:       "is not recognized",
		`{"Results":null}`:       "is not recognized",
		`{}`:                     "is not recognized",
		`[{}]`:                   "is not recognized",
		`[null]`:                 "is not recognized",
		`[42]`:                   "is not recognized",
		`null`:                   "an empty list or null",
		"null\n":                 "an empty list or null",
		"null\nnull":             "is not recognized",
		`true`:                   "is not recognized",
		"[]\nsomething":          "is not recognized",
		`[]{"findings":42}`:      "is not recognized",
	} {
		got := readBytes([]byte(doc))
		if got.err == nil || !strings.Contains(got.err.Error(), want) {
			t.Errorf("%s: got %s, %d findings (%v), want a refusal with %q", doc, got.Format, got.Findings, got.err,
				want)
		}
		if is := model.IsEmptyOf(got.err, "gitleaks"); is != (want == "an empty list or null") {
			t.Errorf("%s: got %v, want it to be an empty list of gitleaks: %v", doc, is,
				want == "an empty list or null")
		}
	}
	for doc, form := range map[string]string{
		`{"version":"2.1.0","runs":[]}`:                "sarif",
		`{"SchemaVersion":2,"ArtifactName":"x"}`:       "trivy-json",
		`{"advisories":[],"abandoned":[]}`:             "composer-audit",
		`{"warroom":"alerts/1","alerts":[]}`:           "generic",
		`{"matches":[],"descriptor":{"name":"grype"}}`: "grype-json",
		``: "empty",
	} {
		if got := readBytes([]byte(doc)); got.err != nil || got.Format != form || got.Findings != 0 {
			t.Errorf("%s: got %s, %d findings (%v), want %s without findings", doc, got.Format, got.Findings, got.err,
				form)
		}
	}
	if err := readBytes([]byte("[]")).err; model.IsEmptyOf(err, "no-such-tool") || model.IsEmptyOf(err, "") ||
		model.IsEmptyOf(nil, "gitleaks") {
		t.Errorf("got an empty list of no tool (%v), want none", err)
	}
}
