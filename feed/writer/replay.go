package writer

import (
	"context"
	"errors"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/jetlog"
	"warroom/feed/mirror"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// stopped returns the reason why nothing is sent now, or nil. The drafts stay in the
// outbox.
func (d *Writer) stopped() error {
	if d.Follower.Refolding.Load() || d.Follower.Copy.Recompare.Load() {
		return model.Refuse(model.Queued, "the log of %s was restored and is being read again", d.Follower.Short)
	}
	return d.Shut()
}

// mayGo returns the reason why nothing is sent now, or nil. It compares the log with the
// replica first.
func (d *Writer) mayGo(ctx context.Context) error {
	if err := d.stopped(); err != nil {
		return err
	}
	return d.Follower.Copy.Clear(ctx)
}

// Shut returns the reason why nothing is sent for a longer time: the hub holds the room,
// or its disk is full.
func (d *Writer) Shut() error {
	if held := d.env.Conn.State(d.Follower.Short).Held; !held.IsEmpty() {
		return &model.Error{Code: model.Queued, Message: held}
	}
	if held := d.Follower.View().Held; !held.IsEmpty() {
		return &model.Error{Code: model.Queued, Message: held}
	}
	if split := d.Follower.View().Split; !split.IsEmpty() {
		return &model.Error{Code: model.Queued, Message: split}
	}
	if d.env.Full() {
		return model.Refuse(model.Queued,
			"the hub's disk is full: your lines wait in the outbox and are sent as soon as there is room")
	}
	return nil
}

// repeat publishes the lost messages of the writer's keys again, with the same bytes,
// before anything new: the chain of a key continues where the restored log ends.
func (pb *publisher) repeat(ctx context.Context) error {
	d := pb.d
	for {
		d.mu.Lock()
		if len(d.pendingReplay) == 0 {
			d.mu.Unlock()
			return nil
		}
		m := d.pendingReplay[0]
		d.mu.Unlock()
		if err := pb.repeatOne(ctx, m); err != nil {
			return err
		}
		if err := d.finishReplay(m); err != nil {
			return err
		}
	}
}

// repeatOne publishes one message, unless it is in the log. If another message has its
// position in the chain, it logs that the message is in the renamed replica.
func (pb *publisher) repeatOne(ctx context.Context, m mirror.Message) error {
	d := pb.d
	if err := d.Shut(); err != nil {
		return err
	}
	handle, keyText, _ := subjects.Author(m.Subject)
	prev, there := uint64(0), false
	chain := &signing.Chain{Room: d.Follower.Room}
	err := jetlog.ReadKey(ctx, d.env.Conn, d.Follower.Short, handle, keyText, 1, func(r jetlog.Record) error {
		there = there || r.Same(m.Sig, m.Data)
		r.Next(chain)
		if r.Tombstone == nil {
			prev = r.Seq
		}
		return nil
	})
	if err != nil || there {
		return err
	}
	if e := chain.Next(prev+1, m.At, handle, keyText, m.Sig, m.Data); e.Fault != "" {
		d.env.Logf(
			model.Safef("entry %s of %s cannot be published again (%s); it is in the copy that was set aside",
				e.ID, handle, e.Fault))
		return nil
	}
	msg := nats.NewMsg(subjects.Of(d.Follower.Short, subjects.Log, handle, keyText))
	msg.Data = m.Data
	msg.Header[signing.Header] = []string{m.Sig}
	msg.Header[jetstream.ExpectedStreamHeader] = []string{subjects.Stream(d.Follower.Short)}
	msg.Header[jetstream.ExpectedLastSubjSeqHeader] = []string{strconv.FormatUint(prev, 10)}
	_, _, err = d.env.Conn.Publish(ctx, msg)
	var no *jetlog.APIError
	if errors.As(err, &no) && (no.ErrCode == jetlog.CodeWrongLast || no.ErrCode == jetlog.CodeWrongInFlight) {
		return pb.repeatOne(ctx, m) // it was stored and the answer was lost, or another message came first
	}
	return err
}
