package uitest

import (
	"context"

	"warroom/model"
)

// OpenLobby creates the hub's lobby with alerts from the hub.
func (h *Hub) OpenLobby(alerts ...*model.AlertReceived) {
	h.settle()
	h.openLobby(alerts...)
}

func (h *Hub) openLobby(alerts ...*model.AlertReceived) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.find(model.LobbyShort)
	hub := model.Actor{Handle: "hub", Key: "key-hub", Via: "hub"}
	if r == nil {
		r = &room{short: model.LobbyShort, now: model.NewRoom()}
		h.rooms = append(h.rooms, r)
		ulid := h.id()
		opened, adopted := model.OpenLobby(hub.Key, "", Plan())
		for _, a := range []model.Act{opened, adopted} {
			h.append(r, h.draft(hub, a).Event(ulid), hub.Key)
		}
	}
	for _, b := range alerts {
		h.store(r, h.draft(hub, model.Act{Body: b}), hub)
	}
	h.publish()
}

func (h *Hub) draft(who model.Actor, a model.Act) model.Draft {
	d, err := model.NewDraft(h.id(), who, a, h.Clock.Now())
	if err != nil {
		panic(err) // our own bodies can be encoded
	}
	return d
}

// OpenLobby implements model.Lobby.
func (v *visitor) OpenLobby(context.Context, *model.Plan) error {
	v.h.openLobby()
	return nil
}

// LobbyRoom implements model.Lobby.
func (v *visitor) LobbyRoom(context.Context) (*model.Room, error) {
	v.h.mu.Lock()
	defer v.h.mu.Unlock()
	if r := v.h.find(model.LobbyShort); r != nil {
		return r.now, nil
	}
	return nil, nil
}

// AskToJoin has somebody ask to join every room.
func (h *Hub) AskToJoin(j ...model.JoinRequest) {
	h.settle()
	h.mu.Lock()
	defer h.mu.Unlock()
	h.joinRequests = j
	h.publish()
}
