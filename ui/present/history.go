package present

import (
	"strings"
	"time"

	"warroom/model"
)

// History describes the exposure, the notices and updates, the history of status,
// severity, phases and roles, and the measured times.
func History(r *model.Room, now time.Time, zone *time.Location) []model.Safe {
	var out []model.Safe
	if r.Exposure != nil {
		out = append(out, Exposure(r, zone))
	}
	for _, c := range r.Contradictions() {
		out = append(out, model.Safef("Contradiction: %s", c.Words(zoned(zone))))
	}
	for _, o := range r.OddTimes(zoned(zone)) {
		out = append(out, model.Safef("Contradiction: %s", o.Words))
	}
	for _, n := range r.Notices {
		s := model.Safef("Notified: %s, %s", n.Who, model.BothTimes(n.At, n.RecordedAt, n.By, zoned(zone)))
		if by := n.RetractedBy(); !by.IsEmpty() {
			s = model.Safef("%s; %s", s, by)
		}
		out = append(out, s)
	}
	out = append(out, updateLines(r, zone)...)
	for _, s := range append(r.Stretches(), r.RoleStretches()...) {
		out = append(out, r.StretchWords(s, now, zoned(zone)))
	}
	for _, m := range r.Measures() {
		out = append(out, model.Safef("%s: %s", m.Name, model.Span(m.Took)))
	}
	return out
}

// updateLines describes the newest update for each audience of the plan.
func updateLines(r *model.Room, zone *time.Location) []model.Safe {
	var out []model.Safe
	if r.Plan == nil {
		return nil
	}
	for _, d := range r.Plan.Audiences {
		var last *model.Dispatch
		for i := range r.Dispatches {
			if r.Dispatches[i].Audience == d.ID {
				last = &r.Dispatches[i]
			}
		}
		if last == nil {
			continue
		}
		times := model.Lit("1, sent")
		if last.N > 1 {
			times = model.Safef("%d, the newest sent", last.N)
		}
		out = append(out, model.Safef("Updates to %s: %s %s by %s: %s", d.Label, times,
			model.BothTimes(last.At, last.RecordedAt, last.By, zoned(zone)), last.By, model.CleanLine(last.Conditions)))
	}
	return out
}

// IncidentAge describes the age of the incident, which stops when it ends.
func IncidentAge(r *model.Room, now time.Time) Wording {
	lifetime := r.Lifetime()
	d := lifetime.Age(now)
	h, m := int(d.Hours()), int(d.Minutes())%60
	short := model.Safef("T+%02d:%02d:%02d", h, m, int(d.Seconds())%60)
	if h >= 100 {
		short = model.Safef("T+%dd %02d:%02d", h/24, h%24, m)
	}
	if lifetime.Until.IsZero() {
		return Wording{Full: model.Safef("age %s", model.Span(d)), Short: short}
	}
	return Wording{Full: lifetime.Words(now), Short: short}
}

// Exposure describes the exposure of data as it was assessed.
func Exposure(r *model.Room, zone *time.Location) model.Safe {
	x := r.Exposure
	if x == nil {
		return model.Lit("Exposure: not assessed yet; :exposure none, suspected or confirmed")
	}
	s := model.Safef("Exposure: %s, by %s", x.Level, x.By)
	if x.Subjects != "" {
		s = model.Safef("%s, %s people", s, x.Subjects)
	}
	if len(x.Regimes) > 0 {
		s = model.Safef("%s, %s", s, strings.ToUpper(strings.Join(x.Regimes, ", ")))
	}
	if len(x.Categories) > 0 {
		s = model.Safef("%s, data: %s", s, strings.Join(x.Categories, ", "))
	}
	if !x.Aware.IsZero() && x.Level != model.ExposureNone {
		s = model.Safef("%s, aware since %s", s, zoned(zone)(x.Aware))
	}
	if x.Why != "" {
		s = model.Safef("%s; reason: %s", s, model.CleanLine(x.Why))
	}
	return s
}
