package present

import (
	"time"

	"warroom/model"
)

// bridgeLines describes the pages and the problems of the bridges of a room.
func bridgeLines(v *model.View, now time.Time, zone *time.Location) []model.Safe {
	var out []model.Safe
	for _, p := range v.Room.PageViews() {
		out = append(out,
			model.Safef("Paged for %s at %s by %s: %s", p.Purpose, formatTime(p.At, zone), p.By, p.Words()))
	}
	for _, t := range v.Room.BridgeProblems(now) {
		out = append(out, model.Safef("BRIDGE %s", t.Words(zone)))
	}
	return out
}
