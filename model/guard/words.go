package guard

import "strings"

// What is a secret because of the words before it: "the password is ...", curl -u,
// recovery codes. The words are looked for in small letters; a text keeps its places.

// passWords are the words for a password in the languages that people write here.
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
	"Şifre",
	"sifre",
	"parola",
	"wifi key",
	"wi-fi key",
	"wpa key",
	"wpa2 key",
}

// shortWords are words for a password that are also other words: what follows has to be
// said to be one.
var shortWords = []string{"pw", "pass", "wpa-psk", "psk"}

// afterWords may stand between the word and the password, and say that it comes.
var afterWords = strings.Fields(
	`is was are now has been set changed to as the new still ist lautet war wurde auf neu jetzt est était etait es era ahora
	olarak şu şudur oldu yeni : = -> := => reads equals being`,
)

// ofWords are followed by whose password it is.
var ofWords = strings.Fields("for für fuer of von de du del para pour için")

// says are the words of afterWords after which a password comes, and not only may.
var says = strings.Fields(": = -> := => is was to ist lautet war auf est es era şu şudur olarak reads equals")

// flags are options of commands after which a password or a login stands.
var flags = []struct {
	before string // words that have to stand before it in the line, "" for none
	flag   string
	login  bool // USER:PASSWORD
	joined bool // without a space after it
}{
	{
		"curl",
		"-u",
		true,
		false,
	}, {"curl", "--user", true, false}, {"curl", "--proxy-user", true, false}, {"wget", "--password", false, false},
	{
		"sshpass",
		"-p",
		false,
		false,
	}, {"sshpass", "-p", false, true}, {"mysql", "-p", false, true}, {"mariadb", "-p",
		false, true}, {"mysqldump", "-p", false, true},
	{
		"mysqladmin",
		"-p",
		false,
		true,
	}, {"redis-cli", "-a", false, false}, {"docker login", "-p", false, false}, {"mongo", "-p",
		false, false}, {"ldapsearch", "-w", false, false},
	{
		"ldapmodify",
		"-w",
		false,
		false,
	}, {"", "--password", false, false}, {"", "--passwd", false, false}, {"", "-passin pass",
		false, false}, {"htpasswd", "-b", false, false},
	{"smbclient", "-u", true, false}, {"xfreerdp", "/p", false, false}, {"az login", "-p", false, false},
}

// words finds what the words before it make a secret.
func (f *finder) words() {
	f.hashes()
	f.webhooks()
	f.wifi()
	low := lower(f.s)
	for _, w := range passWords {
		f.sentences(low, w, false)
	}
	for _, w := range shortWords {
		f.sentences(low, w, true)
	}
	f.commands(low)
	f.codes(low)
	f.seeds(low)
}

// lower is a text with small ASCII letters, byte for byte.
func lower(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'A' && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return string(b)
}

// sentences looks at what follows a word for a password.
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
		for end < len(low) && end < from+4 && (low[end] >= 'a' && low[end] <= 'z' || low[end] >= 0x80) { // passwords, parolası
			end++
		}
		if end < len(low) &&
			(alnum[low[end]] || low[end] == '-' || low[end] == '_' || low[end] == '.' || low[end] == '=') {
			continue
		}
		if short && !saidAtOnce(low, from, end) {
			continue
		}
		f.sentence(low, end, short)
	}
}

// saidAtOnce reports whether a word that ends at end says at once that a password comes.
func saidAtOnce(low string, from, end int) bool {
	rest := strings.TrimLeft(low[end:], " ")
	return end == from && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "=") || strings.HasPrefix(rest, "is "))
}

// beginsWord reports whether a word for a password begins at i: alone, after a dash
// (WLAN-Passwort), or as the end of a German word (Zugangspasswort).
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

// sentence takes the word after those that lead to a password.
func (f *finder) sentence(low string, i int, short bool) {
	said, n := false, 0
	for n < 7 {
		for i < len(low) && low[i] == ' ' {
			i++
		}
		if i >= len(low) || low[i] == '\n' {
			return
		}
		to := i
		if low[i] == ':' || low[i] == '=' {
			to = i + 1
		} else {
			for to < len(low) && low[to] != ' ' && low[to] != '\n' && !(low[to] == ':' && (to+1 == len(low) || low[to+1] == ' ')) {
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
			said = said || inList(w, says)
		default:
			if said || !short {
				f.password(i, said)
			}
			return
		}
		i = to
		n++
	}
}

// password marks the value that begins at i where it looks like a password: in quotes,
// or as no word does.
func (f *finder) password(i int, said bool) {
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
	case len(v) < 4 || placeholder(v) || address(v) || isPath(v) || f.keyID(i) == to || v[0] == '@' || v[0] == '#' || strings.Contains(v, "://") || isMail(v):
	case strings.HasPrefix(v, "CVE-") || strings.HasPrefix(v, "GHSA-") || strings.HasPrefix(v, "inc-"):
	case quote && q == 1 && said && !strings.Contains(v, " "):
		f.add(i, to, "password", true)
	case len(v) < 6 || !odd(v):
	case said && !nameLike(v):
		f.add(i, to, "password", true)
	case !said && strong(v):
		f.add(i, to, "password", true)
	}
}

// word is where a word of a sentence ends, without what ends the sentence.
func (f *finder) word(i int) int {
	to := f.span(i, visible, f.spend())
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

// strong reports whether a word is none that stands after "password" by chance: letters
// with digits and a capital or a sign, and no name.
func strong(v string) bool {
	lowers, uppers, digit, signs := 0, 0, 0, 0
	for i := range len(v) {
		switch c := v[i]; {
		case c >= 'a' && c <= 'z':
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

// commands finds the logins and passwords that a command line has.
func (f *finder) commands(low string) {
	if strings.IndexByte(low, '-') < 0 && !strings.Contains(low, " login ") && !strings.Contains(low, "/p:") {
		return
	}
	for _, g := range flags {
		at := 0
		if g.before != "" {
			if at = strings.Index(low, g.before); at < 0 {
				continue
			}
		}
		f.flag(low, at, g.flag, g.login, g.joined)
	}
	f.netrc(low)
}

func (f *finder) flag(low string, from int, flag string, login, joined bool) {
	k := strings.Index(low[from:], " "+flag)
	if k < 0 {
		return
	}
	i := from + k + 1 + len(flag)
	if i >= len(f.s) || joined == (f.s[i] == ' ' || f.s[i] == '=' || f.s[i] == ':') {
		return
	}
	if joined && f.s[i] == '-' {
		return
	}
	if !joined {
		for i < len(f.s) && (f.s[i] == ' ' || f.s[i] == '=' || f.s[i] == ':') {
			i++
		}
	}
	to, q := f.value(i)
	i += q
	v := f.s[i:max(i, to)]
	if login {
		user, pass, ok := strings.Cut(v, ":")
		if sep := strings.IndexByte(v, '%'); !ok && sep > 0 {
			user, pass, ok = v[:sep], v[sep+1:], true
		}
		if !ok {
			return
		}
		i += len(user) + 1
		v = pass
	}
	if len(v) < 3 || placeholder(v) || strings.HasPrefix(v, "-") || isPath(v) && !login || joined && (len(v) < 4 || strings.Trim(v, "0123456789") == "") {
		return
	}
	f.add(i, i+len(v), "password", true)
}

// netrc finds "login NAME password VALUE".
func (f *finder) netrc(low string) {
	for from := 0; ; {
		k := strings.Index(low[from:], "login ")
		if k < 0 {
			return
		}
		from += k + 6
		p := strings.Index(low[from:], " password ")
		if p < 0 || p > 80 || strings.Count(strings.TrimSpace(low[from:from+p]), " ") > 0 {
			continue
		}
		i := from + p + len(" password ")
		if to, q := f.value(i); to-i-q >= 4 && !placeholder(f.s[i+q:to]) {
			f.add(i+q, to, "password", true)
		}
	}
}
