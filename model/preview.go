package model

import "time"

// Change is what an act would do to one clock.
type Change struct {
	Clock *ClockDef
	Text  Safe
}

// Preview says what an act would do to the clocks if it were sent now: which
// start, stop and move. It is shown before it is sent.
func (r *Room) Preview(who Actor, a Act, now time.Time) []Change {
	d, err := NewDraft("preview", who, a, now)
	if err != nil || Decide(r, who, a, now) != nil {
		return nil
	}
	e := d.Event(r.ID)
	e.Key, e.Seq, e.RecordedAt = who.Key, r.Seq+1, now
	n := *r
	n.effect(r, e, new(Line)) // what Apply does, but for the timeline
	var out []Change
	for i, c := range n.Clocks {
		was := ClockRun{}
		if i < len(r.Clocks) {
			was = r.Clocks[i]
		}
		if t := differs(was, c, now); !t.IsEmpty() {
			def := n.Plan.Clock(c.ID)
			out = append(out, Change{Clock: def, Text: Safef("%s %s", def.Label, t)})
		}
	}
	return out
}

func differs(was, is ClockRun, now time.Time) Safe {
	switch {
	case was.MetAt.IsZero() && !is.MetAt.IsZero():
		return Lit("is met")
	case was.Waived == "" && is.Waived != "":
		return Lit("is waived")
	case was.StoodAt.IsZero() && !is.StoodAt.IsZero():
		return Lit("stops")
	case is.DueAt.Equal(was.DueAt) || is.DueAt.IsZero():
		return Safe{}
	case was.StartedAt.IsZero() || !was.StoodAt.IsZero() && is.StoodAt.IsZero():
		if left := is.DueAt.Sub(now); left > 0 {
			return Safef("starts, due in %s", Duration(left.Round(time.Second)))
		}
		return Safef("starts, due since %s", Stamp(is.DueAt))
	}
	return Safef("moves to %s", Stamp(is.DueAt))
}
