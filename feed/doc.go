// Package feed carries the rooms of package model over JetStream: it connects,
// holds keys, keeps what is said on disk until the log has it, and folds what
// the log has for everybody in this process.
//
// A line goes one way round: [Seat.Submit] decides it and puts it into the
// outbox, on disk before anything else; the desk signs and publishes it and
// finds out what became of it; the log gives it a sequence; the follower of the
// room reads it back, checks it, applies it and rings every [Seat]. What was
// accepted is never lost, doubled, reordered or changed: a key's messages form
// a chain, a publish names the sequence it comes after, and every doubt is
// settled by looking into the log (resolve.go).
//
// Who ends what:
//
//	goroutine   how many                      owner, who waits for it
//	keeper      1 a process                   house.close
//	sweeper     1 a process                   house.close
//	steward     1 with the hub or on a server steward.close
//	porch       1 a steward: asks of logins   steward.close
//	port        until people are let in       house.close
//	desk        1 a pen and room              desk.close
//	follower    1 a room                      follower.close
//	greeter     1 a room: beats and the door  follower.close
//	copyist     1 a room: copies its log      follower.close
//	archivist   1 that hosts for others       house.close
//	recheck     at most 1 a room              follower.close
//	sentry      1 a process with guards       house.close
//	opening     1 a room while it opens       whoever asked for the room
//
// The callbacks of NATS subscriptions only put things into channels or into
// the hall of a room. Locks are taken in the order house, pen, desk, follower,
// hall.
package feed
