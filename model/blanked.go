package model

import (
	"slices"
	"strings"
	"unicode"
)

// FreeTexts returns the free texts of a message as it is stored: what a redaction
// takes out of it. There are none where it cannot be read or has none.
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

// The shortest texts and words that are looked for elsewhere: shorter ones stand
// in many lines that have nothing to do with what was redacted.
const (
	minBlankText  = 4
	minBlankWord  = 6
	minBlankPlain = 16 // of a word of small letters alone
)

// Blanked returns a text with [Blank] for what was redacted elsewhere: each of the
// texts as a whole, and the words of them that look as if they were the reason. A
// text that is part of what was redacted is blank altogether.
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

// betweenWords reports whether a rune parts words. What stands inside of secrets
// and addresses does not.
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
