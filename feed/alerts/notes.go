package alerts

import "warroom/model"

// notes returns what a person needs to know about an input that was read.
func (w *work) notes() (list []model.Safe) {
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
	note(out.Passed > 0, agree(out.Passed, model.Lit("1 check was left out because it passed or was not applicable"),
		model.Safef("%d checks were left out because they passed or were not applicable", out.Passed)))
	note(out.Unchanged > 0, agree(out.Unchanged,
		model.Lit("1 finding was left out because it is unchanged in the tool's baseline"),
		model.Safef("%d findings were left out because they are unchanged in the tool's baseline", out.Unchanged)))
	remaining := out.Suppressed - out.Passed - out.Unchanged
	note(remaining > 0, agree(remaining,
		model.Lit("1 finding was left out because the tool lists it as suppressed, accepted or gone"),
		model.Safef("%d findings were left out because the tool lists them as suppressed, accepted or gone", remaining)))
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
		model.Lit("1 package was left out because it is only unmaintained or withdrawn"),
		model.Safef("%d packages were left out because they are only unmaintained or withdrawn", d.warnings)))
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
