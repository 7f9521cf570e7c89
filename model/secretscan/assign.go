package secretscan

import (
	"slices"
	"strings"
)

// Secrets that are recognized by the name before them: DB_PASSWORD=..., "api_key": "...",
// and the password in a URL.

// value has the bytes of an unquoted value: it ends at the separators of lists, queries and
// sentences.
var value = func() *set {
	s := *visible
	for _, c := range []byte("\"'`&;,<>)]}") {
		s[c] = false
	}
	return &s
}()

// dottedBase64 has the bytes of a token that has no known form.
var dottedBase64 = of("AZaz09++//==__--..~~")

// assigned examines the value that a "=" or ":" assigns to the name before it.
func (f *finder) assigned(i int) {
	if f.s[i] == ':' && strings.HasPrefix(f.s[i:], "://") {
		f.login(i)
		return
	}
	name, quoted := f.name(i)
	strong, weak := secretName(name)
	if !strong && !weak {
		f.carried(i, name)
		return
	}
	from, wide := gap(f, i, quoted)
	to, q := f.value(from)
	from += q
	if from >= to || placeholder(f.s[from:to]) {
		return
	}
	if q > 0 && strings.IndexByte("),.; ", f.s[from]) >= 0 { // the quote only closes: (`PASSWORD=`) and the like
		return
	}
	if end, kind := f.known(from); kind != "" {
		f.add(from, end, kind, false)
		return
	}
	switch v := f.s[from:to]; {
	case f.keyID(from) == to, weak && isPath(v) && strings.HasSuffix(name, "pwd"):
	case weak && dashed(v):
		f.add(from, to, "password", true)
	case strong && uuid(v) && hasUUIDs(name):
		f.add(from, to, "token", false)
	case weak && q == 0 && !quoted && wide && f.s[i] == ':': // prose: "password: reset for all"
		if len(v) >= 6 && odd(v) {
			f.add(from, to, "password", true)
		}
	case weak && (len(v) >= 4 && !isShortName(name) || len(v) >= 6 && odd(v)):
		f.add(from, to, "password", true)
	case strong && len(v) >= 16 && mixed(v) && allIn(v, dottedBase64) && !address(v) && !nameLike(v):
		f.add(from, to, "token", false)
	}
}

// gap returns where the value begins that a "=" or ":" at i assigns, and whether there is
// white space before it. The value of a quoted name may be on the next line, as in JSON, and
// that of another one too after the signs of YAML for a text of several lines.
func gap(f *finder, i int, quoted bool) (from int, wide bool) {
	from = i + 1
	if arrow := f.s[i : i+min(2, len(f.s)-i)]; arrow == ":=" || arrow == "=>" {
		from++
	}
	for from < len(f.s) && (f.s[from] == ' ' || f.s[from] == '\t') && from < i+maxGap {
		from, wide = from+1, true
	}
	line := from
	if !quoted && f.s[i] == ':' {
		for line < len(f.s) && strings.IndexByte("|>-+", f.s[line]) >= 0 && line < from+2 {
			line++
		}
		quoted = line > from
	}
	if next := f.span(line, blank, maxLineGap); quoted && next > line && strings.IndexByte(f.s[line:next], '\n') >= 0 {
		return next, false
	}
	return from, wide
}

// The max lengths of the white space before a value: in its line, and before the next one.
const (
	maxGap     = 8
	maxLineGap = 100
)

// blank has the bytes of white space.
var blank = of("  \t\t\n\n\r\r")

// uuidServices are services whose tokens are UUIDs.
var uuidServices = []string{"heroku", "snyk", "squarespace", "kucoin", "hubspot"}

func hasUUIDs(name string) bool {
	return slices.ContainsFunc(uuidServices, func(s string) bool { return strings.Contains(name, s) })
}

// name returns the name before a "=" or ":", in lower case, and whether it is in quotes.
func (f *finder) name(i int) (string, bool) {
	end := i
	for end > 0 && (f.s[end-1] == ' ' || f.s[end-1] == '\t') && end > i-maxGap {
		end--
	}
	quoted := end > 0 && strings.IndexByte("\"'`", f.s[end-1]) >= 0
	if quoted {
		if end--; end > 0 && f.s[end-1] == '\\' { // JSON in a text of JSON
			end--
		}
	}
	from := end
	for from > 0 && end-from < 64 && (wordy[f.s[from-1]] || f.s[from-1] == '.') {
		from--
	}
	return strings.ToLower(f.s[from:end]), quoted
}

// value returns the end of the value that begins at i, and the number of quote bytes before
// it.
func (f *finder) value(i int) (to, quotes int) {
	if strings.HasPrefix(f.s[min(i, len(f.s)):], `\"`) {
		if e := strings.Index(f.s[i+2:], `\"`); e >= 0 && strings.IndexByte(f.s[i+2:i+2+e], '\n') < 0 {
			return i + 2 + e, 2
		}
	}
	if i < len(f.s) && strings.IndexByte("\"'`", f.s[i]) >= 0 {
		if e := strings.IndexByte(f.s[i+1:], f.s[i]); e >= 0 && strings.IndexByte(f.s[i+1:i+1+e], '\n') < 0 {
			return i + 1 + e, 1
		}
	}
	to = f.span(i, value, f.spend())
	f.budget -= to - i
	for to > i && (f.s[to-1] == '.' || f.s[to-1] == ':') {
		to--
	}
	return to, 0
}

// strongNames and weakNames are the endings of names that hold a secret.
var (
	strongNames = []string{"secret", "token", "apikey", "api_key", "api-key", "access_key", "access-key", "accesskey",
		"secret_key", "secret-key", "secretkey",
		"private_key", "privatekey", "client_secret", "account_key", "accountkey", "auth_key", "authkey",
		"encryption_key", "signing_key", "sharedaccesskey", "webhook_secret", "secret_key_base"}
	weakNames = []string{"password", "passwd", "passwort", "passphrase", "pwd", "parola", "kennwort", "passcode",
		"contrasena", "motdepasse", "mot_de_passe", "sifre", "userpw", "rootpw",
		"sshpass", "_pass", "-pass", ".pass", "_pw", "-pw", ".pw"}
	// harmless are names with such an ending that do not hold a secret.
	harmless = []string{"next_token", "nexttoken", "page_token", "pagetoken", "continuation_token", "sync_token",
		"cancel_token", "no_token", "max_token", "cancellation_token", "publickeytoken"}
)

// isShortName reports whether a name ends in a word that has other meanings too.
func isShortName(n string) bool { return strings.HasSuffix(n, "pass") || strings.HasSuffix(n, "pw") }

func secretName(n string) (strong, weak bool) {
	if n == "" || strings.IndexByte("tnydeaws", n[len(n)-1]) < 0 { // fast path: rules out most names
		return false, false
	}
	for _, w := range weakNames {
		if strings.HasSuffix(n, w) {
			return false, true
		}
	}
	for _, h := range harmless {
		if strings.HasSuffix(n, h) {
			return false, false
		}
	}
	for _, w := range strongNames {
		if strings.HasSuffix(n, w) {
			return true, false
		}
	}
	return false, false
}

// login finds the password in a URL: scheme://user:PASSWORD@host.
func (f *finder) login(i int) {
	from := i + 3
	to := f.span(from, visible, f.spend())
	f.budget -= to - from
	if k := strings.IndexAny(f.s[from:to], "/?#\"'<>`|,"); k >= 0 {
		to = from + k
	}
	at := strings.LastIndexByte(f.s[from:to], '@')
	if at < 0 {
		return
	}
	user, pass, ok := strings.Cut(f.s[from:from+at], ":")
	if !ok || placeholder(pass) || len(pass) < 2 {
		return
	}
	begin := from + len(user) + 1
	if end, kind := f.known(begin); kind != "" {
		f.add(begin, end, kind, false)
		return
	}
	f.add(begin, from+at, "password", true)
}

// notSecrets are words that often follow such a name without being a secret.
var notSecrets = strings.Fields(
	`reset changed expired rotated leaked revoked wrong unknown none null nil true false empty redacted hidden
		removed missing required
	invalid valid weak strong set unset same default example changeme placeholder password secret token string yes
		no ok todo tbd masked encrypted known stolen
	exposed compromised disabled enabled protected`)

// placeholder reports whether a value is a placeholder: ***, <password>, $PASS, {{ .pass
// }}, [secret ...].
func placeholder(v string) bool {
	if v == "" || strings.IndexByte("<[{$%*", v[0]) >= 0 || strings.HasPrefix(v, "process.env") ||
		strings.HasPrefix(v, "os.") {
		return true
	}
	if strings.Contains(v, "****") || strings.Contains(v, "REDACTED") || strings.Contains(v, "...") ||
		strings.HasPrefix(v, "..") || strings.Contains(v, "…") || strings.Contains(v, "•") {
		return true
	}
	if strings.Trim(v, "xX") == "" || strings.Trim(v, "-_.") == "" {
		return true
	}
	return inList(v, notSecrets)
}

// address reports whether a value is the location of a secret, not the secret.
func address(v string) bool {
	return strings.HasPrefix(v, "arn:") || strings.HasPrefix(v, "/") || strings.HasPrefix(v, "./") ||
		strings.HasPrefix(v, "projects/") ||
		strings.HasPrefix(v, "sha256") || strings.HasPrefix(v, "vault/") || strings.HasPrefix(v, "secret/") || uuid(v)
}

// isPath reports whether a value is a directory, as in PWD=.
func isPath(v string) bool {
	return strings.HasPrefix(v, "/") || strings.HasPrefix(v, "~") || strings.HasPrefix(v, "./") || len(v) > 2 &&
		v[1] == ':' && (v[2] == '\\' || v[2] == '/')
}

// dashed reports whether a value is three or more words joined by dashes, a form that
// people are advised to use for passwords.
func dashed(v string) bool {
	parts := strings.Split(v, "-")
	if len(parts) < 3 {
		return false
	}
	for _, p := range parts {
		if len(p) < 3 || len(p) > 12 || strings.Trim(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" ||
			inList(p, linkWords) {
			return false
		}
	}
	return true
}

// linkWords occur in prose that is joined by dashes: reset-for-all.
var linkWords = strings.Fields("for the and not see was all has its are from with")

// nameLike reports whether a value is a name: words in lower case with up to two digits
// each, joined by dashes, dots or underscores: prod-db-credentials-v2.
func nameLike(v string) bool {
	parts := strings.FieldsFunc(v, func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	if len(parts) < 2 {
		return false
	}
	for _, p := range parts {
		word := strings.TrimRight(p, "0123456789")
		if len(p)-len(word) > 2 || len(word) == 0 && len(parts) < 3 ||
			strings.Trim(word, "abcdefghijklmnopqrstuvwxyz") != "" {
			return false
		}
	}
	return true
}

func inList(s string, list []string) bool {
	for _, w := range list {
		if strings.EqualFold(s, w) {
			return true
		}
	}
	return false
}

func uuid(v string) bool {
	return len(v) == 36 && v[8] == '-' && v[13] == '-' && v[18] == '-' && v[23] == '-'
}

// mixed reports whether a text has both letters and digits, as generated values do.
func mixed(v string) bool {
	letter, digit := false, false
	for i := range len(v) {
		c := v[i]
		digit = digit || c >= '0' && c <= '9'
		letter = letter || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
	}
	return letter && digit
}

// odd reports whether a word has characters that ordinary prose does not use.
func odd(v string) bool {
	for i := range len(v) {
		if c := v[i]; strings.IndexByte("!#$%&*+=?@^~_", c) >= 0 {
			return true
		}
	}
	return mixed(v) && !times(v)
}

// times reports whether a word is a time, a date or a number with a unit.
func times(v string) bool {
	if v[0] < '0' || v[0] > '9' {
		return false
	}
	for i := range len(v) {
		if c := v[i]; !(c >= '0' && c <= '9' || strings.IndexByte(":-.TZhmsdUC", c) >= 0) {
			return false
		}
	}
	return true
}

func allIn(v string, in *set) bool {
	for i := range len(v) {
		if !in[v[i]] {
			return false
		}
	}
	return true
}

func printable(b []byte) bool {
	for _, c := range b {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}
