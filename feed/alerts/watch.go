package alerts

// watch determines which members of a document are findings, to be passed on one by one,
// and which are skipped.
type watch struct {
	keys map[string]*watch
	elem *watch // of what is passed on
	list string // the path under which the elements of an array are passed on
	dict string // and those of an object
	root bool   // the elements of an array are documents themselves
}

// skipped marks members that are not needed.
var skipped = &watch{}

func (w *watch) key(k []byte) *watch { return w.keys[string(k)] }

// streamed returns the path under which the members of a container are passed on, or "" if
// they are not.
func (w *watch) streamed(begin byte) string {
	switch {
	case w == nil:
		return ""
	case begin == '[':
		return w.list
	}
	return w.dict
}

// skip returns a watch that skips some keys.
func skip(keys ...string) *watch {
	w := &watch{keys: map[string]*watch{}}
	for _, k := range keys {
		w.keys[k] = skipped
	}
	return w
}

// documents is the watch for top-level documents: the long lists of every form.
var documents = &watch{keys: map[string]*watch{
	"runs": {list: atRun, elem: &watch{keys: map[string]*watch{
		"results": {list: atResult,
			elem: skip("codeFlows", "graphs", "stacks", "relatedLocations", "fixes", "attachments")},
		"artifacts": {list: atArtifact, elem: skip("contents", "hashes", "properties", "roles")}, "taxonomies": skipped,
		"webRequests": skipped, "webResponses": skipped, "graphs": skipped, "addresses": skipped,
		"threadFlowLocations": skipped, "translations": skipped,
		"logicalLocations": {list: atLogical, elem: skip("properties")},
	}}},
	"Results": {list: atTrivyResult, elem: &watch{keys: map[string]*watch{
		"Vulnerabilities": {list: atTrivyVuln,
			elem: skip("References", "Layer", "CVSS", "CweIDs", "VendorSeverity")},
		"Secrets":                      {list: atTrivySecret, elem: skip("Code", "Layer")},
		"Misconfigurations":            {list: atTrivyMisconfig, elem: skip("References", "Layer", "Traces")},
		"ExperimentalModifiedFindings": {list: atTrivySuppressed},
		"Licenses":                     {list: atTrivyLicense, elem: skip("Text")},
		"Packages":                     skipped, "CustomResources": skipped,
	}}},
	"Resources":                {list: atTrivyResource},
	"Vulnerabilities":          {list: atTrivyResource},
	"Misconfigurations":        {list: atTrivyResource},
	"inlineExternalProperties": {list: atExternal},
	"alerts":                   {list: atAlertmanager},
	"Findings":                 {list: atFinding},
	"findings":                 {list: atFinding},
	"detail":                   {keys: map[string]*watch{"findings": {list: atFinding}}},
	"matches":                  {list: atFinding, elem: skip("matchDetails", "relatedVulnerabilities")},
	"ignoredMatches":           {list: atIgnored, elem: skip("matchDetails", "relatedVulnerabilities")},
	"vulnerabilities":          {dict: atNpmVuln, list: atFinding, elem: skip("nodes")},
	"advisories":               {dict: atNpmAdvisory},
	"results": {list: atFinding, keys: map[string]*watch{
		"failed_checks":  {list: atCheckov, elem: skip("code_block", "evaluations", "connected_node")},
		"passed_checks":  {list: atCheckovPassed, elem: skip("code_block", "evaluations", "connected_node")},
		"skipped_checks": {list: atCheckovPassed, elem: skip("code_block", "evaluations", "connected_node")},
	}},
	"sourceContent": skipped, "Packages": skipped, "dependencies": skipped,
}}

// records is the watch for a top-level array.
var records = &watch{list: atRecord, elem: documents, root: true}

// The paths of findings in their documents.
const (
	atRecord          = "record"
	atRun             = "run"
	atResult          = "result"
	atTrivyResult     = "trivy result"
	atTrivyVuln       = "trivy vulnerability"
	atTrivySecret     = "trivy secret"
	atTrivyMisconfig  = "trivy misconfiguration"
	atTrivySuppressed = "trivy suppressed"
	atAlertmanager    = "alertmanager alert"
	atFinding         = "finding"
	atNpmVuln         = "npm vulnerability"
	atNpmAdvisory     = "npm advisory"
	atTrivyLicense    = "trivy licence"
	atTrivyResource   = "trivy resource"
	atArtifact        = "artifact"
	atIgnored         = "grype match that is ignored"
	atLogical         = "logical location"
	atExternal        = "external properties"
	atCheckov         = "checkov check"
	atCheckovPassed   = "checkov check that passed"
)
