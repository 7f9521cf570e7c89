package intake

import (
	"strings"

	"warroom/model/guard"
)

// masked reports whether a tool has hidden a secret already.
func masked(s string) bool {
	return strings.TrimSpace(s) == "" || strings.Contains(s, "REDACTED") || strings.Contains(s, "****")
}

// minKnown is how long a named secret is that is looked for in names and addresses.
const minKnown = 8

// isKeyID reports whether a text is the id of an AWS access key. It identifies the
// key and is what a responder disables, so it is readable.
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

// hideKnown takes the secrets that a record names out of an identifier, and logins
// out of an address. Nothing else of it is masked.
func (w *work) hideKnown(s string, limit int, secrets []string) string {
	s = head(s, limit)
	secrets, ok := distinct(secrets)
	if !ok {
		return manySecrets
	}
	whole := 16 * (len(s) + 64)
	for _, secret := range secrets {
		if len(s) > whole {
			return manySecrets
		}
		if len(secret) >= minKnown && !masked(secret) && !isKeyID(secret) && strings.Contains(s, secret) {
			s = strings.ReplaceAll(s, secret, "<secret "+w.mark(secret)+">")
		}
	}
	if strings.Contains(s, "://") {
		s = hideLogin(s)
	}
	return s
}

// head is as much of a text as is looked at.
func head(s string, limit int) string {
	if len(s) > 8*limit {
		return s[:8*limit]
	}
	return s
}

// hideFree takes secrets out of a sentence: those that its record names, and what
// looks like one. With mails, the addresses and names of authors go too.
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

// hide takes secrets out of a text: the values that its record names, and whatever
// looks like one.
func (w *work) hide(s string, secrets []string) string {
	secrets, ok := distinct(secrets)
	if !ok {
		return manySecrets
	}
	whole := 16 * (len(s) + 64)
	for _, secret := range secrets {
		if len(s) > whole {
			return manySecrets
		}
		if len(secret) >= 4 && !masked(secret) && !isKeyID(secret) && strings.Contains(s, secret) {
			s = strings.ReplaceAll(s, secret, "<secret "+w.mark(secret)+">")
		}
	}
	if i := strings.Index(s, "-----BEGIN "); i >= 0 && strings.Contains(s[i:], "PRIVATE KEY") {
		s = s[:i] + "<private key>"
	}
	if i := strings.Index(s, "://"); i > 0 {
		s = hideLogin(s)
	}
	return w.hideForms(s)
}

// hideForms marks what is known by its form, as in the lines that people write.
func (w *work) hideForms(s string) string {
	var b strings.Builder
	kept := 0
	for _, f := range guard.Find(s) {
		b.WriteString(s[kept:f.From])
		b.WriteString("<secret " + w.mark(s[f.From:f.To]) + ">")
		kept = f.To
	}
	return b.String() + s[kept:]
}

// hideLogin takes user and password out of addresses.
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
		if at := strings.LastIndexByte(host, '@'); at >= 0 && strings.Contains(host[:at], ":") && !strings.ContainsAny(host[:at], "<>[]{}$") {
			b.WriteString("<login>")
			rest = rest[at:]
		}
		s = rest
	}
}

// mailByte reports whether a byte may stand in an address of mail.
func mailByte(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || strings.IndexByte("._%+-", c) >= 0
}

// authorWords begin the lines of a report that name who wrote a commit.
var authorWords = []string{"Author", "Committer", "Author name", "Committed by", "Commit author", "Email", "Author email"}

// hideMails takes the addresses of people out of a text, and the whole of a line
// that names an author.
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

// hideMail takes addresses out of a line: name@host.tld, and not what logs in to a
// host (git@github.com:a/b).
func hideMail(s string) string {
	var b strings.Builder
	kept := 0
	for at := 1; at < len(s)-3; at++ {
		if s[at] != '@' || !mailByte(s[at-1]) {
			continue
		}
		from, to := at, at+1
		for from > kept && mailByte(s[from-1]) {
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
		if last := host[strings.LastIndexByte(host, '.')+1:]; len(last) < 2 || last[0] >= '0' && last[0] <= '9' { // pkg@1.2.3
			continue
		}
		b.WriteString(s[kept:from] + "<mail>")
		kept, at = to, to
	}
	return b.String() + s[kept:]
}
