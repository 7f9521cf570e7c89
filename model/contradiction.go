package model

import (
	"cmp"
	"slices"
	"strings"
)

// contradictions describes each pair of times of the room that cannot both be right.
func (r *Room) contradictions() []Safe {
	var out []Safe
	for _, n := range r.EarlyNotices() {
		out = append(out, n.Words(FormatTime))
	}
	for _, c := range r.Contradictions() {
		out = append(out, c.Words(FormatTime))
	}
	for _, a := range r.Assets {
		for _, v := range a.Runs() {
			if from := cmp.Or(v.Confirmed, v.Suspected); !v.Contained.IsZero() && v.Contained.Before(from) {
				out = append(out, Safef("the containment of asset %d (%s) is before it was compromised (%s)", a.N,
					FormatTime(v.Contained), FormatTime(from)))
			}
		}
	}
	for i := range r.Impacts {
		if m := &r.Impacts[i]; !m.Until.IsZero() && m.Until.Before(m.From) {
			out = append(out, Safef("the end of the impact for %s (%s) is before its start (%s)", r.ImpactWords(m),
				FormatTime(m.Until), FormatTime(m.From)))
		}
	}
	return out
}

// contradicts refuses a correction of a time that contradicts another time, unless it has a
// reason for that, as a notice and a milestone do.
func (a *args) contradicts(b *TimeCorrected) error {
	e := &Event{By: a.Who.Handle, Key: a.Who.Key, Seq: a.Room.Seq + 1, At: a.Now, RecordedAt: a.Now}
	_, why, _ := strings.Cut(b.Reason, becauseWord)
	if strings.TrimSpace(why) != "" || b.check(a.Room, e) != nil {
		return nil // what the room refuses has its own reason
	}
	n := a.Room.alike()
	b.apply(n, e)
	prev := a.Room.contradictions()
	for _, s := range n.contradictions() {
		if !slices.Contains(prev, s) {
			return Refuse(Invalid, "%s; correct one of them, or give a reason and both stay in the report: "+
				":time %d @TIME because REASON", s, b.Seq)
		}
	}
	return nil
}
