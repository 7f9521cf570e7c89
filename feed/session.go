package feed

import (
	"context"
	"sync"
	"sync/atomic"

	"warroom/feed/access"
	"warroom/feed/outbox"
	"warroom/feed/presence"
	"warroom/feed/replica"
	"warroom/feed/wake"
	"warroom/feed/writer"
	"warroom/model"
)

// RoomSession is one person's session in one room. Its methods are safe for concurrent
// use.
type RoomSession struct {
	client  *client
	writer  *writer.Writer
	changed chan struct{}
	typing  atomic.Bool
	once    sync.Once
	leave   context.CancelFunc
	wg      sync.WaitGroup

	mu   sync.Mutex
	made cached
	end  ending
}

var _ model.RoomSession = (*RoomSession)(nil)

// cached is the last view, with the states it was made from.
type cached struct {
	state   *replica.View
	waiting *outbox.Queue
	link    *model.Link
	view    *model.View
}

func newRoomSession(c *client, d *writer.Writer) *RoomSession {
	s := &RoomSession{client: c, writer: d, changed: make(chan struct{}, 1)}
	d.AddSession(s, s.changed)
	d.Follower.Watch(s.changed)
	d.Follower.Presence.Send(d.Identity.Key().Text, presence.Beat{Handle: d.Identity.Handle, Via: d.Identity.Via,
		Ask: true})
	ctx, leave := context.WithCancel(c.ctx)
	s.leave = leave
	if d.IsInteractive() {
		wake.Notify(d.Follower.Presence.Hurry)
		c.wg.Add(1) // closing the feed waits for this session too
		s.wg.Go(func() {
			defer c.wg.Done()
			d.ComeIn(ctx)
		})
	}
	return s
}

// Who returns the identity that this session writes as.
func (s *RoomSession) Who() model.Actor { return s.writer.Identity.Actor() }

// Typing reports whether this person is typing.
func (s *RoomSession) Typing() bool { return s.typing.Load() }

// Submit decides the act and stores it in the outbox. It returns when the draft is on
// disk, before it is published. It returns [model.Forbidden] if the person may no longer
// see the room.
func (s *RoomSession) Submit(ctx context.Context, a model.Act) (model.Receipt, error) {
	if err := s.mayStay(); err != nil {
		return model.Receipt{}, err
	}
	id, _, err := s.writer.Submit(ctx, a)
	return model.Receipt{ID: id}, writer.AsForbidden(err)
}

// Append is like Submit, and waits until the event is stored and folded. After a
// redaction it also waits until the redacted message is deleted.
func (s *RoomSession) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	if err := s.mayStay(); err != nil {
		return model.Receipt{}, err
	}
	id, c, err := s.writer.Submit(ctx, a)
	if err != nil {
		return model.Receipt{}, writer.AsForbidden(err)
	}
	r, err := s.writer.Await(ctx, id, c)
	if b, ok := a.Body.(*model.EntryRedacted); ok && err == nil {
		err = s.writer.Follower.Deletions.WaitErased(ctx, b.Seq)
	}
	return r, err
}

// Dismiss removes a refused draft from View.Waiting.
func (s *RoomSession) Dismiss(id string) error { return s.writer.Dismiss(id) }

// Latest returns the newest view. The view must not be modified.
func (s *RoomSession) Latest() *model.View {
	// The writer removes a draft before the room with its event is shown, so the room has
	// to be loaded first. A draft is then waiting or in the room, or both.
	st := s.writer.Follower.View()
	w, l := s.writer.Waiting.Load(), s.client.link.Load()
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := s.made; m.view != nil && m.state == st && m.waiting == w && m.link == l {
		return m.view
	}
	if v := s.ended(st.Room); v != nil {
		return v
	}
	waiting := w.Before(st.Next)
	v := s.shared(st, l)
	if len(waiting) > 0 {
		own := *v
		own.Waiting, v = waiting, &own
	}
	s.made = cached{state: st, waiting: w, link: l, view: v}
	return v
}

// shared returns the view of a session without waiting lines. All sessions of the room in
// this process have the same one, as long as it is the newest.
func (s *RoomSession) shared(st *replica.View, l *model.Link) *model.View {
	f := s.writer.Follower
	if last := f.Shown.Load(); last != nil && last.State == st && last.Link == l {
		return last.View
	}
	v := &model.View{Short: f.Short, Room: st.Room, Link: *l, Here: st.Here, Left: st.Left,
		JoinRequests: st.JoinRequests, Proof: st.Proof, Offset: st.Offset}
	if v.Link.State == model.Live && st.Lag > 0 {
		v.Link.State, v.Link.Lag = model.Catching, st.Lag
	}
	f.Shown.Store(&replica.Shown{State: st, Link: l, View: v})
	return v
}

// Changed returns a channel that receives a value after Latest has changed.
func (s *RoomSession) Changed() <-chan struct{} { return s.changed }

// Here sends to the others whether this person is typing.
func (s *RoomSession) Here(typing bool) {
	if s.typing.Swap(typing) != typing {
		wake.Notify(s.writer.Follower.Presence.Hurry)
	}
}

// Close leaves the room.
func (s *RoomSession) Close() {
	s.once.Do(func() {
		s.leave()
		s.wg.Wait()
		s.writer.FlushOnClose()
		s.client.finishClosing(s.writer.Follower.Short, s.writer.Identity, s.writer.Follower.View().Room)
		s.writer.Follower.Unwatch(s.changed)
		if s.writer.RemoveSession(s, s.changed) && s.writer.IsInteractive() && !s.writer.LacksAccess() {
			s.writer.Follower.Presence.Send(s.writer.Identity.Key().Text,
				presence.Beat{Handle: s.writer.Identity.Handle, Via: s.writer.Identity.Via, Bye: true})
		}
		if err := s.client.rooms.Detach(s.writer); err != nil {
			s.client.o.Logf(model.Sentence(err))
		}
	})
}

// ending is the last view of a session whose person may no longer see the room.
type ending struct {
	mu   sync.Mutex
	view *model.View
}

// ended returns the last view of a session that has ended, or nil if it has not. The view
// has nothing that came later.
func (s *RoomSession) ended(r *model.Room) *model.View {
	if !s.client.access.NeedsAccessCheck(s.writer.Identity) {
		return nil
	}
	s.end.mu.Lock()
	defer s.end.mu.Unlock()
	if s.end.view != nil {
		return s.end.view
	}
	err := s.client.access.CheckAccess(s.writer.Identity, r, s.writer.Follower.Short)
	if err == nil {
		return nil
	}
	v := model.View{Short: s.writer.Follower.Short, Room: model.NewRoom(), Link: s.client.Link()}
	if s.made.view != nil {
		v = *s.made.view
	}
	v.Here, v.Left, v.Waiting, v.JoinRequests, v.Over = nil, nil, nil, nil, access.Parting(err, s.writer.Follower.Short)
	s.end.view = &v
	if s.writer.IsInteractive() {
		s.writer.Follower.Presence.Send(s.writer.Identity.Key().Text,
			presence.Beat{Handle: s.writer.Identity.Handle, Via: s.writer.Identity.Via, Bye: true})
	}
	return s.end.view
}

// mayStay returns [model.Forbidden] if this person may no longer see the room.
func (s *RoomSession) mayStay() error {
	if !s.client.access.NeedsAccessCheck(s.writer.Identity) {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if v := s.ended(s.writer.Follower.View().Room); v != nil {
		return &model.Error{Code: model.Forbidden, Message: v.Over}
	}
	return nil
}

// introduce admits a guest's key to a room, with the right that the room gives the
// person. The entry is signed with the hub's key if this process hosts, otherwise with
// the key of its owner.
func (c *client) introduce(ctx context.Context, d *writer.Writer) error {
	if err := c.revoked.Refuse(d.Identity.Handle); err != nil {
		return err
	}
	r, err := c.rooms.RoomAt(ctx, d.Follower.Short, 0) // their right may have changed just now
	if err != nil {
		return err
	}
	if err := c.access.CheckAccess(d.Identity, r, d.Follower.Short); err != nil {
		return err
	}
	if _, ok := r.Member(d.Identity.Key().Text); ok {
		return nil // another connection of theirs admitted it
	}
	if err := tooManyKeys(r, d.Identity.Handle, d.Follower.Short); err != nil {
		return err
	}
	right, err := r.RightOf(d.Identity.Handle, d.Identity.Right)
	if err != nil {
		return err
	}
	act := model.Act{Body: &model.KeyAdmitted{Key: d.Identity.Key().Text, Handle: d.Identity.Handle, Right: right,
		Origin: d.Identity.Origin,
		Name:   d.Identity.Name, Job: d.Identity.Job}}
	by := c.identity
	if s := c.hubService.Load(); s != nil && !s.isRoomAdmin() {
		if m, ok := d.Follower.View().Room.Member(s.identity.Key().Text); ok && m.Hub {
			by = s.identity
		}
	}
	return c.rooms.AdmitAs(ctx, by, d.Follower.Short, act)
}
