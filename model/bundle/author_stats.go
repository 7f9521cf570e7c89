package bundle

import (
	"maps"
	"slices"

	"warroom/model"
)

// authorStats counts what one person wrote.
type authorStats struct {
	entries int
	keys    map[string]bool
}

func statsOf(all map[string]*authorStats, handle string) *authorStats {
	if all[handle] == nil {
		all[handle] = &authorStats{keys: map[string]bool{}}
	}
	return all[handle]
}

func (v *authorStats) add(key string) {
	v.entries++
	v.keys[key] = true
}

// formatAuthors lists the authors with the number of their entries.
func formatAuthors(all map[string]*authorStats) model.Safe {
	var out []model.Safe
	for _, h := range slices.Sorted(maps.Keys(all)) {
		v := all[h]
		s := model.Safef("%s %d", h, v.entries)
		if len(v.keys) > 1 {
			s = model.Safef("%s (%d keys)", s, len(v.keys))
		}
		out = append(out, s)
	}
	return model.JoinSafe(model.Lit(", "), out...)
}

// list joins names for a sentence.
func list(names []string) model.Safe {
	var out []model.Safe
	for _, n := range names {
		out = append(out, model.CleanLine(n))
	}
	return model.JoinSafe(model.Lit(", "), out...)
}
