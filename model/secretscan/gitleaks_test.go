package secretscan_test

import (
	_ "embed"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"warroom/model/secretscan"
)

// gitleaksRules has a line for each rule of gitleaks' table (8.30): its name and an
// example, with the secret between » and «. {a20} stands for 20 letters and digits; x for
// lower case, A for upper case, L for letters, U for capital letters, l for small letters,
// h and H for hexadecimal digits, d for digits, B for base32.
//
//go:embed testdata/gitleaks_rules.txt
var gitleaksRules string

// alphabets are the alphabets that an example may name.
var alphabets = map[string]string{
	"a": alnum, "x": "a7k2m9x4q1w8e5r3t6y0", "A": "A7K2M9X4Q1W8E5R3T6Y0", "L": "aBcDeFgHiJ", "U": "KZMXQWERTY",
	"l": "kzmxqwerty",
	"h": "3f9a1c7e5b0d2468", "H": "3F9A1C7E5B0D2468", "d": "8273645190", "B": "K2M7XQ4WR5",
}

var stretch = regexp.MustCompile(`\{([a-zA-Z])(\d+)\}`)

// example expands the {a20} of an example.
func example(s string) string {
	s = strings.ReplaceAll(s, `\n`, "\n")
	return stretch.ReplaceAllStringFunc(s, func(m string) string {
		part := stretch.FindStringSubmatch(m)
		n, _ := strconv.Atoi(part[2]) // the pattern admits digits only
		return fake("", alphabets[part[1]], n)
	})
}

// leftOut are the rules whose example is not found, with the reason.
var leftOut = map[string]string{
	"asana-client-id":       "an identifier is no secret",
	"aws-access-token":      "the id of an access key is what a responder disables",
	"discord-client-id":     "an identifier is no secret",
	"linkedin-client-id":    "an identifier is no secret",
	"messagebird-client-id": "an identifier is no secret",
	"sendbird-access-id":    "an identifier is no secret",
	"sumologic-access-id":   "an identifier is no secret",

	"flutterwave-public-key": "it is public",
	"dropbox-api-token":      "15 letters and digits: as short as what is no secret",

	"authress-service-client-access-key": "it begins as names with dots do",
}

// TestGitleaksRules: the example of each gitleaks rule is found, or the rule is listed in
// leftOut.
func TestGitleaksRules(t *testing.T) {
	n := 0
	for line := range strings.Lines(gitleaksRules) {
		rule, marked, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		before, rest, ok2 := strings.Cut(example(marked), "»")
		secret, after, ok3 := strings.Cut(rest, "«")
		if !ok || !ok2 || !ok3 {
			t.Fatalf("%q: got no rule with an example, want one", line)
		}
		n++
		text, found := before+secret+after, false
		for _, f := range secretscan.Find(text) {
			found = found || f.From <= len(before) && f.To >= len(before)+len(secret)
		}
		if why := leftOut[rule]; found == (why != "") {
			t.Errorf("%s: %q: got it found %v, want it left out: %q", rule, text, found, why)
		}
	}
	if n < 200 {
		t.Errorf("got %d rules, want 200 or more", n)
	}
}
