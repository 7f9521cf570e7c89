package feed_test

import (
	"context"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/model"
)

// inside reports whether a terminal has read the room and is admitted. From then on no
// input may block.
func (p *person) inside(v *model.View) bool {
	m, ok := v.Room.Members[p.session.Who().Key]
	return ok && !m.Revoked && p.session.(*feed.RoomSession).Settled()
}

// glance checks a terminal at any moment: what it accepted is in its room or visibly
// waiting. A program that has just started may not have read that far; then it is in the
// log, or in an outbox on disk.
func (p *person) glance() {
	p.w.mu.Lock()
	p.w.glances++
	p.w.mu.Unlock()
	seen := map[string]bool{}
	v := p.session.Latest()
	for _, x := range v.Waiting {
		seen[x.Draft.ID] = true
	}
	for _, l := range v.Room.Lines() {
		seen[l.ID] = true
	}
	p.mu.Lock()
	var missing []string
	for i, id := range p.accepted[p.checked:] {
		switch {
		case seen[id] || p.refused[id]:
		case p.checked+i >= p.before:
			p.w.violated("I7", "%s: %s was accepted, is not in the room and does not wait", p.name, id)
		default:
			missing = append(missing, id)
		}
	}
	p.mu.Unlock()
	for tries := 0; len(missing) > 0; tries++ {
		missing = p.w.nowhere(p.data, missing)
		if len(missing) > 0 && tries == 3 { // an outbox may be moved during the search
			p.w.violated("I7", "%s: %s was accepted, and is neither in the log nor on the disk", p.name, missing[0])
		}
	}
}

// nowhere returns the ids that are neither in the outboxes of a data directory nor in the
// log, or nil if that is unknown because the server is down.
func (w *world) nowhere(data string, ids []string) []string {
	boxed, err := feed.Boxed(data) // first, because drafts move from there to the log
	if err != nil {
		w.fatal("read the outboxes: %v", err)
	}
	logged, ok := w.logged()
	if !ok {
		return nil
	}
	var out []string
	for _, id := range ids {
		if !boxed[id] && !logged[id] {
			out = append(out, id)
		}
	}
	return out
}

// logged reads the ids in the log from the server.
func (w *world) logged() (map[string]bool, bool) {
	srv := w.net.server()
	if srv == nil || !srv.Running() {
		return nil, false
	}
	nc, err := nats.Connect("", nats.InProcessServer(srv), nats.NoReconnect())
	if err != nil {
		return nil, false
	}
	defer nc.Close()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	js, err := jetstream.New(nc)
	if err != nil {
		return nil, false
	}
	s, err := js.Stream(ctx, "WARROOM_"+w.short)
	if err != nil {
		return nil, false
	}
	out := map[string]bool{}
	for seq := uint64(1); seq <= s.CachedInfo().State.LastSeq; seq++ {
		m, err := s.GetMsg(ctx, seq)
		if err != nil {
			return nil, false
		}
		if e, err := model.DecodeEvent(m.Data); err == nil {
			out[e.ID] = true
		}
	}
	return out, true
}
