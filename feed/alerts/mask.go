package alerts

import (
	"strings"

	"warroom/model/secretscan"
)

// masked reports whether a tool has already masked a secret.
func masked(s string) bool {
	return strings.TrimSpace(s) == "" || strings.Contains(s, "REDACTED") || strings.Contains(s, "****")
}

// minKnown is the min length of a marked secret that is searched for in names and URLs.
const minKnown = 8

// isKeyID reports whether a text is the id of an AWS access key. It identifies the key that
// a responder has to disable, so it stays readable.
func isKeyID(s string) bool {
	if len(s) != 20 {
		return false
	}
	switch s[:4] {
	case "AKIA", "ASIA", "ABIA", "ACCA", "AIDA", "AROA":
		return strings.Trim(s[4:], "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
	}
	return false
}

// hideKnown masks the secrets that a record marks in an identifier, and logins in a URL.
// Nothing else is masked.
func (w *work) hideKnown(s string, limit int, secrets []string) string {
	s, ok := w.hideMarked(head(s, limit), secrets, minKnown)
	if !ok {
		return s
	}
	if strings.Contains(s, "://") {
		s = hideLogin(s)
	}
	return s
}

// hideMarked masks the secrets of at least minLength bytes that a record marks. If there are
// too many, it returns only that, and false.
func (w *work) hideMarked(s string, secrets []string, minLength int) (string, bool) {
	secrets, ok := distinct(secrets)
	if !ok {
		return manySecrets, false
	}
	whole := 16 * (len(s) + 64)
	for _, secret := range secrets {
		if len(s) > whole {
			return manySecrets, false
		}
		if len(secret) >= minLength && !masked(secret) && !isKeyID(secret) && strings.Contains(s, secret) {
			s = strings.ReplaceAll(s, secret, "<secret "+w.mark(secret)+">")
		}
	}
	return s, true
}

// head returns the part of a text that is examined.
func head(s string, limit int) string {
	if len(s) > 8*limit {
		return s[:8*limit]
	}
	return s
}

// hideFree masks secrets in a sentence: those that its record marks, and what looks like
// one. If mails is set, addresses and names of authors are masked too.
func (w *work) hideFree(s string, limit int, secrets []string, mails bool) string {
	if s == "" {
		return ""
	}
	s = head(s, limit)
	if mails && strings.IndexByte(s, '@') > 0 {
		s = hideMails(s)
	}
	return w.hide(s, secrets)
}

// hide masks secrets in a text: the values that its record marks, and what looks like one.
func (w *work) hide(s string, secrets []string) string {
	s, ok := w.hideMarked(s, secrets, 4)
	if !ok {
		return s
	}
	if i := strings.Index(s, "-----BEGIN "); i >= 0 && strings.Contains(s[i:], "PRIVATE KEY") {
		s = s[:i] + "<private key>"
	}
	if i := strings.Index(s, "://"); i > 0 {
		s = hideLogin(s)
	}
	return w.hideForms(s)
}

// hideForms masks what is recognized by its form, as in lines that people write.
func (w *work) hideForms(s string) string {
	var b strings.Builder
	copied := 0
	for _, f := range secretscan.Find(s) {
		b.WriteString(s[copied:f.From])
		b.WriteString("<secret " + w.mark(s[f.From:f.To]) + ">")
		copied = f.To
	}
	return b.String() + s[copied:]
}

// hideLogin removes user and password from URLs.
func hideLogin(s string) string {
	var b strings.Builder
	for {
		before, rest, ok := strings.Cut(s, "://")
		b.WriteString(before)
		if !ok {
			return b.String()
		}
		b.WriteString("://")
		host := rest
		if i := strings.IndexAny(rest, "/?# \t\"'"); i >= 0 {
			host = rest[:i]
		}
		if at := strings.LastIndexByte(host, '@'); at >= 0 && strings.Contains(host[:at], ":") &&
			!strings.ContainsAny(host[:at], "<>[]{}$") {
			b.WriteString("<login>")
			rest = rest[at:]
		}
		s = rest
	}
}

// mailByte reports whether a mail address may have a byte.
func mailByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("._%+-", c) >= 0
}

// authorWords are the beginnings of lines that name the author of a commit.
var authorWords = []string{"Author", "Committer", "Author name", "Committed by", "Commit author", "Email",
	"Author email"}

// hideMails removes mail addresses from a text, and lines that name an author.
func hideMails(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		word, _, ok := strings.Cut(strings.TrimLeft(line, " \t*-"), ":")
		if ok && strings.IndexByte(line, '@') > 0 && isAuthorWord(word) {
			b.WriteString(line[:strings.IndexByte(line, ':')] + ": <a person>")
			if strings.HasSuffix(line, "\n") {
				b.WriteByte('\n')
			}
			continue
		}
		b.WriteString(hideMail(line))
	}
	return b.String()
}

func isAuthorWord(s string) bool {
	for _, w := range authorWords {
		if strings.EqualFold(strings.TrimSpace(s), w) {
			return true
		}
	}
	return false
}

// hideMail removes addresses from a line: name@host.tld, but not the login of a host
// (git@github.com:a/b).
func hideMail(s string) string {
	var b strings.Builder
	copied := 0
	for at := 1; at < len(s)-3; at++ {
		if s[at] != '@' || !mailByte(s[at-1]) {
			continue
		}
		from, to := at, at+1
		for from > copied && mailByte(s[from-1]) {
			from--
		}
		for to < len(s) && mailByte(s[to]) && s[to] != '_' && s[to] != '%' {
			to++
		}
		for to > at && (s[to-1] == '.' || s[to-1] == '-') {
			to--
		}
		host := s[at+1 : to]
		if from == at || strings.IndexByte(host, '.') < 1 || to < len(s) && s[to] == ':' || s[from:at] == "git" {
			continue
		}
		// a version: pkg@1.2.3
		if last := host[strings.LastIndexByte(host, '.')+1:]; len(last) < 2 || last[0] >= '0' && last[0] <= '9' {
			continue
		}
		b.WriteString(s[copied:from] + "<mail>")
		copied, at = to, to
	}
	return b.String() + s[copied:]
}
