package guard

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

// insist is how a composer line begins that goes out as it is.
const insist = ":insist "

// Insists says whether the person who wrote a composer line wants it sent as it
// is.
func Insists(line string) bool { return strings.HasPrefix(strings.TrimLeft(line, " "), insist) }

// slow is how often a password is hashed: a few milliseconds for who sends one,
// and as much for each guess of who holds the whole log.
const slow = 20_000

// Replace returns a text with every secret replaced by its mark, and what was
// replaced, as kinds without doubles.
func Replace(r *model.Room, text string) (string, []string) {
	return replace(text, func(f Found) string { return mark(r, f, text[f.From:f.To]) })
}

// Hide is Replace without fingerprints, for what is kept on this disk.
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

// mark is what stands for a secret. A password gets a short fingerprint, made
// slowly, and none at all in a room without a salt.
func mark(r *model.Room, f Found, secret string) string {
	if f.Kind == "private-key" { // the same key in other line breaks
		secret = strings.Join(strings.Fields(strings.ReplaceAll(secret, `\n`, " ")), "")
	}
	switch {
	case f.Weak && r.Salt == "":
		return "[secret " + f.Kind + "]"
	case f.Weak:
		sum, err := pbkdf2.Key(sha256.New, secret, []byte("warroom/password/v1\n"+r.ID+"\n"+r.Salt), slow, 2)
		if err != nil { // only where the machine allows no short keys
			return "[secret " + f.Kind + "]"
		}
		return "[secret " + f.Kind + " " + hex.EncodeToString(sum) + "]"
	}
	m := hmac.New(sha256.New, []byte("warroom/secret/v1\n"+r.ID+"\n"+r.Salt))
	m.Write([]byte(secret)) // a hash takes all
	return "[secret " + f.Kind + " " + hex.EncodeToString(m.Sum(nil)[:3]) + "]"
}

// marks is what Replace writes.
var marks = regexp.MustCompile(`\[secret [a-z0-9-]+ ([0-9a-f]{4}|[0-9a-f]{6})\]`)

// Same returns the entries before and after a line that have one of its marks,
// in the log's order.
func Same(r *model.Room, l *model.Line) []uint64 {
	mine := marks.FindAllString(r.Text(l).String(), -1)
	if len(mine) == 0 {
		return nil
	}
	var out []uint64
	for _, o := range r.Lines() {
		if o.Seq == l.Seq {
			continue
		}
		text := r.Text(o).String()
		if slices.ContainsFunc(mine, func(m string) bool { return strings.Contains(text, m) }) {
			out = append(out, o.Seq)
		}
	}
	return out
}
