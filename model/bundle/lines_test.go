package bundle_test

import (
	"strings"
	"testing"

	"warroom/model/bundle"
)

// TestLinesOfALog: a line of a log that cannot be read is named with its number and the
// reason, in words that do not depend on the code that reads it.
func TestLinesOfALog(t *testing.T) {
	all, _ := bags(t)
	for name, c := range map[string]struct {
		change func(string) string
		want   string
	}{
		"a blank line":      {func(s string) string { return s + "\n" }, "it is empty"},
		"a list":            {func(s string) string { return "[]\n" + s }, "line 1 of data/log.jsonl cannot be read: "},
		"a byte order mark": {func(s string) string { return "\ufeff" + s }, "it is not JSON"},
		"a NUL":             {func(s string) string { return s + "\x00" }, "it is not JSON"},
		"a number that is not an integer": {
			func(s string) string { return strings.Replace(s, `"seq":1,`, `"seq":1.0,`, 1) }, "as warroom writes it",
		},
		"a negative number": {
			func(s string) string { return strings.Replace(s, `"seq":1,`, `"seq":-1,`, 1) }, "as warroom writes it",
		},
		"another member": {
			func(s string) string { return strings.Replace(s, `{"seq":1,`, `{"x":1,"seq":1,`, 1) },
			"as warroom writes it",
		},
		"a space at the end": {
			func(s string) string { return strings.Replace(s, "}\n", "} \n", 1) }, "as warroom writes it",
		},
		"a line cut off": {func(s string) string { return s[:len(s)-9] }, "it is not JSON"},
	} {
		f := all["whole"].clone()
		f.t = t
		f.set("data/log.jsonl", []byte(c.change(string(f.get("data/log.jsonl")))))
		signers["hub"](f)
		code, why := codeOf(f.pack(), bundle.VerifyOptions{})
		if code != 4 || !strings.Contains(why, c.want) || strings.Contains(why, "Go ") ||
			strings.Contains(why, "json:") {
			t.Errorf("%s: got exit code %d (%s), want 4 and %q", name, code, why, c.want)
		}
	}
}
