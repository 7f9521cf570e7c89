package alerts

import (
	"strings"

	"warroom/model"
)

// contradicts returns an error if a document of the form is not what a tool that succeeded
// writes: then "no findings" would be wrong.
func (f *form) contradicts(w *work, v val) error {
	for i := range f.lists {
		m := &f.lists[i]
		if got := v.get(m.path...); got.i > 0 && !got.is('[') && !(m.kind == '{' && got.is('{')) {
			return notList(f.tool, strings.Join(m.path, "."))
		}
	}
	if strings.HasPrefix(f.name, "gitlab-") && v.get("scan", "status").equal("failure") {
		w.failed = true
	}
	read, count := w.inner, counted(f.name, v)
	if f.name == "checkov" {
		read = w.failures
	}
	if count > 0 && read == 0 {
		return model.Refuse(model.Invalid, "it counts %d findings of %s and has none of them; the tool may have "+
			"failed, run it again and send the whole of its output", count, f.tool)
	}
	return nil
}

// counted returns how many findings a document has according to its own count; 0: it has no
// count.
func counted(form string, v val) int {
	switch form {
	case "npm-audit":
		counts := v.get("metadata", "vulnerabilities")
		n := counts.get("total").num()
		for _, severity := range []string{"info", "low", "moderate", "high", "critical"} {
			n = max(n, counts.get(severity).num())
		}
		return n
	case "cargo-audit":
		n := v.get("vulnerabilities", "count").num()
		if v.get("vulnerabilities", "found").yes() {
			n = max(n, 1)
		}
		return n
	case "checkov":
		return max(v.get("summary", "failed").num(), v.get("failed").num())
	}
	return 0
}

// sarifFailed reports whether the tool of a run ended with an error.
func sarifFailed(run val) bool {
	for call := range run.get("invocations").all() {
		if !call.get("executionSuccessful").is('f') {
			continue
		}
		for _, list := range []string{"toolExecutionNotifications", "toolConfigurationNotifications"} {
			for n := range call.get(list).all() {
				if n.get("level").equal("error") {
					return true
				}
			}
		}
	}
	return false
}

// notList returns the error for a value that stands where a list of findings belongs.
func notList(tool, name string) error {
	return model.RefuseForm("its form is not known: it looks like the output of %s, and its %s is not a list; "+
		"the tool may have failed, run it again", tool, name)
}

// endTrivyResult checks the lists of a result of Trivy after they were read. Trivy writes
// null for a list without elements.
func endTrivyResult(v val) error {
	if !v.is('{') {
		return model.RefuseForm("its form is not known: it looks like the output of Trivy, and one of its Results is " +
			"not an object; the tool may have failed, run it again")
	}
	for _, name := range []string{"Vulnerabilities", "Secrets", "Misconfigurations"} {
		if list := v.get(name); list.i > 0 && !list.is('[') && !list.is('n') {
			return notList("Trivy", name)
		}
	}
	return nil
}
