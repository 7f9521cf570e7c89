package model

import "slices"

// A gate of several classes of evidence opens for different files: the same bytes, filed
// under each of the classes, are one piece of evidence.

// unregistered returns the classes of which the register has no evidence. Since rules 3, a
// file counts for one of the classes only.
func (r *Room) unregistered(classes []string) []string {
	if r.Rules < strictRules {
		return slices.DeleteFunc(slices.Clone(classes), r.Secured)
	}
	given, out := map[string]string{}, []string(nil) // given: the class that a file counts for, by its sum
	for i, c := range classes {
		if !slices.Contains(classes[:i], c) && !r.give(c, given, map[string]bool{}) {
			out = append(out, c)
		}
	}
	return out
}

// give finds a file for a class, and another one for the class that had it if needed. It
// reports whether there is one.
func (r *Room) give(class string, given map[string]string, tried map[string]bool) bool {
	for i := range r.Evidence {
		p := &r.Evidence[i]
		if p.Class != class || !p.Whole() || tried[p.SHA256] {
			continue
		}
		tried[p.SHA256] = true
		if had, ok := given[p.SHA256]; !ok || r.give(had, given, tried) {
			given[p.SHA256] = class
			return true
		}
	}
	return false
}

// sameFiles names the evidence of the classes that is the same file: "E1, E2 and E3 are the
// same file; ". It is empty if there is none.
func (r *Room) sameFiles(classes []string) Safe {
	bySum, first, mixed := map[string][]Safe{}, map[string]string{}, map[string]bool{}
	var sums []string
	for i := range r.Evidence {
		p := &r.Evidence[i]
		if r.Rules < strictRules || !p.Whole() || !slices.Contains(classes, p.Class) {
			continue
		}
		if bySum[p.SHA256] == nil {
			sums, first[p.SHA256] = append(sums, p.SHA256), p.Class
		}
		mixed[p.SHA256] = mixed[p.SHA256] || p.Class != first[p.SHA256]
		bySum[p.SHA256] = append(bySum[p.SHA256], Safef("E%d", i+1))
	}
	var out Safe
	for _, s := range sums {
		if list := bySum[s]; mixed[s] {
			n := len(list)
			out = Safef("%s%s and %s are the same file; ", out, JoinSafe(Lit(", "), list[:n-1]...), list[n-1])
		}
	}
	return out
}
