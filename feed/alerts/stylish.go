package alerts

import (
	"strconv"
	"strings"

	"warroom/model"
)

const formStylish = "secretlint-stylish"

// stylish reads the output of secretlint for people, as found in build logs: a file, and
// below it "line:column severity message rule".
type stylish struct{ file string }

// line handles a line; consumed reports whether it was a finding or belongs to one.
func (s *stylish) line(w *work, line string) (consumed bool, err error) {
	line = strings.TrimSpace(plain(line))
	if timestamp, rest, ok := strings.Cut(line, " "); ok && len(timestamp) >= len("2006-01-02T15:04:05Z") &&
		!readTime(timestamp).IsZero() {
		line = strings.TrimSpace(rest) // a build log has the time before it
	}
	at, rest, _ := strings.Cut(line, " ")
	l, c, isLocation := strings.Cut(at, ":")
	ln, err1 := strconv.Atoi(l)
	col, err2 := strconv.Atoi(c)
	if !isLocation || err1 != nil || err2 != nil || ln < 0 || col < 0 {
		if line != "" && strings.ContainsAny(line, "/\\.") && !strings.Contains(line, "  ") {
			s.file = line
		}
		return w.form == formStylish && (line == s.file || strings.Contains(line, " problem")), nil
	}
	sev, rest, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if sev != "error" && sev != "warning" && sev != "info" || !strings.Contains(rest, "secretlint-rule-") ||
		s.file == "" {
		return false, nil
	}
	rest = strings.TrimSpace(rest)
	msg, rule := rest, ""
	if i := strings.LastIndex(rest, "  "); i >= 0 {
		msg, rule = strings.TrimSpace(rest[:i]), strings.TrimSpace(rest[i+2:])
	}
	w.is(formStylish)
	if w.out.Findings == 0 && w.out.Skipped > 0 {
		w.out.Skipped-- // the line with the file
	}
	r := &raw{Alert: model.Alert{Source: "secretlint", Kind: "secret", Rule: secretlintRule(rule), Title: msg,
		SeverityRaw: sev,
		Location:    model.AlertLocation{URI: s.file, Line: ln, Column: col + 1}}}
	return true, readSecretlintAlert(w, r)
}

// plain removes terminal escape sequences from a line.
func plain(s string) string {
	if !strings.ContainsRune(s, 0x1B) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != 0x1B || i+1 >= len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch s[i] {
		case '[':
			for i++; i < len(s) && (s[i] < 0x40 || s[i] > 0x7E); i++ {
			}
		case ']':
			for i++; i < len(s) && s[i] != 0x07 && s[i] != '\\'; i++ {
			}
		}
	}
	return b.String()
}
