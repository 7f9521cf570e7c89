package present

import (
	"time"

	"warroom/model"
)

// Remedy returns the command that meets a clock.
func Remedy(r *model.Room, d *model.ClockDef) model.Safe {
	if left := r.UnwrittenSections(); d.MetBy == model.MilestoneReviewed && len(left) > 0 {
		if len(left) == 1 {
			return model.Safef(":review %s TEXT stops it", left[0])
		}
		return model.Safef(":review %s TEXT and %d more sections stop it", left[0], len(left)-1)
	}
	for i := range r.Items {
		if it := &r.Items[i]; r.Def(it).Meets == d.ID && !r.Settled(it) {
			return model.Safef(":check %d stops it", it.N)
		}
	}
	switch {
	case d.MetBy != "":
		return model.Safef(":milestone %s stops it", d.MetBy)
	case d.Law: // a notice to its audience alone does not meet a legal clock
		return model.Safef(":notify %s WHO stops it", d.ID)
	case d.Audience != "" && d.Every > 0:
		return model.Safef(":update %s TEXT restarts it", d.Audience)
	case d.Audience != "":
		return model.Safef(":notify %s WHO stops it", d.Audience)
	}
	return model.Safef(":clock met %s stops it", d.ID)
}

// ClockNotice returns the sentence for a clock that is due soon or overdue; empty for any
// other.
func ClockNotice(r *model.Room, v *model.ClockView, zone *time.Location) model.Safe {
	at := model.DayTime(v.Run.DueAt, v.Run.DueAt.Add(-v.Remaining).In(zone))
	switch v.State {
	case model.ClockOverdue:
		return model.Safef("%s overdue since %s: %s", v.Def.Label, at, Remedy(r, v.Def))
	case model.ClockWarning:
		if v.Def.AtLeast > 0 {
			return model.Safe{}
		}
		return model.Safef("%s due at %s, in %s: %s", v.Def.Label, at, model.Span(v.Remaining), Remedy(r, v.Def))
	}
	return model.Safe{}
}
