package hub

import (
	"github.com/nats-io/nats-server/v2/server"

	"warroom/feed/hubapi"
	"warroom/model"
)

// permissions are what the server lets a login do over one of its connections: it
// asks the hub, receives what is published in rooms that are not restricted, and its
// own inbox. They do not depend on which rooms are restricted: a login could tell by
// a denial that there is one.
//
// A room that revoked the login's keys is denied as a whole: that login knows of it.
func permissions(l Login, conn string, barred []string) *server.Permissions {
	var deny []string
	for _, short := range barred {
		deny = append(deny, hubapi.Root+short+".>")
	}
	g := hubapi.Grant{Handle: l.Handle, Right: l.Right, Rooms: l.Rooms, Conn: conn}
	return &server.Permissions{
		Publish:   &server.SubjectPermission{Allow: g.Publish()},
		Subscribe: &server.SubjectPermission{Allow: g.Subscribe(), Deny: deny},
	}
}

// Intake is the right of a login that no person has: a tool's, which sends alerts.
// No room knows it.
const Intake = hubapi.Intake

// validRight reports whether a login may have a right.
func validRight(r model.Right) bool { return r == Intake || r.Valid() }
