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
	for _, o := range r.OddTimes(FormatTime) {
		out = append(out, o.Words)
	}
	return out
}

// OddTime is a pair of times that cannot both be right, other than two milestones or a notice
// and its clock.
type OddTime struct {
	What  string // asset, impact, indicator or item
	Words Safe
	Seq   uint64 // the entry that has the earlier time
}

// OddTimes returns the pairs of times of assets, impacts, indicators and items that cannot
// both be right.
func (r *Room) OddTimes(at At) []OddTime {
	var out []OddTime
	for _, a := range r.Assets {
		for _, v := range a.Runs() {
			if from := cmp.Or(v.Confirmed, v.Suspected); !v.Contained.IsZero() && v.Contained.Before(from) {
				out = append(out, OddTime{What: "asset", Words: Safef(
					"the containment of asset %d (%s) is before it was compromised "+
						"(%s)", a.N, at(v.Contained), at(from)), Seq: v.EndSeq})
			}
		}
	}
	for i := range r.Impacts {
		if m := &r.Impacts[i]; !m.Until.IsZero() && m.Until.Before(m.From) {
			out = append(out, OddTime{What: "impact",
				Words: Safef("the end of the impact for %s (%s) is before its start (%s)",
					r.ImpactWords(m), at(m.Until), at(m.From)), Seq: m.EndSeq})
		}
	}
	for i := range r.Indicators {
		if x := r.Indicators[i]; x.Blocked != nil && x.Blocked.At.Before(x.Seen) {
			out = append(out, OddTime{What: "indicator", Words: Safef(
				"the block of indicator %d (%s) is before it was first seen (%s)",
				x.N, at(x.Blocked.At), at(x.Seen)), Seq: x.Blocked.Seq})
		}
	}
	for i := range r.Items {
		it := &r.Items[i]
		name := r.Def(it).Milestone
		m, ok := r.Milestones[name]
		if ok && !m.NA && it.State == ItemDone && !it.DoneAt.IsZero() && it.DoneAt.Before(m.At) &&
			TimesDiffer(it.DoneAt, m.At) {
			out = append(out, OddTime{What: "item", Words: Safef(
				"item %d was done (%s) before the milestone that it reaches, %s (%s)",
				it.N, at(it.DoneAt), MilestoneWords(name), at(m.At)), Seq: it.Seq})
		}
	}
	return out
}

// contradictsNow refuses a line whose time contradicts another time, unless its text gives a
// reason for that.
func (a *args) contradictsNow(b Body) error {
	switch b.(type) {
	case *ItemDoneBody, *IncidentResolved, *IncidentClosed, *IOCBlocked, *AssetMoved:
	default:
		return nil
	}
	if a.at.IsZero() {
		return nil
	}
	for _, p := range a.parsed {
		if _, why, _ := strings.Cut(p.Value.String(), becauseWord); strings.TrimSpace(why) != "" {
			return nil
		}
	}
	n := a.Room.with(a.Who, Act{At: a.at, Body: b}, a.Now)
	if n == nil {
		return nil // what the room refuses has its own reason
	}
	prev := a.Room.contradictions()
	for _, s := range n.contradictions() {
		if !slices.Contains(prev, s) {
			return Refuse(Invalid, `%s; correct one of the times, or end the line with "because REASON" to keep `+
				"both in the report", s)
		}
	}
	return nil
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
			return Refuse(Invalid, "%s; correct one of them, or give a reason to keep both in the report: :time %d "+
				"@TIME because REASON", s, b.Seq)
		}
	}
	return nil
}
