package writer

import (
	"context"
	"errors"

	"warroom/feed/atomicfile"
	"warroom/feed/jetlog"
	"warroom/feed/keyring"
	"warroom/feed/subjects"
	"warroom/model"
	"warroom/model/signing"
)

// errOther means that the log has a valid message of this key that this process did not
// write: somebody has a copy of the key.
var errOther = errors.New("another process writes with this key")

// resolve determines the outcome of a signed draft after an uncertain answer. done means
// that the draft is settled, or that the key was retired and the draft has to be signed
// again; err is then the error of that.
func (pb *publisher) resolve(ctx context.Context, l signedDraft) (done bool, err error) {
	d := pb.d
	if naive {
		return false, nil
	}
	stored := uint64(0)
	at := pb.head
	chain := &signing.Chain{Room: d.Follower.Room, Keys: map[string]signing.Link{l.key.Text: {N: at.N, Leaf: at.Leaf}}}
	err = pb.own(ctx, l.key.Text, at.Seq+1, func(r jetlog.Record) error {
		if r.Same(l.Sig, l.Payload) && stored == 0 {
			stored = r.Seq
		} else if e := r.Next(chain); e.Fault == "" && stored == 0 {
			return errOther
		}
		at.Seq = r.Seq
		return nil
	})
	switch {
	case errors.Is(err, errOther) && d.Identity.Fixed:
		pb.head.Key = nil // the hub's key, used by the process that hosted before: continue after it
		return true, nil
	case errors.Is(err, errOther):
		pb.head.Key = nil
		why := model.Safef("is used somewhere else too, perhaps in a copy of %s", d.env.Store.Data)
		return true, d.env.Renew(d.Identity, l.key, why)
	case err != nil:
		return false, err
	case stored == 0:
		pb.head.Seq = at.Seq // the messages there do not verify: skip them
		return false, pb.rewindAfterRedaction(ctx, l.key.Text)
	}
	err = pb.arrived(l, stored)
	pb.head.Seq = at.Seq
	return true, err
}

// rewindAfterRedaction moves the chain head back if the last message of the key was
// redacted: the hub then expects the sequence before it.
func (pb *publisher) rewindAfterRedaction(ctx context.Context, keyText string) error {
	d := pb.d
	if pb.head.Seq == 0 {
		return nil
	}
	r, err := d.env.Conn.ReadRaw(ctx, d.Follower.Short,
		jetlog.Query{LastFor: subjects.Of(d.Follower.Short, subjects.Log, d.Identity.Handle, keyText)})
	if err != nil && !errors.Is(err, jetlog.ErrNothing) || r.Seq >= pb.head.Seq {
		return atomicfile.Except(err, jetlog.ErrNothing)
	}
	_, gone, err := jetlog.TombstoneAt(ctx, d.env.Conn, d.Follower.Short, pb.head.Seq)
	if gone {
		pb.head.Seq = r.Seq
	}
	return err
}

// own calls fn for each record of this handle and key from a sequence on, including
// tombstones.
func (pb *publisher) own(ctx context.Context, keyText string, from uint64, fn func(jetlog.Record) error) error {
	d := pb.d
	return jetlog.ReadKey(ctx, d.env.Conn, d.Follower.Short, d.Identity.Handle, keyText, from, fn)
}

// locate determines the position of a key in the room, and settles the waiting drafts
// that are in the log already.
func (pb *publisher) locate(ctx context.Context, k *keyring.Key) error {
	d := pb.d
	r, err := d.env.Conn.LastFor(ctx, d.Follower.Short, subjects.Of(d.Follower.Short, subjects.Log, d.Identity.Handle,
		k.Text))
	if err != nil && !errors.Is(err, jetlog.ErrNothing) {
		return err
	}
	if err := d.Follower.AwaitEntry(ctx, r.Seq); err != nil {
		return err
	}
	l := d.Follower.Log.Link(k.Text)
	pb.head = ChainHead{Key: k, N: l.N, Leaf: l.Leaf, Seq: r.Seq}
	for _, prev := range append(d.previousKeys(), k.Text) {
		if err := pb.reclaim(ctx, prev); err != nil {
			return err
		}
	}
	return nil
}

// previousKeys returns the previous keys of the outbox.
func (d *Writer) previousKeys() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.box.Head.PreviousKeys...)
}

// reclaim settles the drafts that are in the log under one key: the mark that they are
// stored was lost, or the outbox is a copy.
func (pb *publisher) reclaim(ctx context.Context, keyText string) error {
	d := pb.d
	d.mu.Lock()
	may := d.box.MayBeStored()
	d.mu.Unlock()
	if !may {
		return nil
	}
	chain := &signing.Chain{Room: d.Follower.Room}
	return pb.own(ctx, keyText, 1, func(r jetlog.Record) error {
		e := r.Next(chain)
		if e.Fault != "" {
			return nil
		}
		d.mu.Lock()
		s := d.box.Find(e.ID)
		d.mu.Unlock()
		if s == nil || s.State == model.Refused {
			return nil
		}
		return d.settle(s, Outcome{seq: r.Seq})
	})
}
