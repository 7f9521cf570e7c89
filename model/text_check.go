package model

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"strings"
	"time"
	"unicode/utf8"
)

// Skew is how far a time may lie ahead of the hub's clock before it counts as a time
// in the future.
const Skew = 2 * time.Second

// oneLine checks a short text that is required and must not contain line breaks.
// limit is in characters.
func oneLine(what, s string, limit int) error {
	switch {
	case strings.TrimSpace(s) == "":
		return Refuse(Invalid, "the %s is missing", what)
	case utf8.RuneCountInString(s) > limit:
		return Refuse(Invalid, "the %s has %d characters, and up to %d are allowed: shorten it", what,
			utf8.RuneCountInString(s), limit)
	case strings.ContainsAny(s, "\n\r"):
		return Refuse(Invalid, "the %s has a line break; write it as one line", what)
	}
	return validText(what, s)
}

// badHandle returns the error for a text that is not a handle.
func badHandle(h string) error {
	if h == "" {
		return Refuse(Invalid, "name the person, such as @bo")
	}
	return Refuse(Invalid, "%s is not a handle; a handle is 1 to 32 characters from a-z 0-9 _ -", quoted(h))
}

// longText checks the text of an entry.
func longText(what, s string, mayBeEmpty bool) error {
	switch {
	case strings.TrimSpace(s) == "" && !mayBeEmpty:
		return Refuse(Invalid, "the %s is missing", what)
	case len(s) > MaxText:
		return TooLong(what, s)
	}
	return validText(what, s)
}

// TooLong returns the error for a text that is too long for an entry. It states how
// many of its characters fit.
func TooLong(what, s string) error {
	fit := 0
	for i, c := range s {
		if i+utf8.RuneLen(c) > MaxText {
			break
		}
		fit++
	}
	return Refuse(Invalid,
		"the %s has %d characters, and an entry holds up to %d (8 KiB): split it, or put it into a file and "+
			"note where that is", what, utf8.RuneCountInString(s), fit)
}

func validText(what, s string) error {
	if !utf8.ValidString(s) {
		return Refuse(Invalid, "the %s is not UTF-8 text", what)
	}
	return nil
}

// notFuture refuses a time that lies ahead of the hub's clock.
func notFuture(at, now time.Time) error {
	if at.After(now.Add(Skew)) {
		return Refuse(Invalid, "%s is in the future; it is %s now", FormatTime(at), FormatTime(now))
	}
	return nil
}

// because appends a reason to a sentence, if there is one.
func because(s Safe, reason string) Safe {
	if strings.TrimSpace(reason) == "" {
		return s
	}
	return answered(s, Clean(strings.TrimSpace(reason)))
}

// answered appends an answer to a question, without a colon if it ends in a mark of its
// own.
func answered(question, answer Safe) Safe {
	if q := question.String(); strings.HasSuffix(q, "?") || strings.HasSuffix(q, ".") || strings.HasSuffix(q, "!") {
		return Safef("%s %s", question, answer)
	}
	return Safef("%s: %s", question, answer)
}

// FormatTime formats a time as date and time in UTC.
func FormatTime(t time.Time) Safe { return Safe{t.UTC().Format("2006-01-02 15:04:05 UTC")} }

// Span formats a length of time to the second: "04:12", "1:04:12", "2d 03:04". See
// docs/style.md for the words beside it.
func Span(d time.Duration) Safe {
	s := int64(d.Abs() / time.Second)
	h, m, s := s/3600, s/60%60, s%60
	switch {
	case h >= 48:
		return Safe{fmt.Sprintf("%dd %02d:%02d", h/24, h%24, m)}
	case h > 0:
		return Safe{fmt.Sprintf("%d:%02d:%02d", h, m, s)}
	}
	return Safe{fmt.Sprintf("%02d:%02d", m, s)}
}

// ValidText returns s as valid UTF-8, and the number of invalid bytes. Each invalid
// byte is written as <9B>.
func ValidText(s string) (string, int) {
	if utf8.ValidString(s) {
		return s, 0
	}
	var b strings.Builder
	n := 0
	for i := 0; i < len(s); {
		c, w := utf8.DecodeRuneInString(s[i:])
		if c == utf8.RuneError && w == 1 {
			fmt.Fprintf(&b, "<%02X>", s[i])
			n++
		} else {
			b.WriteString(s[i : i+w])
		}
		i += w
	}
	return b.String(), n
}

func sumOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

// without returns a copy of m without the given keys.
func without[K comparable, V any](m map[K]V, keys ...K) map[K]V {
	c := maps.Clone(m)
	for _, k := range keys {
		delete(c, k)
	}
	return c
}
