package secretscan

import "strings"

// codeWords precede one-time codes that replace a second factor.
var codeWords = []string{
	"recovery code",
	"backup code",
	"scratch code",
	"emergency code",
	"recovery key",
	"wiederherstellungscode",
	"code de secours",
	"código de recuperación",
	"kurtarma kodu",
}

// codes finds the recovery codes that follow such a word.
func (f *finder) codes(low string) {
	for _, w := range codeWords {
		for from := 0; ; {
			k := strings.Index(low[from:], w)
			if k < 0 {
				break
			}
			from += k + len(w)
			f.codeList(from)
		}
	}
}

// codeList marks the codes of a list, which ends at the first word that is not a code.
func (f *finder) codeList(i int) {
	for n, skipped := 0, 0; n < 40 && i < len(f.s); {
		for i < len(f.s) && strings.IndexByte(" ,;:\n\t.\"'s-*=", f.s[i]) >= 0 {
			i++
		}
		to := f.span(i, wordy, 80)
		if to == i {
			return
		}
		if v := f.s[i:to]; isCode(v) {
			f.add(i, to, "recovery-code", true)
			n++
		} else if skipped++; n > 0 || skipped > 3 {
			return
		}
		i = to
	}
}

// isCode reports whether a word consists of groups with digits.
func isCode(v string) bool {
	v = strings.TrimRight(v, "-")
	digit := strings.ContainsAny(v, "0123456789")
	parts := strings.Split(v, "-")
	if !digit || len(v) < 8 || times(v) && len(parts) == 3 || uuid(v) {
		return false
	}
	if len(parts) == 1 {
		return len(v) <= 16
	}
	for _, p := range parts {
		if len(p) < 4 || len(p) > 8 {
			return false
		}
	}
	return true
}

// seedWords precede the seed of one-time passwords.
var seedWords = []string{
	"totp",
	"otp seed",
	"otp secret",
	"2fa secret",
	"2fa seed",
	"mfa secret",
	"mfa seed",
	"authenticator secret",
	"authenticator key",
	"2fa key",
	"mfa key",
	"otp key",
	"2fa-schlüssel",
	"clé 2fa",
	"clave 2fa",
	"2fa anahtar",
	"setup key",
	"otpauth://",
}

// seeds finds seeds of one-time passwords: base32, in one word or in groups.
func (f *finder) seeds(low string) {
	for _, w := range seedWords {
		for from := 0; ; {
			k := strings.Index(low[from:], w)
			if k < 0 {
				break
			}
			from += k + len(w)
			f.seed(from)
		}
	}
}

// factorWords may follow a seed: "the key ... for 2FA".
var factorWords = []string{"2fa", "mfa", "totp", "otp", "two-factor", "authenticator"}

// keyWords precede such a seed.
var keyWords = []string{"key", "seed", "secret", "schlüssel", "clé", "clave", "anahtar"}

// seedsBefore finds seeds that one of factorWords follows in the same line.
func (f *finder) seedsBefore(low string) {
	for _, w := range factorWords {
		for from := 0; ; {
			k := strings.Index(low[from:], w)
			if k < 0 {
				break
			}
			at := from + k
			from = at + len(w)
			if at > 0 && alnum[low[at-1]] {
				continue
			}
			begin := max(strings.LastIndexByte(low[:at], '\n')+1, at-200)
			f.seedIn(low, begin, at)
		}
	}
}

// seedIn marks a seed with a digit in it that follows one of keyWords.
func (f *finder) seedIn(low string, begin, end int) {
	first := -1
	for _, w := range keyWords {
		if k := strings.Index(low[begin:end], w); k >= 0 && (first < 0 || k+len(w) < first) {
			first = k + len(w)
		}
	}
	if first < 0 {
		return
	}
	for i := begin + first; i < end; {
		to := f.span(i, base32, 200)
		isSeed := to-i >= 16 && to <= end && wordEnds(f, to) && strings.ContainsAny(f.s[i:to], "234567")
		if isSeed && (i == 0 || !alnum[f.s[i-1]]) {
			f.add(i, to, "totp-seed", false)
			return
		}
		i = max(to, i+1)
	}
}

func (f *finder) seed(i int) {
	end := min(len(f.s), i+200)
	for i < end {
		if !base32[f.s[i]] || i > 0 && alnum[f.s[i-1]] {
			i++
			continue
		}
		to := f.span(i, base32, 200)
		if to-i >= 16 && wordEnds(f, to) {
			f.add(i, to, "totp-seed", false)
			return
		}
		if to := seedGroups(f, i); to > 0 {
			f.add(i, to, "totp-seed", false)
			return
		}
		i = max(to, i+1)
	}
}

// seedGroups returns the end of a seed in groups of four, as it is shown to be typed, or 0.
func seedGroups(f *finder, i int) int {
	n, from := 0, i
	for to := f.span(i, base32, 5); to-i == 4 && wordEnds(f, to); to = f.span(i, base32, 5) {
		n++
		if i = to + 1; to >= len(f.s) || f.s[to] != ' ' && f.s[to] != '-' {
			break
		}
	}
	if end := i - 1; n >= 4 && strings.ContainsAny(f.s[from:end], "234567") {
		return end
	}
	return 0
}
