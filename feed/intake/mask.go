package intake

import (
	"math"
	"strings"

	"warroom/model/guard"
)

// masked says whether a tool has hidden a secret already.
func masked(s string) bool {
	return strings.TrimSpace(s) == "" || strings.Contains(s, "REDACTED") || strings.Contains(s, "****")
}

// hide takes secrets out of a text: the values that its record names, whole or
// a long part of them, and whatever looks like one.
func (w *work) hide(s string, secrets []string) string {
	secrets, ok := distinct(secrets)
	if !ok {
		return manySecrets
	}
	whole := 16 * (len(s) + 64)
	for _, secret := range secrets {
		if len(s) > whole {
			return manySecrets
		}
		if len(secret) >= 4 && !masked(secret) && strings.Contains(s, secret) {
			s = strings.ReplaceAll(s, secret, "<secret "+w.mark(secret)+">")
		}
	}
	if i := strings.Index(s, "-----BEGIN "); i >= 0 && strings.Contains(s[i:], "KEY") {
		s = s[:i] + "<private key>"
	}
	if i := strings.Index(s, "://"); i > 0 {
		s = hideLogin(s)
	}
	return w.hideTokens(w.hideForms(s))
}

// hideForms marks what is known by its form, as in the lines that people write.
func (w *work) hideForms(s string) string {
	var b strings.Builder
	kept := 0
	for _, f := range guard.Find(s) {
		b.WriteString(s[kept:f.From])
		b.WriteString("<secret " + w.mark(s[f.From:f.To]) + ">")
		kept = f.To
	}
	return b.String() + s[kept:]
}

// hideLogin takes user and password out of addresses.
func hideLogin(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "://")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteString("://")
		host := rest
		if i := strings.IndexAny(rest, "/?# \t\"'"); i >= 0 {
			host = rest[:i]
		}
		if at := strings.LastIndexByte(host, '@'); at >= 0 && strings.Contains(host[:at], ":") {
			b.WriteString("<login>")
			rest = rest[at:]
		}
		s = rest
	}
}

func tokenByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c == '-' || c == '.' || c == '+' || c == '='
}

// hideTokens marks every word that looks like a secret.
func (w *work) hideTokens(s string) string {
	var b strings.Builder
	kept := 0
	for i := 0; i < len(s); {
		if !tokenByte(s[i]) {
			i++
			continue
		}
		j := i
		for j < len(s) && tokenByte(s[j]) {
			j++
		}
		word, from := s[i:j], i
		if k := strings.IndexByte(word, '='); k >= 0 && k < len(word)-1 { // NAME=value
			from, word = i+k+1, word[k+1:]
		}
		if secretWord(word) {
			b.WriteString(s[kept:from])
			b.WriteString("<secret " + w.mark(word) + ">")
			kept = j
		}
		i = j
	}
	if kept == 0 {
		return s
	}
	b.WriteString(s[kept:])
	return b.String()
}

// secretWord says whether a word looks like a secret because it is long, mixed
// and without order. A hash in hexadecimal is none.
func secretWord(s string) bool {
	if len(s) < 16 {
		return false
	}
	lower, upper, digit, hexed := 0, 0, 0, 0
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digit++
			hexed++
		case c >= 'a' && c <= 'z':
			lower++
			if c <= 'f' {
				hexed++
			}
		case c >= 'A' && c <= 'Z':
			upper++
			if c <= 'F' {
				hexed++
			}
		case c == '-':
			hexed++
		}
	}
	if hexed == len(s) {
		return false
	}
	return len(s) >= 24 && lower > 2 && upper > 2 && digit > 2 && disorder(s) > 3.8
}

// disorder is how many bits a byte of the text says.
func disorder(s string) float64 {
	var n [256]int
	for i := range len(s) {
		n[s[i]]++
	}
	h := 0.0
	for _, c := range n {
		if c > 0 {
			p := float64(c) / float64(len(s))
			h -= p * math.Log2(p)
		}
	}
	return h
}
