package bridge

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"warroom/model"
)

// A channel is shared by all rooms of a hub: a person who reads the chat reads it for every
// incident. Therefore a channel that one open room judges compromised is cut in others too,
// if the person who judged it has the power to do so in the other room or on the hub.
// (Anybody may declare a room and judge there.) The other rooms show which room it
// is, unless that room is restricted.

// cutWords names the room that judges a channel compromised, if it is another room.
func (r *Runner) cutWords(room *model.Room, name string) string {
	p := r.cutFor(room, name)
	switch {
	case room.ChannelCut(name) || p == nil:
		return ""
	case p.hubRoom.Room().IsRestricted():
		return "as a restricted room reports"
	}
	return "as " + p.short + " says"
}

func (r *Runner) isCut(room *model.Room, name string) bool {
	return room.ChannelCut(name) || r.cutFor(room, name) != nil
}

// cutFor returns another open room whose judgement of a channel applies to room, or nil.
func (r *Runner) cutFor(room *model.Room, name string) *roomBridge {
	return r.cutBy(name, func(c model.Channel) bool {
		return room.PersonHas(c.By, model.PowerTrust) || r.o.Hub.HasCommand(c.By, c.Key)
	}, room.ID)
}

// cutHub returns an open room whose judgement of a channel applies to the hub itself, as
// for messages that belong to no room.
func (r *Runner) cutHub(name string) *roomBridge {
	return r.cutBy(name, func(c model.Channel) bool { return r.o.Hub.HasCommand(c.By, c.Key) }, "")
}

// cutBy returns an open room, other than the one with an id, in which a permitted person
// judged a channel compromised.
func (r *Runner) cutBy(name string, may func(model.Channel) bool, not string) *roomBridge {
	for _, p := range r.roomBridges() {
		room := p.hubRoom.Room()
		if room.ID == not || room.Status == model.Closed || !p.isOurs(room) || !room.ChannelCut(name) {
			continue
		}
		if may(room.Channel(name)) {
			return p
		}
	}
	return nil
}

// isOurs reports whether a room was declared on this hub. The people of an imported room
// are different ones, even with the same handles.
func (p *roomBridge) isOurs(room *model.Room) bool {
	m, ok := room.Member(p.hubRoom.Key())
	return ok && !m.Revoked && m.Right == model.Command
}

// cutsChanged reports whether the channels that are cut changed since the last round, in
// any room.
func (r *Runner) cutsChanged() bool {
	var now []string
	if r.anyCut() {
		for _, p := range r.roomBridges() {
			room := p.hubRoom.Room()
			for _, l := range r.queues {
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

// anyCut reports whether any room judges any channel compromised.
func (r *Runner) anyCut() bool {
	return slices.ContainsFunc(r.roomBridges(),
		func(p *roomBridge) bool { return len(p.hubRoom.Room().CutChannels()) > 0 })
}

// endCut ends running deliveries over a channel that is compromised now.
func (r *Runner) endCut(p *roomBridge) {
	room := p.hubRoom.Room()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, t := range p.left {
		if end := p.going[t.Key]; end != nil && r.isCut(room, t.l.b.Name()) {
			end()
		}
	}
}

// showCuts writes into a room which channels other rooms cut there, and which ones no
// longer. Each is written once: the room remembers the judgement it refers to.
func (r *Runner) showCuts(ctx context.Context, p *roomBridge, room *model.Room) {
	if room.Status == model.Closed {
		return
	}
	for _, l := range r.queues {
		name := l.b.Name()
		if text, ref := r.cutLine(room, name); text != "" {
			r.show(ctx, p, text, ref)
		}
	}
}

// cutLine returns the text that is missing in a room about a channel that others cut or no
// longer cut, and the reference under which the room remembers it. Both are empty if
// nothing is missing.
func (r *Runner) cutLine(room *model.Room, name string) (text, ref string) {
	is, begun, over := r.cutFor(room, name), cutRef(name), freeRef(name)
	if is != nil {
		from := is.hubRoom.Room()
		ref = begun + judgement(from, name)
		if room.ChannelCut(name) || has(room, ref) {
			return "", ""
		}
		return name + " is cut here, " + r.cutWords(room, name) +
			": it is compromised, and the person who marked it there may also mark it here", ref
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
	return name + " is used here again: no other room cuts it off any more", over + last
}

// shownOver is the channel in the reference of these lines.
const shownOver = "hub"

func cutRef(name string) string  { return "cut " + name + " " }
func freeRef(name string) string { return "free " + name + " " }

// judgement identifies one judgement of a channel.
func judgement(room *model.Room, name string) string {
	return room.ID + " " + strconv.FormatUint(room.Channel(name).Seq, 10)
}

func has(room *model.Room, ref string) bool {
	return slices.Contains(room.Brought, shownOver+" "+ref)
}

func (r *Runner) show(ctx context.Context, p *roomBridge, text, ref string) {
	ctx, cancel := context.WithTimeout(ctx, appendTimeout)
	defer cancel()
	b := model.NewEntry(model.KindEntryNoted, text)
	b.Over, b.From, b.Ref = shownOver, "warroom", ref
	if _, err := p.hubRoom.Append(ctx, model.Act{Body: b}); err != nil {
		r.o.Logf(model.Safef("%s: an entry about a channel could not be written: %s", p.short, model.Sentence(err)))
	}
}
