package ui

import "warroom/model"

// distinct are the people of a list, each by the first of their terminals.
func distinct(list []model.Presence) []model.Presence {
	seen := make(map[string]bool, len(list))
	out := make([]model.Presence, 0, len(list))
	for _, p := range list {
		if !seen[p.Handle] {
			seen[p.Handle] = true
			out = append(out, p)
		}
	}
	return out
}

// without are the people of a list who are not in another.
func without(list, other []model.Presence) []model.Presence {
	seen := make(map[string]bool, len(other))
	for _, p := range other {
		seen[p.Handle] = true
	}
	var out []model.Presence
	for _, p := range distinct(list) {
		if !seen[p.Handle] {
			out = append(out, p)
		}
	}
	return out
}

// sameHandles says whether two lists have the same handles in the same order, as
// they have nearly always.
func sameHandles(a, b []model.Presence) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Handle != b[i].Handle {
			return false
		}
	}
	return true
}
