package model

import (
	"regexp"
	"strings"
)

var (
	nearTodo = regexp.MustCompile(`(?i)^(?:todo(?: *: *|[ -]+)|to[ -]do *: *)(\S.*)$`)
	nearTime = regexp.MustCompile(`^(?:@ +)?([0-2]?\d:[0-5]\d)[:,]?( +\S.*)$`)
	nearDay  = regexp.MustCompile(`(?i)^(?:@ +)?(yesterday|today) (?:at )?([0-2]?\d:[0-5]\d)[:,]?( +\S.*)$`)
	nearAgo  = regexp.MustCompile(`(?i)^[-\x{2010}-\x{2015}\x{2212}] *(\d+h)?(\d+) *` +
		`(|m|min|mins|minutes?|h|hours?)[:,]?(?: ago[:,]?)?( +\S.*)$`)
	// nearItem matches an item of a list, such as "- 2 hours of logs are missing".
	nearItem  = regexp.MustCompile(`^[-\x{2010}-\x{2015}\x{2212}] +\d+ +[A-Za-z]+ +(\S+)`)
	nearSince = regexp.MustCompile(`(?i)^(\d+) *(m|min|mins|minutes?|h|hours?) ago[:,]?( +\S.*)$`)
	nearKind  = regexp.MustCompile(`(?i)^(decision|hypothesis|finding|action|note)(?: *: *| +- +)(\S.*)$`)
)

// nearWords are words that look like a command if a line consists of nothing else.
var nearWords = map[string]string{
	"help": ":help", "?": ":help", "man": ":help", "quit": ":quit", "exit": ":quit", "q": ":quit", "logout": ":quit",
	"bye": ":quit", "ls": ":rooms", "rooms": ":rooms", "who": ":people", "clear": "Ctrl-L",
}

// NearMiss returns the line that a note may have been meant as: a command without
// its colon, or a follow-up, decision or time in another notation. It returns "" for
// any other line.
func NearMiss(line string) string {
	line = strings.TrimSpace(line)
	if meant := nearWords[strings.ToLower(line)]; meant != "" {
		return meant
	}
	if strings.HasPrefix(line, "TODO:") {
		return ""
	}
	if m := nearTodo.FindStringSubmatch(line); m != nil {
		return "TODO: " + m[1]
	}
	if m := nearTime.FindStringSubmatch(line); m != nil {
		return "@" + m[1] + m[2]
	}
	if m := nearDay.FindStringSubmatch(line); m != nil {
		return "@" + strings.ToLower(m[1]) + " " + m[2] + m[3]
	}
	if meant := nearLength(line); meant != "" {
		return meant
	}
	if m := nearKind.FindStringSubmatch(line); m != nil {
		switch kind := strings.ToLower(m[1]); kind {
		case "decision":
			return "!" + m[2]
		case "hypothesis":
			return "?" + m[2]
		case "note":
			return m[2]
		default:
			return ":" + kind + " " + m[2]
		}
	}
	return ""
}

// nearLength returns the line with a length of time in front as it has to be written, such as
// "-5m x" for "- 5 min: x" and "5 minutes ago x", and "" for any other line.
func nearLength(line string) string {
	if m := nearSince.FindStringSubmatch(line); m != nil {
		return "-" + m[1] + strings.ToLower(m[2][:1]) + m[3]
	}
	m := nearAgo.FindStringSubmatch(line)
	if m == nil || m[1] == "" && m[3] == "" { // "-5 degrees"
		return ""
	}
	if item := nearItem.FindStringSubmatch(line); item != nil && strings.TrimRight(item[1], ":,") != "ago" {
		return ""
	}
	unit := "m"
	if m[3] != "" {
		unit = strings.ToLower(m[3][:1])
	}
	if meant := "-" + strings.ToLower(m[1]) + m[2] + unit + m[4]; meant != line {
		return meant
	}
	return ""
}
