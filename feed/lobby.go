package feed

import (
	"context"
	"crypto/rand"
	"errors"
	"slices"

	"warroom/feed/evidence"
	"warroom/feed/jetlog"
	"warroom/feed/subjects"
	"warroom/model"
)

// The lobby is a log of the hub in the form of a room. It has the alerts that belong to
// no incident yet. Moving an alert takes an entry in two logs, first in the room, then in
// the lobby. The room's entry has the id of the lobby's event, so whoever enters the
// lobby next completes a move that a crash interrupted.

var _ model.Lobby = (*Feed)(nil)

// OpenLobby creates the lobby if it does not exist. The key that creates it has command
// there: the hub's own key if a hub process runs, otherwise that of the owner of this
// process. Guests and logins ask the hub to create it. p is the plan of a new lobby;
// without one, the error is [model.Invalid].
func (f *Feed) OpenLobby(ctx context.Context, p *model.Plan) error {
	ctx, cancel := context.WithTimeout(ctx, declareWait)
	defer cancel()
	switch _, _, err := f.client.env.First(ctx, model.LobbyShort); model.CodeOf(err) {
	case "":
		return nil
	case model.NotFound:
	default:
		return err
	}
	if f.client.conn.ByHub.Load() {
		if err := f.client.askRoom(ctx, creation{Short: model.LobbyShort}); err != nil && !errors.Is(err, errTaken) {
			return err
		}
		return nil
	}
	if p == nil {
		return model.Refuse(model.Invalid, "the lobby needs a plan; see `warroom playbook list`")
	}
	hubKey, err := f.client.hubKeyText(ctx)
	if err != nil {
		return err
	}
	own := f.Own()
	opened, adopted := model.OpenLobby(hubKey, rand.Text(), p)
	names := []string{model.LobbyShort, ""}
	_, err = own.declare.begin(ctx, []model.Act{opened, adopted}, func() (s string) {
		s, names = names[0], names[1:]
		return s
	})
	if errors.Is(err, errTaken) { // another process just opened it
		return nil
	}
	return err
}

// makeLobby opens the lobby for a login that may not create streams.
func (s *hubService) makeLobby(ctx context.Context) error {
	if s.client.o.Plan == nil {
		return model.Refuse(model.Conflict,
			"the process that hosts the hub has not opened the lobby; run warroom ingest FILE on its machine to "+
				"open it")
	}
	p, err := s.client.o.Plan()
	if err != nil {
		return err
	}
	return newFeed(s.client, s.identity, false, true).OpenLobby(ctx, p)
}

// Own returns a feed that writes as the hub itself, for alerts that reach the hub
// directly. If no hub service runs in this process, it writes with the key of its owner.
// The feed is valid as long as f; closing it has no effect.
func (f *Feed) Own() *Feed {
	p := f.client.identity
	if s := f.client.hubService.Load(); s != nil && !s.isRoomAdmin() {
		p = s.identity
	}
	return newFeed(f.client, p, false, true)
}

// EnterOpen is Enter for a source without a person behind it, such as an alert receiver.
// It returns [model.NotFound] for a restricted room.
func (f *Feed) EnterOpen(ctx context.Context, short string) (model.RoomSession, error) {
	if err := subjects.CheckShort(short); err != nil {
		return nil, err
	}
	r, err := f.client.rooms.RoomAt(ctx, short, 0)
	if err != nil {
		return nil, err
	}
	if r.IsRestricted() {
		return nil, jetlog.NotThere(short)
	}
	return f.Enter(ctx, short)
}

// LobbyRoom returns the lobby folded to the end of its log, or nil if it does not exist
// or this person may not see it.
func (f *Feed) LobbyRoom(ctx context.Context) (*model.Room, error) {
	r, err := f.client.rooms.Glance(ctx, model.LobbyShort)
	switch model.CodeOf(err) {
	case "":
	case model.NotFound, model.Forbidden:
		return nil, nil
	default:
		return nil, err
	}
	if f.client.access.CheckAccess(f.identity, r, model.LobbyShort) != nil {
		return nil, nil
	}
	return r, nil
}

// lobbySession is a session in the lobby. An act that moves an alert is written to the
// room before the lobby.
type lobbySession struct {
	*RoomSession
	home *Feed
}

func enterLobby(ctx context.Context, f *Feed) (model.RoomSession, error) {
	s, err := f.enter(ctx, model.LobbyShort)
	if model.CodeOf(err) == model.NotFound {
		return nil, model.Refuse(model.NotFound,
			"there is no lobby yet, because no alert has arrived; warroom ingest FILE opens it")
	}
	if err != nil {
		return nil, err
	}
	l := &lobbySession{RoomSession: s, home: f}
	l.tidy(ctx)
	return l, nil
}

// Submit implements [model.Log].
func (s *lobbySession) Submit(ctx context.Context, a model.Act) (model.Receipt, error) {
	a, err := s.hand(ctx, a)
	if err != nil {
		return model.Receipt{}, err
	}
	return s.RoomSession.Submit(ctx, a)
}

// Append implements [model.Log].
func (s *lobbySession) Append(ctx context.Context, a model.Act) (model.Receipt, error) {
	a, err := s.hand(ctx, a)
	if err != nil {
		return model.Receipt{}, err
	}
	return s.RoomSession.Append(ctx, a)
}

// hand adds an alert to its room, if the act moves one, and returns the act that records
// the move in the lobby.
func (s *lobbySession) hand(ctx context.Context, a model.Act) (model.Act, error) {
	if u, ok := a.Body.(*model.AlertUpdated); ok {
		returned, err := s.pass(ctx, u)
		if returned {
			back := *u
			back.Returned = true
			a.Body = &back
		}
		return a, err
	}
	b, ok := a.Body.(*model.AlertMoved)
	if !ok || b.RoomID != "" {
		return a, nil
	}
	if err := s.writer.Decide(ctx, a); err != nil {
		return a, err
	}
	lobby := s.Latest().Room
	if done := s.already(ctx, b.Alert); done != nil { // an earlier move reached the room, but not the lobby
		a.Body = done
		if done.Room == b.Room {
			return a, nil
		}
		if _, err := s.RoomSession.Append(ctx, a); err != nil {
			return a, err
		}
		return a, model.Refuse(model.Conflict, "alert %d is already in %s; the lobby now shows that",
			alertOf(lobby, b.Alert).N, done.Room)
	}
	short := b.Room
	if b.New != nil {
		var err error
		if short, err = s.home.Declare(ctx, *b.New); err != nil {
			return a, err
		}
	}
	al := alertOf(lobby, b.Alert)
	r, err := s.give(ctx, short, lobby.Handed(al))
	if err == nil {
		evidence.GiveRaw(ctx, s.home.evidenceStore, short, r, al)
		a.Body = movedTo(short, r, b.Alert, b.New != nil)
	}
	return a, err
}

// pass writes an update of a moved alert to the rooms that have the alert, and reports
// whether the alert returns to the lobby: all of these are closed, so that nobody there works
// on it any more, and it got worse or was found again. One that was dismissed there does not
// return because it is found again. A room that cannot be reached gets the next update; the
// lobby has this one.
func (s *lobbySession) pass(ctx context.Context, u *model.AlertUpdated) (returned bool, err error) {
	lobby := s.Latest().Room
	al := alertOf(lobby, u.Alert)
	if al.Moved == "" {
		return false, nil
	}
	changes := u.Changes(al)
	if !changes && s.isOpen(ctx, al.Moved) {
		return false, nil
	}
	all, err := s.home.List(ctx)
	if err != nil {
		return false, err
	}
	rooms, closed, found := 0, 0, u.Found
	for _, info := range all {
		i := slices.IndexFunc(info.Room.Alerts, func(al model.RoomAlert) bool {
			return al.Origin == u.Alert && hasMoved(ctx, s.home.client.conn, lobby, info.Short, &al)
		})
		if i < 0 {
			continue
		}
		there := &info.Room.Alerts[i]
		b := *u
		b.Alert = there.ID
		if changes {
			err = s.updateRoom(ctx, info.Short, &b)
		}
		if err != nil {
			return false, err
		}
		if found {
			found, err = s.isUndecided(ctx, info.Short, there.ID)
		}
		if err != nil {
			return false, err
		}
		if rooms++; info.Room.Status == model.Closed {
			closed++
		}
	}
	return rooms > 0 && rooms == closed && (found || changes && u.Wakes(al)), nil
}

// isUndecided reports whether nobody judged an alert of a room to be harmless. The list of the
// rooms has no verdicts.
func (s *lobbySession) isUndecided(ctx context.Context, short, alert string) (bool, error) {
	r, err := s.home.client.rooms.Glance(ctx, short)
	if err != nil {
		return false, err
	}
	return !alertOf(r, alert).IsHarmless(), nil
}

// isOpen reports whether the room of a name is not closed. It reports false for a restricted
// one, which the lobby does not name.
func (s *lobbySession) isOpen(ctx context.Context, short string) bool {
	if short == model.RestrictedRoom {
		return false
	}
	r, err := s.home.client.rooms.Glance(ctx, short)
	return err != nil || r.Status != model.Closed
}

// updateRoom appends an update to a room that does not have it yet.
func (s *lobbySession) updateRoom(ctx context.Context, short string, u *model.AlertUpdated) error {
	to, err := s.home.enter(ctx, short)
	if err != nil {
		return err
	}
	defer to.Close()
	if err := to.writer.Follower.AwaitSettled(ctx); err != nil {
		return err
	}
	if u.Sender != alertOf(to.Latest().Room, u.Alert).Sender { // an older program moved it; the lobby decided who may
		u.Sender = ""
	}
	if _, err = to.Append(ctx, model.Act{Body: u}); model.CodeOf(err) == model.Conflict { // has it, or is closed
		return nil
	}
	return err
}

// movedTo returns the lobby's entry for an alert that a room has. It does not name a
// restricted room, because more people can read the lobby.
func movedTo(short string, r *model.Room, alert string, declared bool) *model.AlertMoved {
	if r.IsRestricted() {
		return &model.AlertMoved{Alert: alert, Room: model.RestrictedRoom}
	}
	return &model.AlertMoved{Alert: alert, Room: short, RoomID: r.ID, Declared: declared}
}

// give appends an alert to a room that does not have it yet, and returns the room.
func (s *lobbySession) give(ctx context.Context, short string, b *model.AlertReceived) (*model.Room, error) {
	to, err := s.home.enter(ctx, short)
	if err != nil {
		return nil, err
	}
	defer to.Close()
	if err := to.writer.Follower.AwaitSettled(ctx); err != nil {
		return nil, err
	}
	has := func(r *model.Room) bool { return r.HasAlert(b) && r.Status != model.Closed }
	r := to.Latest().Room
	if has(r) {
		return r, nil
	}
	_, err = to.Append(ctx, model.Act{Body: b})
	if err != nil && has(to.Latest().Room) { // somebody else added it first
		err = nil
	}
	return r, err
}

// already looks for a room that has an alert of the lobby. It returns the entry for the
// lobby, or nil if there is no such room.
func (s *lobbySession) already(ctx context.Context, alert string) *model.AlertMoved {
	all, err := s.home.List(ctx)
	if err != nil {
		return nil // the room refuses a second one
	}
	lobby := s.Latest().Room
	for _, info := range all {
		for _, al := range info.Room.Alerts {
			if al.Origin == alert && info.Room.Status != model.Closed && // from a closed one it may have returned
				movedFrom(ctx, s.home.client.conn, lobby, info.Short, &al) != nil {
				return movedTo(info.Short, info.Room, alert, al.Seq <= 3)
			}
		}
	}
	return nil
}

// tidy completes the moves between a room and the lobby that a crash interrupted.
func (s *lobbySession) tidy(ctx context.Context) {
	r := s.Latest().Room
	if len(r.OpenAlerts()) == 0 {
		return
	}
	all, err := s.home.List(ctx)
	if err != nil {
		return // the next session retries
	}
	for _, info := range all {
		if info.Room.Status == model.Closed { // its alerts may have returned to the lobby
			continue
		}
		for _, al := range info.Room.Alerts {
			if al.Origin == "" || alertOf(r, al.Origin).Settled() {
				continue
			}
			from := movedFrom(ctx, s.home.client.conn, r, info.Short, &al)
			if from == nil {
				continue
			}
			if to, err := s.home.client.rooms.Glance(ctx, info.Short); err == nil {
				evidence.GiveRaw(ctx, s.home.evidenceStore, info.Short, to, from)
			}
			act := model.Act{Body: movedTo(info.Short, info.Room, al.Origin, al.Seq <= 3)}
			_, _ = s.RoomSession.Append(ctx, act) // the next session retries
		}
	}
}
