package feed

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/model"
	"warroom/model/seal"
)

// spot is where a key's own chain stands in a room, as the log has it.
type spot struct {
	key  *key   // nil: not known, look
	n    uint64 // number of its last message that checks
	leaf string // and its leaf hash
	seq  uint64 // last sequence of its subject, whatever is there
}

// letter is a draft that is signed and on its way. The draft fixes everything
// but number and chain, and Ed25519 has one signature for one message: as long
// as the spot is the same, the letter is the same bytes, also after a crash.
type letter struct {
	slip    *slip
	key     *key
	payload []byte
	sig     string
}

// slowest is how long the desk rests at most before it tries again.
const slowest = time.Second

// run sends what waits, one after the other, in the author's order.
func (d *desk) run(ctx context.Context) {
	defer close(d.done)
	rest := 10 * time.Millisecond
	for ctx.Err() == nil {
		s := d.next()
		if s == nil && !d.owes() {
			select {
			case <-ctx.Done():
			case <-d.bell:
			}
			continue
		}
		err := d.mayGo(ctx)
		if err == nil {
			err = d.repeat(ctx)
		}
		if err == nil && s != nil {
			err = d.send(ctx, s)
		}
		if err == nil || ctx.Err() != nil {
			rest = 10 * time.Millisecond
			continue
		}
		d.complain(err)
		select {
		case <-ctx.Done():
		case <-d.bell:
		case <-time.After(rest):
			rest = min(2*rest, slowest)
		}
	}
}

// complain keeps why sending does not go on, for people. A publish that the
// server denies has no answer of its own, only a complaint of the connection.
func (d *desk) complain(err error) {
	why := model.Sentence(err)
	late := d.h.w.trouble()
	if errors.Is(late, nats.ErrPermissionViolation) && strings.Contains(late.Error(), d.h.w.putSubject(lane(d.f.short, laneLog, d.p.handle, d.p.hold().text))) {
		why = model.Safef("the server does not let %s write here; ask who invited you", d.p.handle)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tried != why {
		d.tried = why
		d.show()
	}
}

// send brings one draft into the log or finds that it must not go there. An
// error means: not yet, try again.
func (d *desk) send(ctx context.Context, s *slip) error {
	if d.astray.Swap(false) {
		d.spot.key = nil
	}
	if k := d.p.hold(); d.spot.key != k {
		if err := d.locate(ctx, k); err != nil {
			d.spot.key = nil
			return err
		}
	}
	if done, err := d.seen(s); done || err != nil {
		return err
	}
	if err := d.f.reached(ctx, d.spot.seq); err != nil {
		return err
	}
	d.f.current(ctx)
	if err := d.judge(ctx, s); err != nil {
		var no *model.Error
		if errors.As(err, &no) && no.Code != model.Unreachable && no.Code != model.Kept {
			return d.settle(s, outcome{err: err})
		}
		return err
	}
	l, err := d.sign(s)
	if err != nil {
		return d.settle(s, outcome{err: err})
	}
	if err := d.beforeAccess(ctx, l); err != nil {
		return err
	}
	if err = d.post(ctx, l); s.State == model.Refused {
		d.afterAccess(ctx, s.Draft.Kind, 0) // what was narrowed for it
	}
	return err
}

// seen says whether a draft is settled already: the log had it when the desk
// looked, or the follower has met it.
func (d *desk) seen(s *slip) (bool, error) {
	d.mu.Lock()
	gone, seq := d.box.find(s.Draft.ID) != s, s.seq
	d.mu.Unlock()
	switch {
	case gone:
		return true, nil
	case seq == 0:
		return false, nil
	case seq > d.spot.seq:
		d.spot.key = nil // somebody moved the key on: look where it stands
	}
	return true, d.settle(s, outcome{seq: seq})
}

// judge decides a draft once more, against the newest room: it may have waited
// for hours.
func (d *desk) judge(ctx context.Context, s *slip) error {
	e := s.Draft.Event(d.f.room)
	b, err := e.DecodeBody()
	if err != nil {
		return model.Refuse(model.Invalid, "%s", err)
	}
	if s.Draft.Kind.Begins() {
		return nil // it was decided before there was a room, see Declare
	}
	if err := d.admitted(ctx); err != nil {
		return err
	}
	act := model.Act{At: e.At, Body: b}
	return model.Decide(d.f.view().room, d.p.who(), act, d.h.hubNow(d.f))
}

// sign makes the letter for the spot where the key stands.
func (d *desk) sign(s *slip) (letter, error) {
	e := s.Draft.Event(d.f.room)
	e.Key, e.N, e.Prev = d.spot.key.text, d.spot.n+1, d.spot.leaf
	payload, err := e.Encode()
	if err != nil {
		return letter{}, model.Refuse(model.Invalid, "the entry cannot be written down: %s", err)
	}
	if len(payload) > model.MaxMessage {
		return letter{}, model.Refuse(model.Invalid, "the entry has %d bytes, and a message may have %d", len(payload), model.MaxMessage)
	}
	return letter{slip: s, key: d.spot.key, payload: payload, sig: seal.Sign(d.spot.key.priv, payload)}, nil
}

// message is the letter as it is published behind the message at seq. Without
// an id the hub does not look whether it had the message before: the sequence
// alone keeps it from being stored twice.
func (d *desk) message(l letter, seq uint64, noID bool) *nats.Msg {
	m := nats.NewMsg(lane(d.f.short, laneLog, d.p.handle, l.key.text))
	m.Data, m.Header = l.payload, signedHeader(l.sig)
	if naive {
		return m
	}
	if !noID {
		m.Header[jetstream.MsgIDHeader] = []string{l.slip.Draft.ID}
	}
	m.Header[jetstream.ExpectedStreamHeader] = []string{streamOf(d.f.short)}
	m.Header[jetstream.ExpectedLastSubjSeqHeader] = []string{strconv.FormatUint(seq, 10)}
	return m
}

// signedHeader is the header of a message with its signature.
func signedHeader(sig string) nats.Header { return nats.Header{seal.Header: {sig}} }

// errAstray means that the log was restored, and the key may stand elsewhere.
var errAstray = errors.New("the log was restored")

// post publishes a letter until the log says what became of it. It gives up
// only when the room is left, as what was sent once may be stored at any time:
// it is never decided again and never signed anew before that is known.
func (d *desk) post(ctx context.Context, l letter) error {
	rest := 5 * time.Millisecond
	taken := false // somebody used the id before us: go without it
	doubt := false // an attempt had no answer: it may be stored at any time
	for {
		if err := d.mayGo(ctx); err != nil {
			d.mark(l.slip, model.Pending)
			d.complain(err)
			if rest, err = d.pause(ctx, rest); err != nil {
				return err
			}
			continue
		}
		if d.astray.Load() { // the log is another one: sign anew, where it is not there already
			d.mark(l.slip, model.Pending)
			return errAstray
		}
		d.mark(l.slip, model.Sent)
		was := d.spot.seq
		seq, dup, err := d.h.w.publish(ctx, d.message(l, was, taken))
		if err == nil && d.h.dropAck.lose() {
			err = errSilence
		}
		if err == nil && !dup {
			return d.arrived(l, seq)
		}
		var no *apiError
		if errors.As(err, &no) && no.ErrCode == codeTooLarge && d.closed(ctx) {
			continue // nothing is too large: the room takes no messages at all
		}
		if errors.Is(err, nats.ErrMaxPayload) || errors.As(err, &no) && no.ErrCode == codeTooLarge {
			return d.settle(l.slip, outcome{err: model.Refuse(model.Invalid, "the hub does not take messages of %d bytes; ask who runs it, or write less", len(l.payload))})
		}
		doubt = doubt || err != nil && no == nil && !isDenied(err)
		done, looked := d.resolve(ctx, l)
		if done {
			return looked
		}
		switch {
		case looked != nil:
			d.mark(l.slip, model.Pending)
			d.complain(looked)
		case isDenied(err) && !doubt:
			return d.settle(l.slip, outcome{err: model.Refuse(model.Forbidden, "the server does not let %s write in %s; ask who invited you", d.p.handle, d.f.short)})
		case d.spot.seq != was:
			continue // what was in the way is passed over
		case dup:
			taken = true
		default:
			d.complain(noSpace(err))
		}
		if rest, err = d.pause(ctx, rest); err != nil {
			return err
		}
	}
}

// pause rests before the next try, each time for longer.
func (d *desk) pause(ctx context.Context, rest time.Duration) (time.Duration, error) {
	select {
	case <-ctx.Done():
		return rest, ctx.Err()
	case <-d.bell:
		return rest, nil
	case <-time.After(rest):
		return min(2*rest, slowest), nil
	}
}

// closed asks whether the hub holds the room.
func (d *desk) closed(ctx context.Context) bool {
	_, _, err := d.h.w.tip(ctx, d.f.short)
	return err == nil && !d.h.w.standing(d.f.short).held.IsEmpty()
}

// noSpace words what the hub says when it cannot store any more.
func noSpace(err error) error {
	var no *apiError
	if errors.As(err, &no) && slices.Contains(codesNoSpace, no.ErrCode) {
		return model.Refuse(model.Kept, "the hub has no room to store more (%s); your lines wait in the outbox and are sent as soon as it has", no.Description)
	}
	return err
}

// arrived notes that a letter is stored.
func (d *desk) arrived(l letter, seq uint64) error {
	d.spot = spot{key: l.key, n: d.spot.n + 1, leaf: seal.Leaf(l.sig, l.payload), seq: seq}
	d.afterAccess(d.ctx, l.slip.Draft.Kind, seq)
	return d.settle(l.slip, outcome{seq: seq})
}
