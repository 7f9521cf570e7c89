package roomindex

import (
	"context"
	"errors"
	"strings"
	"sync"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
)

// settle updates the rows to all messages that were stored when it was called.
func (x *Service) settle(ctx context.Context) error {
	if x.isLost() {
		if err := x.lookAtAll(ctx); err != nil {
			x.mu.Lock()
			x.missed = true
			x.mu.Unlock()
			return err
		}
	}
	x.mu.Lock()
	shorts := make(chan string, len(x.changed))
	for short := range x.changed {
		shorts <- short
	}
	clear(x.changed)
	x.mu.Unlock()
	close(shorts)
	var wg sync.WaitGroup
	errs := make([]error, min(indexFolds, len(shorts)))
	for i := range errs {
		wg.Go(func() {
			for short := range shorts {
				if err := x.refresh(ctx, short); err != nil {
					x.Changed(short)
					errs[i] = err
				}
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// isLost reports whether a change may have been missed since the rooms were compared last,
// and records that they are compared now. On an external server it always returns true: a
// stored message comes from another server than its acknowledgement and may arrive later.
func (x *Service) isLost() bool {
	dropped := 0
	for _, sub := range x.subs {
		n, _ := sub.Dropped() // fails only if the connection is closed
		dropped += n
	}
	epoch := x.Conn.Epoch.Load()
	x.mu.Lock()
	defer x.mu.Unlock()
	lost := x.missed || !x.OwnsHub || dropped != x.dropped || epoch != x.epoch
	x.missed, x.dropped, x.epoch = false, dropped, epoch
	return lost
}

// lookAtAll compares the rows with the streams, and queues the rooms whose rows differ.
func (x *Service) lookAtAll(ctx context.Context) error {
	there := map[string]bool{}
	streams, err := x.streams(ctx)
	if err != nil {
		return x.Unreachable(jetlog.AnswerError(ctx, err))
	}
	for _, i := range streams {
		short, ok := strings.CutPrefix(i.Config.Name, subjects.StreamRoot)
		if !ok || subjects.CheckShort(short) != nil || short == model.LobbyShort {
			continue
		}
		there[short] = true
		r := x.Rows.Get(short)
		if r == nil || r.Tip != i.State.LastSeq || !r.At.Equal(i.State.LastTime) ||
			!r.Access.Equal(hubapi.AccessOf(i.Config)) {
			x.Changed(short)
		}
	}
	for _, r := range x.Rows.All() {
		if !there[r.Short] {
			x.Rows.Drop(r.Short)
		}
	}
	return nil
}

// refresh folds the row of a room from its log.
func (x *Service) refresh(ctx context.Context, short string) error {
	s, err := x.Conn.JS.Stream(ctx, subjects.Stream(short))
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		x.Rows.Drop(short)
		return nil
	}
	if err != nil {
		return x.Unreachable(jetlog.AnswerError(ctx, err))
	}
	r, err := x.foldTo(ctx, short, s.CachedInfo().State.LastSeq)
	switch model.CodeOf(err) {
	case "":
	case model.Conflict: // held, and the hub has nothing of it
		r = x.Rooms.GlanceOffline(ctx, short)
	case model.NotFound, model.Forbidden: // made this moment and not declared yet, or gone since
		r = nil
	case model.Invalid: // its first message is crafted, see replica.Env.First
		r = nil
	default:
		return err
	}
	if r == nil || r.ID == "" {
		x.Rows.Drop(short)
		return nil
	}
	i := s.CachedInfo()
	x.Folds.Add(1)
	x.Rows.Put(Row{Short: short, Tip: i.State.LastSeq, At: i.State.LastTime,
		Access: hubapi.AccessOf(i.Config), Room: r})
	return nil
}

// foldTo folds a room at least up to a message. A room that is open in this process and
// lags is returned as it is after a while, and folded again before the next answer.
func (x *Service) foldTo(ctx context.Context, short string, seq uint64) (*model.Room, error) {
	late, cancel := context.WithTimeout(ctx, jetlog.DefaultTimeout)
	r, err := x.Rooms.RoomAt(late, short, seq)
	behind := late.Err() != nil
	cancel()
	if behind && ctx.Err() == nil {
		x.Changed(short)
		return x.Rooms.Glance(ctx, short)
	}
	return r, err
}
