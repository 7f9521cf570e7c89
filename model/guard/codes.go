package guard

import "strings"

// codeWords come before codes that are used once in place of a second factor.
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

// codes finds them, as many as follow.
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

// codeList marks the codes of a list, which ends with the first word that is none.
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

// isCode reports whether a word is made of groups with digits in them.
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

// seedWords come before the seed of one-time passwords.
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
	"otpauth://",
}

// seeds finds the seeds of one-time passwords: base32, in one word or in groups.
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

func (f *finder) seed(i int) {
	end := min(len(f.s), i+200)
	for i < end {
		if !base32[f.s[i]] || i > 0 && alnum[f.s[i-1]] {
			i++
			continue
		}
		to := f.span(i, base32, 200)
		if to-i >= 16 && f.ends(to) {
			f.add(i, to, "totp-seed", false)
			return
		}
		i = max(to, i+1)
	}
}
