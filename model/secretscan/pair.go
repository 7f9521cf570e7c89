package secretscan

import "strings"

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
		if next-at == 40 && isAWSSecret(f.s[at:next]) && (next >= len(f.s) || strings.IndexByte("=-_", f.s[next]) < 0) {
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
