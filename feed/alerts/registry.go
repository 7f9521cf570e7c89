package alerts

import "slices"

// init fills the tables of forms and lists, so that the code that reads inputs does not
// depend on the forms.
func init() {
	forms = slices.Concat(secretForms, scannerForms, nodeForms, hubForms, cloudForms, otherForms)
	for i := range forms {
		f := &forms[i]
		f.docMarks, f.itemMarks, f.lists = marksOf(f.doc), marksOf(f.item), marksOf(f.list)
		if f.m != nil {
			f.m.compile()
		}
	}
	foreign = slices.Concat(foreignTools, foreignServices, foreignTexts)
	for i := range foreign {
		for _, has := range append([][]string{foreign[i].has}, foreign[i].or...) {
			foreign[i].marks = append(foreign[i].marks, marksOf(has))
		}
	}
	incompleteAlerts = map[string]func(w *work, v, document val) error{
		"generic":      readGenericIn,
		"alertmanager": func(w *work, v, _ val) error { return readAlertmanager(w, v) },
	}
	memberReaders = map[string]memberReader{
		atRun:             func(w *work, _ string, v val) (bool, error) { return false, endSarifRun(w, v) },
		atResult:          func(w *work, _ string, v val) (bool, error) { return readSarifResult(w, v) },
		atArtifact:        readArtifactMember,
		atExternal:        readExternalMember,
		atIgnored:         readIgnoredMatch,
		atLogical:         func(w *work, _ string, v val) (bool, error) { readSarifLogical(w, v); return false, nil },
		atTrivyResult:     func(w *work, _ string, v val) (bool, error) { return false, endTrivyResult(w, v) },
		atTrivyResource:   func(w *work, _ string, v val) (bool, error) { return readTrivyResource(w, v) },
		atFinding:         func(w *work, _ string, v val) (bool, error) { return w.listed(v) },
		atAlertmanager:    func(w *work, _ string, v val) (bool, error) { return w.alertIn(v) },
		atNpmVuln:         func(w *work, _ string, v val) (bool, error) { return readNpmVuln(w, v) },
		atNpmAdvisory:     func(w *work, _ string, v val) (bool, error) { return readAdvisoryIn(w, v) },
		atCheckov:         readCheckovMember,
		atCheckovPassed:   readCheckovMember,
		atTrivyVuln:       readTrivyMember,
		atTrivySecret:     readTrivyMember,
		atTrivyMisconfig:  readTrivyMember,
		atTrivySuppressed: readTrivyMember,
		atTrivyLicense:    readTrivyMember,
	}
}

func readArtifactMember(w *work, _ string, v val) (bool, error) {
	readSarifArtifact(w, v)
	return false, nil
}

func readTrivyMember(w *work, at string, v val) (bool, error) {
	w.taken++
	return false, readTrivy(w, at, v)
}

func readCheckovMember(w *work, at string, v val) (bool, error) {
	w.taken++
	return false, readCheckov(w, at, v)
}

// readExternalMember records that results of SARIF are outside its runs.
func readExternalMember(w *work, _ string, v val) (bool, error) {
	w.elsewhere = w.elsewhere || v.get("results").count() > 0
	return false, nil
}

// readIgnoredMatch reads a match that Grype was configured to ignore: it closes the known
// one.
func readIgnoredMatch(w *work, _ string, v val) (bool, error) {
	f := formOf(v)
	if f == nil || f.name != "grype-json" {
		return true, nil
	}
	w.accepted = true
	defer func() { w.accepted = false }()
	return false, w.take(f, v)
}
