package intake

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"strconv"
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
	find    []string // what makes the finding the same; none: all that is known
	group   []string // what one incident is about; none: rule and place
}

// alert cleans an alert and hands it out.
func (w *work) alert(r *raw) error {
	a := &r.Alert
	if w.Source != "" {
		a.Source = w.Source
	}
	if a.Severity == "" {
		a.Severity = severity(a.SeverityRaw)
	}
	if a.Confidence == "" {
		a.Confidence = "unknown"
	}
	a.Count = max(a.Count, 1)
	if a.Title == "" {
		a.Title = a.Rule
	}
	w.keys(r)
	if w.Hidden != nil {
		for _, s := range r.secrets {
			w.Hidden(s)
		}
	}
	for _, f := range []struct {
		text *string
		max  int
	}{{&a.Source, maxShort}, {&a.SourceVersion, maxShort}, {&a.Rule, maxShort}, {&a.Title, maxTitle}, {&a.Description, maxBody}, {&a.SeverityRaw, 40},
		{&a.Asset.Type, maxShort}, {&a.Asset.ID, maxPath}, {&a.Location.URI, maxPath}, {&a.Location.Commit, maxShort}, {&a.Link, maxPath}} {
		*f.text = w.text(*f.text, f.max, r.secrets)
	}
	w.out.Findings++
	if _, known := w.groups[a.GroupKey]; !known && len(w.groups) < maxGroups {
		w.groups[a.GroupKey] = struct{}{}
	}
	return w.emit(a)
}

// keys names the finding and its group.
func (w *work) keys(r *raw) {
	a := &r.Alert
	secret := ""
	for _, s := range r.secrets {
		if !masked(s) {
			secret = s
			break
		}
	}
	if secret != "" {
		a.Secret = w.mark(secret)
	}
	if len(r.find) == 0 {
		r.find = []string{a.Rule, a.Asset.ID, a.Location.URI, strconv.Itoa(a.Location.Line), strconv.Itoa(a.Location.Column), a.Location.Commit, a.Title}
	}
	a.FindingKey = digest(append([]string{a.Kind, tool(a)}, r.find...))
	switch {
	case len(r.group) > 0:
		a.GroupKey = digest(append([]string{"group", a.Kind}, r.group...))
	case a.Secret != "":
		a.GroupKey = digest([]string{"secret", a.Secret})
	default:
		a.GroupKey = digest([]string{"group", a.Kind, tool(a), a.Rule})
	}
}

// tool is the source without a name that a person gave.
func tool(a *model.Alert) string { return strings.ToLower(a.Source) }

// mark is what is kept of a secret: equal secrets have equal marks, and only
// who has this installation's key can try what the secret was.
func (w *work) mark(secret string) string {
	h := hmac.New(sha256.New, w.Key.Reveal())
	h.Write([]byte(strings.TrimSpace(secret)))
	return hex.EncodeToString(h.Sum(nil)[:8])
}

// digest is a hash of texts, each with its length before it.
func digest(parts []string) string {
	h := sha256.New()
	var b []byte
	for _, p := range parts {
		b = strconv.AppendInt(b[:0], int64(len(p)), 10)
		b = append(b, ':')
		h.Write(append(b, p...))
	}
	var sum [sha256.Size]byte
	return hex.EncodeToString(h.Sum(sum[:0])[:16])
}

// text makes a text fit to keep: without secrets, without control characters,
// on one line, within its bound.
func (w *work) text(s string, limit int, secrets []string) string {
	if s == "" {
		return ""
	}
	if len(s) > 8*limit { // no more than this is looked at
		s = s[:8*limit]
	}
	s = w.hide(s, secrets)
	safe := model.CleanLine(strings.TrimSpace(s))
	if safe.Len() <= limit {
		return strings.Clone(safe.String()) // not a part of a text that is much longer
	}
	return model.CleanLine(safe.Slice(0, limit-3).String() + "…").String()
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
