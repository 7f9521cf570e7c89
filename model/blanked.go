package model

import (
	"slices"
	"strings"
	"unicode"
)

// FreeTexts returns the texts that a redaction would remove from a stored message.
// It returns nil if the message cannot be read or has none.
func FreeTexts(payload []byte) []string {
	e, err := DecodeEvent(payload)
	if err != nil {
		return nil
	}
	b, err := e.DecodeBody()
	if err != nil {
		return nil
	}
	w, ok := b.(worded)
	if !ok {
		return nil
	}
	var out []string
	for _, s := range w.free() {
		if t := strings.TrimSpace(*s); t != "" && t != Blank {
			out = append(out, t)
		}
	}
	return out
}

// The shortest texts and words, in bytes, that Blanked searches for. Shorter ones
// occur in many unrelated lines.
const (
	minBlankText  = 4
	minBlankWord  = 6
	minBlankPlain = 16 // for a word of lower-case letters only
)

// Blanked returns s with [Blank] in place of text that was redacted elsewhere: each
// redacted text as a whole, and those words of it that look like secrets, names or
// numbers. If s is itself part of a redacted text, all of it is replaced.
func Blanked(s string, redacted []string) string {
	var parts []string
	whole := strings.TrimSpace(s)
	for _, t := range redacted {
		if t = strings.TrimSpace(t); t == "" || t == Blank {
			continue
		}
		if len(whole) >= minBlankWord && strings.Contains(t, whole) {
			return strings.Replace(s, whole, Blank, 1)
		}
		if len(t) >= minBlankText {
			parts = append(parts, t)
		}
		for _, w := range strings.FieldsFunc(t, betweenWords) {
			if isTelling(w) {
				parts = append(parts, w)
			}
		}
	}
	slices.SortFunc(parts, func(a, b string) int { return len(b) - len(a) })
	for _, p := range parts {
		s = strings.ReplaceAll(s, p, Blank)
	}
	return s
}

// betweenWords reports whether r separates words. Characters that occur within
// secrets and addresses do not.
func betweenWords(r rune) bool {
	return unicode.IsSpace(r) || strings.ContainsRune(`"'`+"`"+`,;:()[]{}<>|=`, r)
}

// isTelling reports whether a word is no ordinary one: a secret, a name, a number.
func isTelling(w string) bool {
	w = strings.Trim(w, ".!?")
	if len(w) < minBlankWord || w == strings.Trim(Blank, "[]") {
		return false
	}
	if len(w) >= minBlankPlain {
		return true
	}
	for i, r := range w {
		if !unicode.IsLetter(r) || i > 0 && unicode.IsUpper(r) {
			return true
		}
	}
	return false
}
