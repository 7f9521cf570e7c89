package sshd

import (
	"regexp"
	"slices"
	"strings"

	"warroom/model"
)

// textual matches a command whose text, after the room, is used literally instead of being
// split into words. An option before the room does not match.
var textual = regexp.MustCompile(
	`(?s)^[ \t\r\n]*(?:warroom[ \t\r\n]+)?(note|` +
		`do)[ \t\r\n]+(?:--[ \t\r\n]+)?(['"]?)([^\s'"\\-][^\s'"\\]*)(['"]?)(?:[ \t\r\n](.*))?$`)

// meant matches the beginning of a composer line that is more than a note and has an extra
// level of quotes.
var meant = regexp.MustCompile(`^['"\\]+[ \t]*(?:[:!?+-]|TODO:)`)

// literal parses a command with a text. Ok reports whether it is one.
func literal(s string, commands []string) (o order, ok bool, err error) {
	m := textual.FindStringSubmatch(s)
	if m == nil || m[2] != m[4] || !slices.Contains(commands, m[1]) {
		return order{}, false, nil
	}
	o.args = []string{m[1], m[3]}
	text := m[5]
	if rest, cut := strings.CutPrefix(text, "-- "); cut { // as on a command line
		text = rest
	} else if strings.TrimSpace(text) == "-" {
		text = "-"
	}
	if m[1] == "do" {
		text = unwrapped(text)
		if meant.MatchString(text) {
			return order{}, true,
				model.Refuse(model.Invalid,
					"the line begins with a quote or a backslash, so it would be only a note; lines are not "+
						"unquoted here: write ssh HOST do inc-1 '!the decision', or use note to store the text as "+
						"it is")
		}
	}
	if strings.TrimSpace(text) != "" {
		o.args = append(o.args, "--", text) // what follows is text, also where it begins with a dash
	}
	return o, true, nil
}

// unwrapped removes the quotes around a complete composer line, which were meant for a
// shell on this end.
func unwrapped(s string) string {
	t := strings.TrimSpace(s)
	if len(t) < 2 || t[0] != '\'' && t[0] != '"' || strings.IndexByte(t[1:], t[0]) != len(t)-2 {
		return s
	}
	return t[1 : len(t)-1]
}
