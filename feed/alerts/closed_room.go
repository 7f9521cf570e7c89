package alerts

import (
	"context"
	"errors"

	"warroom/model"
)

// Nobody works on the alerts of a closed room. Alerts for one wait in the lobby instead, so
// that they are neither refused to a sender that does not try again, nor stored where nobody
// looks.

// errRoomClosed means that a room is closed, and that nothing of a reading was stored.
var errRoomClosed = errors.New("the room is closed")

// isOver reports whether the room of the queue is closed.
func (l *roomQueue) isOver() bool {
	return !l.isLobby() && l.session.Latest().Room.Status == model.Closed
}

// needsWork reports whether a reading has findings that somebody has to look at after the room
// was closed: unknown ones, known ones that are open again or more urgent, and those that are
// found again, unless they were judged to be harmless.
func (l *roomQueue) needsWork(g *model.AlertGroups) bool {
	room := l.session.Latest().Room
	if g.HasUnknown(room) || g.FindsOpen(room) {
		return true
	}
	for _, u := range g.Updates(room, "", "") {
		for i := range room.Alerts {
			if room.Alerts[i].ID == u.Alert && u.Wakes(&room.Alerts[i]) {
				return true
			}
		}
	}
	return false
}

// takeInstead takes a reading for a closed room in the lobby.
func (d *Receiver) takeInstead(ctx context.Context, g *model.AlertGroups, in model.Intake, dl Delivery,
	from origin) (Taken, error) {
	room := dl.Room
	dl.Room = ""
	t, err := d.takeAt(ctx, g, in, &dl, from)
	if t.New+t.Updated+t.Held > 0 { // and not decided in the lobby before
		t.Notes = append(t.Notes, model.Safef("%s is closed, so these alerts wait in the lobby", room))
	}
	return t, err
}

// storeHeldAt stores what a storm brought for the room of the queue. What came before the
// room was closed, and needs work, is stored in the lobby.
func (l *roomQueue) storeHeldAt(ctx context.Context, all *model.AlertGroups, from origin, sum string) error {
	if !l.isOver() || !l.needsWork(all) {
		return l.storeHeld(ctx, all, from, sum, l)
	}
	lobby, err := l.d.queueFor("")
	if err != nil {
		return err
	}
	lobby.mu.Lock()
	defer lobby.mu.Unlock()
	if err := lobby.open(ctx); err != nil {
		return err
	}
	return lobby.storeHeld(ctx, all, from, sum, l)
}
