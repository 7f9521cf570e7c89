package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"warroom/model"
)

// The bounds of the texts of an alert, in bytes.
const (
	maxShort = 200
	maxTitle = 300
	maxPath  = 500
	maxBody  = 2000
)

// raw is an alert as its form says it, before it is cleaned.
type raw struct {
	model.Alert
	secrets []string // values that must not be kept, wherever they stand
	tool    string   // names the tool in the finding's key; "": the source's name
	what    []string // what the finding is: rule, package, mark of a secret; none: rule and mark, else rule and title
	where   []string // where it is: file, resource; none: asset and path
	spot    []string // tells two equal findings of one place apart; none: line, column and commit
	group   []string // what one incident is about; none: the secret, else the rule
	former  []string // what was hashed for its key before keys of version 2; none: it had no such key
	also    string   // what another form of the tool has of it, "" where nothing
	wasKind string   // the kind it was read as then, where that has changed
}

// alert cleans an alert and hands it out.
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
	if _, known := w.groups[a.GroupKey]; !known && len(w.groups) < maxGroups {
		w.groups[a.GroupKey] = struct{}{}
	}
	return w.emit(a)
}

// leave counts a finding that is no alert.
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

// firstLine is the first line of a text that has one.
func firstLine(s string) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	return s
}

// clean bounds the texts of an alert and takes secrets out of them: out of names
// only those that the tool named, as an identifier is no secret; out of sentences
// also what looks like one.
func (w *work) clean(r *raw) {
	a := &r.Alert
	for _, f := range []struct {
		text *string
		max  int
	}{{&a.Source, maxShort}, {&a.SourceVersion, maxShort}, {&a.Rule, maxShort}, {&a.SeverityRaw, 40}, {&a.Asset.Type, maxShort},
		{&a.Asset.ID, maxPath}, {&a.Location.URI, maxPath}, {&a.Location.Commit, maxShort}, {&a.Link, maxPath}, {&a.State, 40},
		{&a.Account, maxShort}, {&a.ARN, maxPath}, {&a.Validity, 40}, {&a.Rotate, maxPath}} {
		if *f.text != "" {
			*f.text = bound(w.hideKnown(*f.text, f.max, r.secrets), f.max)
		}
	}
	mails := a.Kind == "secret" || strings.HasSuffix(w.form, "sarif") // of those who made a commit
	a.Title = bound(w.hideFree(a.Title, maxTitle, r.secrets, mails), maxTitle)
	a.Description = bound(w.hideFree(a.Description, maxBody, r.secrets, mails), maxBody)
}

// bound cleans a text and cuts it.
func bound(s string, limit int) string {
	safe := model.CleanLine(strings.TrimSpace(s))
	if safe.Len() <= limit {
		return strings.Clone(safe.String()) // not a part of a text that is much longer
	}
	return model.CleanLine(safe.Slice(0, limit-3).String() + "…").String()
}

// mark is what is kept of a secret: equal secrets have equal marks, and only
// who has this installation's key can try what the secret was.
func (w *work) mark(secret string) string {
	h := hmac.New(sha256.New, w.Key.Reveal())
	h.Write([]byte(strings.TrimSpace(secret)))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// severities are the words that sources use.
var severities = map[string]string{
	"critical": "critical", "emergency": "critical", "alert": "critical", "fatal": "critical", "p0": "critical", "sev-1": "critical",
	"high": "high", "error": "high", "page": "high", "major": "high", "important": "high",
	"medium": "medium", "moderate": "medium", "warning": "medium", "warn": "medium",
	"low": "low", "minor": "low", "notice": "low", "note": "low",
	"info": "info", "informational": "info", "information": "info", "debug": "info", "negligible": "info", "none": "info",
}

// severity reads a source's word.
func severity(word string) string {
	if s, ok := severities[strings.ToLower(strings.TrimSpace(word))]; ok {
		return s
	}
	return "unknown"
}

// score reads a score of CVSS.
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
