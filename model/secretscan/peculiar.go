package secretscan

import "strings"

// Secrets whose form is not a prefix: tokens with dots at certain offsets, webhooks,
// password hashes, and values in queries and cookies.

// peculiar looks for a secret of such a form at the beginning of a word.
func (f *finder) peculiar(i int) bool {
	end := f.span(i, wordy, many)
	word := f.s[i:end]
	switch {
	case len(word) == 84 && word[76:80] == "AZDO" && wordEnds(f, end):
		f.add(i, end, "azure-devops-token", false)
	case len(word) == 52 && allIn(word, lowBase32) && strings.ContainsAny(word, "234567") && afterDevOps(f, i):
		f.add(i, end, "azure-devops-token", false)
	case len(word) >= 36 && hexes[word[0]] && strings.Contains(word, "-us"):
		return isMailchimp(f, i, end)
	case len(word) == 14 && follows(f, end, ".atlasv1."):
		to := f.span(end+len(".atlasv1."), wordy, 100)
		f.add(i, to, "terraform-token", false)
	case follows(f, end, "~") && len(word) >= 5 && word[3] >= '0' && word[3] <= '9' && word[4] == 'Q':
		if to := f.span(end, azureSecret, 60); to-i >= 37 && to-i <= 42 {
			f.add(i, to, "azure-secret", false)
			return true
		}
		return false
	case len(word) == 40 && strings.HasSuffix(word, "_mmk"):
		f.add(i, end, "maxmind-key", false)
	case (len(word) == 15 || len(word) == 16) && allIn(word, digits) && (follows(f, end, "|") || follows(f, end, "%")):
		to := f.span(end+1, wordy, 50)
		if n := to - end - 1; n < 27 || n > 40 || !mixed(f.s[end+1:to]) {
			return false
		}
		f.add(i, to, "facebook-token", false)
	case len(word) >= 23 && len(word) <= 30 && strings.IndexByte("MNO", word[0]) >= 0:
		return isDiscord(f, i, end)
	default:
		return false
	}
	return true
}

// azureSecret is the alphabet of Entra client secrets.
var azureSecret = of("AZaz09__--..~~")

// lowBase32 is the alphabet of the older tokens of Azure DevOps.
var lowBase32 = of("az27")

// afterDevOps reports whether a word before i, in its line, names Azure DevOps or one of its
// tokens.
func afterDevOps(f *finder, i int) bool {
	before := f.s[max(0, i-60):i]
	before = lower(before[strings.LastIndexByte(before, '\n')+1:])
	return strings.Contains(before, "devops") || strings.Contains(before, "azdo") || strings.Contains(before, "pat ") ||
		strings.Contains(before, "pat:") || strings.Contains(before, "pat=")
}

func follows(f *finder, i int, s string) bool { return strings.HasPrefix(f.s[i:], s) }

// isMailchimp reports whether the word is a Mailchimp key: 32 hexadecimal digits and a data
// centre.
func isMailchimp(f *finder, i, end int) bool {
	hex := f.span(i, hexes, 33)
	if hex-i != 32 || !follows(f, hex, "-us") || end-hex > 5 {
		return false
	}
	f.add(i, end, "mailchimp-key", false)
	return true
}

// isDiscord reports whether the word is the token of a Discord bot: an id, a time and a
// signature with dots between them.
func isDiscord(f *finder, i, end int) bool {
	if !follows(f, end, ".") {
		return false
	}
	second := f.span(end+1, wordy, 10)
	if n := second - end - 1; n < 5 || n > 7 || !follows(f, second, ".") {
		return false
	}
	to := f.span(second+1, wordy, 50)
	if n := to - second - 1; n < 27 || n > 40 {
		return false
	}
	f.add(i, to, "discord-token", false)
	return true
}

// sessionNames are the names of session cookies.
var sessionNames = []string{
	"sessionid",
	"session_id",
	"session-id",
	"sessid",
	"jsessionid",
	"phpsessid",
	"connect.sid",
	"asp.net_sessionid",
	"_session",
	"session",
	"auth_session",
	"remember_me",
	"csrftoken_secret",
}

// carried examines the value of a name that does not itself indicate a secret: a session,
// the signature of a shared link, the seed of one-time passwords.
func (f *finder) carried(i int, name string) {
	if name == "" {
		return
	}
	from := i + 1
	for from < len(f.s) && f.s[from] == ' ' && from < i+3 {
		from++
	}
	to, q := f.value(from)
	from += q
	if from >= to {
		return
	}
	v := f.s[from:to]
	switch {
	case strings.HasSuffix(name, "contribsys__com") && len(v) == 17 && v[8] == ':':
		f.add(from, to, "token", false)
	case name == "value":
		strong, weak := besideName(f, i, to)
		addNamed(f, from, to, strong, weak)
	case f.s[i] == ':' && strings.HasSuffix(name, "authorization"):
		authorization(f, from)
	case f.s[i] == '=' && (inList(name, sessionNames) || name == "sid" || strings.HasSuffix(name,
		"_session") || strings.HasSuffix(name, "_sid")):
		if strings.HasSuffix(name, "account_sid") || strings.HasPrefix(v, "S-1-") || uuid(v) || len(v) < 16 ||
			!mixed(v) ||
			nameLike(v) {
			return
		}
		f.add(from, to, "session", false)
	case f.s[i] == '=' && name == "sig" && len(v) >= 40 && (strings.Contains(v,
		"%") || strings.HasSuffix(v, "=") || mixed(v)):
		f.add(from, to, "azure-signature", false)
	}
}

// hashMarks are the prefixes of password hashes.
var hashMarks = []string{
	"$6$",
	"$5$",
	"$y$",
	"$1$",
	"$2a$",
	"$2b$",
	"$2y$",
	"$apr1$",
	"$argon2",
	"$7$",
	"$gy$",
	"$sha1$",
	"$pbkdf2",
	"pbkdf2_sha256$",
	"pbkdf2_sha1$",
	"{SHA}",
	"{SSHA}",
	"$P$",
	"$H$",
}

// crypt is the alphabet of password hashes.
var crypt = func() *set {
	s := *padded
	for _, c := range []byte("$.,-_") {
		s[c] = true
	}
	return &s
}()

// hashes finds password hashes, as in /etc/shadow and .htpasswd.
func (f *finder) hashes() {
	for _, m := range hashMarks {
		for from := 0; ; {
			k := strings.Index(f.s[from:], m)
			if k < 0 {
				break
			}
			i := from + k
			from = i + len(m)
			to := f.span(i+len(m), crypt, 300)
			if to-i-len(m) >= 20 {
				f.add(i, to, "password-hash", true)
				from = to
			}
		}
	}
}

// hooks are URLs that end in a secret.
var hooks = []struct{ before, kind string }{
	{"discord.com/api/webhooks/", "discord-webhook"}, {"discordapp.com/api/webhooks/", "discord-webhook"},
	{"/IncomingWebhook/", "teams-webhook"}, {"hooks.zapier.com/hooks/catch/", "zapier-webhook"},
}

// webhooks finds the secrets in such URLs.
func (f *finder) webhooks() {
	for _, h := range hooks {
		for from := 0; ; {
			k := strings.Index(f.s[from:], h.before)
			if k < 0 {
				break
			}
			i := from + k + len(h.before)
			if to := f.span(i, base64Dash, 300); to-i >= 20 {
				f.add(i, to, h.kind, false)
			}
			from = i
		}
	}
}

var base64Dash = of("AZaz09__--//")

// putty finds the private half of a PuTTY key.
func (f *finder) putty() {
	i := strings.Index(f.s, "Private-Lines:")
	if i < 0 || !strings.Contains(f.s[:i], "PuTTY-User-Key-File") {
		return
	}
	to := len(f.s)
	if k := strings.Index(f.s[i:], "Private-MAC:"); k >= 0 {
		to = i + k + len("Private-MAC:")
		to = f.span(to, of("  "), to+2)
		to = f.span(to, hexes, to+130)
	}
	f.add(i, to, "private-key", false)
}

// wifi finds the password in the text of a QR code for a wireless network.
func (f *finder) wifi() {
	for from := 0; ; {
		k := strings.Index(f.s[from:], "WIFI:")
		if k < 0 {
			return
		}
		i := from + k
		from = i + 5
		end := strings.Index(f.s[i:], ";;")
		p := strings.Index(f.s[i:], ";P:")
		if p < 0 {
			if p = strings.Index(f.s[i:], ":P:"); p < 0 {
				continue
			}
		}
		at := i + p + 3
		to := at
		for to < len(f.s) && f.s[to] != ';' && f.s[to] != '\n' {
			to++
		}
		if end < 0 || at > i+end {
			continue
		}
		f.add(at, to, "wifi-password", true)
	}
}
