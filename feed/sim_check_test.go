package feed_test

import (
	"context"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// check verifies the promises while there are no faults.
func (w *world) check() {
	w.Helper()
	if w.net.server() == nil {
		w.startServer()
	}
	for _, p := range w.people {
		p.losing.Store(0)
		feedtest.Until(w.T, p.session, p.name+" has sent all", func(v *model.View) bool {
			return v.Link.State == model.Live && p.session.(*feed.RoomSession).Unsent() == 0
		})
	}
	<-time.After(5 * time.Second) // the hub admits the last keys
	events := w.log(w.people[0])
	tip := uint64(len(events))
	for _, p := range w.people {
		feedtest.Until(w.T, p.session, p.name+" has read all", func(v *model.View) bool { return v.Room.Seq >= tip })
	}
	w.sameEverywhere(events)
	for _, p := range w.people {
		w.onceInOrder(p, events)
	}
}

// log reads the whole log through a terminal.
func (w *world) log(p *person) []*model.Event {
	var out []*model.Event
	err := p.f.Events(context.Background(), w.short, 1, func(e *model.Event) error {
		out = append(out, e)
		return nil
	})
	if err != nil {
		w.fatal("%s reads the log: %v", p.name, err)
	}
	return out
}

// sameEverywhere compares the rooms of the terminals with each other and with a fold from
// the beginning, and the clocks that they show.
func (w *world) sameEverywhere(events []*model.Event) {
	w.Helper()
	first := w.people[0]
	v := first.session.Latest()
	clean := model.Replay(model.NewRoom(), events...)
	if clean.Seq != v.Room.Seq || clean.StateHash() != v.Room.StateHash() {
		w.note("newest event: %+v", events[len(events)-1])
		w.violated("I5", "a fold from the beginning is another one: seq %d %s, %s has %d %s", clean.Seq,
			clean.StateHash(), first.name, v.Room.Seq, v.Room.StateHash())
	}
	for _, p := range w.people {
		o := p.session.Latest()
		if o.Room.Seq != v.Room.Seq || o.Room.StateHash() != v.Room.StateHash() {
			w.violated("I4", "%s is at %d %s, %s at %d %s", first.name, v.Room.Seq, v.Room.StateHash(), p.name,
				o.Room.Seq, o.Room.StateHash())
		}
		if o.Room.Bad != 0 || !o.Proof.Alarm.IsEmpty() {
			w.violated("I2", "%s: %d bad messages, alarm %q", p.name, o.Room.Bad, o.Proof.Alarm)
		}
		w.sameClocks(first, p)
	}
}

// sameClocks checks that the clocks are within a second of each other.
func (w *world) sameClocks(a, b *person) {
	w.Helper()
	va, vb := a.session.Latest(), b.session.Latest()
	ca, cb := va.Room.ClockViews(a.now().Add(va.Offset)), vb.Room.ClockViews(b.now().Add(vb.Offset))
	for i := range ca {
		if ca[i].State != cb[i].State || (ca[i].Remaining-cb[i].Remaining).Abs() > time.Second {
			w.violated("I6", "clock %s: %s sees %s %s, %s sees %s %s", ca[i].Def.ID, a.name, ca[i].State,
				ca[i].Remaining, b.name, cb[i].State, cb[i].Remaining)
		}
	}
}

// onceInOrder checks that what a terminal accepted is in the log once, in order, or was
// visibly refused.
func (w *world) onceInOrder(p *person, events []*model.Event) {
	w.Helper()
	at := map[string]int{}
	for _, e := range events {
		at[e.ID]++
	}
	shown := map[string]bool{}
	for _, x := range p.session.Latest().Waiting {
		shown[x.Draft.ID] = x.State == model.Refused
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	next := 0
	for _, id := range p.accepted {
		no := p.refused[id] || shown[id]
		if n := at[id]; n > 1 || n == 0 && !no || n == 1 && no {
			w.violated(map[bool]string{true: "I1", false: "I2"}[n == 0], "%s: %s is in the log %d times, refused: %v",
				p.name, id, n, no)
		}
		if at[id] == 0 {
			w.tally.refused++
			continue
		}
		for next < len(events) && events[next].ID != id {
			next++
		}
		if next == len(events) {
			w.violated("I3", "%s: %s is not in its author's order", p.name, id)
		}
	}
	w.tally.accepted += len(p.accepted) - p.checked
	p.checked = len(p.accepted)
}
