package ui

import (
	"slices"
	"time"

	"warroom/model"
)

// apart is a time without the hub, and what was said here meanwhile.
type apart struct {
	from seen      // where the link was lost; zero: it was not
	to   time.Time // when it was there again; zero: it is not
	mine []string  // ids of the lines that waited then
	key  string    // whose new lines waited, seen to wait or not; "": only those in mine
}

// own says whether a line waited here. A line may be written and stored between
// two looks at the room, so that nobody saw it wait.
func (a *apart) own(l *model.Line) bool {
	return slices.Contains(a.mine, l.ID) || a.key != "" && l.Key == a.key
}

// longApart is from how long on a time without the hub is worth a word, even
// where nothing is new. The hub moving to another terminal takes less.
const longApart = 10 * time.Second

// met notes that the link is there again, and what waited in the views before and
// after that.
func (a *apart) met(now time.Time, views ...*model.View) {
	if a.from.at.IsZero() {
		return
	}
	a.to = now
	for _, v := range views {
		for _, w := range v.Waiting {
			if w.State != model.Refused {
				a.mine = append(a.mine, w.Draft.ID)
			}
		}
	}
}

// words say what came of it, once everything that waited is settled: "apart
// 14:02-14:19; 12 new since 14:02: 1 decision; 2 of yours are stored; overtaken:
// item 3 is done already, by cy". Empty before that, and where it was short and
// nothing came.
func (a *apart) words(v *model.View, me string, zone *time.Location) model.Safe {
	if a.to.IsZero() || v.Link.State != model.Live || v.Link.Behind > 0 {
		return model.Safe{}
	}
	var stored int
	var over, late []model.Safe
	for _, w := range v.Waiting {
		if !slices.Contains(a.mine, w.Draft.ID) {
			continue
		}
		if w.State != model.Refused {
			return model.Safe{} // it is still on its way
		}
		over = append(over, w.Why)
	}
	lines := v.Room.Lines()
	for i := len(lines) - 1; i >= 0 && lines[i].Seq > a.from.seq; i-- {
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
	out := catchUp(v.Room, a.from, me, zone)
	if from := a.from.at.In(zone); a.to.Sub(from) >= longApart || len(over) > 0 {
		out = joined(model.Safef("apart %s-%s", from.Format("15:04"), a.to.In(zone).Format("15:04")), out)
	}
	if stored > 0 {
		out = joined(out, model.Safef("%d of yours stored", stored))
	}
	if len(late) > 0 {
		slices.Reverse(late)
		out = joined(out, model.Safef("came late: %s", model.JoinSafe(model.Lit(", "), late...)))
	}
	if len(over) > 0 {
		slices.Reverse(over)
		out = joined(out, model.Safef("overtaken: %s", model.JoinSafe(model.Lit(", "), over...)))
	}
	*a = apart{}
	return out
}

// joined puts two parts of a sentence together; either may be empty.
func joined(a, b model.Safe) model.Safe {
	switch {
	case a.IsEmpty():
		return b
	case b.IsEmpty():
		return a
	}
	return model.Safef("%s; %s", a, b)
}
