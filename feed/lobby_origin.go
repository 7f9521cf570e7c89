package feed

import (
	"context"
	"encoding/json"

	"warroom/feed/jetlog"
	"warroom/model"
)

// Anybody who may write into some room can write an alert there that names one of the lobby
// as its origin. Nothing follows from that alone: a session in the lobby writes moves with
// the right of the person who opened it.

// movedFrom returns the alert of the lobby that al, an alert of a room, was moved from: the
// two have the same findings, and the key that wrote al may move alerts in the lobby. It
// returns nil if al only names an origin, or if its message cannot be read now.
func movedFrom(ctx context.Context, c *jetlog.Conn, lobby *model.Room, short string,
	al *model.RoomAlert) *model.RoomAlert {
	from, e := copiedFrom(ctx, c, lobby, short, al)
	if from == nil {
		return nil
	}
	mover, ok := lobby.Member(e.Key)
	if !ok || mover.Revoked || mover.Handle != e.By || mover.Right != model.Write && mover.Right != model.Command {
		return nil
	}
	return from
}

// copiedFrom returns the alert of the lobby that al names as its origin, if the two have the
// same findings, and the event of al; or else nil.
func copiedFrom(ctx context.Context, c *jetlog.Conn, lobby *model.Room, short string,
	al *model.RoomAlert) (from *model.RoomAlert, e *model.Event) {
	if from = alertOf(lobby, al.Origin); from.ID == "" {
		return nil, nil
	}
	m, err := c.ReadRaw(ctx, short, jetlog.Query{Seq: al.Seq})
	if err != nil {
		return nil, nil
	}
	e, err = model.DecodeEvent(m.Data)
	if err != nil || e.ID != al.ID || e.Kind != model.KindAlertReceived {
		return nil, nil
	}
	var b model.AlertReceived
	if json.Unmarshal(e.Body, &b) != nil || b.Origin != from.ID || b.Keys != from.Keys || b.Sum != from.Sum {
		return nil, nil
	}
	return from, e
}

// hasMoved reports whether a room has an alert that the lobby shows as moved there.
func hasMoved(ctx context.Context, c *jetlog.Conn, lobby *model.Room, short string, al *model.RoomAlert) bool {
	switch alertOf(lobby, al.Origin).Moved {
	case short:
		from, _ := copiedFrom(ctx, c, lobby, short, al)
		return from != nil
	case model.RestrictedRoom:
		return movedFrom(ctx, c, lobby, short, al) != nil
	}
	return false
}

func alertOf(r *model.Room, id string) *model.RoomAlert {
	for i := range r.Alerts {
		if r.Alerts[i].ID == id {
			return &r.Alerts[i]
		}
	}
	return new(model.RoomAlert) // the act was decided, so the alert exists
}
