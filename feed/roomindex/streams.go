package roomindex

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/jetlog"
	"warroom/feed/subjects"
)

// streams returns the logs of all rooms. The login of the hub on an external server may ask for
// names and for one stream (docs/cluster), but not for the list.
func (x *Service) streams(ctx context.Context) (out []*jetstream.StreamInfo, err error) {
	if x.OwnsHub {
		list := x.Conn.JS.ListStreams(ctx, jetstream.WithStreamListSubject(subjects.AnyLog))
		for i := range list.Info() {
			out = append(out, i)
		}
		return out, ended(list.Err())
	}
	list := x.Conn.JS.StreamNames(ctx, jetstream.WithStreamListSubject(subjects.AnyLog))
	for name := range list.Name() {
		s, err := x.Conn.JS.Stream(ctx, name)
		switch {
		case errors.Is(err, jetstream.ErrStreamNotFound):
		case err != nil:
			return nil, err
		default:
			out = append(out, s.CachedInfo())
		}
	}
	return out, ended(list.Err())
}

// ended returns the error of a list, or nil at its end.
func ended(err error) error {
	if errors.Is(err, jetstream.ErrEndOfData) {
		return nil
	}
	return err
}

// settledHere waits for Run without a request over the connection.
func (x *Service) settledHere(ctx context.Context) error {
	done := make(chan error, 1)
	x.mu.Lock()
	x.waiting = append(x.waiting, done)
	x.mu.Unlock()
	x.notify()
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return x.Unreachable(jetlog.AnswerError(ctx, ctx.Err()))
	}
}
