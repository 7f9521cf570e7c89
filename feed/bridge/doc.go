// Package bridge connects rooms with services outside: paging, chat, trackers.
//
// The log is the outbox. What has to go out is a duty, which follows from the
// room and from the configuration of whoever hosts, and from nothing else: after
// a crash, or at another host, the same duties are found again. What became of
// them is said in the room, by the hub's key, and the order of the log decides
// who of two hosts delivers: the fold refuses the second claim while the first
// is young. What the service does with a delivery that comes twice, after a
// crash between sending and saying so, is for its bridge to make harmless.
//
// Rooms never wait for a bridge. One that fails waits longer and longer, tries
// one duty at a time, and is one line on everybody's screen.
package bridge
