// Package hubapi gives logins access to the rooms of a hub: the subjects of requests, the
// permissions that allow those and nothing else, and the service that answers.
//
// No login of a person or tool may use the JetStream API. JetStream publishes its answer to
// whatever reply subject a request names, with the server's permissions, so a login that
// may send it requests could publish where the login itself may not. Logins send requests
// to the hub instead:
//
//	warroom.hub.get.HANDLE.ROOM.LANE        stored messages, one or a batch
//	warroom.hub.raw.HANDLE.ROOM.LANE        one stored message, with its headers as bytes
//	warroom.hub.tip.HANDLE.ROOM             the end of a room's log, as a [Tip]
//	warroom.hub.put.HANDLE.ROOM.LANE.KEY    a message to store
//	warroom.hub.presence.HANDLE.CONN.ROOM.KEY   presence, no answer
//	warroom.hub.join.HANDLE.RIGHT.ROOM.KEY  a key asks to be admitted
//	warroom.hub.VERB.HANDLE                 who, how, list, create, evidence, access: see package feed
//
// LANE is the third token of a room's subjects, such as log or seal. The server checks
// HANDLE (and RIGHT, LANE and CONN where it knows them) with the login's permissions, see
// [Grant]. The [Service] checks the rest: that the reply subject is in the requester's own
// inbox, that the requester may see the room, that body and headers are allowed, and that
// the login is within its limits. It then forwards the request to JetStream with the
// requester's inbox as the reply, so that the server answers directly. The service keeps no
// state about a request, and several services may answer for one server as a queue group.
// ADR 0015 has the reasons.
//
// The metadata of a room's stream determine who may see the room, see [Access]. What is
// published in a restricted room uses subjects that no login may subscribe to; the service
// relays it to the inboxes of those whom the room names.
package hubapi
