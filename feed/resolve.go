package feed

import (
	"context"
	"errors"
	"slices"

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
		} else if e := r.next(chain); e.Fault == "" && stored == 0 {
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
		return false, d.retreat(ctx, l.key.text)
	}
	err = d.arrived(l, stored)
	d.spot.seq = at.seq
	return true, err
}

// retreat goes back where the last message of one's own was redacted: the hub
// counts from the one before then.
func (d *desk) retreat(ctx context.Context, keyText string) error {
	if d.spot.seq == 0 {
		return nil
	}
	r, err := d.h.w.probe(ctx, d.f.short, query{LastFor: lane(d.f.short, laneLog, d.p.handle, keyText)})
	if err != nil && !errors.Is(err, errNothing) || r.seq >= d.spot.seq {
		return ifNot(err, errNothing)
	}
	_, gone, err := d.h.w.gone(ctx, d.f.short, d.spot.seq)
	if gone {
		d.spot.seq = r.seq
	}
	return err
}

// own calls fn for every message of one's own subject from a sequence on, also for
// what stands for one that was redacted.
func (d *desk) own(ctx context.Context, keyText string, from uint64, fn func(record) error) error {
	return d.h.w.ofKey(ctx, d.f.short, d.p.handle, keyText, from, fn)
}

// ofKey is own for any key.
func (w *wire) ofKey(ctx context.Context, short, handle, keyText string, from uint64, fn func(record) error) error {
	stones, err := w.stones(ctx, short)
	if err != nil {
		return err
	}
	var gone []uint64
	for seq, s := range stones {
		if s.Handle == handle && s.Key == keyText && seq >= from {
			gone = append(gone, seq)
		}
	}
	slices.Sort(gone)
	upTo := func(end uint64) error {
		for len(gone) > 0 && gone[0] < end {
			if err := fn(instead(short, stones[gone[0]])); err != nil {
				return err
			}
			gone = gone[1:]
		}
		return nil
	}
	err = w.pages(ctx, short, lane(short, laneLog, handle, keyText), from, func(r record) error {
		if len(gone) > 0 && gone[0] == r.seq {
			gone = gone[1:] // it is not deleted yet
		}
		if err := upTo(r.seq); err != nil {
			return err
		}
		return fn(r)
	})
	if err != nil {
		return err
	}
	return upTo(^uint64(0))
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
		e := r.next(chain)
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
