package sshd

import (
	"regexp"
	"slices"
	"strings"

	"warroom/model"
)

// textual is a command whose text, behind the room, is taken as it is: what
// stands there is not ours to part into words. A flag before the room is none.
var textual = regexp.MustCompile(`(?s)^[ \t\r\n]*(?:warroom[ \t\r\n]+)?(note|do)[ \t\r\n]+(?:--[ \t\r\n]+)?(['"]?)([^\s'"\\-][^\s'"\\]*)(['"]?)(?:[ \t\r\n](.*))?$`)

// meant is the beginning of a composer line that is more than a note, quoted once
// more than was needed.
var meant = regexp.MustCompile(`^['"\\]+[ \t]*(?:[:!?+-]|TODO:)`)

// literal reads a command with a text. Ok says that it is one.
func literal(s string, commands []string) (o order, ok bool, err error) {
	m := textual.FindStringSubmatch(s)
	if m == nil || m[2] != m[4] || !slices.Contains(commands, m[1]) {
		return order{}, false, nil
	}
	o.args = []string{m[1], m[3]}
	text := m[5]
	if rest, cut := strings.CutPrefix(text, "-- "); cut { // as on a command line
		o.args, text = append(o.args, "--"), rest
	} else if strings.TrimSpace(text) == "-" {
		text = "-"
	}
	if m[1] == "do" {
		text = unwrapped(text)
		if meant.MatchString(text) {
			return order{}, true, model.Refuse(model.Invalid, "the line begins with a quote or a backslash, so it would be no more than a note; it is taken as it is: ssh HOST do inc-1 '!the decision', or note to say just that")
		}
	}
	if strings.TrimSpace(text) != "" {
		o.args = append(o.args, text)
	}
	return o, true, nil
}

// unwrapped takes away the quotes around a whole composer line, which were
// written for a shell at this end.
func unwrapped(s string) string {
	t := strings.TrimSpace(s)
	if len(t) < 2 || t[0] != '\'' && t[0] != '"' || strings.IndexByte(t[1:], t[0]) != len(t)-2 {
		return s
	}
	return t[1 : len(t)-1]
}
