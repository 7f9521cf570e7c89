package feed

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/model"
	"warroom/model/seal"
)

// knockEvery is how often a key asks to be let in, and knockFor how long.
const (
	knockEvery = 300 * time.Millisecond
	knockFor   = 5 * time.Second
)

// knock is what a key says at the door: that it is the one of the subject.
type knock struct {
	Room string `json:"room"`
	Sig  []byte `json:"sig"`
}

// knocker is a key at the door.
type knocker struct {
	handle      string
	first, last time.Time
	times       int
}

func knockText(room, handle, key string) []byte {
	return fmt.Appendf(nil, "warroom/door/v1\n%s\n%s\n%s", room, handle, key)
}

// visitor is who knocks, and at which room.
type visitor struct {
	short, room, handle, key string
	right                    model.Right // of the login, as the server has checked; "" at the door
}

// readKnock returns who knocks with a message; ok where the signature says so
// too. A message with headers is none: JetStream would say for a login, at a door
// that is not theirs, what they have stored.
func readKnock(m *nats.Msg) (v visitor, ok bool) {
	v.short, v.right, v.handle, v.key, ok = parseDoor(m.Subject)
	var k knock
	in := json.NewDecoder(bytes.NewReader(m.Data))
	in.DisallowUnknownFields()
	if !ok || len(m.Header) > 0 || len(m.Data) > 1024 || in.Decode(&k) != nil || checkHandle(v.handle) != nil {
		return visitor{}, false
	}
	pub, err := seal.ParseKey(v.key)
	if err != nil || !ed25519.Verify(pub, knockText(k.Room, v.handle, v.key), k.Sig) {
		return visitor{}, false
	}
	v.room = k.Room
	return v, true
}

// parseDoor takes a subject apart at which somebody knocks.
func parseDoor(subject string) (short string, right model.Right, handle, key string, ok bool) {
	if short, what, handle, key, ok := parseLane(subject); ok {
		return short, "", handle, key, what == laneDoor
	}
	t := strings.Split(hubapi.Plain(subject), ".")
	if len(t) != 6 || t[0]+"." != root || t[2] != laneGate {
		return "", "", "", "", false
	}
	right = model.Right(t[3])
	return t[1], right, t[4], t[5], right.Valid()
}

// admitted knocks until the desk's key is let in. It returns nil also where the
// room has an answer of its own: a key that was struck, or one that may not
// write.
func (d *desk) admitted(ctx context.Context) error {
	if err := d.h.bars(d.p, d.f.view().room, d.f.short); err != nil {
		return err
	}
	if d.inside() {
		return nil
	}
	if err := d.shut(); err != nil {
		return err // nobody can be let in now
	}
	if d.p.away {
		return model.Refuse(model.Kept, "what %s left is kept until they come again", d.p.handle)
	}
	if _, err := d.f.view().room.RightOf(d.p.handle, model.Watch); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	select { // who sits down and who speaks first knock as one
	case d.door <- struct{}{}:
		defer func() { <-d.door }()
	case <-ctx.Done():
		return d.shutOut()
	}
	if d.inside() {
		return nil
	}
	if d.p.right != "" {
		return d.h.introduce(ctx, d)
	}
	if err := d.vouch(ctx); err != nil {
		return err
	}
	return d.knocking(ctx)
}

// knocking knocks again and again until the desk's key is let in.
func (d *desk) knocking(ctx context.Context) error {
	news := make(chan struct{}, 1)
	d.f.watch(news)
	defer d.f.unwatch(news)
	t := time.NewTicker(knockEvery)
	defer t.Stop()
	refused := make(chan *nats.Msg, 1)
	inbox := d.h.w.nc.NewInbox()
	sub, err := d.h.w.nc.ChanSubscribe(inbox, refused)
	if err != nil {
		return err
	}
	defer func() { _ = sub.Unsubscribe() }() // the connection may be gone: nothing to undo then
	for {
		if err := d.knock(inbox); err != nil {
			return err
		}
		for waiting := true; waiting; {
			if d.inside() {
				return nil
			}
			select {
			case <-ctx.Done():
				return d.shutOut()
			case <-t.C:
				waiting = false
			case <-news:
			case m := <-refused:
				if err := d.h.w.refused(m, d.f.short); err != nil && !errors.Is(err, errSilence) {
					return err
				}
			}
		}
	}
}

// vouch lets the desk's new key in by the one that was put away, where that one
// may: whoever has the copy of it cannot do more with it than before.
func (d *desk) vouch(ctx context.Context) (err error) {
	old := d.p.before()
	if old == nil {
		return nil
	}
	r := d.f.view().room
	m, ok := r.Member(old.text)
	if !ok || m.Struck || m.Right != model.Command {
		return nil
	}
	o, err := d.h.sit(ctx, &pen{handle: d.p.handle, via: d.p.via, fixed: true, key: old}, d.f.short)
	if err != nil {
		return err
	}
	act := model.Act{Body: &model.KeyAdmitted{Key: d.p.hold().text, Handle: d.p.handle, Right: m.Right, Door: "key renewed"}}
	if _, err = o.append(ctx, act); model.CodeOf(err) == model.Conflict {
		err = nil // let in by somebody else meanwhile
	}
	return errors.Join(err, d.h.rise(o))
}

// inside says whether the room knows the desk's key.
func (d *desk) inside() bool {
	r := d.f.view().room
	_, ok := r.Member(d.p.hold().text)
	return ok || r.ID == "" || d.p.fixed
}

func (d *desk) shutOut() error {
	if d.h.Link().State == model.Offline {
		return model.Refuse(model.Unreachable, "the hub does not answer, and the key of %s is not admitted to this room yet; try again when the hub is back", d.p.handle)
	}
	return model.Refuse(model.Kept, "nobody has let %s into this room yet; somebody with command there can: :admit %s write", d.p.handle, d.p.handle)
}

// knock asks for the desk's key to be admitted. A hub that refuses it says why on
// the subject refusals.
func (d *desk) knock(refusals string) error {
	k := d.p.hold()
	raw, err := json.Marshal(knock{Room: d.f.room, Sig: ed25519.Sign(k.priv, knockText(d.f.room, d.p.handle, k.text))})
	if err != nil {
		return err
	}
	for _, s := range d.doors(k.text) {
		if !d.h.w.denials.was(s) {
			_ = d.h.w.nc.PublishMsg(&nats.Msg{Subject: s, Reply: refusals, Data: raw}) // repeated until it is answered
		}
	}
	return nil
}

// doors are where a key knocks. Who has a login of a server that is not ours does
// not know its right: the server denies what is too much.
func (d *desk) doors(key string) []string {
	door := lane(d.f.short, d.f.laneNow(laneDoor), d.p.handle, key)
	gate := func(r model.Right) string { return hubapi.Ask(hubapi.VerbJoin, d.p.handle, string(r), d.f.short, key) }
	rights := []model.Right{model.Command, model.Write, model.Watch}
	switch l := d.h.o.login; {
	case l != nil:
		return []string{gate(l.Right)}
	case d.h.hub != nil:
		return []string{door}
	case d.h.w.byHub.Load():
		return []string{gate(rights[0]), gate(rights[1]), gate(rights[2])}
	}
	out := []string{door}
	for _, r := range rights {
		out = append(out, gates(d.f.short, d.f.laneNow(laneGate), r, d.p.handle, key))
	}
	return out
}

// knock hears somebody at the door.
func (f *follower) knock(m *nats.Msg) {
	v, ok := readKnock(m)
	if !ok || v.room != f.room {
		return
	}
	if _, in := f.view().room.Member(v.key); in {
		return
	}
	if f.hall.hear(v.handle, v.key) {
		ring(f.hall.asked)
		f.change(func(*shared) {})
	}
}

// hear counts a knock; worth says whether it was not the first: a hub that has
// a steward opens before there is a second.
func (h *hall) hear(handle, key string) (worth bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	n, ok := h.door[key]
	if !ok && len(h.door) >= mostPeople {
		return false
	}
	if !ok {
		n = knocker{handle: handle, first: h.now()}
	}
	n.last = h.now()
	n.times++
	h.door[key] = n
	return n.times > 1
}

// knocks returns who is at the door of a room, those who came first first.
func (h *hall) knocks(r *model.Room) []model.Knock {
	h.mu.Lock()
	defer h.mu.Unlock()
	var out []model.Knock
	for k, n := range h.door {
		if _, in := r.Member(k); in {
			delete(h.door, k)
		} else if n.times > 1 {
			out = append(out, model.Knock{Handle: n.handle, Key: k, At: n.first})
		}
	}
	slices.SortFunc(out, func(a, b model.Knock) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return strings.Compare(a.Key, b.Key)
	})
	return out
}

// answer lets those in whose key file lies in this data directory: they are
// this user on this machine. It is how a room on a server without a steward
// opens to a second terminal of the same person.
func (f *follower) answer(ctx context.Context) {
	s := f.view()
	d := f.commander(s.room)
	if d == nil || f.h.hub != nil && stewarded(s.room) {
		return
	}
	for _, k := range s.knocks {
		if !f.h.keys.owns(k.Handle, k.Key) {
			continue
		}
		right, err := s.room.RightOf(k.Handle, model.Command)
		if err != nil || f.h.struck.refuse(k.Handle) != nil {
			continue
		}
		act := model.Act{Body: &model.KeyAdmitted{Key: k.Key, Handle: k.Handle, Right: right, Door: "key file"}}
		f.admit(ctx, d, act, k)
	}
}

// admit has a key admitted, once at a time: it asks again while that is on its way.
// What somebody else did first is not shown as refused.
func (f *follower) admit(ctx context.Context, d *desk, act model.Act, k model.Knock) {
	f.mu.Lock()
	busy := f.admitting[k.Key]
	if f.admitting == nil {
		f.admitting = map[string]bool{}
	}
	f.admitting[k.Key] = true
	f.mu.Unlock()
	if busy {
		return
	}
	done := func() {
		f.mu.Lock()
		delete(f.admitting, k.Key)
		f.mu.Unlock()
	}
	id, c, err := d.submit(ctx, act)
	if err != nil {
		done()
		if model.CodeOf(err) != model.Conflict {
			f.h.o.Logf(model.Safef("%s cannot be let in: %s", k.Handle, err))
		}
		return
	}
	f.wg.Go(func() {
		defer done()
		_, _ = d.await(ctx, id, c) // what is refused is dismissed there
	})
}

// stewarded says whether a hub's own key may let others into a room: the
// process that hosts does it then, and nobody else has to.
func stewarded(r *model.Room) bool {
	for _, m := range r.Members {
		if m.Hub && !m.Struck {
			return true
		}
	}
	return false
}

// commander returns a desk of this process that may let keys in.
func (f *follower) commander(r *model.Room) *desk {
	f.mu.Lock()
	defer f.mu.Unlock()
	for k, d := range f.desks {
		if m, ok := r.Member(k); ok && m.Right == model.Command && !m.Hub && !m.Struck {
			return d
		}
	}
	return nil
}
