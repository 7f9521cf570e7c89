package feed

import (
	"context"
	"errors"

	"warroom/model"
	"warroom/model/seal"
)

// errOther means: a message of this key that checks and that this process did
// not write. Somebody has a copy of the key.
var errOther = errors.New("another process writes with this key")

// resolve finds out what became of a letter whose answer is in doubt. Done
// means: the letter is settled, or the key was put away and its draft has to
// be signed again; the error is then of that.
func (d *desk) resolve(ctx context.Context, l letter) (done bool, err error) {
	if naive {
		return false, nil
	}
	stored := uint64(0)
	at := d.spot
	chain := &seal.Chain{Room: d.f.room, Keys: map[string]seal.Link{l.key.text: {N: at.n, Leaf: at.leaf}}}
	err = d.own(ctx, l.key.text, at.seq+1, func(r record) error {
		if r.same(l.sig, l.payload) && stored == 0 {
			stored = r.seq
		} else if e := chain.Next(r.seq, r.at, d.p.handle, l.key.text, r.sig, r.data); e.Fault == "" && stored == 0 {
			return errOther
		}
		at.seq = r.seq
		return nil
	})
	switch {
	case errors.Is(err, errOther) && d.p.fixed:
		d.spot.key = nil // the hub's key, used by the process that hosted before: go on behind it
		return true, nil
	case errors.Is(err, errOther):
		d.spot.key = nil
		return true, d.p.renew(d.h, l.key)
	case err != nil:
		return false, err
	case stored == 0:
		d.spot.seq = at.seq // what is there is foreign or does not check: pass over it
		return false, nil
	}
	err = d.arrived(l, stored)
	d.spot.seq = at.seq
	return true, err
}

// own calls fn for every stored message of one's own subject from a sequence
// on.
func (d *desk) own(ctx context.Context, keyText string, from uint64, fn func(record) error) error {
	return d.h.w.pages(ctx, d.f.short, lane(d.f.short, laneLog, d.p.handle, keyText), from, fn)
}

// locate learns where a key stands in the room, and which of the drafts that
// wait are in the log already.
func (d *desk) locate(ctx context.Context, k *key) error {
	r, err := d.h.w.lastFor(ctx, d.f.short, lane(d.f.short, laneLog, d.p.handle, k.text))
	if err != nil && !errors.Is(err, errNothing) {
		return err
	}
	if err := d.f.reached(ctx, r.seq); err != nil {
		return err
	}
	l := d.f.log.linkOf(k.text)
	d.spot = spot{key: k, n: l.N, leaf: l.Leaf, seq: r.seq}
	for _, was := range append(d.was(), k.text) {
		if err := d.reclaim(ctx, was); err != nil {
			return err
		}
	}
	return nil
}

// was returns the keys that the outbox belonged to before.
func (d *desk) was() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return append([]string(nil), d.box.head.Was...)
}

// reclaim settles the drafts that are in the log under one key: the mark that
// they are stored was lost, or the outbox is a copy.
func (d *desk) reclaim(ctx context.Context, keyText string) error {
	if d.unsent() == 0 {
		return nil
	}
	chain := &seal.Chain{Room: d.f.room}
	return d.own(ctx, keyText, 1, func(r record) error {
		e := chain.Next(r.seq, r.at, d.p.handle, keyText, r.sig, r.data)
		if e.Fault != "" {
			return nil
		}
		d.mu.Lock()
		s := d.box.find(e.ID)
		d.mu.Unlock()
		if s == nil || s.State == model.Refused {
			return nil
		}
		return d.settle(s, outcome{seq: r.seq})
	})
}
