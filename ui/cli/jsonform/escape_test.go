package jsonform_test

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"warroom/model"
	"warroom/ui/cli/jsonform"
)

// TestEscape: the JSON of a text decodes to exactly that text, and shows every character that
// nobody sees.
func TestEscape(t *testing.T) {
	for _, s := range []string{"a\u115f\u1160b", "\u2800", "\u3164x\uffa0", "\u034f\u180b\ufe0f", "\U000e0100",
		"\U00013441\U00016fe4\U0001d159", "\u200b\u202e\u00ad\u0085\x7f\x1b", "a\u0301", "hören 日本 \U0001f512"} {
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatalf("encode JSON: %v", err)
		}
		got := jsonform.Escape(raw)
		var back string
		if err := json.Unmarshal(got, &back); err != nil || back != s {
			t.Errorf("%+q: got %+q (%v) back, want the same", s, back, err)
		}
		if i := strings.IndexFunc(string(got), func(r rune) bool { return r > 0x7E && model.IsBlank(r) }); i >= 0 {
			t.Errorf("%+q: got %+q, want \\uXXXX for what nobody sees", s, got)
		}
	}
}

// TestEscapeOfEveryRune: what a screen shows as a code because it draws nothing, JSON shows as a code.
func TestEscapeOfEveryRune(t *testing.T) {
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		if r >= 0xD800 && r < 0xE000 || !model.IsBlank(r) {
			continue
		}
		if got := string(jsonform.Escape([]byte(string(r)))); !strings.HasPrefix(got, `\u`) {
			t.Errorf("U+%04X: got %+q, want its code", r, got)
		}
	}
}
