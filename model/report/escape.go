package report

import (
	"strings"

	"warroom/model"
)

// plain writes text of a room so that Markdown shows it as it is, on one line:
// no heading, list, emphasis, HTML, table or link can come of it. What looks
// like an address, a person or a number of a ticket is written as code, because
// renderers make links of those whatever stands before them.
func plain(s model.Safe) string {
	var b strings.Builder
	text := strings.TrimSpace(model.CleanLine(s.String()).String())
	for i, w := range strings.Split(text, " ") {
		if i > 0 {
			b.WriteByte(' ')
		}
		word(&b, w, i == 0)
	}
	return b.String()
}

// word writes what stands between two spaces. A bar and a backtick are never in
// code: there is no way to write them there that all renderers agree on.
func word(b *strings.Builder, w string, first bool) {
	for w != "" {
		cut := strings.IndexAny(w, "|`")
		if cut == 0 {
			cut = 1
		} else if cut < 0 {
			cut = len(w)
		}
		part := w[:cut]
		if looksLinked(part) {
			head := part[:len(part)-len(strings.TrimLeft(part, `"'(`))]
			core := strings.TrimRight(part[len(head):], `.,;:!?"')`)
			escape(b, head, first)
			b.WriteString("`" + core + "`")
			escape(b, part[len(head)+len(core):], false)
		} else {
			escape(b, part, first)
		}
		w, first = w[cut:], false
	}
}

// looksLinked says whether a renderer may make a link of a word.
func looksLinked(w string) bool {
	return strings.ContainsAny(w, "@#") || strings.Contains(w, "://") || strings.Contains(strings.ToLower(w), "www.")
}

// escape takes the meaning from every character that has one for Markdown. A
// bar is written by its number, which is none in a table either.
func escape(b *strings.Builder, w string, first bool) {
	if first {
		b.WriteString(opening(w))
		w = w[len(openingOf(w)):]
	}
	for i := range len(w) {
		switch c := w[i]; c {
		case '|':
			b.WriteString("&#124;")
		case '\\', '`', '*', '_', '[', ']', '<', '>', '&', '~', '$':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
}

// openingOf is what at the beginning of a line would make a list, a rule or a
// heading of it.
func openingOf(w string) string {
	digits := len(w) - len(strings.TrimLeft(w, "0123456789"))
	switch {
	case w != "" && strings.ContainsRune("-+=:", rune(w[0])):
		return w[:1]
	case digits > 0 && digits < len(w) && (w[digits] == '.' || w[digits] == ')'):
		return w[:digits+1]
	}
	return ""
}

func opening(w string) string {
	o := openingOf(w)
	if o == "" {
		return ""
	}
	return o[:len(o)-1] + `\` + o[len(o)-1:]
}
