package report

import (
	"fmt"
	"strconv"
	"strings"

	"warroom/model"
)

func entry(n uint64) string {
	if n == 0 {
		return "-"
	}
	return strconv.FormatUint(n, 10)
}

// entries lists sequences of entries, up to a maximum number.
func entries(list []uint64) string {
	const maxEntries = 12
	var out []string
	for _, n := range list[:min(maxEntries, len(list))] {
		out = append(out, strconv.FormatUint(n, 10))
	}
	s := strings.Join(out, ", ")
	if len(list) > maxEntries {
		s += fmt.Sprintf(" and %d more", len(list)-maxEntries)
	}
	return s
}

// ofEntries returns "entry 3" or "entries 3, 4".
func ofEntries(list []uint64) string {
	if len(list) == 1 {
		return "entry " + entries(list)
	}
	return "entries " + entries(list)
}

// count returns "1 entry" or "2 entries".
func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}

// names joins the names of people.
func names(list []string) string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = plain(model.CleanLine(s))
	}
	return strings.Join(out, ", ")
}
