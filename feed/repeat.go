package feed

import (
	"context"
	"errors"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/logcopy"
	"warroom/model"
	"warroom/model/seal"
)

// stopped says why nothing is sent now. What waits stays in the outbox.
func (d *desk) stopped() error {
	if d.f.anew.Load() || d.f.copy.again.Load() {
		return model.Refuse(model.Kept, "the log of %s was restored and is being read again", d.f.short)
	}
	return d.shut()
}

// mayGo says why nothing is sent now, once it was looked whether the log is the
// one that this terminal knew.
func (d *desk) mayGo(ctx context.Context) error {
	if err := d.stopped(); err != nil {
		return err
	}
	return d.f.clear(ctx)
}

// shut says why nothing is sent for a long time: the hub holds the room, or has
// no room on its disk.
func (d *desk) shut() error {
	if held := d.h.w.standing(d.f.short).held; !held.IsEmpty() {
		return &model.Error{Code: model.Kept, Message: held}
	}
	if held := d.f.view().held; !held.IsEmpty() {
		return &model.Error{Code: model.Kept, Message: held}
	}
	if split := d.f.view().split; !split.IsEmpty() {
		return &model.Error{Code: model.Kept, Message: split}
	}
	if d.h.full() {
		return model.Refuse(model.Kept, "the hub's disk is full: your lines wait in the outbox and are sent as soon as there is room")
	}
	return nil
}

// repeat publishes again, with the same bytes, what a key of this desk had in a
// log that was lost, before anything new is sent: the chain of the key goes on
// where the restored log has it.
func (d *desk) repeat(ctx context.Context) error {
	for {
		d.mu.Lock()
		if len(d.again) == 0 {
			d.mu.Unlock()
			return nil
		}
		m := d.again[0]
		d.mu.Unlock()
		if err := d.repeatOne(ctx, m); err != nil {
			return err
		}
		if err := d.paid(m); err != nil {
			return err
		}
	}
}

// repeatOne publishes one message where it is not in the log, and waits until
// it is. One whose place in its key's chain was taken meanwhile cannot be: it
// is in the copy that was put away.
func (d *desk) repeatOne(ctx context.Context, m logcopy.Message) error {
	if err := d.shut(); err != nil {
		return err
	}
	handle, keyText, _ := author(m.Subject)
	was, there := uint64(0), false
	chain := &seal.Chain{Room: d.f.room}
	err := d.h.w.ofKey(ctx, d.f.short, handle, keyText, 1, func(r record) error {
		there = there || r.same(m.Sig, m.Data)
		r.next(chain)
		if r.stone == nil {
			was = r.seq
		}
		return nil
	})
	if err != nil || there {
		return err
	}
	if e := chain.Next(was+1, m.At, handle, keyText, m.Sig, m.Data); e.Fault != "" {
		d.h.o.Logf(model.Safef("entry %s of %s cannot be published again (%s); it is in the copy that was put away", e.ID, handle, e.Fault))
		return nil
	}
	msg := nats.NewMsg(lane(d.f.short, laneLog, handle, keyText))
	msg.Data = m.Data
	msg.Header[seal.Header] = []string{m.Sig}
	msg.Header[jetstream.ExpectedStreamHeader] = []string{streamOf(d.f.short)}
	msg.Header[jetstream.ExpectedLastSubjSeqHeader] = []string{strconv.FormatUint(was, 10)}
	_, _, err = d.h.w.publish(ctx, msg)
	var no *apiError
	if errors.As(err, &no) && (no.ErrCode == codeWrongLast || no.ErrCode == codeWrongInFlight) {
		return d.repeatOne(ctx, m) // stored, and the answer was lost, or something else came between
	}
	return err
}
