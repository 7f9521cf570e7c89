package alerts

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isSource reports whether a sender may give this name to the source of its alerts; "" is
// none.
func isSource(name string) bool {
	if len(name) > maxShort || !utf8.ValidString(name) || strings.ContainsFunc(name, isInvisible) {
		return false
	}
	for part := range strings.FieldsFuncSeq(name, func(r rune) bool { return r == '/' || r == '\\' }) {
		if part == "." || part == ".." {
			return false
		}
	}
	return true
}

// isInvisible reports whether a name with the character may look like another name.
func isInvisible(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Variation_Selector)
}
