package model

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Commands about several alerts: ":judge 1,4-9 fp the keys of a test" stands for one
// line per alert, with the same reason, so that each gets its own entry.

// maxBulk is the maximum number of alerts that one line may name.
const maxBulk = 200

// bulkVerbs are the commands that accept several alerts.
var bulkVerbs = []string{"judge", "attach", "close"}

// Bulk expands a line about several alerts into one line per alert. It returns nil
// for any other line. Numbers of a range that do not exist are skipped. It returns
// an error if the list is malformed, or names no alert or too many.
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

// alertNumbers parses "1,4-9".
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
			return nil, Refuse(Invalid, "%s is not a list of alerts; write their numbers, as in 1,4-9", quoted(part))
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
		return nil, Refuse(NotFound, "there are no such alerts; %s", r.alertSpan())
	case len(out) > maxBulk:
		return nil, Refuse(Invalid, "that is %d alerts; one line may name up to %d", len(out), maxBulk)
	}
	return out, nil
}

// bulkHint returns what a line about several alerts would do, or false if it is not
// one.
func bulkHint(line string, c Ctx) (Hint, bool) {
	lines, err := Bulk(c.Room, line)
	if err != nil {
		return Hint{Refusal: Sentence(err)}, true
	}
	if lines == nil {
		return Hint{}, false
	}
	h := HintOf(lines[0], c)
	h.Will = Safef("%d alerts, one entry each with the same text: %s", len(lines), h.Will)
	return h, true
}
