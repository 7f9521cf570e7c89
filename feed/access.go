package feed

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/model"
	"warroom/model/seal"
)

// Who may see a room is decided by its log, and enforced by the hub: in the
// configuration of the room's streams (see hubapi.Access), at the ports of every
// process of the hub (see Guard), and in the book of logins. A change is
// acknowledged to its author only after that, and a restriction is enforced before
// others could receive the entry that makes it.

// Requests among the owner's processes; no login may publish or subscribe there.
const (
	// accessSubject: have a change of access enforced. The process that hosts, or the
	// steward of a server, answers.
	accessSubject = "warroom.hub.internal.access"
	// guardSubject: have the guards of a process enforce it. Every process with a
	// guard answers.
	guardSubject = "warroom.hub.internal.guards"
)

// accessWait is how long a change of access may take.
const accessWait = 10 * time.Second

// accessAsk is a request to enforce a change of access.
type accessAsk struct {
	Room string   `json:"room,omitempty"` // none: of the list of revoked people alone
	Seq  uint64   `json:"seq,omitempty"`  // the entry that changes it: the room is folded up to there, at least
	Only []string `json:"only,omitempty"` // before a restriction is stored: these alone may see the room
}

// accessDone is the answer.
type accessDone struct {
	Ended  int        `json:"ended"`  // connections that were ended
	Guards int        `json:"guards"` // processes that enforced it
	Error  model.Safe `json:"error,omitzero"`
}

// changesAccess reports whether an event of a kind may change who may see a room or
// write in it.
func changesAccess(k model.Kind) bool {
	return slices.Contains([]model.Kind{model.KindRoomRestricted, model.KindKeyStruck, model.KindRightChanged}, k)
}

// accessIn is who may see a room as its log has it.
func accessIn(r *model.Room) hubapi.Access {
	var barred []string
	for _, handle := range slices.Sorted(maps.Keys(r.Rulings)) {
		if r.IsStruck(handle) {
			barred = append(barred, handle)
		}
	}
	return hubapi.NewAccess(r.Restricted, barred)
}

// setAccess writes who may see a room into its streams. With narrow, nobody gets
// more than before. When it returns, nothing that was allowed before is on its way.
func (h *house) setAccess(ctx context.Context, short string, a hubapi.Access, narrow bool) error {
	h.accessMu.Lock()
	defer h.accessMu.Unlock()
	ctx, cancel := h.w.alive(ctx, accessWait)
	defer cancel()
	s, err := h.w.js.Stream(ctx, streamOf(short))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		return notThere(short)
	}
	if err != nil {
		return said(err)
	}
	c := s.CachedInfo().Config
	was := hubapi.AccessOf(c)
	if narrow {
		a = was.Both(a)
	}
	defer func() { h.tellExcluded(short, was, a, narrow) }()
	if !was.Equal(a) || !published(c, short, laneLog, a) {
		if err := h.reconfigure(ctx, c, short, laneLog, a); err != nil {
			return err
		}
	}
	if s, err = h.w.js.Stream(ctx, streamOf(short)+sealEnd); err == nil {
		if c := s.CachedInfo().Config; !published(c, short, laneSeal, a) {
			err = h.reconfigure(ctx, c, short, laneSeal, a)
		}
	}
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		err = nil
	}
	if s := h.steward.Load(); s != nil && s.api != nil {
		s.api.Changed(short)
	}
	return said(err)
}

// tellExcluded has the terminals of people who saw a room and may not any more ask
// for it, so that they notice. Nobody else learns that there is such a room. While a
// restriction is only being prepared, it remembers who that will be. It is called
// with accessMu held.
func (h *house) tellExcluded(short string, was, now hubapi.Access, narrow bool) {
	if before, ok := h.narrowed[short]; ok {
		was = before
	}
	if narrow {
		if h.narrowed == nil {
			h.narrowed = map[string]hubapi.Access{}
		}
		h.narrowed[short] = was
		return
	}
	delete(h.narrowed, short)
	if was.Equal(now) {
		return
	}
	var subjects []string
	if !was.Restricted {
		subjects = append(subjects, lane(short, laneLive, hubHandle, standingToken))
	}
	for _, reader := range was.Readers {
		if !now.Sees(reader) {
			subjects = append(subjects, hubapi.Relayed(reader, short, laneLive, hubHandle+"."+standingToken))
		}
	}
	for _, subject := range subjects {
		_ = h.w.nc.Publish(subject, nil) // they ask now and then anyway
	}
}

// published reports whether a stream publishes what it stores where this access
// wants it. A stream that publishes nothing is being restored.
func published(c jetstream.StreamConfig, short, lane string, a hubapi.Access) bool {
	want := c
	a.Set(&want, short, lane)
	return c.RePublish == nil || *c.RePublish == *want.RePublish
}

func (h *house) reconfigure(ctx context.Context, c jetstream.StreamConfig, short, lane string, a hubapi.Access) error {
	quiet := c.RePublish == nil
	a.Set(&c, short, lane)
	if quiet {
		c.RePublish = nil
	}
	_, err := h.w.js.UpdateStream(ctx, c)
	return said(err)
}

// roomAt folds a room to its tip, and up to a sequence at least. What acts on an
// entry uses the room behind it: the view of an open room may lag.
func (h *house) roomAt(ctx context.Context, short string, seq uint64) (*model.Room, error) {
	h.mu.Lock()
	op := h.rooms[short]
	h.mu.Unlock()
	if op == nil || op.room() == nil {
		return h.glance(ctx, short)
	}
	tip, _, err := h.w.tip(ctx, short)
	if err != nil {
		return nil, h.unreachable(err)
	}
	f := op.room()
	ring(f.poke)
	if err := f.reached(ctx, max(tip, seq)); err != nil {
		return nil, model.Refuse(model.Unreachable, "entry %d of %s was not read in time; try again", max(tip, seq), short)
	}
	return f.view().room, nil
}

// enforceRoom brings what the log of a room says about access into force for what
// this process answers, and in the streams.
func (h *house) enforceRoom(ctx context.Context, short string, seq uint64) error {
	r, err := h.roomAt(ctx, short, seq)
	if err != nil {
		return err
	}
	a := accessIn(r)
	if err := h.setAccess(ctx, short, a, false); err != nil || h.hub == nil {
		return err
	}
	return errors.Join(h.hub.Restrict(short, r.Restricted), h.hub.Bar(short, a.Barred))
}

// enforceHere enforces a change at every port of the hub. It is called in the
// process that speaks for the hub.
func (h *house) enforceHere(ctx context.Context, ask accessAsk) (done accessDone) {
	ctx, cancel := context.WithTimeout(ctx, accessWait)
	defer cancel()
	var err error
	switch {
	case len(ask.Only) > 0:
		err = h.setAccess(ctx, ask.Room, hubapi.NewAccess(ask.Only, nil), true)
	case ask.Room != "":
		err = h.enforceRoom(ctx, ask.Room, ask.Seq)
	}
	if err == nil && len(ask.Only) == 0 {
		done, err = h.askGuards(ctx, ask)
	}
	if err != nil {
		done.Error = model.Sentence(err)
	}
	return done
}

// askGuards has the guards of every process enforce a change, and waits for all of
// them.
func (h *house) askGuards(ctx context.Context, ask accessAsk) (all accessDone, err error) {
	raw, err := json.Marshal(ask)
	if err != nil {
		return all, err
	}
	answers := make(chan *nats.Msg, 256)
	inbox := h.w.nc.NewInbox()
	sub, err := h.w.nc.ChanSubscribe(inbox, answers)
	if err != nil {
		return all, err
	}
	defer func() { _ = sub.Unsubscribe() }() // the connection may be gone: nothing to undo then
	late := time.NewTimer(hubapi.Lease + hubapi.Lease/2)
	defer late.Stop()
	want := -1 // on a server that is not ours nobody counts: whoever uses an older state asks again after its lease
	if h.hub != nil {
		if want = h.hub.Interest(guardSubject); want == 0 {
			return all, nil
		}
		late.Reset(accessWait)
	}
	if err := h.w.nc.PublishRequest(guardSubject, inbox, raw); err != nil {
		return all, said(err)
	}
	for all.Guards != want {
		select {
		case m := <-answers:
			var d accessDone
			if hubapi.Refused(m) != nil || json.Unmarshal(m.Data, &d) != nil {
				continue
			}
			all.Guards++
			all.Ended += d.Ended
			if !d.Error.IsEmpty() {
				err = errors.Join(err, &model.Error{Code: model.Unreachable, Message: d.Error})
			}
		case <-late.C:
			if want < 0 {
				return all, err
			}
			return all, errors.Join(err, model.Refuse(model.Unreachable, "%d of %d processes of this hub did not confirm it in time", want-all.Guards, want))
		case <-ctx.Done():
			return all, ctx.Err()
		}
	}
	return all, err
}

// enforced waits until a change of access is in force, wherever that is decided.
// Nobody who speaks for the hub: nothing enforces it but the readers themselves.
func (h *house) enforced(ctx context.Context, ask accessAsk) (accessDone, error) {
	ctx, cancel := h.w.alive(ctx, accessWait)
	defer cancel()
	if h.w.byHub.Load() {
		raw, err := json.Marshal(accessAsk{Room: ask.Room, Seq: ask.Seq})
		if err == nil && len(ask.Only) == 0 { // the hub itself sees the entry before it is stored
			_, err = h.askHub(ctx, hubapi.VerbAccess, raw)
		}
		return accessDone{}, err
	}
	if s := h.steward.Load(); s != nil && !s.porter() {
		return done(h.enforceHere(ctx, ask))
	}
	raw, err := json.Marshal(ask)
	if err != nil {
		return accessDone{}, err
	}
	m, err := h.w.nc.RequestWithContext(ctx, accessSubject, raw)
	switch {
	case errors.Is(err, nats.ErrNoResponders) && h.hub == nil:
		return done(h.enforceHere(ctx, ask)) // a trusted login of a server without a steward
	case err != nil:
		return accessDone{}, said(err)
	}
	var d accessDone
	if err := json.Unmarshal(m.Data, &d); err != nil {
		return d, err
	}
	return done(d)
}

func done(d accessDone) (accessDone, error) {
	if d.Error.IsEmpty() {
		return d, nil
	}
	return d, &model.Error{Code: model.Unreachable, Message: d.Error}
}

// beforeAccess has a restriction enforced before its entry is stored.
func (d *desk) beforeAccess(ctx context.Context, l letter) error {
	e, b := restriction(l.payload)
	if b == nil {
		return nil
	}
	_, err := d.h.enforced(ctx, accessAsk{Room: d.f.short, Only: b.Named(d.f.view().room, e.By)})
	return err
}

// restriction returns the entry that restricts a room, and what it does; nil for
// every other entry, and for one that lifts it.
func restriction(payload []byte) (*model.Event, *model.RoomRestricted) {
	if !bytes.Contains(payload, []byte(model.KindRoomRestricted)) {
		return nil, nil
	}
	e, err := model.DecodeEvent(payload)
	if err != nil || e.Kind != model.KindRoomRestricted {
		return nil, nil
	}
	b, err := e.DecodeBody()
	r, is := b.(*model.RoomRestricted)
	if err != nil || !is || r.Mode == model.RestrictOff {
		return nil, nil
	}
	return e, r
}

// Storing implements hubapi.Policy: a restriction that a login sends is in force
// before others could receive it. Whether the log takes it is not known yet:
// afterwards the room is seen by those whom the log names.
func (s *steward) Storing(handle, short, key, sig string, payload []byte) (after func(), err error) {
	_, b := restriction(payload)
	if b == nil || checkShort(short) != nil {
		return nil, nil
	}
	if err := s.api.Allow(hubapi.VerbAccess, handle); err != nil {
		return nil, err
	}
	e, fault := seal.Examine(handle, key, sig, payload).Alone()
	if fault != "" {
		return nil, nil // it has no effect
	}
	ctx, cancel := context.WithTimeout(s.h.ctx, accessWait)
	defer cancel()
	r, err := s.h.roomAt(ctx, short, 0)
	if err != nil {
		return nil, err
	}
	if model.Decide(r, model.Actor{Handle: handle, Key: e.Key, Via: e.Via}, model.Act{At: e.At, Body: b}, s.h.o.Now()) != nil || e.Room != r.ID {
		return nil, nil // it has no effect
	}
	return func() { s.followLog(short) }, s.h.setAccess(ctx, short, hubapi.NewAccess(b.Named(r, handle), nil), true)
}

// followLog has a room be seen by those whom its log names.
func (s *steward) followLog(short string) {
	ctx, cancel := context.WithTimeout(s.h.ctx, accessWait)
	defer cancel()
	if err := s.h.enforceRoom(ctx, short, 0); err != nil && ctx.Err() == nil {
		s.h.o.Logf(model.Safef("who may see %s is not what its log says: %s", short, model.Sentence(err)))
	}
}

// accessOf waits until a change of access is in force, for a login that made it.
func (s *steward) accessOf(ctx context.Context, handle string, data []byte) hubAnswer {
	var ask accessAsk
	if json.Unmarshal(data, &ask) != nil || checkShort(ask.Room) != nil || !s.sees(handle, ask.Room) {
		return refusing(hidden(ask.Room))
	}
	if d := s.h.enforceHere(ctx, accessAsk{Room: ask.Room}); !d.Error.IsEmpty() {
		return hubAnswer{Why: model.Unreachable, Text: d.Error.String()}
	}
	return hubAnswer{}
}

// answerAccess answers the owner's other processes until the steward ends.
func (s *steward) answerAccess(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-s.access:
			var ask accessAsk
			if json.Unmarshal(m.Data, &ask) != nil || ask.Room != "" && checkShort(ask.Room) != nil {
				continue
			}
			if raw, err := json.Marshal(s.h.enforceHere(ctx, ask)); err == nil {
				_ = m.Respond(raw) // who asked asks again
			}
		}
	}
}

// afterAccess waits until a change of access that was stored is in force.
func (d *desk) afterAccess(ctx context.Context, k model.Kind, seq uint64) {
	if !changesAccess(k) {
		return
	}
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, slowest) {
		_, err := d.h.enforced(ctx, accessAsk{Room: d.f.short, Seq: seq})
		if err == nil || ctx.Err() != nil {
			return
		}
		if isDenied(err) || model.CodeOf(err) == model.Forbidden {
			return // a login that lost the room by it
		}
		d.complain(err)
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
	}
}

// compareAccess brings every room's access into force before this process answers
// for the hub: it may have changed while nobody did. A room that cannot be read is
// kept from everybody.
func (h *house) compareAccess(ctx context.Context) error {
	shorts, err := h.shorts(ctx)
	if err != nil {
		return err
	}
	for _, short := range shorts {
		switch err := h.enforceRoom(ctx, short, 0); {
		case ctx.Err() != nil:
			return ctx.Err()
		case err == nil, model.CodeOf(err) == model.NotFound:
		default:
			if err := h.setAccess(ctx, short, hubapi.Access{Restricted: true}, false); err != nil {
				return err
			}
		}
	}
	return nil
}
