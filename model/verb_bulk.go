package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Several alerts at once: ":judge 1,4-9 fp the keys of a test" is one line for each
// alert, with one reason, so that each has its own place in the log.

// maxBulk is how many alerts one line may name.
const maxBulk = 200

// bulkVerbs are the commands that take several alerts.
var bulkVerbs = []string{"judge", "attach", "close"}

// Bulk returns the lines that a line about several alerts stands for, nil where it is
// about one or about something else. Of a range, the alerts that there are count.
func Bulk(r *Room, line string) ([]string, error) {
	verb, rest, ok := strings.Cut(strings.TrimSpace(line), " ")
	verb = strings.TrimPrefix(verb, ":")
	if !ok || !strings.HasPrefix(line, ":") || !slices.Contains(bulkVerbs, verb) {
		return nil, nil
	}
	numbers, rest, _ := strings.Cut(strings.TrimSpace(rest), " ")
	if !strings.ContainsAny(numbers, ",-") || strings.Trim(numbers, "0123456789,-") != "" {
		return nil, nil
	}
	list, err := r.alertNumbers(numbers)
	if err != nil {
		return nil, err
	}
	out := make([]string, 0, len(list))
	for _, n := range list {
		out = append(out, strings.TrimRight(fmt.Sprintf(":%s %d %s", verb, n, rest), " "))
	}
	return out, nil
}

// alertNumbers reads "1,4-9".
func (r *Room) alertNumbers(s string) ([]int, error) {
	var out []int
	for _, part := range strings.Split(s, ",") {
		from, to, isRange := strings.Cut(part, "-")
		a, err1 := strconv.Atoi(from)
		b, err2 := a, error(nil)
		if isRange {
			b, err2 = strconv.Atoi(to)
		}
		if err1 != nil || err2 != nil || a < 1 || b < a {
			return nil, Refuse(Invalid, "%s names no alerts; write numbers as 1,4-9", quoted(part))
		}
		if !isRange && r.AlertN(a) == nil {
			return nil, Refuse(NotFound, "there is no alert %d; %s", a, r.alertSpan())
		}
		for i := range r.Alerts {
			if n := r.Alerts[i].N; n >= a && n <= b && !slices.Contains(out, n) {
				out = append(out, n)
			}
		}
	}
	switch {
	case len(out) == 0:
		return nil, Refuse(NotFound, "there is none of these alerts; %s", r.alertSpan())
	case len(out) > maxBulk:
		return nil, Refuse(Invalid, "that is %d alerts; one line takes %d", len(out), maxBulk)
	}
	return out, nil
}

// bulkHint says what a line about several alerts would do.
func bulkHint(line string, c Ctx) (Hint, bool) {
	lines, err := Bulk(c.Room, line)
	if err != nil {
		return Hint{Refusal: Sentence(err)}, true
	}
	if lines == nil {
		return Hint{}, false
	}
	h := HintOf(lines[0], c)
	h.Will = Safef("%d alerts, each in a line of its own with the same words: %s", len(lines), h.Will)
	return h, true
}
