package present

import (
	"time"

	"warroom/model"
)

// Scope describes what is known about the attack.
func Scope(r *model.Room, now time.Time, zone *time.Location) []model.Safe {
	var out []model.Safe
	for i := range r.Related {
		x := &r.Related[i]
		out = append(out, model.Safef("%s, by %s: %s", x.Words(), x.By, model.CleanLine(x.Reason)))
	}
	if s := r.ScopeLine(); !s.IsEmpty() {
		out = append(out, model.Safef("SCOPE %s", s))
	}
	for i := range r.Assets {
		a := r.Assets[i]
		out = append(out, model.Safef("  asset %d, %s: %s, %s", a.N, a.Words(), a.State(), a.Facts(zoned(zone))))
	}
	if s := r.BlockedLine(); !s.IsEmpty() {
		out = append(out, model.Safef("INDICATORS %s", s))
	}
	out = append(out, Indicators(r, zone)...)
	for _, h := range r.Hypotheses() {
		out = append(out,
			model.Safef("hypothesis %d, %s: %s, %s", h.N, h.State, model.CleanLine(h.Text.String()),
				h.Facts(zoned(zone))))
	}
	for k := range r.Impacts {
		i := &r.Impacts[k]
		out = append(out, model.Safef("impact on %s: %s", r.ImpactWords(i), r.ImpactFacts(i, now, zoned(zone))))
	}
	return out
}
