package cli

import (
	"time"

	"warroom/model"
	"warroom/ui/present"
)

// plainNotices tracks the notices that a user of plain mode has received, so that each is
// printed once: a clock that is due soon or overdue, an ask for them, a mention, an
// outage of the hub, and a join request.
type plainNotices struct {
	me     string
	seq    uint64               // newest line that was checked
	clocks map[string]time.Time // by state and clock: the due time of the last notice
	asks   map[string]bool
	joins  map[string]bool // by key
	away   bool            // the hub does not answer
}

// newPlainNotices marks everything in a view as known, because the state of the room has
// just been printed.
func newPlainNotices(v *model.View, me string, now time.Time) *plainNotices {
	n := &plainNotices{me: me, clocks: map[string]time.Time{}, asks: map[string]bool{}, joins: map[string]bool{}}
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
	return append(append(out, n.inRoom(v.Room, now, zone)...), n.overClocks(v.Room, now, zone)...)
}

// inRoom returns the notices about asks and mentions.
func (n *plainNotices) inRoom(r *model.Room, now time.Time, zone *time.Location) []model.Safe {
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
