package feed

import (
	"context"
	"crypto/rand"
	"errors"

	"warroom/model"
)

// The lobby is a log of the hub's own in the form of a room's: alerts wait there
// that belong to no incident yet. Where one goes is said in two logs, and the
// room is told first: whoever enters the lobby the next time finishes what a
// crash left between the two, as the room says from which event it has the alert.

var _ model.Lobby = (*Feed)(nil)

// OpenLobby makes the lobby where there is none. Who opens it has command in it:
// it is the hub's own key where a hub process runs, else that of whose process
// this is. Guests and logins only have it opened.
func (f *Feed) OpenLobby(ctx context.Context, p *model.Plan) error {
	ctx, cancel := context.WithTimeout(ctx, declareWait)
	defer cancel()
	switch _, _, err := f.h.first(ctx, model.LobbyShort); model.CodeOf(err) {
	case "":
		return nil
	case model.NotFound:
	default:
		return err
	}
	if f.h.w.byHub.Load() {
		if err := f.h.askRoom(ctx, creation{Short: model.LobbyShort}); err != nil && !errors.Is(err, errTaken) {
			return err
		}
		return nil
	}
	if p == nil {
		return model.Refuse(model.Invalid, "the lobby needs a plan; see `warroom playbook list`")
	}
	hubKey, err := f.h.hubKeyText(ctx)
	if err != nil {
		return err
	}
	own := f.Own()
	opened, adopted := model.OpenLobby(hubKey, rand.Text(), p)
	names := []string{model.LobbyShort, ""}
	_, err = own.begin(ctx, []model.Act{opened, adopted}, func() (s string) {
		s, names = names[0], names[1:]
		return s
	})
	if errors.Is(err, errTaken) { // by somebody else, in this moment
		return nil
	}
	return err
}

// makeLobby opens the lobby for a login that may not make streams.
func (s *steward) makeLobby(ctx context.Context) error {
	if s.h.o.Plan == nil {
		return model.Refuse(model.Conflict, "the process that hosts opens no lobby; warroom ingest FILE on its machine does")
	}
	p, err := s.h.o.Plan()
	if err != nil {
		return err
	}
	return (&Feed{h: s.h, pen: s.pen, own: true}).OpenLobby(ctx, p)
}

// Own returns the rooms as the hub itself has them: what comes by its doors is
// written with its own key. Where no hub process runs in this one, it is the key
// of whose process this is. It ends with the feed; closing it does nothing.
func (f *Feed) Own() *Feed {
	p := f.h.pen
	if s := f.h.steward.Load(); s != nil && !s.porter() {
		p = s.pen
	}
	return &Feed{h: f.h, pen: p, own: true}
}

// EnterOpen takes a seat in a room for a door that no person stands behind. One
// that only certain people may know of is not there.
func (f *Feed) EnterOpen(ctx context.Context, short string) (model.Seat, error) {
	if err := checkShort(short); err != nil {
		return nil, err
	}
	r, err := f.h.roomAt(ctx, short, 0)
	if err != nil {
		return nil, err
	}
	if r.IsRestricted() {
		return nil, notThere(short)
	}
	return f.Enter(ctx, short)
}

// LobbyRoom returns the lobby folded to its tip, nil where there is none yet or
// this person may not see it.
func (f *Feed) LobbyRoom(ctx context.Context) (*model.Room, error) {
	r, err := f.h.glance(ctx, model.LobbyShort)
	switch model.CodeOf(err) {
	case "":
	case model.NotFound, model.Forbidden:
		return nil, nil
	default:
		return nil, err
	}
	if f.h.bars(f.pen, r, model.LobbyShort) != nil {
		return nil, nil
	}
	return r, nil
}

// lobbySeat is a seat in the lobby: what moves an alert is said in the room first.
type lobbySeat struct {
	*Seat
	home *Feed
}

func (f *Feed) enterLobby(ctx context.Context) (model.Seat, error) {
	s, err := f.enter(ctx, model.LobbyShort)
	if model.CodeOf(err) == model.NotFound {
		return nil, model.Refuse(model.NotFound, "there is no lobby yet: no alert has come in; warroom ingest FILE opens it")
	}
	if err != nil {
		return nil, err
	}
	l := &lobbySeat{s, f}
	l.tidy(ctx)
	return l, nil
}

// Submit implements model.Log.
func (s *lobbySeat) Submit(ctx context.Context, a model.Act) (model.Receipt, error) {
	a, err := s.hand(ctx, a)
	if err != nil {
		return model.Receipt{}, err
	}
	return s.Seat.Submit(ctx, a)
}

// Append implements model.Log.
func (s *lobbySeat) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	a, err := s.hand(ctx, a)
	if err != nil {
		return model.Receipt{}, err
	}
	return s.Seat.Append(ctx, a)
}

// hand gives an alert to its room, where an act moves one, and returns the act
// that says so in the lobby.
func (s *lobbySeat) hand(ctx context.Context, a model.Act) (model.Act, error) {
	if u, ok := a.Body.(*model.AlertUpdated); ok {
		return a, s.pass(ctx, u)
	}
	b, ok := a.Body.(*model.AlertMoved)
	if !ok || b.RoomID != "" {
		return a, nil
	}
	lobby := s.Latest().Room
	if err := model.Decide(lobby, s.Who(), a, s.d.h.hubNow(s.d.f)); err != nil {
		return a, err
	}
	if done := s.already(ctx, b.Alert); done != nil { // and the lobby was not told
		a.Body = done
		if done.Room == b.Room {
			return a, nil
		}
		if _, err := s.Seat.Append(ctx, a); err != nil {
			return a, err
		}
		return a, model.Refuse(model.Conflict, "alert %d is in %s already; the lobby says so now", alertOf(lobby, b.Alert).N, done.Room)
	}
	short := b.Room
	if b.New != nil {
		var err error
		if short, err = s.home.Declare(ctx, *b.New); err != nil {
			return a, err
		}
	}
	r, err := s.give(ctx, short, lobby.Handed(alertOf(lobby, b.Alert)))
	if err == nil {
		a.Body = movedTo(short, r, b.Alert, b.New != nil)
	}
	return a, err
}

// pass tells the room that an alert went to what changed in it. A room that cannot be
// reached is told with the next change: the lobby has this one.
func (s *lobbySeat) pass(ctx context.Context, u *model.AlertUpdated) error {
	if alertOf(s.Latest().Room, u.Alert).Moved == "" {
		return nil
	}
	all, err := s.home.List(ctx)
	if err != nil {
		return err
	}
	for _, info := range all {
		for _, al := range info.Room.Alerts {
			if al.Origin != u.Alert {
				continue
			}
			b := *u
			b.Alert = al.ID
			return s.tellRoom(ctx, info.Short, &b)
		}
	}
	return nil
}

// tellRoom has a room take an update, where it does not have it yet.
func (s *lobbySeat) tellRoom(ctx context.Context, short string, u *model.AlertUpdated) error {
	to, err := s.home.enter(ctx, short)
	if err != nil {
		return err
	}
	defer to.Close()
	if err := to.d.f.settled(ctx); err != nil {
		return err
	}
	if _, err = to.Append(ctx, model.Act{Body: u}); model.CodeOf(err) == model.Conflict { // it has it, or is closed
		return nil
	}
	return err
}

// movedTo is what the lobby is told of an alert that a room has. Which room is
// not said where only certain people may know of it: the lobby has more readers.
func movedTo(short string, r *model.Room, alert string, declared bool) *model.AlertMoved {
	if r.IsRestricted() {
		return &model.AlertMoved{Alert: alert, Room: model.RestrictedRoom}
	}
	return &model.AlertMoved{Alert: alert, Room: short, RoomID: r.ID, Declared: declared}
}

func alertOf(r *model.Room, id string) *model.RoomAlert {
	for i := range r.Alerts {
		if r.Alerts[i].ID == id {
			return &r.Alerts[i]
		}
	}
	return new(model.RoomAlert) // the act was decided: it is there
}

// give has a room take an alert, once, and returns the room.
func (s *lobbySeat) give(ctx context.Context, short string, b *model.AlertReceived) (*model.Room, error) {
	to, err := s.home.enter(ctx, short)
	if err != nil {
		return nil, err
	}
	defer to.Close()
	if err := to.d.f.settled(ctx); err != nil {
		return nil, err
	}
	r := to.Latest().Room
	if r.HasAlert(b) {
		return r, nil
	}
	_, err = to.Append(ctx, model.Act{Body: b})
	if err != nil && to.Latest().Room.HasAlert(b) { // somebody else was faster
		err = nil
	}
	return r, err
}

// already looks whether a room has an alert of the lobby, and returns what the
// lobby has to be told then.
func (s *lobbySeat) already(ctx context.Context, alert string) *model.AlertMoved {
	all, err := s.home.List(ctx)
	if err != nil {
		return nil // the room would say so too
	}
	for _, info := range all {
		for _, al := range info.Room.Alerts {
			if al.Origin == alert {
				return movedTo(info.Short, info.Room, alert, al.Seq <= 3)
			}
		}
	}
	return nil
}

// tidy finishes what a crash left between a room and the lobby.
func (s *lobbySeat) tidy(ctx context.Context) {
	r := s.Latest().Room
	if len(r.OpenAlerts()) == 0 {
		return
	}
	all, err := s.home.List(ctx)
	if err != nil {
		return // the next one who comes does it
	}
	for _, info := range all {
		for _, al := range info.Room.Alerts {
			if al.Origin == "" || alertOf(r, al.Origin).ID == "" || alertOf(r, al.Origin).Settled() {
				continue
			}
			act := model.Act{Body: movedTo(info.Short, info.Room, al.Origin, al.Seq <= 3)}
			_, _ = s.Seat.Append(ctx, act) // the next one who comes does it
		}
	}
}
