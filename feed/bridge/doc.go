// Package bridge connects rooms with external services: paging, chat, trackers.
//
// The log is the outbox. What has to be sent is a duty, which is derived only from the room
// and from the configuration of the hosting process: after a crash, or on another host, the
// same duties are found again. The hub's key records in the room what became of them, and
// the order of the log decides which of two hosts delivers: the fold refuses the second
// claim while the first one is recent. If a delivery is repeated after a crash between
// sending and recording, the bridge has to make sure that this is harmless.
//
// Rooms never wait for a bridge. A bridge that fails waits longer and longer, tries one
// duty at a time, and is shown as one line on every screen.
package bridge
