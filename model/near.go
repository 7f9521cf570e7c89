package model

import (
	"slices"
	"strings"
)

// insteadOf maps command names of other programs to what to type here.
var insteadOf = map[string]lit{
	"abort":  ":retract N REASON takes an entry back, :reopen REASON reopens an incident",
	"cancel": ":retract N REASON takes an entry back, :withdraw takes back the offer of a role",
	"change": ":amend N TEXT changes an entry, :sev the severity, :rename the title",
	"delete": ":retract N REASON takes an entry back, :redact N REASON removes its text from the log",
	"edit":   ":amend N TEXT changes an entry, :rename TITLE the title",
	"fix":    ":amend N TEXT changes an entry",
	"remove": ":retract N REASON takes an entry back, :redact N REASON removes its text from the log",
	"revert": ":retract N REASON takes an entry back, :uncheck N REASON reopens a checklist item",
	"rm":     ":retract N REASON takes an entry back, :redact N REASON removes its text from the log",
	"undo":   ":retract N REASON takes an entry back, :uncheck N REASON reopens a checklist item",
}

// maxNear is the maximum number of suggested commands.
const maxNear = 4

// near returns the end of the refusal of an unknown command: what to type instead,
// or the commands with a similar spelling.
func (c Ctx) near(name string) Safe {
	name = strings.ToLower(name)
	if s := insteadOf[name]; s != "" {
		return Safef("; %s", Lit(s))
	}
	type match struct {
		name string
		far  int
	}
	var found []match
	for _, v := range c.verbs() {
		verb := string(v.name)
		switch far := Distance(name, verb); {
		case name == "":
		case len(name) > 1 && (strings.HasPrefix(verb, name) || len(name) > 2 && strings.Contains(verb, name)):
			found = append(found, match{name: verb, far: 0})
		case isSwapped(name, verb):
			found = append(found, match{name: verb, far: 1})
		case far <= max(1, min(len(name), len(verb))/3):
			found = append(found, match{name: verb, far: far})
		}
	}
	slices.SortStableFunc(found, func(a, b match) int { return a.far - b.far })
	if len(found) == 0 {
		return Lit("; :help lists them")
	}
	var out []string
	for _, m := range found[:min(len(found), maxNear)] {
		out = append(out, ":"+m.name)
	}
	return Safef("; did you mean %s? :help lists all", strings.Join(out, ", "))
}

// Distance returns the number of bytes to insert, delete or replace to turn one word
// into the other. It returns 64 if a word has more than 64 bytes.
func Distance(a, b string) int {
	if len(a) > 64 || len(b) > 64 {
		return 64
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			diagonal, row[j+1] = row[j+1], min(row[j+1]+1, row[j]+1, diagonal+cost)
		}
	}
	return row[len(b)]
}
