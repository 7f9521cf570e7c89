package present

import (
	"time"

	"warroom/model"
)

// Indicators describes the indicators of a room, defanged.
func Indicators(r *model.Room, zone *time.Location) []model.Safe {
	var out []model.Safe
	for i := range r.Indicators {
		is := r.Indicators[i]
		out = append(out, model.Safef("  indicator %d, %s: %s", is.N, is.Words(), is.Facts(zoned(zone))))
	}
	return out
}
