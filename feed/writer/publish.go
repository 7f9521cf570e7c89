package writer

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"time"

	"warroom/feed/backoff"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/outbox"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/model"
	"warroom/model/signing"
)

// ChainHead is the end of a key's chain in the log of a room.
type ChainHead struct {
	Key  *keyring.Key // nil: unknown
	N    uint64       // number of its last valid message
	Leaf string       // its leaf hash
	Seq  uint64       // last sequence of its subject, valid or not
}

// signedDraft is a draft signed for one position of a key's chain. The draft determines
// everything except number and chain, and Ed25519 is deterministic. So signing for the
// same position again, even after a crash, yields the same bytes.
type signedDraft struct {
	pending *outbox.Pending
	key     *keyring.Key
	Payload []byte
	Sig     string
}

// publisher publishes the drafts of a writer, in a goroutine that runs while there are
// some.
type publisher struct {
	d    *Writer
	head ChainHead
}

// run publishes the waiting drafts one after the other, in the author's order, until none
// is left or ctx ends.
func (pb *publisher) run(ctx context.Context) {
	d := pb.d
	pause := backoff.New(10*time.Millisecond, wake.MaxBackoff)
	for !pb.isDone() {
		d.mu.Lock()
		s := d.box.Next()
		d.mu.Unlock()
		err := d.mayGo(ctx)
		if err == nil {
			err = pb.repeat(ctx)
		}
		if err == nil && s != nil {
			err = pb.send(ctx, s)
		}
		if err == nil || ctx.Err() != nil {
			pause.Reset()
			continue
		}
		d.complain(err)
		select {
		case <-ctx.Done():
		case <-d.wake:
		case <-pause.After():
			pause.Grow()
		}
	}
}

// isDone reports whether there is nothing left to publish, so that run ends.
func (pb *publisher) isDone() bool {
	d := pb.d
	d.mu.Lock()
	defer d.mu.Unlock()
	d.publishes = d.ctx.Err() == nil && hasWork(d)
	return !d.publishes
}

// complain stores the reason why nothing is sent, for the user. The server reports a
// denied publish only as an error of the connection.
func (d *Writer) complain(err error) {
	why := model.Sentence(err)
	late := d.env.Conn.LastError()
	if jetlog.ComplainsOf(late,
		d.env.Conn.PutSubject(subjects.Of(d.Follower.Short, subjects.Log, d.Identity.Handle, d.Identity.Key().Text))) {
		why = model.Safef("the server does not let %s write here; ask the person who invited you", d.Identity.Handle)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.tried != why {
		d.tried = why
		d.show()
	}
}

// send publishes one draft or refuses it. An error means that it has to be retried.
func (pb *publisher) send(ctx context.Context, s *outbox.Pending) error {
	d := pb.d
	if d.needsResync.Swap(false) {
		pb.head.Key = nil
	}
	if k := d.Identity.Key(); pb.head.Key != k {
		if err := pb.locate(ctx, k); err != nil {
			pb.head.Key = nil
			return err
		}
	}
	if done, err := pb.seen(s); done || err != nil {
		return err
	}
	if err := d.Follower.AwaitEntry(ctx, pb.head.Seq); err != nil {
		return err
	}
	d.Follower.AwaitCurrent(ctx)
	if err := pb.judge(ctx, s); err != nil {
		var no *model.Error
		if errors.As(err, &no) && no.Code != model.Unreachable && no.Code != model.Queued {
			return d.settle(s, Outcome{err: err})
		}
		return err
	}
	if k := d.Identity.Key(); pb.head.Key != k { // the previous key was revoked
		return pb.send(ctx, s)
	}
	l, err := pb.head.Sign(s, d.Follower.Room)
	if err != nil {
		return d.settle(s, Outcome{err: err})
	}
	if err := pb.beforeAccess(ctx, l); err != nil {
		return err
	}
	if err = pb.post(ctx, l); s.State == model.Refused {
		pb.afterAccess(ctx, s.Draft.Kind, 0) // restore the access that was narrowed for it
	}
	return err
}

// seen reports whether a draft is settled: it was found in the log when the writer
// searched it, or the follower has read it.
func (pb *publisher) seen(s *outbox.Pending) (bool, error) {
	d := pb.d
	d.mu.Lock()
	gone, seq := d.box.Find(s.Draft.ID) != s, s.Seq
	d.mu.Unlock()
	switch {
	case gone:
		return true, nil
	case seq == 0:
		return false, nil
	case seq > pb.head.Seq:
		pb.head.Key = nil // another process has used the key: look up its position
	}
	return true, d.settle(s, Outcome{seq: seq})
}

// judge decides a draft again, against the newest room. It may have waited for hours.
func (pb *publisher) judge(ctx context.Context, s *outbox.Pending) error {
	d := pb.d
	e := s.Draft.Event(d.Follower.Room)
	b, err := e.DecodeBody()
	if err != nil {
		return model.Refuse(model.Invalid, "%s", err)
	}
	if s.Draft.Kind.Begins() {
		return nil // decided before the room existed, see Declare
	}
	if err := d.Admission.Await(ctx); err != nil {
		return err
	}
	act := model.Act{At: e.At, Body: b}
	return model.Decide(d.Follower.View().Room, d.Identity.Actor(), act, d.Follower.HubNow())
}

// Sign signs a draft for the next position of the chain. It returns [model.Invalid] if
// the event is too large.
func (h ChainHead) Sign(s *outbox.Pending, room string) (signedDraft, error) {
	e := s.Draft.Event(room)
	e.Key, e.N, e.Prev = h.Key.Text, h.N+1, h.Leaf
	payload, err := e.Encode()
	if err != nil {
		return signedDraft{}, model.Refuse(model.Invalid, "the entry cannot be encoded: %s", err)
	}
	if len(payload) > model.MaxMessage {
		return signedDraft{},
			model.Refuse(model.Invalid, "the entry has %d bytes, and a message may have at most %d", len(payload),
				model.MaxMessage)
	}
	return signedDraft{pending: s, key: h.Key, Payload: payload, Sig: signing.Sign(h.Key.Private, payload)}, nil
}

// Message returns the message to publish after the message at seq. With noID the hub does
// not check for a duplicate id; the expected sequence alone prevents a second copy.
func (l signedDraft) Message(short, handle string, seq uint64, noID bool) *nats.Msg {
	m := nats.NewMsg(subjects.Of(short, subjects.Log, handle, l.key.Text))
	m.Data, m.Header = l.Payload, SignedHeader(l.Sig)
	if naive {
		return m
	}
	if !noID {
		m.Header[jetstream.MsgIDHeader] = []string{l.pending.Draft.ID}
	}
	m.Header[jetstream.ExpectedStreamHeader] = []string{subjects.Stream(short)}
	m.Header[jetstream.ExpectedLastSubjSeqHeader] = []string{strconv.FormatUint(seq, 10)}
	return m
}

// SignedHeader returns the header of a message with its signature.
func SignedHeader(sig string) nats.Header { return nats.Header{signing.Header: {sig}} }

// errNeedsResync means that the log was restored, so the position of the key may have
// changed.
var errNeedsResync = errors.New("the log was restored")

// post publishes a signed draft until its outcome is known. It gives up only when the
// room is left. A message that was sent may be stored at any time, so until its outcome
// is known the draft is neither decided nor signed again.
func (pb *publisher) post(ctx context.Context, l signedDraft) error {
	d := pb.d
	pause := backoff.New(5*time.Millisecond, wake.MaxBackoff)
	taken := false      // another message has the id: publish without it
	unanswered := false // an attempt had no answer, so its message may still be stored
	for {
		if err := d.mayGo(ctx); err != nil {
			d.mark(l.pending, model.Pending)
			d.complain(err)
			if err = pb.pause(ctx, pause); err != nil {
				return err
			}
			continue
		}
		if d.needsResync.Load() { // the log has changed: sign again, unless the draft is already there
			d.mark(l.pending, model.Pending)
			return errNeedsResync
		}
		d.mark(l.pending, model.Sent)
		prev := pb.head.Seq
		seq, dup, err := d.env.Conn.Publish(ctx, l.Message(d.Follower.Short, d.Identity.Handle, prev, taken))
		if err == nil && !dup {
			return pb.arrived(l, seq)
		}
		var no *jetlog.APIError
		if errors.As(err, &no) && no.ErrCode == jetlog.CodeTooLarge && pb.closed(ctx) {
			continue // the room is held and takes no messages of any size
		}
		if errors.Is(err, nats.ErrMaxPayload) || errors.As(err, &no) && no.ErrCode == jetlog.CodeTooLarge {
			return d.settle(l.pending,
				Outcome{err: model.Refuse(model.Invalid,
					"the hub does not accept messages of %d bytes; ask the person who runs it, or write "+
						"less", len(l.Payload))})
		}
		unanswered = unanswered || err != nil && no == nil && !jetlog.IsDenied(err)
		done, looked := pb.resolve(ctx, l)
		if done {
			return looked
		}
		switch {
		case looked != nil:
			d.mark(l.pending, model.Pending)
			d.complain(looked)
		case jetlog.IsDenied(err) && !unanswered:
			return d.settle(l.pending,
				Outcome{err: model.Refuse(model.Forbidden,
					"the server does not let %s write in %s; ask the person who invited you", d.Identity.Handle,
					d.Follower.Short)})
		case pb.head.Seq != prev:
			continue // the message in the way is skipped
		case dup:
			taken = true
		default:
			d.complain(NoSpace(err))
		}
		if err = pb.pause(ctx, pause); err != nil {
			return err
		}
	}
}

// pause waits before the next attempt, each time for longer.
func (pb *publisher) pause(ctx context.Context, pause *backoff.Backoff) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-pb.d.wake:
		return nil
	case <-pause.After():
		pause.Grow()
		return nil
	}
}

// closed reports whether the hub holds the room.
func (pb *publisher) closed(ctx context.Context) bool {
	d := pb.d
	_, _, err := d.env.Conn.Tip(ctx, d.Follower.Short)
	return err == nil && !d.env.Conn.State(d.Follower.Short).Held.IsEmpty()
}

// NoSpace converts the error of a hub without space to [model.Queued].
func NoSpace(err error) error {
	var no *jetlog.APIError
	if errors.As(err, &no) && slices.Contains(jetlog.CodesNoSpace, no.ErrCode) {
		return model.Refuse(model.Queued,
			"the hub has no space to store more (%s); your lines wait in the outbox and are sent as soon as it has",
			no.Description)
	}
	return err
}

// arrived records that a signed draft is stored.
func (pb *publisher) arrived(l signedDraft, seq uint64) error {
	d := pb.d
	pb.head = ChainHead{Key: l.key, N: pb.head.N + 1, Leaf: signing.Leaf(l.Sig, l.Payload), Seq: seq}
	pb.afterAccess(d.ctx, l.pending.Draft.Kind, seq)
	return d.settle(l.pending, Outcome{seq: seq})
}
