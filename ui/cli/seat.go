package cli

import (
	"context"
	"time"

	"warroom/model"
)

// Times that a command waits.
const (
	openWait  = 15 * time.Second // for the hub
	storeWait = 15 * time.Second // for an entry to be stored
	aloneWait = time.Second      // for either, where there is a copy and the hub does not answer
)

// withHub opens the hub for the time of a command.
func (a *app) withHub(ctx context.Context, via string, do func(context.Context, Hub) error) error {
	p, err := a.place(ctx, via)
	if err != nil {
		return err
	}
	open, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	h, err := a.Open(open, p)
	if err != nil {
		return err
	}
	if s, ok := h.(sealing); ok {
		a.box = s.Sealer()
	}
	err = do(ctx, h)
	if cerr := h.Close(); err == nil {
		err = cerr
	}
	return err
}

// withPlace is withSeat for what may go into the lobby, which is made where it is
// missing.
func (a *app) withPlace(ctx context.Context, short string, do func(context.Context, Hub, model.Seat) error) error {
	return a.withHub(ctx, "cli", func(ctx context.Context, h Hub) error {
		if short == model.LobbyShort {
			if err := a.openLobby(ctx, h); err != nil {
				return err
			}
		}
		return a.inSeat(ctx, h, short, func(ctx context.Context, s model.Seat) error { return do(ctx, h, s) })
	})
}

// openLobby makes the lobby of a hub where there is none.
func (a *app) openLobby(ctx context.Context, h Hub) error {
	l, ok := h.(model.Lobby)
	if !ok {
		return model.Refuse(model.Internal, "this hub has no lobby")
	}
	p, err := a.plan("")
	if err != nil {
		return err
	}
	if err = l.OpenLobby(ctx, p); model.CodeOf(err) == model.Unreachable {
		return nil // there may be a copy; whoever enters hears of it
	}
	return err
}

// withSeat takes a seat in a room, with everything folded that is there.
func (a *app) withSeat(ctx context.Context, short string, do func(context.Context, model.Seat) error) error {
	return a.withHub(ctx, "cli", func(ctx context.Context, h Hub) error { return a.inSeat(ctx, h, short, do) })
}

func (a *app) inSeat(ctx context.Context, h Hub, short string, do func(context.Context, model.Seat) error) error {
	s, err := seatIn(ctx, h, short)
	if err != nil {
		return err
	}
	defer s.Close()
	if v := s.Latest(); v.Link.State == model.Offline {
		a.tell(model.Safef("the hub does not answer (%s); this is the copy on this machine, up to entry %d of %s", v.Link.Trouble, v.Room.Seq,
			v.Room.RecordedAt.In(a.zone()).Format("2 Jan 15:04 MST")))
	}
	defer func() {
		if v := s.Latest(); v.Link.Bares(v.Room) {
			a.tell(model.Safef("%s is restricted, but %s", v.Short, model.OpenRoom))
		}
	}()
	a.warn(ctx, s)
	err = do(ctx, s)
	a.told.once(a.tell)(s.Latest().Proof.Alarm) // found meanwhile
	return err
}

// seatIn enters a room and waits until it is live. Where the hub does not answer
// and there is a copy, it goes on with that.
func seatIn(ctx context.Context, h Hub, short string) (model.Seat, error) {
	wait, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	alone := time.NewTimer(aloneWait)
	defer alone.Stop()
	s, err := h.Enter(wait, short)
	if err != nil {
		return nil, err
	}
	for {
		if v := s.Latest(); v.Link.State == model.Live && v.Room.Seq > 0 {
			return s, nil
		}
		select {
		case <-s.Bell():
		case <-alone.C:
			if v := s.Latest(); v.Link.State == model.Offline && v.Room.Seq > 0 {
				return s, nil
			}
		case <-wait.Done():
			s.Close()
			return nil, model.Refuse(model.Unreachable, "the hub did not answer in %s; run warroom doctor", openWait)
		}
	}
}

// hubNow is the hub's time as a view knows it.
func (a *app) hubNow(v *model.View) time.Time { return a.Clock.Now().Add(v.Offset) }

// store says something in a room and waits until it is stored.
func (a *app) store(ctx context.Context, s model.Seat, act model.Act) (model.Receipt, error) {
	long := storeWait
	if s.Latest().Link.State == model.Offline {
		long = aloneWait
	}
	wait, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	r, err := s.Append(wait, act)
	if b, ok := act.Body.(*model.PageAsked); ok && (err == nil || model.CodeOf(err) == model.Kept) {
		for _, l := range a.contacts(b.Purpose, a.hubNow(s.Latest())) {
			a.tell(l)
		}
	}
	return r, err
}

// leaver is a hub that knows what it leaves behind in its outboxes.
type leaver interface{ Left() int }

// left says what waits here and was not sent when a person leaves.
func left(h Hub) error {
	l, ok := h.(leaver)
	if !ok {
		return nil
	}
	if n := l.Left(); n > 0 {
		return model.Refuse(model.Kept, "%s in the outbox of this machine and not stored yet; all is sent as soon as warroom runs here and the hub answers", lines(n))
	}
	return nil
}

// lines says how many lines wait.
func lines(n int) model.Safe {
	if n == 1 {
		return model.Lit("1 line is waiting")
	}
	return model.Safef("%d lines are waiting", n)
}
