package model

import (
	"regexp"
	"strings"
)

var (
	nearTodo = regexp.MustCompile(`(?i)^(todo)( *: *|[ -]+)(\S.*)$`)
	nearTime = regexp.MustCompile(`^([0-2]?\d:[0-5]\d)( +\S.*)$`)
	nearAgo  = regexp.MustCompile(`(?i)^-(\d+) *(m|min|mins|minutes?|h|hours?)( +\S.*)$`)
	nearKind = regexp.MustCompile(`(?i)^(decision|hypothesis|finding|action|note)( *: *)(\S.*)$`)
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
		return "TODO: " + m[3]
	}
	if m := nearTime.FindStringSubmatch(line); m != nil {
		return "@" + m[1] + m[2]
	}
	if m := nearAgo.FindStringSubmatch(line); m != nil {
		if meant := "-" + m[1] + strings.ToLower(m[2][:1]) + m[3]; meant != line {
			return meant
		}
		return ""
	}
	if m := nearKind.FindStringSubmatch(line); m != nil {
		switch kind := strings.ToLower(m[1]); kind {
		case "decision":
			return "!" + m[3]
		case "hypothesis":
			return "?" + m[3]
		case "note":
			return m[3]
		default:
			return ":" + kind + " " + m[3]
		}
	}
	return ""
}
