package record

import (
	"maps"
	"slices"

	"warroom/model"
)

// voice is what one person wrote.
type voice struct {
	entries int
	keys    map[string]bool
}

func voiceOf(all map[string]*voice, handle string) *voice {
	if all[handle] == nil {
		all[handle] = &voice{keys: map[string]bool{}}
	}
	return all[handle]
}

func (v *voice) add(key string) {
	v.entries++
	v.keys[key] = true
}

// voices names who wrote how much.
func voices(all map[string]*voice) model.Safe {
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

// list names people.
func list(names []string) model.Safe {
	var out []model.Safe
	for _, n := range names {
		out = append(out, model.CleanLine(n))
	}
	return model.JoinSafe(model.Lit(", "), out...)
}
