package feed

import (
	"context"
	"os"
	"path/filepath"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// DropAck makes the feed lose answers of the log.
func (f *Feed) DropAck(fn func() bool) { f.h.dropAck.Store(&fn) }

// Many sets how many events are worth a snapshot.
func (o *Options) Many(n uint64) { o.many = n }

// Way sets the way to the server.
func (o *Options) Way(d nats.CustomDialer) { o.way = d }

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

// Falsify changes the title in a snapshot and authenticates it again: what
// somebody can do who has the cache's key.
func Falsify(data, path string) error {
	s := loadSnapshot(data, filepath.Base(filepath.Dir(path)))
	if s == nil {
		return os.ErrNotExist
	}
	s.room.Title = "a lie"
	var err error
	if s.State, err = s.room.Snapshot(snapTail); err != nil {
		return err
	}
	return s.write(data)
}

// DeclareHalf stores the first message of a room and stops, as a process does
// that dies there.
func (f *Feed) DeclareHalf(ctx context.Context, d model.Declaration) (string, error) {
	hubKey, err := f.h.hubKeyText(ctx)
	if err != nil {
		return "", err
	}
	room, drafts, err := f.drafts(d, hubKey)
	if err != nil {
		return "", err
	}
	k := f.pen.hold()
	defer f.h.busy(outboxPath(f.h.o.Data, k.text, room))()
	box, _, err := openOutbox(outboxPath(f.h.o.Data, k.text, room), boxHead{Room: room, Handle: f.pen.handle}, f.h.o.Now())
	if err != nil {
		return "", err
	}
	short, err := f.place(ctx, box, k, drafts)
	if err != nil {
		return "", err
	}
	return short, box.close()
}
