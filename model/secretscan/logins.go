package secretscan

import "strings"

// loginWords precede a name and a password: "credentials were admin:..." or "bo / ...".
var loginWords = []string{
	"credentials",
	"creds",
	"logged in with",
	"logged in as",
	"log in with",
	"log in as",
	"login:",
	"zugangsdaten",
	"anmeldedaten",
	"identifiants",
	"credenciales",
	"kimlik bilgileri",
	"giriş bilgileri",
}

// logins finds the password after a name and a slash or colon that follow one of loginWords.
func logins(f *finder, low string) {
	if !strings.ContainsAny(low, "0123456789") { // such a password has digits
		return
	}
	for _, w := range loginWords {
		for from := 0; ; {
			k := strings.Index(low[from:], w)
			if k < 0 {
				break
			}
			from += k + len(w)
			end := min(len(f.s), from+80)
			if n := strings.IndexByte(f.s[from:end], '\n'); n >= 0 {
				end = from + n
			}
			for i := from; i < end; i++ {
				if (f.s[i] == '/' || f.s[i] == ':') && i > from && loginAt(f, i, end) {
					break
				}
			}
		}
	}
}

// loginAt marks the password after the slash or colon at i, and reports whether there is one.
func loginAt(f *finder, i, end int) bool {
	j := i + 1
	for j < end && f.s[j] == ' ' {
		j++
	}
	to := f.word(j)
	if to <= j || !isSigned(f.s[j:to]) || isMail(f.s[j:to]) || strings.Contains(f.s[j:to], "/") {
		return false
	}
	f.add(j, to, "password", true)
	return true
}

// laterWords are words for a password that follow it. After "with the password of" a name
// stands, so that only what has a symbol is one.
var laterWords = []struct {
	words string
	looks func(string) bool
}{
	{"şifresiyle", isSigned}, {"şifresi ile", isSigned}, {"parolasıyla", isSigned}, {"parolası ile", isSigned},
	{"as the password", strong}, {"as password", strong}, {"as a password", strong}, {"as the passphrase", strong},
	{"als passwort", strong}, {"als kennwort", strong}, {"comme mot de passe", strong},
	{"como contraseña", strong}, {"como clave", strong},
}

// passwordsBefore finds the password before one of laterWords.
func passwordsBefore(f *finder, low string) {
	if !strings.ContainsAny(low, "0123456789") { // such a password has digits
		return
	}
	for _, w := range laterWords {
		for from := 0; ; {
			k := strings.Index(low[from:], " "+w.words)
			if k < 0 {
				break
			}
			end := from + k
			from = end + 1 + len(w.words)
			if end > 0 && strings.IndexByte("\"'`", f.s[end-1]) >= 0 {
				end--
			}
			begin := strings.LastIndexAny(f.s[:end], " \n\"'`(") + 1
			if to := f.word(begin); to == end && w.looks(f.s[begin:end]) &&
				(isSigned(f.s[begin:end]) || endsClause(low[from:])) {
				f.add(begin, end, "password", true)
			}
		}
	}
}

// clauseWords follow "as password" if a password was before it, unlike a noun: in "as
// password label" the password is none.
var clauseWords = strings.Fields("for on of in to and or but by at when which that since everywhere again instead " +
	"then so because with from while until if via there here für fuer bei auf am im in und oder von vom zu zum zur " +
	"pour sur de du des et ou dans en para del por y e o a à au aux")

// endsClause reports whether a text after a word for a password begins with the end of a
// clause, or with a word that links it to another.
func endsClause(low string) bool {
	low = strings.TrimPrefix(low, "s") // as passwords
	rest := strings.TrimLeft(low, " ")
	if rest == "" || rest == low || !alnum[rest[0]] && rest[0] < 0x80 {
		return rest == "" || !wordy[low[0]]
	}
	word, _, _ := strings.Cut(rest, " ")
	return inList(strings.TrimRight(word, ".,;:!?)"), clauseWords)
}
