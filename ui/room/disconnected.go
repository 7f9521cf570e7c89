package room

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/present"
	"warroom/ui/state"
)

// disconnectedPeriod is a time without the hub, and the lines that were written here in
// it.
type disconnectedPeriod struct {
	from     state.Seen // where the link was lost; zero: it was not lost
	to       time.Time  // when it was back; zero: it is not back
	localIDs []string   // ids of the lines that waited then
	key      string     // key of this person's lines; if "", only those in localIDs
}

// own reports whether a line was written here. A line may be written and stored between
// two views, so that no view had it waiting.
func (a *disconnectedPeriod) own(l *model.Line) bool {
	return slices.Contains(a.localIDs, l.ID) || a.key != "" && l.Key == a.key
}

// minDisconnected is the duration from which a period is reported even if nothing new
// happened. Moving the hub to another terminal takes less.
const minDisconnected = 10 * time.Second

// met records that the link is back, and the lines that wait in the views before and
// after that.
func (a *disconnectedPeriod) met(now time.Time, views ...*model.View) {
	if a.from.At.IsZero() {
		return
	}
	a.to = now
	for _, v := range views {
		for _, w := range v.Waiting {
			if w.State != model.Refused {
				a.localIDs = append(a.localIDs, w.Draft.ID)
			}
		}
	}
}

// words returns a summary of the period once all waiting lines are settled: "apart
// 14:02-14:19; 12 new since 14:02: 1 decision; 2 of yours are stored; overtaken: item 3
// is done already, by cy". It is empty before that, and if the period was short and
// nothing happened.
func (a *disconnectedPeriod) words(v *model.View, me string, zone *time.Location) model.Safe {
	if a.to.IsZero() || v.Link.State != model.Live || v.Link.Lag > 0 {
		return model.Safe{}
	}
	var stored int
	var over, late []model.Safe
	for _, w := range v.Waiting {
		if !slices.Contains(a.localIDs, w.Draft.ID) {
			continue
		}
		if w.State != model.Refused {
			return model.Safe{} // still being sent
		}
		over = append(over, w.Why)
	}
	lines := v.Room.Lines()
	for i := len(lines) - 1; i >= 0 && lines[i].Seq > a.from.Seq; i-- {
		switch l := lines[i]; {
		case !a.own(l):
		case l.Refused.IsEmpty():
			if stored++; !l.IsEntry() {
				late = append(late, l.Text)
			}
		default:
			over = append(over, l.Refused)
		}
	}
	out := present.CatchUp(v.Room, a.from.Seq, a.from.At.In(zone), me)
	if from := a.from.At.In(zone); a.to.Sub(from) >= minDisconnected || len(over) > 0 {
		out = present.Joined(model.Safef("offline %s-%s", model.DayTime(from, a.to.In(zone)),
			a.to.In(zone).Format("15:04")), out)
	}
	if stored > 0 {
		out = present.Joined(out, model.Safef("%d of yours stored", stored))
	}
	if len(late) > 0 {
		slices.Reverse(late)
		out = present.Joined(out, model.Safef("arrived late: %s", model.JoinSafe(model.Lit(", "), late...)))
	}
	if len(over) > 0 {
		slices.Reverse(over)
		out = present.Joined(out, model.Safef("overtaken: %s", model.JoinSafe(model.Lit(", "), over...)))
	}
	*a = disconnectedPeriod{}
	return out
}
