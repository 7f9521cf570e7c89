package alerts

import (
	"strings"

	"warroom/model"
)

// contradicts returns an error if a document of the form is not what a tool that succeeded
// writes: then "no findings" would be wrong. What is only doubtful is recorded.
func (f *form) contradicts(w *work, v val) error {
	for i := range f.lists {
		m := &f.lists[i]
		if got := v.get(m.path...); got.i > 0 && !got.is('[') && !(m.kind == '{' && got.is('{')) {
			return notList(f.tool, strings.Join(m.path, "."))
		}
	}
	w.paged = w.paged || v.any("nextToken").str() != ""
	if doubt := doubtsOf[f.name]; doubt != nil {
		doubt(w, v)
	}
	count, read, what := declared(w, f, v)
	if count > 0 && read == 0 {
		return shortage{counted: count, what: what}.refuse()
	}
	w.fewer(count, read, what)
	return nil
}

// doubtsOf are, by form, the functions that record what a document itself tells about
// findings that it may lack.
var doubtsOf = map[string]func(*work, val){
	"gitlab-sast":             gitlabDoubts,
	"gitlab-secret-detection": gitlabDoubts,
	"checkov": func(w *work, v val) {
		list := v.get("results", "parsing_errors")
		w.errors += max(v.get("summary", "parsing_errors").num(), list.count())
		w.examined = w.examined || w.inner > 0 || v.get("summary", "passed").num() > 0
	},
	"semgrep-json": func(w *work, v val) {
		w.errors += v.get("errors").count()
		w.examined = w.examined || v.get("paths", "scanned").at0().i > 0
	},
	"trivy-json": func(w *work, v val) { w.idle = w.idle || !v.has("Results") },
	"composer-audit": func(w *work, v val) {
		w.errors += v.get("unreachable-repositories").count()
		w.warnings += v.get("abandoned").count()
		remaining := 0 // those that were read are gone
		for list := range v.get("advisories").all() {
			if remaining++; list.is('[') || list.is('{') {
				remaining += list.count() - 1
			}
		}
		w.fewer(w.inner+remaining, w.inner, "advisories of composer audit")
	},
	"alertmanager": func(w *work, v val) { w.omitted += v.get("truncatedAlerts").num() },
	"cargo-audit": func(w *work, v val) {
		for list := range v.get("warnings").all() {
			w.warnings += list.count()
		}
	},
}

func gitlabDoubts(w *work, v val) {
	w.failed = w.failed || v.get("scan", "status").equal("failure")
	for m := range v.get("scan", "messages").all() {
		switch {
		case m.get("level").equal("fatal"):
			w.failed = true
		case m.get("level").equal("error"):
			w.errors, w.examined = w.errors+1, true
		}
	}
}

// declared returns the number of findings that a document states, the number of those that
// were read, and what they are. It returns 0 if the document states no number.
func declared(w *work, f *form, v val) (count, read int, what string) {
	what = "findings of " + f.tool
	switch f.name {
	case "npm-audit":
		counts := v.get("metadata", "vulnerabilities")
		n := counts.get("total").num()
		for _, severity := range []string{"info", "low", "moderate", "high", "critical"} {
			n = max(n, counts.get(severity).num())
		}
		if v.has("advisories") && w.inner > 0 { // older reports count every path to a package
			return 0, 0, ""
		}
		return n, w.inner, "packages of " + f.tool
	case "cargo-audit":
		n := v.get("vulnerabilities", "count").num()
		if v.get("vulnerabilities", "found").yes() {
			n = max(n, 1)
		}
		return n, w.inner, what
	case "checkov":
		return max(v.get("summary", "failed").num(), v.get("failed").num()), w.failures, what
	case formNormal:
		return v.get("findings").num(), w.inner, what
	}
	return 0, 0, ""
}

// sarifDoubts records what a run itself tells about its tool. Some tools call a run
// unsuccessful because they found something.
func sarifDoubts(w *work, run val) {
	read := w.out.Findings + w.out.Suppressed
	for call := range run.get("invocations").all() {
		errors := 0
		for _, list := range []string{"toolExecutionNotifications", "toolConfigurationNotifications"} {
			for n := range call.get(list).all() {
				if n.get("level").equal("error") {
					errors++
				}
			}
		}
		switch {
		case call.first("exitSignalName", "processStartFailureMessage") != "":
			w.failed = true
		case call.get("executionSuccessful").is('f'):
			w.failed = w.failed || errors > 0 || read == w.runBefore
		default:
			w.errors, w.examined = w.errors+errors, true
		}
	}
	w.runBefore = read
}

// notList returns the error for a value that stands where a list of findings belongs.
func notList(tool, name string) error {
	return model.RefuseForm("the format is not supported: it looks like the output of %s, and its %s is not a list; "+
		"the tool may have failed: run it again", tool, name)
}

// endTrivyResult checks the lists of a result of Trivy after they were read.
func endTrivyResult(w *work, v val) error {
	if !v.is('{') {
		return model.RefuseForm("the format is not supported: it looks like the output of Trivy, and one of its " +
			"Results is not an object; the tool may have failed: run it again")
	}
	if err := trivyLists(v, "Vulnerabilities", "Secrets", "Misconfigurations"); err != nil {
		return err
	}
	w.fewer(v.get("MisconfSummary", "Failures").num(), w.trivyBad, "findings of Trivy")
	w.trivyBad = 0
	return nil
}

// trivyLists returns an error if a member that Trivy writes as a list is something else. For
// a list without elements it writes null.
func trivyLists(v val, names ...string) error {
	for _, name := range names {
		if list := v.get(name); list.i > 0 && !list.is('[') && !list.is('n') {
			return notList("Trivy", name)
		}
	}
	return nil
}
