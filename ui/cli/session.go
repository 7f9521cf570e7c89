package cli

import (
	"context"
	"time"

	"warroom/model"
	"warroom/model/backend"
	"warroom/ui/present"
)

// Time limits of a command.
const (
	openWait    = 15 * time.Second // for connecting to a hub
	startWait   = 10 * time.Minute // for starting one: thousands of rooms take longer than an answer
	storeWait   = 15 * time.Second // for storing an entry
	offlineWait = time.Second      // for either, if there is a replica and the hub does not answer
)

// withHub opens the hub for a command.
func (a *app) withHub(ctx context.Context, via string, do func(context.Context, backend.Hub) error) error {
	p, err := a.hubLocation(ctx, via)
	if err != nil {
		return err
	}
	h, err := openHub(ctx, a, p)
	if err != nil {
		return err
	}
	err = do(ctx, h)
	if cerr := h.Close(); err == nil {
		err = cerr
	}
	return err
}

// openHub opens the hub at a location, which the caller has to close.
func openHub(ctx context.Context, a *app, p backend.Location) (backend.Hub, error) {
	wait := openWait
	if p.Server == "" && p.Creds == "" {
		wait = startWait // a host that does not answer is noticed after seconds
	}
	open, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	h, err := a.Open(open, p)
	if err != nil {
		return nil, err
	}
	a.box = h.Sealer()
	a.rooms = func(short string) (*model.Room, error) { return roomNamed(ctx, h, short) }
	a.listed = func() ([]model.RoomInfo, error) { return h.List(ctx) }
	return h, nil
}

// enterLobby enters the lobby, which is made where it is missing. Done leaves it.
func enterLobby(ctx context.Context, a *app, h backend.Hub) (s model.RoomSession, done func(), err error) {
	if err := a.openLobby(ctx, h); err != nil {
		return nil, func() {}, err
	}
	return a.enterRoom(ctx, h, model.LobbyShort)
}

// openLobby creates the lobby of a hub if it does not exist.
func (a *app) openLobby(ctx context.Context, h backend.Hub) error {
	p, err := a.plan("")
	if err != nil {
		return err
	}
	if err = h.OpenLobby(ctx, p); model.CodeOf(err) == model.Unreachable {
		return nil // there may be a replica; entering the lobby returns the error otherwise
	}
	return err
}

// withSession opens a session in a room, folded to the end of its log.
func (a *app) withSession(ctx context.Context, short string, do func(context.Context, model.RoomSession) error) error {
	return a.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) error {
		return a.inSession(ctx, h, short, do)
	})
}

func (a *app) inSession(ctx context.Context, h backend.Hub, short string,
	do func(context.Context, model.RoomSession) error) error {
	s, done, err := a.enterRoom(ctx, h, short)
	if err != nil {
		return err
	}
	defer done()
	return do(ctx, s)
}

// enterRoom enters a room and prints what is wrong with it. Done prints what was found
// meanwhile, and leaves the room.
func (a *app) enterRoom(ctx context.Context, h backend.Hub, short string) (s model.RoomSession, done func(),
	err error) {
	s, err = openSession(ctx, h, short)
	if err != nil {
		return nil, func() {}, err
	}
	if v := s.Latest(); v.Link.State == model.Offline {
		a.printErr(model.Safef("%s; this is the copy on this machine, up to entry %d, from %s",
			present.HubSilent(v.Link), v.Room.Seq,
			v.Room.RecordedAt.In(a.zone()).Format("2 Jan 15:04 MST")))
	}
	a.warn(ctx, s)
	return s, func() {
		a.notices.once(a.printErr)(s.Latest().Proof.Alarm) // found meanwhile
		if v := s.Latest(); v.Link.Bares(v.Room) {
			a.printErr(model.Safef("%s is restricted, but %s", v.Short, model.OpenRoom))
		}
		s.Close()
	}, nil
}

// openSession enters a room and waits until it is live. If the hub does not answer and
// there is a replica, it uses that.
func openSession(ctx context.Context, h backend.Hub, short string) (model.RoomSession, error) {
	wait, cancel := context.WithTimeout(ctx, openWait)
	defer cancel()
	offline := time.NewTimer(offlineWait)
	defer offline.Stop()
	short, err := model.ShortOf(wait, h.List, short)
	if err != nil {
		return nil, err
	}
	s, err := h.Enter(wait, short)
	if err != nil {
		return nil, err
	}
	for {
		if v := s.Latest(); v.Link.State == model.Live && v.Room.Seq > 0 {
			return s, nil
		}
		select {
		case <-s.Changed():
		case <-offline.C:
			if v := s.Latest(); v.Link.State == model.Offline && v.Room.Seq > 0 {
				return s, nil
			}
		case <-wait.Done():
			s.Close()
			return nil, model.Refuse(model.Unreachable, "the hub did not answer in %s; run warroom doctor", openWait)
		}
	}
}

// hubNow returns the hub's time according to a view.
func (a *app) hubNow(v *model.View) time.Time { return a.Clock.Now().Add(v.Offset) }

// store appends an act and waits until it is stored.
func (a *app) store(ctx context.Context, s model.RoomSession, act model.Act) (model.Receipt, error) {
	long := storeWait
	if s.Latest().Link.State == model.Offline {
		long = offlineWait
	}
	wait, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	r, err := s.Append(wait, act)
	if b, ok := act.Body.(*model.PageAsked); ok && (err == nil || model.CodeOf(err) == model.Queued) {
		for _, l := range a.contacts(b.Purpose, a.hubNow(s.Latest())) {
			a.printErr(l)
		}
	}
	return r, err
}

// left returns a [model.Queued] error if lines wait in the outbox when the user leaves.
func left(h backend.Hub) error {
	if n := h.Left(); n > 0 {
		return model.Refuse(model.Queued,
			"%s in this machine's outbox and not stored yet; they are sent as soon as warroom runs here and the "+
				"hub answers", lines(n))
	}
	return nil
}

// lines describes a number of waiting lines.
func lines(n int) model.Safe {
	if n == 1 {
		return model.Lit("1 line is waiting")
	}
	return model.Safef("%d lines are waiting", n)
}

func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// roomsBeside returns the rooms of the hub if the room names others, and otherwise nil.
func roomsBeside(a *app, r *model.Room) ([]model.RoomInfo, error) {
	if len(r.Related)+len(r.Unrelated) == 0 || a.listed == nil {
		return nil, nil
	}
	list, err := a.listed()
	if model.CodeOf(err) == model.Unreachable {
		return nil, nil // it is named as in the log
	}
	return list, err
}

// listsAll reports whether the list of rooms is complete. Some may be hidden from logins and guests,
// and offline it has only the rooms that have a replica.
func listsAll(a *app, v *model.View) bool {
	return !a.visitor && a.cfg.Server == "" && a.cfg.Creds == "" && v.Link.State != model.Offline
}

// relatedHere returns a view in which related rooms are named as on this hub, for display.
func relatedHere(a *app, v *model.View) (*model.View, error) {
	list, err := roomsBeside(a, v.Room)
	if err != nil || list == nil {
		return v, err
	}
	n := *v
	n.Room = v.Room.RelatedHere(list, listsAll(a, v))
	return &n, nil
}

// roomNamed returns a room that this person may see, or nil if there is no such room.
func roomNamed(ctx context.Context, h backend.Hub, short string) (*model.Room, error) {
	list, err := h.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range list {
		if i.Short == short {
			return i.Room, nil
		}
	}
	return nil, nil
}
