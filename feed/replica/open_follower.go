package replica

import (
	"context"
	"errors"

	"github.com/nats-io/nats.go"

	"warroom/feed/logreader"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/model"
)

// bare returns a follower that is not started.
func (c *Env) bare(short string) *Follower {
	f := &Follower{env: c, Short: short, Ready: make(chan struct{}), Begun: make(chan struct{}),
		Poke: make(chan struct{}, 1), check: make(chan refold, 1), watchers: map[chan struct{}]bool{},
		writers: map[string]Writer{}}
	f.Presence.Init(c.Now)
	f.Deletions = newRedactor(f)
	f.Presence.f = f
	f.Copy = &Mirror{f: f, wake: make(chan struct{}, 1)}
	f.Log = logreader.New(c.Conn, short)
	f.Log.Each, f.Log.OnMissing = f.apply, func(seq uint64) { f.lost(seq, f.Log.Newer) }
	f.at.room = model.NewRoom()
	f.at.shared = f.at.room
	f.state.Store(&View{Room: f.at.room, Next: 1})
	return f
}

// Open finds a room, subscribes to it and starts to follow it. Without a connection it
// starts from the replica.
func Open(ctx context.Context, c *Env, short string) (*Follower, error) {
	f := c.bare(short)
	f.live = make(chan *nats.Msg, 8192)
	f.Log.OnAccepted = f.Copy.enqueue
	snap, err := f.begin(ctx, c.MinEvents)
	if model.CodeOf(err) == model.Unreachable {
		snap, err = f.beginOffline(err)
	}
	if err != nil {
		return nil, err
	}
	if f.Log.Next == 1 {
		f.Log.KnownRoot, f.Log.OnDifference = f.Copy.knownRoot(), f.Copy.otherLog
	}
	ctx, f.stop = context.WithCancel(ctx)
	if err := f.subscribe(); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	f.wg.Add(4)
	go f.Deletions.runRedactor(ctx)
	go f.Copy.run(ctx)
	go f.run(ctx)
	go f.Presence.presenceLoop(ctx)
	if snap != nil {
		f.wg.Add(1)
		go f.recheck(ctx, *snap)
	}
	return f, nil
}

// subscribe subscribes to the room before the log is read, so that no message is missed.
// Messages that do not fit into the channel are read from the log.
func (f *Follower) subscribe() error {
	handlers := map[string]nats.MsgHandler{
		subjects.Live: func(m *nats.Msg) {
			if f.Copy.handleCheckpoint(m) {
				return
			}
			select {
			case f.live <- m:
			default:
				wake.Notify(f.Poke)
			}
		},
		subjects.Presence:  f.Presence.beat,
		subjects.LocalJoin: f.Presence.handleJoinRequest,
		subjects.LoginJoin: f.Presence.handleJoinRequest,
	}
	if !f.env.SeesJoins { // this login may not see join requests
		delete(handlers, subjects.LocalJoin)
		delete(handlers, subjects.LoginJoin)
	}
	for what, fn := range handlers {
		subs, err := f.env.Conn.SubscribeRoom(f.Short, what, fn)
		if err != nil {
			return model.Refuse(model.Unreachable, "the request for the room %s cannot be sent to the hub: %s",
				f.Short, err)
		}
		f.subs = append(f.subs, subs...)
	}
	return nil
}

// Close stops following and saves a snapshot.
func (f *Follower) Close() error {
	f.stop()
	f.subs.Unsubscribe()
	f.wg.Wait()
	if f.Log.Next <= f.env.MinEvents {
		return nil
	}
	return f.save(f.env.MinEvents / 4)
}
