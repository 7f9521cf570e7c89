package feed

import "github.com/nats-io/nats.go"

// DropAck makes the feed lose answers of the log.
func (f *Feed) DropAck(fn func() bool) { f.h.dropAck.Store(&fn) }

// DropLive makes the feed lose live messages.
func (f *Feed) DropLive(fn func() bool) { f.h.dropLive.Store(&fn) }

// Conn is the connection, to do what a feed would not.
func (f *Feed) Conn() *nats.Conn { return f.h.w.nc }

// RoomID is the ULID of a seat's room.
func (s *Seat) RoomID() string { return s.d.f.room }

// KeyFile is the file of the key that the feed holds.
func (f *Feed) KeyFile() string { return f.pen.hold().path }

// Unsent says how many drafts of the seat's desk wait.
func (s *Seat) Unsent() int { return s.d.unsent() }
