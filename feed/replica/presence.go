package replica

import (
	"context"
	"encoding/json"
	"maps"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/presence"
	"warroom/feed/subjects"
	"warroom/feed/wake"
)

// beat processes a beat. The server has authenticated the handle in the subject.
func (ro *Roster) beat(m *nats.Msg) {
	f := ro.f
	_, _, handle, key, ok := subjects.Parse(m.Subject) // a login cannot publish here; the hub publishes for it
	var b presence.Beat
	if !ok || len(m.Header) > 0 || len(m.Data) > 1024 || json.Unmarshal(m.Data, &b) != nil || b.Handle != handle ||
		len(b.Via) > 32 || len(b.From) > presence.MaxFrom {
		return
	}
	if b.Ask {
		if !ro.ours(key) { // sessions of this process have the roster already
			f.Presence.All.Store(true)
			wake.Notify(f.Presence.Hurry)
		}
		return
	}
	switch m, ok := f.View().Room.Member(key); {
	case !ok:
		f.Presence.Defer(key, b)
		return
	case m.Handle != handle || m.Revoked:
		return // another handle's key, or a revoked one
	}
	if f.Presence.Note(key, b) {
		f.change(func(*View) {})
	}
	if f.Presence.ShowsLag(b.Seq, f.View().Next) {
		wake.Notify(f.Poke)
	}
}

// ours reports whether a key belongs to this process.
func (ro *Roster) ours(key string) bool {
	f := ro.f
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.writers[key] != nil
}

// Roster is the roster of the room of a follower.
type Roster struct {
	presence.Tracker
	f *Follower
}

// presenceLoop publishes who of this process is in the room, and answers join requests.
func (ro *Roster) presenceLoop(ctx context.Context) {
	f := ro.f
	defer f.wg.Done()
	t := time.NewTicker(presence.Every)
	defer t.Stop()
	var at time.Time
	reported := map[string]bool{} // by key: the last typing state sent
	for {
		all := false
		select {
		case <-ctx.Done():
			return
		case <-t.C:
			if f.Presence.Expire() {
				f.change(func(*View) {})
			}
			all = true
		case <-f.Presence.Hurry:
			delay := max(presence.TypeEvery-f.env.Now().Sub(at), presence.TypeAfter)
			select {
			case <-ctx.Done():
				return
			case <-time.After(min(delay, presence.TypeEvery)):
			}
			all = f.Presence.All.Swap(false)
		case <-f.Presence.Asked:
			ro.answer(ctx)
			continue
		}
		at, reported = f.env.Now(), ro.reportPresence(reported, all)
	}
}

// reportPresence sends a beat for each person of this process or, unless all is set, for
// those whose state has changed. It returns the states.
func (ro *Roster) reportPresence(reported map[string]bool, all bool) map[string]bool {
	f := ro.f
	f.mu.Lock()
	writers := maps.Clone(f.writers)
	f.mu.Unlock()
	now := make(map[string]bool, len(writers))
	for k, d := range writers {
		who, here, typing := d.Presence()
		if !here || who.Key().Text != k {
			continue
		}
		now[k] = typing
		if prev, known := reported[k]; all || !known || prev != typing {
			ro.Send(k,
				presence.Beat{Handle: who.Handle, Via: who.Via, Typing: typing, Seq: f.View().Next - 1,
					From: who.Addresses()})
		}
	}
	return now
}

// Send publishes a beat. An error is ignored: beats are repeated.
func (ro *Roster) Send(key string, b presence.Beat) {
	f := ro.f
	raw, err := json.Marshal(b)
	if err != nil {
		return
	}
	m := &nats.Msg{Subject: ro.hereSubject(b.Handle, key), Data: raw}
	if f.env.Conn.ByHub.Load() {
		m.Reply = f.env.PresenceInbox
	}
	_ = f.env.Conn.NC.PublishMsg(m) // see above
}
