package alerts

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"warroom/model"
)

// The max lengths of the texts of an alert, in bytes.
const (
	maxShort = 200
	maxTitle = 300
	maxPath  = 500
	maxBody  = 2000
)

// raw is an alert as read from its form, before it is cleaned.
type raw struct {
	model.Alert
	secrets []string // values that must not be stored, anywhere
	tool    string   // name of the tool in the finding's key; if "", the source's name
	sender  string   // name that its sender gives itself, if that is part of the finding's key
	// what the finding is: rule, package, mark of a secret; if none, rule and mark, else rule
	// and title
	what     []string
	where    []string // where it is: file, resource; if none, asset and path
	position []string // distinguishes equal findings in one place; if none, line, column and commit
	group    []string // what an incident would be about; if none, the secret, else the rule
	former   []string // what was hashed for its key before version 2 of keys; if none, it had no such key
	also     string   // what another form of the tool has for it, or ""
	carried  []string // parts that the tool's form and a form that carries its findings have in common
	// isNumbered means that carried is the number of a record in a repository, so that no name of
	// a sender is needed to distinguish it
	isNumbered bool
	// what and where of its key before a number of its source was in it; if none, nothing changed
	formerWhat, formerWhere []string
	formerKind              string // the kind that it was read as then, if that has changed
}

// alert cleans an alert and passes it to the caller.
func (w *work) alert(r *raw) error {
	a := &r.Alert
	if a.Severity == "" {
		a.Severity = severity(a.SeverityRaw)
	}
	if a.Confidence == "" {
		a.Confidence = "unknown"
	}
	a.Count = max(a.Count, 1)
	if a.Title == "" {
		a.Title = firstLine(a.Description)
	}
	if a.Title == "" {
		a.Title = a.Rule
	}
	w.keys(r)
	if w.Source != "" {
		a.Source = w.Source
	}
	if w.Hidden != nil {
		for _, s := range r.secrets {
			if !isKeyID(s) {
				w.Hidden(s)
			}
		}
	}
	w.clean(r)
	if a.LeftOut != "" {
		w.leave(a.LeftOut)
		return w.emit(a)
	}
	if a.Kind == "report" && isCustomer(a) {
		w.out.Reports++
	}
	w.out.Findings++
	if a.Resolved {
		w.closed++
	}
	if _, known := w.groups[a.GroupKey]; !known && len(w.groups) < maxGroups {
		w.groups[a.GroupKey] = struct{}{}
	}
	return w.emit(a)
}

// leave counts a finding that is not an alert.
func (w *work) leave(why string) {
	w.out.Suppressed++
	switch why {
	case model.LeftPassed:
		w.out.Passed++
	case model.LeftUnchanged:
		w.out.Unchanged++
	}
}

// isCustomer reports whether a report came from a customer.
func isCustomer(a *model.Alert) bool {
	return strings.Contains(strings.ToLower(a.Source+" "+a.Asset.Type), "customer")
}

// firstLine returns the first line that is not blank.
func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

// clean limits the texts of an alert and masks secrets in them: in paths and links only
// those that the tool marked, because an identifier is not a secret, and in whatever may
// have been written freely also what looks like one.
func (w *work) clean(r *raw) {
	a := &r.Alert
	for _, f := range []struct {
		text *string
		max  int
		free bool // it may be a sentence
	}{
		{&a.Source, maxShort, true}, {&a.SourceVersion, maxShort, true}, {&a.Rule, maxShort, true},
		{&a.SeverityRaw, 40, true}, {&a.Asset.Type, maxShort, true}, {&a.Asset.ID, maxPath, true},
		{&a.State, 40, true}, {&a.Validity, 40, true}, {&a.Account, maxShort, true}, {&a.Rotate, maxPath, true},
		{&a.Location.URI, maxPath, false}, {&a.Location.Commit, maxShort, false}, {&a.Link, maxPath, false},
		{&a.ARN, maxPath, false},
	} {
		if *f.text == "" {
			continue
		}
		s := w.hideKnown(*f.text, f.max, r.secrets)
		if f.free {
			s = w.hideForms(s)
		}
		*f.text = bound(s, f.max)
	}
	mails := a.Kind == "secret" || strings.HasSuffix(w.form, "sarif") // of authors of commits
	a.Title = bound(w.hideFree(a.Title, maxTitle, r.secrets, mails), maxTitle)
	a.Description = bound(w.hideFree(a.Description, maxBody, r.secrets, mails), maxBody)
}

// bound cleans a text and truncates it.
func bound(s string, limit int) string {
	safe := model.CleanLine(strings.TrimSpace(s))
	if safe.Len() <= limit {
		return strings.Clone(safe.String()) // do not keep a much longer text alive
	}
	return model.CleanLine(safe.Slice(0, limit-3).String() + "…").String()
}

// mark returns the mark that replaces a secret: equal secrets have equal marks, and only
// somebody with this installation's key can test guesses.
func (w *work) mark(secret string) string {
	h := hmac.New(sha256.New, w.Key.Reveal())
	h.Write([]byte(strings.TrimSpace(secret)))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// severities maps the words of sources.
var severities = map[string]string{
	"critical": "critical", "emergency": "critical", "alert": "critical", "fatal": "critical", "p0": "critical",
	"sev-1": "critical", "sev1": "critical", "crit": "critical", "blocker": "critical", "very high": "critical",
	"p1": "high", "sev-2": "high", "sev2": "high", "severe": "high", "urgent": "high",
	"p2": "medium", "sev-3": "medium", "sev3": "medium", "p3": "low", "p4": "info",
	"trivial": "info", "style": "info", "recommendation": "info",
	"high": "high", "error": "high", "page": "high", "major": "high", "important": "high",
	"medium": "medium", "moderate": "medium", "warning": "medium", "warn": "medium",
	"low": "low", "minor": "low", "notice": "low", "note": "low",
	"info": "info", "informational": "info", "information": "info", "debug": "info", "negligible": "info",
	"none": "info",
}

// severity maps a source's word.
func severity(word string) string {
	if s, ok := severities[strings.ToLower(strings.TrimSpace(word))]; ok {
		return s
	}
	return "unknown"
}

// score maps a CVSS score.
func score(f float64) string {
	switch {
	case f > 10 || f < 0 || f != f:
		return "unknown"
	case f >= 9:
		return "critical"
	case f >= 7:
		return "high"
	case f >= 4:
		return "medium"
	case f > 0:
		return "low"
	}
	return "info"
}
