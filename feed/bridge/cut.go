package bridge

import (
	"slices"

	"warroom/model"
)

// A channel is one for all rooms of a hub: who reads the chat reads it for every
// incident. So what one open room calls compromised is cut in all of them. Which
// room that is, the others are told, but for a restricted one.

// cutWords say who calls a channel compromised, where it is not the room itself.
func (r *Runner) cutWords(room *model.Room, name string) string {
	p := r.cutBy(name)
	switch {
	case room.ChannelCut(name) || p == nil:
		return ""
	case p.office.Room().IsRestricted():
		return "as a restricted room says"
	}
	return "as " + p.short + " says"
}

func (r *Runner) isCut(room *model.Room, name string) bool {
	return room.ChannelCut(name) || r.cutBy(name) != nil
}

// cutBy is an open room that calls a channel compromised, nil where none does.
func (r *Runner) cutBy(name string) *place {
	for _, p := range r.places() {
		if room := p.office.Room(); room.Status != model.Closed && room.ChannelCut(name) {
			return p
		}
	}
	return nil
}

// cutsChanged says whether other channels are cut than at the last round.
func (r *Runner) cutsChanged() bool {
	var now []string
	for _, l := range r.lanes {
		if r.cutBy(l.b.Name()) != nil {
			now = append(now, l.b.Name())
		}
	}
	changed := !slices.Equal(now, r.cuts)
	r.cuts = now
	return changed
}

// endCut ends what is on its way over a channel that is compromised now.
func (r *Runner) endCut(p *place) {
	room := p.office.Room()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.left {
		if end := p.going[t.Key]; end != nil && r.isCut(room, t.l.b.Name()) {
			end()
		}
	}
}
