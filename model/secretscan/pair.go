package secretscan

import (
	"encoding/base64"
	"strings"
)

// awsLength is the length of the secret of an AWS key.
const awsLength = 40

// awsWords precede the secret of an AWS key, by at most besideWord bytes in its line.
var awsWords = []string{"aws", "secret", "access key", "accesskey", "access_key", "credential", "geheim", "secrète",
	"secreta", "gizli"}

// hashWords precede a value of that length that is not secret.
var hashWords = []string{"fingerprint", "digest", "hash", "checksum", "etag", "ssdeep", "nonce", "node_id",
	"request id", "request-id", "version id", "versionid", "trace id", "commit"}

const besideWord = 80

// awsSecrets finds the secrets of AWS keys without their ids: words of 40 base64 characters
// that look random. A word that says what follows makes up for some randomness.
func (f *finder) awsSecrets() {
	for i := 0; i+awsLength <= len(f.s); { // the byte before i is not part of a word
		last := i + awsLength - 1
		for last >= i && base64ish[f.s[last]] {
			last--
		}
		if last >= i { // a word of that length can only begin after it
			i = last + 1
			continue
		}
		to := f.span(i, base64ish, len(f.s))
		if to-i == awsLength && isWholeWord(f.s, i, to) && !continues(f.s, i) {
			need := 17
			aws, hash := lastOf(f.low, awsWords, i), lastOf(f.low, hashWords, i)
			if aws >= 0 {
				need = 12
			}
			word := f.s[i:to]
			if hash <= aws && isAWSSecret(word) && changes(word) >= need && strings.Count(word, "/") < 4 &&
				!isEncodedText(word) {
				f.add(i, to, "aws-secret", false)
			}
		}
		i = to
	}
}

// isWholeWord reports whether a word is not part of a longer name, address or token.
func isWholeWord(s string, from, to int) bool {
	if from > 1 && s[from-1] == ':' { // "96:...", as in a fuzzy hash
		begin := from - 1
		for begin > 0 && from-begin < awsLength && base64ish[s[begin-1]] {
			begin--
		}
		if strings.ContainsAny(s[begin:from-1], "0123456789") {
			return false
		}
	}
	return (from == 0 || strings.IndexByte("-_.@%~#$", s[from-1]) < 0) &&
		(to >= len(s) || strings.IndexByte("=-_@%~(", s[to]) < 0 && !dotAndWord(s, to))
}

// dotAndWord reports whether a dot and a further word follow.
func dotAndWord(s string, to int) bool { return s[to] == '.' && to+1 < len(s) && wordy[s[to+1]] }

// continues reports whether the line before i ends in longer base64, as in a certificate.
func continues(s string, i int) bool {
	line := max(0, i-besideWord)
	line += strings.LastIndexByte(s[line:i], '\n')
	if line < max(0, i-besideWord) || strings.TrimSpace(s[line:i]) != "" {
		return false
	}
	end := len(strings.TrimRight(s[:line], " \t\r"))
	begin := end
	for begin > 0 && end-begin <= awsLength && padded[s[begin-1]] {
		begin--
	}
	return end-begin > awsLength
}

// lastOf returns where the last of some words before i in its line begins, or -1.
func lastOf(low string, words []string, i int) int {
	before := low[max(0, i-besideWord):i]
	before = before[strings.LastIndexByte(before, '\n')+1:]
	last := -1
	for _, w := range words {
		last = max(last, strings.LastIndex(before, w))
	}
	return last
}

// isEncodedText reports whether a word is readable text in base64.
func isEncodedText(word string) bool {
	raw, err := base64.StdEncoding.DecodeString(word)
	return err == nil && printable(raw)
}

// changes returns how often small letters, capital letters and digits follow each other: in
// a random word 25 times of 39, in names and paths a few times a word.
func changes(word string) (n int) {
	last := byte(0)
	for i := range len(word) {
		class := byte(0)
		switch c := word[i]; {
		case c >= 'a' && c <= 'z':
			class = 'a'
		case c >= 'A' && c <= 'Z':
			class = 'A'
		case c >= '0' && c <= '9':
			class = '0'
		default:
			continue
		}
		if last != 0 && class != last {
			n++
		}
		last = class
	}
	return n
}

// besideID is how far from the id of an AWS key its secret is searched for, in bytes.
const besideID = 160

// pair finds the secret of an AWS key pair near the id from i to end: a word of 40 base64
// characters with capital letters, small letters and digits.
func (f *finder) pair(i, end int) {
	from, to := max(0, i-besideID), min(len(f.s), end+besideID)
	for from < i && from > 0 && base64ish[f.s[from-1]] { // the rest of a longer word
		from++
	}
	for at := from; at < to; {
		if at == i {
			at = end
			continue
		}
		next := f.span(at, base64ish, 41)
		ends := next >= len(f.s) || strings.IndexByte("=-_", f.s[next]) < 0
		if next-at == awsLength && ends && isAWSSecret(f.s[at:next]) {
			f.add(at, next, "aws-secret", false)
		}
		for next < to && base64ish[f.s[next]] {
			next++
		}
		at = max(next, at+1)
	}
}

// isAWSSecret reports whether a word has the characters of a random one; the 40 digits of a
// commit have no capital letters.
func isAWSSecret(word string) bool {
	small, capital, digit := false, false, false
	for _, c := range []byte(word) {
		small = small || c >= 'a' && c <= 'z'
		capital = capital || c >= 'A' && c <= 'Z'
		digit = digit || c >= '0' && c <= '9'
	}
	return small && capital && digit
}
