package secretscan

import (
	"crypto/hmac"
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strings"

	"warroom/model"
)

// insist is the prefix of a composer line that is sent unchanged.
const insist = ":insist "

// Insists reports whether the author of a composer line wants it sent unchanged.
func Insists(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " "), insist) }

// slow is the number of hash iterations for a password: a few milliseconds for the sender,
// and as much per guess for somebody who has the whole log.
const slow = 20_000

// Replace returns a text with every secret replaced by its mark, and the kinds of the
// secrets that were replaced, without duplicates.
func Replace(r *model.Room, text string) (string, []string) {
	return replace(text, func(f Found) string { return mark(r, f, text[f.From:f.To]) })
}

// Hide returns Replace without fingerprints, for text that is stored on this
// machine.
func Hide(text string) string {
	text, _ = replace(text, func(f Found) string { return "[secret " + f.Kind + "]" })
	return text
}

func replace(text string, with func(Found) string) (string, []string) {
	found := Find(text)
	if len(found) == 0 {
		return text, nil
	}
	var b strings.Builder
	var kinds []string
	at := 0
	for _, f := range found {
		b.WriteString(text[at:f.From])
		b.WriteString(with(f))
		at = f.To
		if !slices.Contains(kinds, f.Kind) {
			kinds = append(kinds, f.Kind)
		}
	}
	b.WriteString(text[at:])
	return b.String(), kinds
}

// mark returns the replacement for a secret. The fingerprint of a password is short and
// slow to compute, and is omitted in a room without a salt.
func mark(r *model.Room, f Found, secret string) string {
	if f.Kind == "private-key" { // the same key with other line breaks
		secret = strings.Join(strings.Fields(strings.ReplaceAll(secret, `\n`, " ")), "")
	}
	switch {
	case f.Weak && r.Salt == "":
		return "[secret " + f.Kind + "]"
	case f.Weak:
		sum, err := pbkdf2.Key(sha256.New, secret, []byte("warroom/password/v1\n"+r.ID+"\n"+r.Salt), slow, 2)
		if err != nil { // only if the machine does not allow short keys
			return "[secret " + f.Kind + "]"
		}
		return "[secret " + f.Kind + " " + hex.EncodeToString(sum) + "]"
	}
	m := hmac.New(sha256.New, []byte("warroom/secret/v1\n"+r.ID+"\n"+r.Salt))
	m.Write([]byte(secret)) // a hash never returns an error
	return "[secret " + f.Kind + " " + hex.EncodeToString(m.Sum(nil)[:3]) + "]"
}

// marks matches the marks that Replace writes.
var marks = regexp.MustCompile(`\[secret [a-z0-9-]+ ([0-9a-f]{4}|[0-9a-f]{6})\]`)

// Same returns the sequences of the other lines that share a mark with a line, in the order
// of the log.
func Same(r *model.Room, l *model.Line) []uint64 {
	lineMarks := marks.FindAllString(r.Text(l).String(), -1)
	if len(lineMarks) == 0 {
		return nil
	}
	var out []uint64
	for _, o := range r.Lines() {
		if o.Seq == l.Seq {
			continue
		}
		text := r.Text(o).String()
		if slices.ContainsFunc(lineMarks, func(m string) bool { return strings.Contains(text, m) }) {
			out = append(out, o.Seq)
		}
	}
	return out
}
