package alerts

import (
	"strings"
	"testing"
)

// TestExpand: a template is expanded once, with existing arguments, up to a max length.
func TestExpand(t *testing.T) {
	args := []string{"a", "{0}{1}", strings.Repeat("x", 100)}
	arg := func(n int) (string, bool) {
		if n < len(args) {
			return args[n], true
		}
		return "", false
	}
	for in, want := range map[string]string{
		"":                         "",
		"plain":                    "plain",
		"found {0}.":               "found a.",
		"{1}":                      "{0}{1}",
		"{{0}} {{1}}":              "{0} {1}",
		"{3} {-1} {x} {} { } {00}": "{3} {-1} {x} {} { } a",
		"{0":                       "{0",
		"}":                        "}",
		"{999999999999999999999}":  "{999999999999999999999}",
		"{2}{2}":                   strings.Repeat("x", 50),
		strings.Repeat("{0}", 200): strings.Repeat("a", 50),
	} {
		if got := expand(in, 50, arg); got != want {
			t.Errorf("expand(%q): got %q, want %q", in, got, want)
		}
	}
}
