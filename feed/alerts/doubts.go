package alerts

import (
	"bytes"
	"strconv"
	"strings"

	"warroom/model"
)

// doubts are what an input itself tells about findings that it may lack.
type doubts struct {
	failed     bool // its tool failed
	noResults  bool // a run of SARIF has null for its results
	noMember   bool // a run of SARIF has no member for them
	elsewhere  bool // the results of SARIF are outside its runs
	errors     int  // that the tool reports, such as files that it could not read
	examined   bool // the tool examined something, although it found nothing
	idle       bool // the tool examined nothing
	paged      bool // further pages follow
	omitted    int  // alerts that the sender left out
	incomplete int  // alerts without a title, or without labels
	warnings   int  // of packages that are unmaintained or withdrawn: not alerts
	short      shortage
	logged     int    // findings that the tool counts in its log
	logTool    string // that wrote the log
	runBefore  int    // findings before the current run of SARIF
	trivyBad   int    // failed checks in the current result of Trivy
}

// shortage is a number of findings that an input counts and does not have.
type shortage struct {
	counted, read int
	what          string
}

// fewer records that a document counts more than it has.
func (d *doubts) fewer(counted, read int, what string) {
	if counted > read {
		d.short.counted, d.short.read, d.short.what = d.short.counted+counted, d.short.read+read, what
	}
}

// refusal returns the error for an input without findings that does not say that there are
// none.
func (d *doubts) refusal() error {
	switch {
	case d.noResults:
		return model.RefuseForm("the format is not supported: it looks like SARIF, and the results of a run are " +
			"null; the tool did not look for any: run it again")
	case d.elsewhere:
		return model.RefuseForm("the format is not supported: the results are in other files or parts than the runs " +
			"of the SARIF file (external properties), and only those of the runs are read; merge them into it, and " +
			"send it again")
	case d.failed:
		return model.Refuse(model.Invalid, "the tool failed, according to its own output, and found nothing "+
			"before that; "+
			"run it again")
	case d.short.counted > 0:
		return d.short.refuse()
	case d.errors > 0 && !d.examined:
		return model.Refuse(model.Invalid, "the tool reports %s, such as files that it could not read, and "+
			"lists nothing that it examined; correct that, and run it again", counted(d.errors, "error"))
	}
	return nil
}

func (s shortage) refuse() error {
	return model.Refuse(model.Invalid, "it reports %d %s but lists none; the tool may have failed: run it again and "+
		"send its whole output", s.counted, s.what)
}

// logRecord reads a line of a tool's own log, which a pipe can mix into its output. It
// reports whether the record is one.
func (w *work) logRecord(v val) bool {
	if v.get("type").equal("auditSummary") {
		w.is("npm-audit")
		for n := range v.get("data", "vulnerabilities").all() {
			w.logged += n.num()
		}
		w.logTool = "yarn"
		return true
	}
	if !v.get("logger").equal("trufflehog") || !v.has("msg", "level") {
		return false
	}
	w.is("trufflehog-jsonl")
	if v.get("level").equal("error") || v.get("level").equal("fatal") {
		w.errors++
	}
	if v.has("verified_secrets") {
		w.examined = true
		w.logged += v.get("verified_secrets").num() + v.get("unverified_secrets").num()
		w.logTool = "TruffleHog"
	}
	return true
}

// logText reads a line of text of Gitleaks' log.
func (d *doubts) logText(b []byte) {
	if !bytes.Contains(b, []byte(" leaks found")) {
		return
	}
	line := string(b)
	if rest, ok := strings.CutSuffix(strings.TrimSpace(line), " leaks found in partial scan"); ok {
		n, err := strconv.Atoi(rest[strings.LastIndexByte(rest, ' ')+1:])
		d.failed = true
		if err == nil {
			d.logged, d.logTool = d.logged+n, "Gitleaks"
		}
		return
	}
	if _, rest, ok := strings.Cut(line, " leaks found: "); ok {
		if n, err := strconv.Atoi(strings.TrimSpace(rest)); err == nil && n < 1<<31 {
			d.logged, d.logTool = d.logged+n, "Gitleaks"
		}
	}
}

// notesOf returns what a person needs to know about an input that was read.
func notesOf(w *work) (list []model.Safe) {
	out := &w.out
	note := func(on bool, s model.Safe) {
		if on {
			list = append(list, s)
		}
	}
	note(out.Findings == 0, model.NoFindings())
	list = append(list, w.doubts.notes()...)
	note(out.Skipped > 0, agree(out.Skipped, model.Lit("1 line or record that is not a finding was skipped"),
		model.Safef("%d lines or records that are not findings were skipped", out.Skipped)))
	note(w.incomplete > 0, agree(w.incomplete, model.Lit("1 alert is incomplete: it has no title, or no labels"),
		model.Safef("%d alerts are incomplete: they have no title, or no labels", w.incomplete)))
	note(out.Passed > 0, agree(out.Passed, model.Lit("1 check was left out because it passed or was not applicable"),
		model.Safef("%d checks were left out because they passed or were not applicable", out.Passed)))
	note(out.Unchanged > 0, agree(out.Unchanged,
		model.Lit("1 finding was left out because it is unchanged in the tool's baseline"),
		model.Safef("%d findings were left out because they are unchanged in the tool's baseline", out.Unchanged)))
	remaining := out.Suppressed - out.Passed - out.Unchanged
	note(remaining > 0, agree(remaining,
		model.Lit("1 finding was left out because the tool lists it as suppressed, accepted or gone"),
		model.Safef("%d findings were left out because the tool lists them as suppressed, accepted or gone",
			remaining)))
	note(w.closed > 0, agree(w.closed, model.Lit("1 finding is closed at its source"),
		model.Safef("%d findings are closed at their source", w.closed)))
	note(w.licences > 0, agree(w.licences, model.Lit("1 package licence was left out, because it is not an alert"),
		model.Safef("%d package licences were left out, because they are not alerts", w.licences)))
	note(out.Reports > 0, agree(out.Reports, model.Lit("1 of them is a report of a customer"),
		model.Safef("%d of them are reports of customers", out.Reports)))
	return list
}

// notes returns the remarks on an input that was read.
func (d *doubts) notes() (out []model.Safe) {
	note := func(on bool, s model.Safe) {
		if on {
			out = append(out, s)
		}
	}
	note(d.failed, model.Lit("the tool failed, according to its own output: it may have missed findings"))
	note(d.noResults, model.Lit("the results of a run are null: its tool did not look for any"))
	note(d.noMember, model.Lit("a run has no results: by the standard, its tool did not look for any"))
	note(d.elsewhere, model.Lit("further results are in other files or parts than the runs, and were not read"))
	note(d.errors > 0, model.Safef("the tool reports %s, such as files that it could not read: it may have missed "+
		"findings", counted(d.errors, "error")))
	note(d.short.counted > 0, model.Safef("it reports %d %s but lists %d: unless you filtered it, send the "+
		"whole output of the tool", d.short.counted, d.short.what, d.short.read))
	note(d.idle, model.Lit("Trivy lists nothing that it examined: check what it was given to scan"))
	note(d.paged, model.Lit("it is one page of several: send the further pages too"))
	note(d.omitted > 0, model.Safef("the sender left out %s: raise max_alerts of Alertmanager's receiver",
		counted(d.omitted, "alert")))
	note(d.warnings > 0, agree(d.warnings,
		model.Lit("1 package was left out because the tool only warns of it: unmaintained, unsound, or withdrawn"),
		model.Safef("%d packages were left out because the tool only warns of them: unmaintained, unsound, or "+
			"withdrawn", d.warnings)))
	return out
}

// agree returns the text for one, or that for n.
func agree(n int, one, many model.Safe) model.Safe {
	if n == 1 {
		return one
	}
	return many
}

// counted returns "1 error" or "2 errors".
func counted(n int, one string) model.Safe {
	if n == 1 {
		return model.Safef("1 %s", one)
	}
	return model.Safef("%d %ss", n, one)
}
