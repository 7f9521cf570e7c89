package secretscan

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Secrets that are recognized by the words before them: "the password is ...", curl -u,
// recovery codes. The search runs on a lower-case copy of the text with the same offsets.

// passWords are the words for a password in the supported languages.
var passWords = []string{
	"password",
	"passwd",
	"passphrase",
	"passcode",
	"pwd",
	"passwort",
	"kennwort",
	"mot de passe",
	"mdp",
	"contraseña",
	"contrasena",
	"clave",
	"şifre",
	"şİfre",
	"sifre",
	"parola",
	"wifi key",
	"wi-fi key",
	"wpa key",
	"wpa2 key",
}

// shortWords are words for a password that have other meanings too: the text must state
// that a password follows.
var shortWords = []string{"pw", "pass", "wpa-psk", "psk"}

// afterWords may stand between the word and the password, and indicate that a password may
// follow.
var afterWords = strings.Fields(
	`is was are now has been set changed to as the new still ist lautet lautete war wurde auf neu jetzt est était
		etait es era ahora
	olarak şu şudur oldu yeni : = -> := => → ⇒ reads equals being be wäre waere hieß hiess heißt heisst sei serait
	sería sera será c'est`,
)

// ofWords are followed by the owner of the password.
var ofWords = strings.Fields("for für fuer of von de du del para pour için")

// usedWords may stand between the word and one of afterWords: who used the password, and
// how.
var usedWords = strings.Fields(`
	he she they we i it you that which who , used uses use using had has have set sets typed entered
	gave got chose chosen picked kept reused shared sent posted pasted wrote put left found by him her
	them us me then there on in at with here turned out er sie es wir ich den die das der dem benutzt verwendet
	genutzt hatte hat habe haben gesetzt eingegeben benutzte verwendete nutzte beim qu'il qu'elle qu'on
	que qui il elle ils nous avait a ont utilisé utilisait utilise mis choisi tapé saisi dans sur usó
	usaba usa él ella usaban puso tenía había usado eligió en kullandığı kullanılan girdiği onun bizim
	benim verdiği seçtiği
`)

// certainWords are those of afterWords after which a password certainly follows.
var certainWords = strings.Fields(": = -> := => → ⇒ is was to ist lautet lautete war auf est es era şu şudur olarak " +
	"reads equals be wäre waere hieß hiess heißt heisst sei serait sería sera será c'est")

// words finds secrets by the words before them.
func (f *finder) words() {
	f.hashes()
	f.webhooks()
	f.wifi()
	low := lower(f.s)
	f.low = low
	for _, w := range passWords {
		f.sentences(low, w, false)
	}
	for _, w := range shortWords {
		f.sentences(low, w, true)
	}
	f.commands(low)
	logins(f, low)
	passwordsBefore(f, low)
	f.codes(low)
	f.seeds(low)
	f.seedsBefore(low)
}

// lower returns a text in lower case with the same offsets: ASCII letters, and those of
// French, German, Spanish and Turkish that have as many bytes. "İ" stays as it is.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		switch {
		case c >= 'A' && c <= 'Z':
			b[i] = c + 'a' - 'A'
		case i == 0 || c < 0x80:
		case b[i-1] == 0xC3 && c <= 0x9E && c != 0x97, // À to Þ
			b[i-1] == 0xC4 && c == 0x9E, b[i-1] == 0xC5 && c == 0x9E: // Ğ, Ş
			if b[i-1] == 0xC3 {
				b[i] = c + 0x20
			} else {
				b[i]++
			}
		}
	}
	return string(b)
}

// sentences examines what follows each occurrence of a word for a password.
func (f *finder) sentences(low, word string, short bool) {
	for from := 0; ; {
		k := strings.Index(low[from:], word)
		if k < 0 {
			return
		}
		i := from + k
		from = i + len(word)
		if i > 0 && !beginsWord(low, i, word) {
			continue
		}
		end := from
		// endings: passwords, parolası
		for end < len(low) && end < from+4 && (low[end] >= 'a' && low[end] <= 'z' || low[end] >= 0x80) {
			end++
		}
		if end < len(low) &&
			(alnum[low[end]] || low[end] == '-' || low[end] == '_' || low[end] == '.' || low[end] == '=') {
			continue
		}
		if short && !assignsDirectly(low, from, end) {
			continue
		}
		f.sentence(low, end, short)
	}
}

// assignsDirectly reports whether the word that ends at end is followed directly by a sign
// that a password comes.
func assignsDirectly(low string, from, end int) bool {
	rest := strings.TrimLeft(low[end:], " ")
	return end == from &&
		(strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "is "))
}

// beginsWord reports whether a word for a password begins at i: by itself, after a dash
// (WLAN-Passwort), or as the end of a German compound (Zugangspasswort).
func beginsWord(low string, i int, word string) bool {
	switch c := low[i-1]; {
	case c >= 'a' && c <= 'z':
		return word == "passwort" || word == "kennwort"
	case c == '-':
		return i > 1 && low[i-2] >= 'a' && low[i-2] <= 'z'
	default:
		return !alnum[c] && c != '_' && c != '$' && c != '{' && c < 0x80
	}
}

// sentence finds the password after the words that lead to it.
func (f *finder) sentence(low string, i int, short bool) {
	certain, far, assigned, n := false, false, false, 0
	for n < 7 {
		for i < len(low) && (low[i] == ' ' || low[i] == '(') {
			i++
		}
		if i >= len(low) || low[i] == '\n' {
			return
		}
		to := i
		if low[i] == ':' || low[i] == '=' {
			to = i + 1
		} else {
			for to < len(low) && low[to] != ' ' && low[to] != '\n' &&
				!(low[to] == ':' && (to+1 == len(low) || low[to+1] == ' ')) {
				to++
			}
		}
		w := low[i:to]
		switch {
		case inList(w, ofWords):
			for to < len(low) && low[to] == ' ' {
				to++
			}
			for to < len(low) && low[to] != ' ' && low[to] != '\n' && low[to] != ':' {
				to++
			}
		case inList(w, afterWords):
			certain = certain || inList(w, certainWords)
			assigned = w == ":" || w == "="
		case !short && !certain && (w == "," || inList(strings.Trim(w, ","), usedWords)):
			n-- // not counted: there may be many, and the end of the line is the limit
		case !short && !certain && isPlain(w):
			far = true
		case far:
			v := f.s[i:f.word(i)]
			if certain && (isSigned(v) || assigned && hasSign(v)) {
				f.password(i, certain)
			}
			return
		default:
			if certain || !short {
				f.password(i, certain)
			}
			return
		}
		i = to
		n++
	}
}

// isPlain reports whether a word is an ordinary word of a sentence.
func isPlain(w string) bool {
	for i := range len(w) {
		if c := w[i]; !(c >= 'a' && c <= 'z' || c >= 0x80 || c == '-' || c == '\'' || c == ',') {
			return false
		}
	}
	return true
}

// isSigned reports whether a word is a password in any position: letters, two digits and a
// symbol, and not a ticket number (INC#1234).
func isSigned(v string) bool {
	count := 0
	for i := range len(v) {
		if digits[v[i]] {
			count++
		}
	}
	return count > 1 && hasSign(v)
}

// hasSign reports whether a word has the form of a password with a symbol.
func hasSign(v string) bool {
	return strings.ContainsAny(v, "!#$%&*+=?^~@") && strong(v) && !isTicket(v)
}

// isTicket reports whether a word is the number of a ticket: INC#1234.
func isTicket(v string) bool {
	head, tail, ok := strings.Cut(v, "#")
	return ok && strings.Trim(tail, "0123456789") == "" && strings.ToUpper(head) == head
}

// password marks the value that begins at i if it looks like a password: it is in quotes,
// or has a form that words do not have.
func (f *finder) password(i int, certain bool) {
	if i >= len(f.s) {
		return
	}
	quote := strings.IndexByte("\"'`", f.s[i]) >= 0
	to, q := f.value(i)
	i += q
	if q == 0 {
		to = f.word(i)
	}
	v := f.s[i:max(i, to)]
	switch {
	case len(v) < 4 || placeholder(v) || address(v) || isPath(v) || f.keyID(i) == to || v[0] == '@' || v[0] == '#' ||
		strings.Contains(v, "://") || isMail(v):
	case strings.HasPrefix(v, "CVE-") || strings.HasPrefix(v, "GHSA-") || strings.HasPrefix(v, "inc-"):
	case quote && q == 1 && certain && !strings.Contains(v, " "):
		f.add(i, to, "password", true)
	case certain && dashed(v) && strings.Count(v, "-") >= dashesFor(f.s, i):
		f.add(i, to, "password", true)
	case len(v) < 6 || !odd(v):
	case certain && !nameLike(v):
		f.add(i, to, "password", true)
	case !certain && strong(v):
		f.add(i, to, "password", true)
	}
}

// dashesFor returns how many dashes the words of a password need: fewer after a colon than
// in a sentence, whose words can be joined by dashes too.
func dashesFor(s string, i int) int {
	if before := strings.TrimRight(s[:i], " \"'`"); strings.HasSuffix(before, ":") || strings.HasSuffix(before, "=") {
		return 2
	}
	return 3
}

// word returns the end of the word at i, without the punctuation that ends a sentence.
func (f *finder) word(i int) int {
	to, end := i, min(len(f.s), i+f.spend())
	for to < end {
		r, n := utf8.DecodeRuneInString(f.s[to:])
		if n == 1 && !visible[f.s[to]] || n > 1 && !unicode.IsLetter(r) {
			break
		}
		to += n
	}
	f.budget -= to - i
	if k := strings.IndexByte(f.s[i:to], '\''); k > 0 { // Kedi1234'dir
		to = i + k
	}
	for to > i && strings.IndexByte(".,;:?)]}\"", f.s[to-1]) >= 0 {
		to--
	}
	return to
}

func isMail(v string) bool {
	at := strings.IndexByte(v, '@')
	return at > 0 && strings.IndexByte(v[at:], '.') > 1 && strings.IndexByte(v[at+1:], '@') < 0 &&
		strings.Trim(v[at+1:], "abcdefghijklmnopqrstuvwxyz.-") == ""
}

// strong reports whether a word would not stand after "password" by chance: letters with
// digits and a capital letter or symbol, and not a name.
func strong(v string) bool {
	lowers, uppers, digit, signs := 0, 0, 0, 0
	for i := range len(v) {
		switch c := v[i]; {
		case c >= 'a' && c <= 'z', c >= 0x80:
			lowers++
		case c >= 'A' && c <= 'Z':
			uppers++
		case c >= '0' && c <= '9':
			digit++
		case strings.IndexByte("!$%&*+=?^~#@", c) >= 0:
			signs++
		default:
			return false
		}
	}
	return digit > 0 && lowers+uppers > 2 && (signs > 0 || uppers > 0 && lowers > 0 || digit > 1 && lowers > 3)
}
