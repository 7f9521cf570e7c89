package alerts

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// left are the members of a document that are left out of a copy, and what replaces them:
// secrets in plain text, and the code around them, in which the tool may have found one by
// a rule of its own.
var left = map[string]func(*copier, string) string{
	// Gitleaks, Trivy, TruffleHog
	"Secret": secret, "Match": secret, "Raw": secret, "RawV2": secret, "Redacted": secret, "SecretParts": secret,
	"offender": secret, "stringsFound": secret, "raw_source_code_extract": secret, // Gitleaks 7, TruffleHog 2, GitLab
	"printDiff": code, "diff": code, "MatchContext": code, // TruffleHog 2, Betterleaks
	// secretlint, SARIF, Trivy, Checkov
	"sourceContent": code, "snippet": code, "contextRegion": code, "Code": code, "code_block": code,
}

func secret(c *copier, s string) string {
	if len(s) > 4<<10 {
		return code(c, s)
	}
	return "<secret " + c.mark(s) + ">"
}

func code(_ *copier, s string) string { return fmt.Sprintf("<%d bytes, not kept>", len(s)) }

// clean masks secrets in a text.
func (c *copier) clean(s string) string {
	s = withoutKeys(c.hidden.replace(s, c.mark))
	if len(s) < 8 {
		return s
	}
	return c.hide(s, nil)
}

// withoutKeys masks private keys. One without an end extends to the end of the text.
func withoutKeys(s string) string {
	for from := 0; ; {
		i := strings.Index(s[from:], "-----BEGIN ")
		if i < 0 {
			return s
		}
		i += from
		from = i + 1
		head, _, _ := strings.Cut(s[i+len("-----BEGIN "):], "-----")
		if len(head) > 64 || !strings.Contains(head, "KEY") {
			continue
		}
		rest := ""
		if end := strings.Index(s[i:], "-----END "+head+"-----"); end >= 0 {
			rest = s[i+end+len("-----END "+head+"-----"):]
		}
		s = s[:i] + "<private key>" + rest
	}
}

// openKey reports whether a private key begins in b and does not end there.
func openKey(b []byte) bool {
	i := bytes.LastIndex(b, []byte("-----BEGIN "))
	return i >= 0 && !bytes.Contains(b[i:], []byte("-----END "))
}

func unquoteJSON(raw []byte) (s string, ok bool) {
	return s, json.Unmarshal(raw, &s) == nil
}

func quoteJSON(s string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(s) != nil {
		return `""` // a string can always be encoded
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// hidden are the secrets that a reading found. They are searched for together.
type hidden struct {
	all   map[string]struct{}
	sizes map[[minHidden]byte][]int // by prefix: their lengths, the longest first
	size  int
	over  bool
}

func newHidden() *hidden {
	return &hidden{all: map[string]struct{}{}, sizes: map[[minHidden]byte][]int{}}
}

// add adds a secret.
func (h *hidden) add(s string) {
	if s = strings.TrimSpace(s); len(s) < minHidden || masked(s) || h.over {
		return
	}
	if _, ok := h.all[s]; ok {
		return
	}
	if h.size += len(s); len(h.all) >= maxHidden || h.size > maxHiddenB {
		h.over = true
		return
	}
	h.all[strings.Clone(s)] = struct{}{}
	head := [minHidden]byte([]byte(s[:minHidden]))
	if i, ok := slices.BinarySearchFunc(h.sizes[head], len(s), func(a, b int) int { return b - a }); !ok {
		h.sizes[head] = slices.Insert(h.sizes[head], i, len(s))
	}
}

// replace replaces secrets by marks, the longest first.
func (h *hidden) replace(s string, mark func(string) string) string {
	if len(h.all) == 0 {
		return s
	}
	var b strings.Builder
	copied := 0
	for i := 0; i+minHidden <= len(s); i++ {
		for _, n := range h.sizes[[minHidden]byte([]byte(s[i:i+minHidden]))] {
			if i+n > len(s) {
				continue
			}
			if _, ok := h.all[s[i:i+n]]; ok {
				b.WriteString(s[copied:i])
				b.WriteString("<secret " + mark(s[i:i+n]) + ">")
				copied = i + n
				i = copied - 1
				break
			}
		}
	}
	return b.String() + s[copied:]
}
