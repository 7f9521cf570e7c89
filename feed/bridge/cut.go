package bridge

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"warroom/model"
)

// A channel is one for all rooms of a hub: who reads the chat reads it for every
// incident. So what one open room calls compromised is cut in others, too, where
// whoever judged it has the power to: in that other room, or on the hub. Anybody
// may declare a room of their own and judge what they like there. Which room it
// is, the others are told, but for a restricted one.

// cutWords name the room that calls a channel compromised, where it is not the
// room itself.
func (r *Runner) cutWords(room *model.Room, name string) string {
	p := r.cutFor(room, name)
	switch {
	case room.ChannelCut(name) || p == nil:
		return ""
	case p.office.Room().IsRestricted():
		return "as a restricted room says"
	}
	return "as " + p.short + " says"
}

func (r *Runner) isCut(room *model.Room, name string) bool {
	return room.ChannelCut(name) || r.cutFor(room, name) != nil
}

// cutFor returns another open room whose judgement of a channel holds in a room,
// nil where there is none.
func (r *Runner) cutFor(room *model.Room, name string) *place {
	return r.cutBy(name, func(c model.Channel) bool {
		return room.PersonHas(c.By, model.PowerTrust) || r.o.Hub.HasCommand(c.By, c.Key)
	}, room.ID)
}

// cutHub returns an open room whose judgement of a channel holds for the hub
// itself, as for what comes in for no room.
func (r *Runner) cutHub(name string) *place {
	return r.cutBy(name, func(c model.Channel) bool { return r.o.Hub.HasCommand(c.By, c.Key) }, "")
}

// cutBy returns an open room, other than the one with an id, that calls a channel
// compromised, by somebody who may.
func (r *Runner) cutBy(name string, may func(model.Channel) bool, not string) *place {
	for _, p := range r.places() {
		room := p.office.Room()
		if room.ID == not || room.Status == model.Closed || !p.isOurs(room) || !room.ChannelCut(name) {
			continue
		}
		if may(room.Channel(name)) {
			return p
		}
	}
	return nil
}

// isOurs reports whether a room was declared on this hub. People of an imported
// one are others, though they may be called the same.
func (p *place) isOurs(room *model.Room) bool {
	m, ok := room.Member(p.office.Key())
	return ok && !m.Struck && m.Right == model.Command
}

// cutsChanged reports whether other channels are cut than at the last round, in
// any room.
func (r *Runner) cutsChanged() bool {
	var now []string
	if r.anyCut() {
		for _, p := range r.places() {
			room := p.office.Room()
			for _, l := range r.lanes {
				if r.isCut(room, l.b.Name()) {
					now = append(now, p.short+" "+l.b.Name())
				}
			}
		}
		slices.Sort(now)
	}
	changed := !slices.Equal(now, r.cuts)
	r.cuts = now
	return changed
}

// anyCut reports whether any room calls any channel compromised.
func (r *Runner) anyCut() bool {
	return slices.ContainsFunc(r.places(), func(p *place) bool { return len(p.office.Room().CutChannels()) > 0 })
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

// showCuts writes into a room which channels other rooms cut there, and which
// they do not cut any more. Each of that is written once: the room remembers the
// judgement that it is about.
func (r *Runner) showCuts(ctx context.Context, p *place, room *model.Room) {
	if room.Status == model.Closed {
		return
	}
	for _, l := range r.lanes {
		name := l.b.Name()
		if text, ref := r.cutLine(room, name); text != "" {
			r.show(ctx, p, text, ref)
		}
	}
}

// cutLine returns what a room does not show yet of a channel that others cut, or
// do not cut any more, and how the room remembers it; empty where there is none.
func (r *Runner) cutLine(room *model.Room, name string) (text, ref string) {
	is, begun, over := r.cutFor(room, name), cutRef(name), freeRef(name)
	if is != nil {
		from := is.office.Room()
		ref = begun + judgement(from, name)
		if room.ChannelCut(name) || has(room, ref) {
			return "", ""
		}
		return name + " is cut here, " + r.cutWords(room, name) +
			": it is compromised, and whoever judged it there has the power to judge it here", ref
	}
	last := ""
	for _, b := range room.Brought {
		if of, ok := strings.CutPrefix(b, shownOver+" "+begun); ok {
			last = of
		}
	}
	if last == "" || has(room, over+last) {
		return "", ""
	}
	return name + " is used here again: no other room cuts it now", over + last
}

// shownOver stands for the channel that these lines come over.
const shownOver = "hub"

func cutRef(name string) string  { return "cut " + name + " " }
func freeRef(name string) string { return "free " + name + " " }

// judgement tells one judgement of a channel from others.
func judgement(room *model.Room, name string) string {
	return room.ID + " " + strconv.FormatUint(room.Channel(name).Seq, 10)
}

func has(room *model.Room, ref string) bool {
	return slices.Contains(room.Brought, shownOver+" "+ref)
}

func (r *Runner) show(ctx context.Context, p *place, text, ref string) {
	ctx, cancel := context.WithTimeout(ctx, sayFor)
	defer cancel()
	b := model.NewEntry(model.KindEntryNoted, text)
	b.Over, b.From, b.Ref = shownOver, "warroom", ref
	if _, err := p.office.Append(ctx, model.Act{Body: b}); err != nil {
		r.o.Logf(model.Safef("%s: a line about a channel could not be written: %s", p.short, model.Sentence(err)))
	}
}
