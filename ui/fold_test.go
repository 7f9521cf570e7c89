package ui

import "testing"

// TestSearchFolds is case 30: case, normal forms and the Turkish i make no
// difference, and several words mean all of them.
func TestSearchFolds(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        bool
	}{
		{"İstanbul ofisi", "istanbul", true}, {"İstanbul ofisi", "İstanbul", true}, {"İstanbul ofisi", "İSTANBUL", true}, {"İstanbul ofisi", "ISTANBUL", true},
		{"İstanbul ofisi", "ofisi istanbul", true}, {"İstanbul ofisi", "istanbul ankara", false}, {"ıstanbul", "ISTANBUL", true}, {"ISPARTA", "ısparta", true},
		{"caf\u00e9", "cafe\u0301", true}, {"cafe\u0301", "caf\u00e9", true}, {"CAFÉ", "cafe\u0301", true}, {"café", "cafe", false},
		{"Straße", "STRASSE", true}, {"STRASSE", "straße", true}, {"Ключ утёк", "КЛЮЧ", true}, {"ΣΊΣΥΦΟΣ", "σίσυφος", true},
		{"deploy key in CI", "ci KEY", true}, {"deploy key in CI", "key prod", false}, {"한글", "한글", true},
	} {
		if got := containsAll(c.text, foldedWords(c.query)); got != c.want {
			t.Errorf("%q in %q: got %v, want %v", c.query, c.text, got, c.want)
		}
	}
}
