package alerts

import (
	"strconv"
	"strings"
)

// sarifMessage returns the message of a result, with its arguments.
func sarifMessage(w *work, run, v val, rule string) string {
	m := v.get("message")
	text, id := m.first("text", "markdown"), m.get("id").str()
	if text == "" && id != "" {
		if text = sarifTemplate(w, run, v, id, rule); text == "" {
			return id
		}
	} else if m.get("arguments").at0().i == 0 {
		return text // its braces are literal
	}
	return expand(text, 8*maxBody, func(n int) (string, bool) {
		a := m.get("arguments").nth(n)
		return a.str(), a.i > 0
	})
}

// sarifTemplate returns a message that a result names: of its rule, or else of the tool or
// extension that the rule is from.
func sarifTemplate(w *work, run, v val, id, rule string) string {
	component := run.get("tool", "driver")
	if x := sarifExtension(w, v.get("rule", "toolComponent")); x >= 0 {
		component = run.get("tool", "extensions").nth(x)
	}
	base, _, _ := strings.Cut(rule, "/")
	n, index := 0, sarifRuleIndex(v)
	for r := range component.get("rules").all() {
		isRule := index.i > 0 && index.str() == strconv.Itoa(n) || r.get("id").equal(rule) || r.get("id").equal(base)
		if s := r.get("messageStrings", id, "text").str(); isRule && s != "" {
			return s
		}
		n++
	}
	return component.get("globalMessageStrings", id, "text").str()
}
