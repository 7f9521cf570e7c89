// Package sshd gives guests access to the rooms of this process over SSH: a connection
// becomes a [screen.Screen] with a [ui.Run], or a plain command.
//
// # Authentication
//
// Only public keys are accepted, from a file in authorized_keys format whose options
// describe the holder of the key,
//
//	handle="ana",right="write",name="Ana K.",rooms="inc-7" ssh-ed25519 AAAA...
//
// or certificates of an authority in a file of the same format. The identity of a
// connection is taken only from the permissions of the key that signed, because the library
// asks about keys before the client has proven that it has them. The files are read again
// when they change; a connection whose key was removed is ended. The room decides what a
// guest may do in it (model.Decide, and the fold): each guest writes with a separate
// signing key that this server stores, admitted to the room with the right in their line.
// See [Who].
//
// # Requests
//
// A client may request a terminal, its size, five environment variables, a shell, the name
// of a room, or one of the commands of the handler. Nothing is ever executed, forwarded or
// written to a path that a client names.
//
// # Goroutines
//
//	goroutine   number                          who waits for it
//	accept      1, the caller of Serve          its caller
//	reloadKeys  1: key files, revocations       Serve
//	connection  1 each: channels, requests      Serve
//	keepalive   1 per connection, logged in     connection
//	shutdown    1 per connection, at its end    connection
//	session     1 per channel: its requests     connection
//	run         1 per session: ui.Run or a      session
//	            command; sends the exit status
//	input       1 per session that reads        session
//	            input and has no screen
//	last        1 per screen: waits for its     session
//	            reader, which ends with the channel
//
// and three of the library per connection, which end with it; timers for the handshake, the
// size, the end of a line, idling and shutdown. Every goroutine that serves a guest
// recovers from panics: a panic ends only that session, with a message.
package sshd
