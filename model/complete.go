package model

import (
	"strings"
	"unicode"
)

// Choice is one completion of a line.
type Choice struct {
	Line  string // the whole line with the completion
	Label Safe
	Help  Safe
}

// Complete returns the completions of a line: commands, then their arguments.
func Complete(line string, c Ctx) []Choice {
	at := strings.LastIndexByte(line, ' ') + 1
	head, last := line[:at], line[at:]
	_, rest, err := LeadingTime(line, c.Now, c.Zone)
	if err != nil || !strings.HasPrefix(rest, ":") {
		return persons(head, last, c)
	}
	words := strings.Fields(rest)
	if len(words) <= 1 && !strings.HasSuffix(rest, " ") {
		return c.commands(head, last)
	}
	v := c.verb(strings.TrimPrefix(words[0], ":"))
	pos := strings.Count(strings.TrimLeft(rest, " "), " ") - 1
	if v == nil || pos >= len(v.slots) {
		return persons(head, last, c)
	}
	var exact, other []Choice
	for _, o := range v.slots[pos](c, words) {
		ch := Choice{Line: head + o.word + " ", Label: Safef("%s", o.word), Help: o.help}
		switch low := strings.ToLower(last); {
		case strings.HasPrefix(strings.ToLower(o.word), low):
			exact = append(exact, ch)
		case hasWord(o.word, low), hasWord(o.help.String(), low):
			other = append(other, ch)
		}
	}
	return append(exact, other...)
}

// commands returns the commands that begin like the line. If there is none, it
// returns those whose help contains a word with that prefix.
func (c Ctx) commands(head, last string) []Choice {
	var exact, other []Choice
	for _, v := range c.verbs() {
		ch := Choice{Line: head + ":" + string(v.name) + " ", Label: Safef(":%s %s", Lit(v.name), Lit(v.args)),
			Help: Lit(v.help)}
		if strings.HasPrefix(":"+string(v.name), last) {
			exact = append(exact, ch)
		} else if len(last) > 3 && hasWord(string(v.help), strings.ToLower(last[1:])) {
			other = append(other, ch)
		}
	}
	if len(exact) > 0 {
		return exact
	}
	return other
}

// hasWord reports whether a word of the text begins with prefix, which has to be in
// lower case.
func hasWord(text, prefix string) bool {
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}) {
		if strings.HasPrefix(w, prefix) {
			return true
		}
	}
	return false
}

// persons completes "@an" to the people known in the room.
func persons(head, last string, c Ctx) []Choice {
	if !strings.HasPrefix(last, "@") {
		return nil
	}
	var out []Choice
	for _, o := range people(c, nil) {
		if strings.HasPrefix(o.word, last) {
			out = append(out, Choice{Line: head + o.word + " ", Label: Safef("%s", o.word), Help: o.help})
		}
	}
	return out
}
