package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"warroom/model"
)

// hardBlank is a blank that Markdown and HTML show wherever it is, and however many there are.
const hardBlank = "\u00a0"

// indented matches a line break, as it is shown on one line, and the blanks after it.
var indented = regexp.MustCompile(`↵ +`)

// plain returns text of a room on one line, escaped so that Markdown shows it unchanged: it
// cannot become a heading, list, emphasis, HTML, table or link. Words that look like an
// address, a mention or a ticket number are written as code, because renderers link them
// despite escapes. The indentation of its lines is kept.
func plain(s model.Safe) string {
	var b strings.Builder
	text := strings.TrimRight(model.CleanLine(s.String()).String(), " ")
	for w := strings.TrimLeft(text, " "); len(w) < len(text); text = text[1:] {
		b.WriteString(hardBlank)
	}
	text = indented.ReplaceAllStringFunc(text, func(s string) string { return strings.ReplaceAll(s, " ", hardBlank) })
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

func entry(n uint64) string {
	if n == 0 {
		return "-"
	}
	return strconv.FormatUint(n, 10)
}

// entries lists sequences of entries, up to a maximum number.
func entries(list []uint64) string {
	const maxEntries = 12
	var out []string
	for _, n := range list[:min(maxEntries, len(list))] {
		out = append(out, strconv.FormatUint(n, 10))
	}
	s := strings.Join(out, ", ")
	if len(list) > maxEntries {
		s += fmt.Sprintf(" and %d more", len(list)-maxEntries)
	}
	return s
}

// ofEntries returns "entry 3" or "entries 3, 4".
func ofEntries(list []uint64) string {
	if len(list) == 1 {
		return "entry " + entries(list)
	}
	return "entries " + entries(list)
}

// count returns "1 entry" or "2 entries".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// names joins the names of people.
func names(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = plain(model.CleanLine(s))
	}
	return strings.Join(out, ", ")
}

// span formats a number of seconds with units.
func span(s int64) model.Safe { return spanD(time.Duration(s) * time.Second) }

func spanD(d time.Duration) model.Safe { return model.Took(d) }

// late formats the deviation from a due time.
func late(s int64) model.Safe { return model.Lateness(time.Duration(s) * time.Second) }

// maybe returns a time in UTC, or nil for the zero time.
func maybe(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

// joined joins the parts that are not empty.
func joined(sep string, parts ...model.Safe) model.Safe {
	var out []model.Safe
	for _, p := range parts {
		if !p.IsEmpty() {
			out = append(out, p)
		}
	}
	return model.JoinSafe(model.CleanLine(sep), out...)
}
