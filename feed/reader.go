package feed

import (
	"context"
	"errors"
	"sync"
	"time"

	"warroom/model"
	"warroom/model/seal"
)

// reader reads the log of one room in order, every sequence once, and checks
// every message.
type reader struct {
	w     *wire
	short string
	next  uint64 // first sequence that is wanted

	// each gets every message, with a nil event for one that is no event.
	each func(seq uint64, e *model.Event) error
	// heard gets every message that was accepted, as it is stored; it may be nil.
	heard func(record)
	// asStored leaves messages unchecked, for who checks them otherwise: each gets nil.
	asStored bool
	// missing is told of a sequence that the log does not have any more.
	missing func(seq uint64)

	kept  *keptRoot       // what the log has to have, nil where it is not compared
	other func(*keptRoot) // is told that it has something else

	stones map[uint64]seal.Stone // what stands in holes, when it was asked the last time
	newer  bool                  // what stands in a hole is of a newer form: behind it gaps are no alarm
	over   map[uint64]seal.Stone // what stands for messages that may still be there

	mu    sync.Mutex
	chain seal.Chain
	met   map[uint64]seal.Stone // what redactions say, by their own sequence
}

// newReader returns a reader at the beginning of the log.
func newReader(w *wire, short string) *reader {
	return &reader{w: w, short: short, next: 1, missing: func(uint64) {}}
}

// check decodes and checks the record of the next sequence; nil where it is no
// event.
func (r *reader) check(c record) *model.Event {
	if _, _, event := author(c.subject); !event || r.asStored {
		return nil
	}
	c.at = r.w.recorded(r.short, c)
	r.mu.Lock()
	defer r.mu.Unlock()
	e := c.next(&r.chain)
	r.meet(e)
	return e
}

// linkOf returns where a key's chain stands.
func (r *reader) linkOf(key string) seal.Link {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.chain.Keys[key]
}

// fill reads up to the tip, which has to be the leader's word.
func (r *reader) fill(ctx context.Context, tip uint64) error {
	for r.next <= tip {
		was := r.next
		_, err := r.w.read(ctx, r.short, "", r.next, pageSize, func(c record) error { return r.take(ctx, c) })
		if err != nil && !errors.Is(err, errNothing) {
			return err
		}
		if r.next == was { // a hole, a replica that lags, or headers that cannot be parsed
			if err := r.one(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// take passes a record on, after those before it that the answer left out.
func (r *reader) take(ctx context.Context, c record) error {
	for r.next < c.seq {
		if err := r.one(ctx); err != nil {
			return err
		}
	}
	if c.seq < r.next {
		return nil
	}
	return r.pass(c)
}

// pass hands the record of the next sequence on.
func (r *reader) pass(c record) error {
	r.next = c.seq + 1
	if s, ok := r.over[c.seq]; ok && c.stone == nil && s.Is(c.sig, c.data) {
		c = instead(r.short, s)
	}
	r.hear(c)
	e := r.check(c)
	if k := r.kept; k != nil {
		differs, more := k.pass(c, e)
		if differs {
			r.other(k)
		}
		if !more {
			r.kept = nil
		}
	}
	return r.each(c.seq, e)
}

// hear tells of a record that was accepted.
func (r *reader) hear(c record) {
	if r.heard != nil {
		c.at = r.w.recorded(r.short, c)
		r.heard(c)
	}
}

// one asks the leader for the next sequence alone.
func (r *reader) one(ctx context.Context) error {
	c, err := r.w.probe(ctx, r.short, query{Seq: r.next})
	there := true
	if errors.Is(err, errNothing) {
		c, there, err = r.hole(ctx, r.next)
	}
	if err != nil {
		return err
	}
	if !there {
		if r.newer, err = r.w.newerGone(ctx, r.short, r.next); err != nil {
			return err
		}
		if r.newer {
			r.mu.Lock()
			r.chain.Unknown()
			r.mu.Unlock()
		}
		r.missing(r.next)
		r.next++
		return nil
	}
	if c.stone != nil && r.asStored {
		r.next++ // nothing is stored there
		return nil
	}
	return r.pass(c)
}

// Events calls fn for every event of a room from a sequence on, in order and
// checked from the start of the log, until the tip that is there now.
func (f *Feed) Events(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	r, err := f.events(ctx, short, from, fn)
	if err != nil {
		return err
	}
	err = r.toTip(ctx)
	if err != nil && f.h.Link().State == model.Offline && !errors.As(err, new(callerError)) {
		err = f.h.readCopyWith(ctx, r, f.h.unreachable(err))
	}
	return asGiven(err)
}

// Follow is Events, and goes on until ctx ends or fn fails.
func (f *Feed) Follow(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	r, err := f.events(ctx, short, from, fn)
	if err != nil {
		return err
	}
	moved, leave, err := f.h.listen(short)
	if err != nil {
		return err
	}
	defer leave()
	for {
		err := r.toTip(ctx)
		if err != nil && f.h.Link().State == model.Offline {
			err = f.h.readCopyWith(ctx, r, err)
		}
		var no *model.Error
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &no), errors.As(err, new(callerError)):
			return asGiven(err)
		}
		wait := pollEvery
		if err != nil {
			wait = time.Second // the hub is away; it comes back
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-moved:
		case <-time.After(wait):
		}
	}
}

// events makes the reader for Events and Follow.
func (f *Feed) events(ctx context.Context, short string, from uint64, fn func(*model.Event) error) (*reader, error) {
	if err := checkShort(short); err != nil {
		return nil, err
	}
	g, err := f.gate(ctx, short)
	if err != nil {
		return nil, err
	}
	r := newReader(f.h.w, short)
	r.each = func(seq uint64, e *model.Event) error {
		if e == nil {
			return nil
		}
		err := g.pass(e)
		if err == nil && seq >= from {
			err = fn(e)
		}
		if err != nil {
			return callerError{err}
		}
		return nil
	}
	return r, nil
}

// callerError marks an error of the caller's function.
type callerError struct{ error }

// Unwrap returns what the caller's function returned.
func (c callerError) Unwrap() error { return c.error }

// asGiven returns an error of the caller's function as it was, any other too.
func asGiven(err error) error {
	var c callerError
	if errors.As(err, &c) {
		return c.error
	}
	return err
}

// toTip reads to the tip that is there now.
func (r *reader) toTip(ctx context.Context) error {
	tip, _, err := r.w.tip(ctx, r.short)
	if err != nil {
		return err
	}
	return r.fill(ctx, tip)
}
