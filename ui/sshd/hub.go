package sshd

import (
	"warroom/model"
	"warroom/model/backend"
)

// Hub is everything of a hub that a guest can use. A method that is added to it is not
// available to guests until [restrictedHub] has a method that checks the login.
type Hub = backend.GuestHub

var (
	_ model.Rooms       = Hub(nil)
	_ model.Lobby       = Hub(nil)
	_ model.Blobs       = Hub(nil)
	_ model.RawFiles    = Hub(nil)
	_ Hub               = (*restrictedHub)(nil)
	_ model.RoomSession = (*restrictedRoomSession)(nil)
)
