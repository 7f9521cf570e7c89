// Package fold compares texts for a search, regardless of case, of how accents are
// encoded, and of the dots of the Turkish i.
//
//	words := fold.Words("ISTANBUL ofisi")
//	fold.ContainsAll("İstanbul ofisi", words) // true
package fold

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Text returns a text folded for comparison.
func Text(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	s = cases.Fold().String(norm.NFC.String(s))
	s = strings.ReplaceAll(s, "i\u0307", "i") // İ
	s = strings.ReplaceAll(s, "\u0131", "i")  // ı
	return norm.NFC.String(s)
}

// Words returns the folded words of a query.
func Words(s string) []string { return strings.Fields(Text(s)) }

// ContainsAll reports whether a text contains every one of some folded words.
func ContainsAll(s string, words []string) bool {
	for _, w := range words {
		if !Contains(s, w) {
			return false
		}
	}
	return true
}

// Contains reports whether a text contains a folded word. It does not allocate for ASCII
// text, as most lines are.
func Contains(s, word string) bool {
	if word == "" {
		return true
	}
	if !isASCII(s) {
		return strings.Contains(Text(s), word)
	}
	for i := 0; i+len(word) <= len(s); i++ {
		j := 0
		for j < len(word) && lowerByte(s[i+j]) == word[j] {
			j++
		}
		if j == len(word) {
			return true
		}
	}
	return false
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
