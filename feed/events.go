package feed

import (
	"context"
	"errors"
	"time"

	"warroom/feed/logreader"
	"warroom/feed/replica"
	"warroom/feed/subjects"
	"warroom/model"
)

// Events calls fn for each event of a room from a sequence to the present end of the log,
// in order. The log is verified from its beginning. It returns the error of fn unchanged.
func (f *Feed) Events(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	r, err := readEvents(ctx, f, short, from, fn)
	if err != nil {
		return err
	}
	err = r.ToTip(ctx)
	if err != nil && f.client.Link().State == model.Offline && !errors.As(err, new(callerError)) {
		err = f.client.readCopyWith(ctx, r, f.client.env.Unreachable(err))
	}
	return asGiven(err)
}

// Follow is like Events, and then calls fn for each new event until ctx ends or fn fails.
func (f *Feed) Follow(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	r, err := readEvents(ctx, f, short, from, fn)
	if err != nil {
		return err
	}
	moved, leave, err := f.client.listen(short)
	if err != nil {
		return err
	}
	defer leave()
	for {
		err := r.ToTip(ctx)
		if err != nil && f.client.Link().State == model.Offline {
			err = f.client.readCopyWith(ctx, r, err)
		}
		var no *model.Error
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, &no), errors.As(err, new(callerError)):
			return asGiven(err)
		}
		wait := replica.PollEvery
		if err != nil {
			wait = time.Second // the hub cannot be reached now; retry
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-moved:
		case <-time.After(wait):
		}
	}
}

// readEvents returns the reader for Events and Follow.
func readEvents(ctx context.Context, f *Feed, short string, from uint64,
	fn func(*model.Event) error) (*logreader.Reader, error) {
	if err := subjects.CheckShort(short); err != nil {
		return nil, err
	}
	g, err := f.client.access.NewFilter(ctx, f.identity, short)
	if err != nil {
		return nil, err
	}
	r := logreader.New(f.client.conn, short)
	r.Each = func(seq uint64, e *model.Event) error {
		if e == nil {
			return nil
		}
		err := g.Pass(e)
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

// callerError marks an error that the caller's function returned.
type callerError struct{ error }

// Unwrap returns the error of the caller's function.
func (c callerError) Unwrap() error { return c.error }

// asGiven removes the mark of callerError from an error.
func asGiven(err error) error {
	var c callerError
	if errors.As(err, &c) {
		return c.error
	}
	return err
}
