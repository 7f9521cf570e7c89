package ui

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// folded is text as it is compared in a search: without regard to case, to how
// accents are encoded, and to the dots of the Turkish i.
func folded(s string) string {
	if isASCII(s) {
		return strings.ToLower(s)
	}
	s = cases.Fold().String(norm.NFC.String(s))
	s = strings.ReplaceAll(s, "i\u0307", "i") // İ
	s = strings.ReplaceAll(s, "\u0131", "i")  // ı
	return norm.NFC.String(s)
}

// foldedWords are the words of a query, folded.
func foldedWords(s string) []string { return strings.Fields(folded(s)) }

// containsAll reports whether a text has every one of some folded words.
func containsAll(s string, words []string) bool {
	for _, w := range words {
		if !containsFold(s, w) {
			return false
		}
	}
	return true
}

// containsFold reports whether a text contains a folded word. ASCII, which most
// lines are, costs no memory.
func containsFold(s, word string) bool {
	if word == "" {
		return true
	}
	if !isASCII(s) {
		return strings.Contains(folded(s), word)
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
