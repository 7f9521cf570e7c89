// Package feed stores the rooms of package model in NATS JetStream. It connects to the
// hub, holds the keys, keeps each draft on disk until the log has it, and folds the log
// of a room once for all sessions of the process.
//
// A line takes this path: [RoomSession.Submit] decides it and writes it to the outbox
// (package outbox). The writer (package writer) signs and publishes it, and resolves an
// unknown outcome. The log assigns a sequence. The follower of the room (package replica)
// reads the message back, verifies and applies it, and wakes every [RoomSession].
//
// An accepted line is never lost, duplicated, reordered or changed: the messages of a key
// form a chain, each publish names the sequence that it follows, and an uncertain outcome
// is resolved by reading the log.
//
// This package connects the parts. Each part declares what it needs from the process.
//
// Goroutines and their owners:
//
//	goroutine     number                                          ends with
//	monitorLink   1 per process                                   client.close
//	sweeper       1 per process                                   client.close
//	archiver      1 per process that hosts for others             client.close
//	openPort      1 per process until logins are let in           client.close
//	access watch  1 per process with enforcers                    client.close
//	hub service   1 per process that hosts, or see client.attend  hubService.close
//	login queues  2 per queue of a hub service                    hubService.close
//	writer        1 per identity and room                         Writer.Close
//	follower      1 per room                                      Follower.Close
//	presence      1 per room: beats and join requests             Follower.Close
//	redactor      1 per room: deletes what was redacted           Follower.Close
//	mirror        1 per room: copies the log to disk              Follower.Close
//	recheck       at most 1 per room: verifies a loaded snapshot  Follower.Close
//	opening       1 per room while it opens                       the caller that opens it
//
// Callbacks of NATS subscriptions only send to channels and update the presence roster.
// Locks are taken in the order client, identity, writer, follower, presence.
package feed
