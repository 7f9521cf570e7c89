package report

import (
	"strings"

	"warroom/model"
)

// plain returns text of a room on one line, escaped so that Markdown shows it unchanged: it
// cannot become a heading, list, emphasis, HTML, table or link. Words that look like an
// address, a mention or a ticket number are written as code, because renderers link them
// despite escapes.
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

// word writes a word. Bars and backticks are never inside code, because renderers do not
// agree on how to escape them there.
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

// looksLinked reports whether a renderer may make a link of a word.
func looksLinked(w string) bool {
	return strings.ContainsAny(w, "@#") || strings.Contains(w, "://") || strings.Contains(strings.ToLower(w), "www.")
}

// escape escapes every character that has a meaning in Markdown. A bar is written as a
// numeric character reference, which does not end a cell of a table.
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

// openingOf returns the prefix of a line that would make it a list, a rule or a heading.
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
