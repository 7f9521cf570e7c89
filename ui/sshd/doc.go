// Package sshd lets guests into the rooms of this process over SSH: a
// connection becomes a [screen.Screen] and a [ui.Run], or a plain command.
//
// # Who comes in
//
// Public keys alone, from a file in the form of authorized_keys whose options
// say who holds the key,
//
//	handle="ana",right="write",name="Ana K.",rooms="inc-7" ssh-ed25519 AAAA...
//
// or certificates of an authority in a file of the same form. Who a connection
// is stands in the permissions of the key that signed, nowhere else: the library
// asks about keys that nobody has proven yet. The files are read again when they
// change; a connection whose key does not stand there any more is ended. What a
// guest may do in a room is decided by the room (model.Decide, and the fold):
// each guest writes with a signing key of their own that this server keeps, let
// into the room with the right of their line. See [Who].
//
// # What can be asked for
//
// A terminal, its size, five names of the environment, a shell, a room's name or
// one of the face's commands. Nothing is ever executed, forwarded or written to
// a path that a client names.
//
// # Goroutines
//
//	goroutine   how many                        who waits for it
//	accept      1, the caller of Serve          its caller
//	warden      1: files of keys, struck keys   Serve
//	connection  1 each: channels, requests      Serve
//	keepalive   1 each connection, logged in    connection
//	parting     1 each connection, at its end   connection
//	session     1 each channel: its requests    connection
//	run         1 each session: ui.Run or a     session
//	            command; sends the exit status
//	input       1 each session that reads what  session
//	            is typed and has no screen
//	last        1 each screen: waits for its    session
//	            reader, which ends with the channel
//
// and three of the library for each connection, which end with it; timers for
// the handshake, the size, the end of a line, idling and parting. Every one that
// serves a guest recovers: a panic ends that session with a sentence, and no
// other.
package sshd
