package hub

import (
	"github.com/nats-io/nats-server/v2/server"

	"warroom/feed/hubapi"
	"warroom/model"
)

// permissions returns what the server permits a login over one of its connections: to send
// requests to the hub, and to receive from its inbox and what is published in rooms that
// are not restricted. They do not depend on which rooms are restricted, because a denial
// would reveal that there is one.
//
// A room that revoked the login's keys is denied completely: that only reveals a room that
// those keys were in.
func permissions(l Login, conn string, revokedRooms []string) *server.Permissions {
	var deny []string
	for _, short := range revokedRooms {
		deny = append(deny, hubapi.Root+short+".>")
	}
	g := hubapi.Grant{Handle: l.Handle, Right: l.Right, Rooms: l.Rooms, Conn: conn}
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: g.Publish()},
		Subscribe: &server.SubjectPermission{Allow: g.Subscribe(), Deny: deny},
	}
}

// Intake is the right of a login for a tool that sends alerts. People cannot have it, and
// it is not a right in a room.
const Intake = hubapi.Intake

// validRight reports whether a login may have a right.
func validRight(r model.Right) bool { return r == Intake || r.Valid() }
