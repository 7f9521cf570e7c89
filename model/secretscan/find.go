package secretscan

import (
	"cmp"
	"encoding/base64"
	"slices"
	"strings"

	"warroom/model"
)

// Found is a range of a text that looks like a secret.
type Found struct {
	From, To int
	Kind     string // "aws-key"
	Weak     bool   // chosen by a person: a password
}

// Find returns the ranges of a text that look like secrets, in order. It runs in linear
// time, fast enough for every keystroke.
func Find(text string) []Found {
	f := &finder{s: text, budget: 4 * many}
	f.keys()
	f.putty()
	f.words()
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case (c == '=' || c == ':') && i > 0:
			f.assigned(i)
			i++
		case c == '<':
			tag(f, i)
			i++
		case !alnum[c], i > 0 && text[i-1] == '\\' && (c == 'n' || c == 't' || c == 'r'): // "\n" in JSON
			i++
		default:
			end := f.span(i, wordy, len(text))
			if f.worth(i, end) {
				f.at(i)
			}
			i = end
		}
	}
	f.awsSecrets() // last: what is known by name or form keeps its kind
	return f.sorted()
}

// finder is the state of one search. Its budget is the number of bytes of values that it
// still reads in full, so that no text makes the search slow.
type finder struct {
	s      string
	low    string // s with small ASCII letters
	found  []Found
	budget int
}

// spend returns how many bytes of a value may be read.
func (f *finder) spend() int {
	if f.budget <= 0 {
		return 48
	}
	return many
}

// least is the minimum length of a word that is a secret by its form alone.
const least = 18

// worth reports whether the word from i to end can be a secret. Most words of prose cannot.
func (f *finder) worth(i, end int) bool {
	if end-i >= least {
		return true
	}
	if end >= len(f.s) {
		return false
	}
	switch f.s[end] {
	case '.', '+', '/', '=', '~', '%':
		return true
	case ':', '|':
		return digits[f.s[i]]
	case ' ':
		return end-i <= len("bearer") && end-i >= len("basic") && (f.s[i] == 'b' || f.s[i] == 'B')
	}
	return false
}

func (f *finder) add(from, to int, kind string, weak bool) {
	if to > from {
		f.found = append(f.found, Found{From: from, To: to, Kind: kind, Weak: weak})
	}
}

// sorted sorts the ranges and removes those that overlap another: the one that begins
// first, or is longer, is kept.
func (f *finder) sorted() []Found {
	if len(f.found) < 2 {
		return f.found
	}
	slices.SortStableFunc(f.found,
		func(a, b Found) int { return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(b.To, a.To)) })
	out := f.found[:1]
	for _, x := range f.found[1:] {
		if x.From >= out[len(out)-1].To {
			out = append(out, x)
		}
	}
	return out
}

// at looks for a secret of a known form at the beginning of a word.
func (f *finder) at(i int) {
	if to, kind := f.known(i); kind != "" {
		f.add(i, to, kind, false)
		return
	}
	if to := f.keyID(i); to > 0 { // scanners write key pairs in this form; the id is not secret
		if j := f.span(to+1, base64ish, 40); j == to+41 && f.s[to] == ':' && wordEnds(f, j) {
			f.add(to+1, j, "aws-secret", false)
		}
		f.pair(i, to)
		return
	}
	if f.peculiar(i) {
		return
	}
	switch rest := f.s[i:]; rest[0] {
	case 'e':
		f.add(i, f.jwt(i), "jwt", false)
	case 'B', 'b':
		f.header(i)
	case '1', '2', '3', '4', '5', '6', '7', '8', '9':
		f.telegram(i)
	default:
		if i > 0 && rest[0] == 'T' && strings.HasSuffix(f.s[:i], "hooks.slack.com/services/") {
			f.add(i, f.span(i, base64ish, 100), "slack-webhook", false)
		}
	}
}

// keyIDs are the prefixes of the ids of AWS keys. An id names a key and is not secret.
var keyIDs = []string{"AKIA", "ASIA", "ABIA", "ACCA"}

// keyID returns the end of the AWS key id that begins at i, or 0.
func (f *finder) keyID(i int) int {
	for _, p := range keyIDs {
		if strings.HasPrefix(f.s[i:], p) {
			if to := f.span(i+4, upper, 17); to == i+20 && wordEnds(f, to) {
				return to
			}
		}
	}
	return 0
}

// base64ish is base64 without padding; dashes end a private key.
var base64ish, dashes = of("AZaz09++//"), of("--")

// known returns the end and the kind of the secret of the table that begins at i, or 0 and
// "".
func (f *finder) known(i int) (to int, kind string) {
	for _, r := range byFirst[f.s[i]] {
		if !strings.HasPrefix(f.s[i:], r.prefix) {
			continue
		}
		from := i + len(r.prefix)
		to := f.span(from, r.in, r.max+1)
		for to > from && f.s[to-1] == '.' { // the period of the sentence
			to--
		}
		if n := to - from; n >= r.min && n <= r.max && wordEnds(f, to) && !plainWords(f.s[from:to]) {
			return to, r.kind
		}
	}
	return 0, ""
}

// span returns the end of the bytes of an alphabet that begin at i, at most limit bytes.
func (f *finder) span(i int, in *set, limit int) int {
	j := i
	for j < len(f.s) && j-i < limit && in[f.s[j]] {
		j++
	}
	return j
}

// wordEnds reports whether a word ends at j.
func wordEnds(f *finder, j int) bool { return j >= len(f.s) || !alnum[f.s[j]] }

// plainWords reports whether a token has neither digits nor capital letters:
// sk-proj-of-the-year-in-words-only is a name.
func plainWords(s string) bool {
	for i := range len(s) {
		if c := s[i]; c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// jwt returns the end of a JSON Web Token that begins at i: three parts of base64 with dots
// between them, of which the first two begin as JSON does. It returns 0 if there is none.
func (f *finder) jwt(i int) int {
	if !strings.HasPrefix(f.s[i:], "eyJ") {
		return 0
	}
	for range 2 {
		dot := f.span(i, wordy, many)
		if dot >= len(f.s) || f.s[dot] != '.' || dot-i < 10 {
			return 0
		}
		i = dot + 1
	}
	if to := f.span(i, wordy, many); to-i >= 10 {
		return to
	}
	return 0
}

// header finds the credentials after Bearer or Basic in an Authorization header.
func (f *finder) header(i int) {
	word, _, ok := strings.Cut(f.s[i:min(len(f.s), i+8)], " ")
	if !ok || len(word) > 6 {
		return
	}
	from := i + len(word) + 1
	switch {
	case strings.EqualFold(word, "bearer"):
		if to, kind := f.knownAt(from); kind != "" {
			f.add(from, to, kind, false)
		} else if to := f.jwt(from); to > 0 {
			f.add(from, to, "jwt", false)
		} else if to := f.span(from, dottedBase64, many); to-from >= 20 && mixed(f.s[from:to]) {
			f.add(from, to, "bearer-token", false)
		}
	case strings.EqualFold(word, "basic"):
		to := f.span(from, padded, many)
		if raw, err := base64.StdEncoding.DecodeString(f.s[from:to]); err == nil && to-from >= 8 &&
			strings.Contains(string(raw), ":") && printable(raw) {
			f.add(from, to, "basic-login", true)
		}
	}
}

// telegram finds the token of a bot: 8 to 10 digits, a colon and 35 bytes.
func (f *finder) telegram(i int) {
	colon := f.span(i, digits, 11)
	if n := colon - i; n < 8 || n > 10 || !strings.HasPrefix(f.s[colon:], ":AA") {
		return
	}
	if to := f.span(colon+1, wordy, 36); to-colon == 36 {
		f.add(i, to, "telegram-token", false)
	}
}

// knownAt returns known for an index that may be past the end.
func (f *finder) knownAt(i int) (int, string) {
	if i >= len(f.s) {
		return 0, ""
	}
	return f.known(i)
}

// keys finds private keys, from the first line to the last.
func (f *finder) keys() {
	for i := 0; ; {
		k := strings.Index(f.s[i:], "-----BEGIN ")
		if k < 0 {
			return
		}
		from := i + k
		i = from + 11
		name, _, ok := strings.Cut(f.s[i:min(len(f.s), i+60)], "-----")
		if !ok || !strings.Contains(name, "PRIVATE KEY") && !strings.HasSuffix(name, "SEED") {
			continue
		}
		to := len(f.s)
		if e := strings.Index(f.s[i:], "END "+name); e >= 0 {
			to = i + e + len("END "+name)
			to = f.span(to, dashes, 10)
		}
		f.add(from, to, "private-key", false)
		i = to
	}
}

// reasons explain, by kind, why text without a known form is treated as a secret.
var reasons = map[string]model.Safe{
	"password":     model.Lit("it follows a word for a password"),
	"token":        model.Lit("it follows the name of a secret"),
	"bearer-token": model.Lit("it follows Bearer"), "basic-login": model.Lit("it follows Basic"),
	"aws-secret":      model.Lit("it looks random and is as long as the secret of an AWS key"),
	"session":         model.Lit("it is the value of a session"),
	"totp-seed":       model.Lit("it follows words for one-time passwords"),
	"recovery-code":   model.Lit("it follows words for recovery codes"),
	"azure-signature": model.Lit("it signs a shared link"), "password-hash": model.Lit("it is the hash of a password"),
	"wifi-password": model.Lit("it is in the text of a network"),
}

// Why returns why text of a kind is treated as a secret.
func Why(kind string) model.Safe {
	if s, ok := reasons[kind]; ok {
		return s
	}
	return model.Safef("it has the form of a %s", kind)
}
