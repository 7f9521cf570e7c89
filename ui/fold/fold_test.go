package fold

import "testing"

// TestSearchFolds: case, normal forms and the Turkish i make no difference, and several
// words must all match.
func TestSearchFolds(t *testing.T) {
	for _, c := range []struct {
		text, query string
		want        bool
	}{
		{text: "İstanbul ofisi", query: "istanbul", want: true},
		{text: "İstanbul ofisi", query: "İstanbul", want: true},
		{text: "İstanbul ofisi", query: "İSTANBUL", want: true},
		{text: "İstanbul ofisi", query: "ISTANBUL", want: true},
		{text: "İstanbul ofisi", query: "ofisi istanbul", want: true},
		{text: "İstanbul ofisi", query: "istanbul ankara"}, {text: "ıstanbul", query: "ISTANBUL", want: true},
		{text: "ISPARTA", query: "ısparta", want: true},
		{text: "caf\u00e9", query: "cafe\u0301", want: true}, {text: "cafe\u0301", query: "caf\u00e9", want: true},
		{text: "CAFÉ", query: "cafe\u0301", want: true}, {text: "café", query: "cafe"},
		{text: "Straße", query: "STRASSE", want: true}, {text: "STRASSE", query: "straße", want: true},
		{text: "Ключ утёк", query: "КЛЮЧ", want: true}, {text: "ΣΊΣΥΦΟΣ", query: "σίσυφος", want: true},
		{"deploy key in CI", "ci KEY", true}, {"deploy key in CI", "key prod", false}, {"한글", "한글", true},
	} {
		if got := ContainsAll(c.text, Words(c.query)); got != c.want {
			t.Errorf("%q in %q: got %v, want %v", c.query, c.text, got, c.want)
		}
	}
}

func TestContainsFold(t *testing.T) {
	for _, c := range []struct {
		s, q string
		want bool
	}{{s: "Hello World", q: "lo wo", want: true}, {s: "x", want: true}, {q: "x"}, {s: "ÄRGER", q: "ärger", want: true},
		{s: "abc", q: "abcd"}} {
		if got := Contains(c.s, c.q); got != c.want {
			t.Errorf("%q in %q: got %v", c.q, c.s, got)
		}
	}
}
