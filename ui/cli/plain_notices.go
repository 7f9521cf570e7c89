package cli

import (
	"fmt"
	"slices"
	"time"

	"warroom/model"
	"warroom/ui/present"
)

// plainNotices tracks the notices that a user of plain mode has received, so that each is
// printed once: a clock that is due soon or overdue, an ask for them, a mention, an ask or a
// poll that ended, an outage of the hub, a join request, and what else waits for them.
type plainNotices struct {
	me      string
	seq     uint64               // newest line that was checked
	clocks  map[string]time.Time // by state and clock: the due time of the last notice
	ended   map[string]bool      // asks and polls that ended, by kind and id
	asks    map[string]bool
	joins   map[string]bool // by key
	matters map[string]bool // other matters
	away    bool            // the hub does not answer
}

// newPlainNotices marks everything in a view as known, because the state of the room has
// just been printed.
func newPlainNotices(v *model.View, me string, now time.Time) *plainNotices {
	n := &plainNotices{me: me, clocks: map[string]time.Time{}, asks: map[string]bool{}, joins: map[string]bool{},
		ended: map[string]bool{}}
	n.since(v, now, time.UTC)
	return n
}

// since returns the notices for what is new in a view. now is the hub's time.
func (n *plainNotices) since(v *model.View, now time.Time, zone *time.Location) []model.Safe {
	var out []model.Safe
	if away := v.Link.State == model.Offline; away != n.away {
		n.away = away
		if away {
			out = append(out, present.HubGone(v.Link))
		} else {
			out = append(out, present.HubBack)
		}
	}
	for _, k := range v.JoinRequests {
		if !n.joins[k.Key] {
			n.joins[k.Key] = true
			out = append(out, present.AsksToJoin(k))
		}
	}
	out = append(out, n.ofMatters(v, now)...)
	out = append(out, n.inRoom(v.Room, now)...)
	out = append(out, n.ofEnded(v.Room, now)...)
	return append(out, n.overClocks(v.Room, now, zone)...)
}

// ofMatters returns the notices about matters without a notice of their own, such as the
// offer of a role.
func (n *plainNotices) ofMatters(v *model.View, now time.Time) []model.Safe {
	var out []model.Safe
	known := map[string]bool{}
	for m := range present.Attention(v, n.me, now) {
		key := fmt.Sprint(m.Kind)
		switch m.Kind {
		case present.MatterLink, present.MatterAsk, present.MatterLateAsk, present.MatterJoin:
			continue
		case present.MatterRecord, present.MatterOffer:
			key += m.What.Full.String()
		}
		if known[key] = true; !n.matters[key] {
			out = append(out, m.Sentence())
		}
	}
	n.matters = known
	return out
}

// ofEnded returns the notices about asks that are overdue, for those who asked, who were
// asked and who lead, and about polls that ended, for those who opened them and who lead.
func (n *plainNotices) ofEnded(r *model.Room, now time.Time) []model.Safe {
	if r.Status == model.Closed {
		return nil
	}
	var out []model.Safe
	leads := slices.Contains(r.Commanders(), n.me)
	once := func(on bool, key string, s func() model.Safe) {
		if on && !n.ended[key] {
			n.ended[key] = true
			out = append(out, s())
		}
	}
	for _, a := range r.OpenAsks() {
		once(!now.Before(a.Due) && (leads || a.From == n.me || r.IsAsked(&a, n.me)), "ask/"+a.ID,
			func() model.Safe { return present.Ask(r, &a, now) })
	}
	for i := range r.Polls {
		p := &r.Polls[i]
		once(!r.AsOf(now).Before(p.EndedAt()) && (leads || p.By == n.me), "poll/"+p.ID,
			func() model.Safe { return present.Poll(r, p, now) })
	}
	return out
}

// inRoom returns the notices about asks and mentions.
func (n *plainNotices) inRoom(r *model.Room, now time.Time) []model.Safe {
	var out []model.Safe
	mine := map[uint64]bool{} // lines of asks with a notice
	for _, a := range r.OpenAsks() {
		if a.From == n.me || !r.IsAsked(&a, n.me) || n.asks[a.ID] {
			continue
		}
		n.asks[a.ID] = true
		mine[a.Seq] = true
		out = append(out, present.AskMatter(&a, now).Sentence())
	}
	for _, l := range r.Lines() {
		if l.Seq <= n.seq {
			continue
		}
		n.seq = l.Seq
		if l.By != n.me && l.IsEntry() && l.Refused.IsEmpty() && !mine[l.Seq] && l.Mentions(n.me) {
			out = append(out, present.Mention(l))
		}
	}
	return out
}

// overClocks returns the notices about clocks that are due soon or overdue.
func (n *plainNotices) overClocks(r *model.Room, now time.Time, zone *time.Location) []model.Safe {
	if r.Lobby || r.Status == model.Closed {
		return nil
	}
	var out []model.Safe
	for _, v := range r.ClockViews(now) {
		s := present.ClockNotice(r, &v, zone)
		key := string(v.State) + "/" + v.Def.ID
		if s.IsEmpty() || n.clocks[key].Equal(v.Run.DueAt) {
			continue
		}
		n.clocks[key] = v.Run.DueAt
		out = append(out, s)
	}
	return out
}
