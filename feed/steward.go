package feed

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// hubKeyName is the file of the hub's own key in the hub's directory.
const hubKeyName = "hub.key"

// steward lets keys in where this process hosts the embedded hub: everybody who
// can knock there came through a socket that only this user can open. Whoever
// opens another way to the same server has to deny warroom.*.door.> and
// warroom.hub.who on it.
type steward struct {
	h    *house
	pen  *pen // the hub's, or that of whose process it is
	in   chan *nats.Msg
	subs []*nats.Subscription
	stop context.CancelFunc
	done chan struct{}
}

// newSteward takes the hub's key and begins to answer.
func newSteward(h *house) (*steward, error) {
	k, err := hubKey(h)
	if err != nil {
		return nil, err
	}
	s := &steward{h: h, in: make(chan *nats.Msg, 256), done: make(chan struct{}),
		pen: &pen{handle: hubHandle, via: hubHandle, fixed: true, key: k}}
	who, err := h.w.nc.Subscribe(whoSubject, func(m *nats.Msg) {
		_ = m.Respond([]byte(k.text)) // the asker asks again
	})
	if err == nil {
		s.subs = append(s.subs, who)
		who, err = h.w.nc.ChanSubscribe(anyDoor, s.in)
	}
	if err != nil {
		return nil, errors.Join(err, k.release())
	}
	s.subs = append(s.subs, who)
	asked, err := h.w.nc.Subscribe(howSubject, func(m *nats.Msg) {
		if h.hosting() {
			_ = m.Respond(h.ownHow()) // the asker asks again
		}
	})
	if err != nil {
		return nil, errors.Join(err, k.release())
	}
	s.subs = append(s.subs, asked)
	if err := h.w.nc.Flush(); err != nil {
		return nil, errors.Join(err, k.release())
	}
	s.begin()
	return s, nil
}

// newPorter makes a steward for a server that may have none: with the key of
// whose process it is, it lets in whom it knows to be the same user on the same
// machine. In rooms that are open here the follower does so, see answer.
func newPorter(h *house) (*steward, error) {
	s := &steward{h: h, in: make(chan *nats.Msg, 256), done: make(chan struct{}), pen: h.pen}
	sub, err := h.w.nc.ChanSubscribe(anyDoor, s.in)
	if err != nil {
		return nil, err
	}
	s.subs = append(s.subs, sub)
	s.begin()
	return s, nil
}

func (s *steward) begin() {
	var ctx context.Context
	ctx, s.stop = context.WithCancel(s.h.ctx)
	go s.run(ctx)
}

// porter says whether the steward writes with a person's key.
func (s *steward) porter() bool { return !s.pen.fixed }

// minds says whether a knock is the steward's to answer.
func (s *steward) minds(short, handle, key string) bool {
	if checkShort(short) != nil || !s.porter() {
		return checkShort(short) == nil
	}
	return key != s.pen.hold().text && s.h.keys.owns(handle, key) && !s.h.isOpen(short)
}

// hubKey holds the hub's key and makes it for a new hub. The process that
// hosted before may take a moment to let it go.
func hubKey(h *house) (*key, error) {
	path := filepath.Join(h.o.Data, "hub", hubKeyName)
	for range 100 {
		if !exists(path) {
			_, priv, err := ed25519.GenerateKey(rand.Reader)
			if err != nil {
				return nil, err
			}
			return writeKey(path, priv)
		}
		if k, err := holdKey(path); k != nil || err != nil {
			return k, err
		}
		select {
		case <-h.ctx.Done():
			return nil, errClosed
		case <-time.After(20 * time.Millisecond):
		}
	}
	return nil, errors.New("another process holds the hub's key")
}

// run answers the door, one key after the other.
func (s *steward) run(ctx context.Context) {
	defer close(s.done)
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-s.in:
			short, room, handle, key, ok := readKnock(m)
			if !ok || !s.minds(short, handle, key) {
				continue
			}
			if err := s.admit(ctx, short, room, handle, key); err != nil && ctx.Err() == nil {
				s.h.o.Logf(model.Safef("%s was not let into %s: %s", handle, short, err))
			}
		}
	}
}

// admit lets one key into one room, once.
func (s *steward) admit(ctx context.Context, short, room, handle, key string) error {
	ctx, cancel := context.WithTimeout(ctx, knockFor)
	defer cancel()
	d, err := s.h.sit(ctx, s.pen, short)
	if err != nil {
		return err
	}
	err = s.letIn(ctx, d, room, handle, key)
	return errors.Join(err, s.h.rise(d))
}

func (s *steward) letIn(ctx context.Context, d *desk, room, handle, key string) error {
	if d.f.room != room {
		return model.Refuse(model.NotFound, "it knocked at another room of that name")
	}
	if err := d.f.settled(ctx); err != nil {
		return err
	}
	r := d.f.view().room
	if m, ok := r.Member(s.pen.hold().text); !ok || m.Struck || m.Right != model.Command || m.Hub == s.porter() {
		return nil // declared on another hub, or not ours to open: a person has to admit
	}
	if _, ok := r.Member(key); ok {
		return nil
	}
	if err := s.h.struck.refuse(handle); err != nil {
		return err
	}
	right, err := r.RightOf(handle, model.Command)
	if err != nil {
		return err
	}
	door := "socket"
	if s.porter() {
		door = "key file"
	}
	act := model.Act{Body: &model.KeyAdmitted{Key: key, Handle: handle, Right: right, Door: door}}
	_, err = d.append(ctx, act)
	if model.CodeOf(err) == model.Conflict {
		return nil // let in by somebody else meanwhile
	}
	return err
}

// close stops answering and lets the hub's key go.
func (s *steward) close() error {
	for _, sub := range s.subs {
		_ = sub.Unsubscribe() // the connection may be gone: nothing to undo then
	}
	s.stop()
	<-s.done
	if s.porter() {
		return nil
	}
	return s.pen.hold().release()
}

// hubKeyText asks the hub for its public key, "" where nobody answers: a server
// without a steward.
func (h *house) hubKeyText(ctx context.Context) (string, error) {
	if h.o.HubKey != "" {
		return h.o.HubKey, nil
	}
	if s := h.steward.Load(); s != nil && !s.porter() {
		return s.pen.hold().text, nil
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		once, done := h.w.alive(ctx, patience/4)
		m, err := h.w.nc.RequestWithContext(once, whoSubject, nil)
		done()
		switch {
		case err == nil && len(m.Data) <= 64:
			return string(m.Data), nil
		case h.hub == nil && errors.Is(err, nats.ErrNoResponders):
			return "", nil
		case ctx.Err() != nil:
			return "", model.Refuse(model.Unreachable, "the hub does not say its key; try again, or see `warroom doctor`")
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
}
