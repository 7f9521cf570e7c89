// Package hubapi is how a login reaches the rooms of a hub: the subjects on which
// it asks, the permissions that let it ask there and nowhere else, and the service
// that answers.
//
// No login of a person or tool reaches the JetStream API. JetStream answers on
// whatever reply subject a question names, and speaks there as the server, so a
// login that may ask it can have it speak where the login itself may not. A login
// asks the hub instead:
//
//	warroom.hub.get.HANDLE.ROOM.LANE        stored messages, one or a batch
//	warroom.hub.raw.HANDLE.ROOM.LANE        one stored message, with its headers as bytes
//	warroom.hub.tip.HANDLE.ROOM             the end of a room's log, as a [Tip]
//	warroom.hub.put.HANDLE.ROOM.LANE.KEY    a message to store
//	warroom.hub.presence.HANDLE.CONN.ROOM.KEY   presence, no answer
//	warroom.hub.join.HANDLE.RIGHT.ROOM.KEY  a key asks to be admitted
//	warroom.hub.VERB.HANDLE                 who, how, list, create, evidence, access: see package feed
//
// The server checks HANDLE (and RIGHT, LANE and CONN where it knows them) by the
// login's permissions, see [Grant]. The [Service] checks the rest: that the answer
// goes to the asker's own inbox, that the asker may see the room, that the body and
// the headers are what they may be, and how much a login asks for. Then it hands the
// question to JetStream with the asker's inbox as the reply, so that the answer goes
// from the server to the asker directly. It keeps nothing about a question, and
// several services may answer for one server as a queue group. ADR 0015 says why.
//
// Who may see a room stands in the metadata of its stream, see [Access]. What is
// published in a restricted room goes over subjects that no login may subscribe to;
// the service relays it to the inboxes of those whom the room names.
package hubapi
