package feed

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/logcopy"
	"warroom/model"
	"warroom/model/seal"
)

// DropAck makes the feed lose answers of the log.
func (f *Feed) DropAck(fn func() bool) { f.h.dropAck.Store(&fn) }

// Many sets how many events are worth a snapshot.
func (o *Options) Many(n uint64) { o.many = n }

// Free sets what is said to be free on the disk, and looks often.
func (o *Options) Free(fn func(string) (int64, bool)) { o.free, o.look = fn, 10*time.Millisecond }

// Look sets how often the hub looks at itself.
func (o *Options) Look(every time.Duration) { o.look = every }

// Way sets the way to the server.
func (o *Options) Way(d nats.CustomDialer) { o.way = d }

// DropLive makes the feed lose live messages.
func (f *Feed) DropLive(fn func() bool) { f.h.dropLive.Store(&fn) }

// Hub is the way to the embedded hub, for somebody who has none on their machine.
func (f *Feed) Hub() nats.CustomDialer { return f.h.hub }

// Conn is the connection, to do what a feed would not.
func (f *Feed) Conn() *nats.Conn { return f.h.w.nc }

// RoomID is the ULID of a seat's room.
func (s *Seat) RoomID() string { return s.d.f.room }

// KeyFile is the file of the key that the feed holds.
func (f *Feed) KeyFile() string { return f.pen.hold().path }

// SayOther signs another log as the hub, and says so to everybody.
func (f *Feed) SayOther(ctx context.Context, short, room string, size uint64) error {
	k, err := f.h.sealKey()
	if err != nil {
		return err
	}
	note, err := seal.Checkpoint{Room: room, Size: size}.Sign(k.priv)
	if err != nil {
		return err
	}
	return f.h.w.note(ctx, short, hubHandle, k.text, note)
}

// Unsent says how many drafts of the seat's desk wait.
func (s *Seat) Unsent() int { return s.d.unsent() }

// Falsify changes the title in a snapshot and authenticates it again: what
// somebody can do who has the cache's key.
func Falsify(data, path string) error {
	s := (&house{o: Options{Data: data}}).loadSnapshot(filepath.Base(filepath.Dir(path)))
	if s == nil {
		return os.ErrNotExist
	}
	s.room.Title = "a lie"
	var err error
	if s.State, err = s.room.Snapshot(snapTail); err != nil {
		return err
	}
	return (&house{o: Options{Data: data}}).writeSnapshot(s)
}

// FalsifyLast changes the text of the last line in a snapshot.
func FalsifyLast(data, path string) error {
	h := &house{o: Options{Data: data}}
	s := h.loadSnapshot(filepath.Base(filepath.Dir(path)))
	if s == nil {
		return os.ErrNotExist
	}
	rows := s.room.Lines()
	text := fmt.Sprintf("%q", rows[len(rows)-1].Text.String())
	s.State = bytes.ReplaceAll(s.State, []byte(text), []byte(`"a lie"`))
	return h.writeSnapshot(s)
}

// DeclareHalf stores the first message of a room and stops, as a process does
// that dies there.
func (f *Feed) DeclareHalf(ctx context.Context, d model.Declaration) (string, error) {
	hubKey, err := f.h.hubKeyText(ctx)
	if err != nil {
		return "", err
	}
	declared, adopted := d.Declare(hubKey)
	acts := []model.Act{declared, adopted}
	for _, b := range d.Alerts {
		acts = append(acts, model.Act{Body: b})
	}
	room, drafts, names, err := f.drafts(acts)
	if err != nil {
		return "", err
	}
	k := f.pen.hold()
	defer f.h.busy(outboxPath(f.h.o.Data, k.text, room))()
	box, _, err := f.h.outbox(outboxPath(f.h.o.Data, k.text, room), boxHead{Room: room, Handle: f.pen.handle})
	if err != nil {
		return "", err
	}
	n, err := f.h.highest(ctx)
	if err != nil {
		return "", err
	}
	short, err := f.place(ctx, box, k, drafts, names, func() string { n++; return numbered(n) })
	if err != nil {
		return "", err
	}
	return short, box.close()
}

// LeaveInBox puts a note into the outbox of a key that nobody holds, as a process
// does that dies before it could send it.
func LeaveInBox(data string, s *Seat, who model.Actor, text string, now time.Time) (string, error) {
	path := outboxPath(data, who.Key, s.d.f.room)
	box, _, err := openOutbox(path, boxHead{Room: s.d.f.room, Short: s.d.f.short, Handle: who.Handle}, nil, now)
	if err != nil {
		return "", err
	}
	id, err := newID(now)
	if err != nil {
		return "", err
	}
	d, err := model.NewDraft(id, who, model.Act{Body: model.NewEntry(model.KindEntryNoted, text)}, now)
	if err != nil {
		return "", err
	}
	if _, err := box.add(d); err != nil {
		return "", err
	}
	return path, box.f.Close()
}

// Sweep has the outboxes looked at that nobody holds.
func (f *Feed) Sweep() { ring(f.h.sweeps) }

// Force signs an act with a seat's key and publishes it without asking anybody
// whether it may be, as a crafted client does. It returns the place in the log.
func Force(ctx context.Context, s *Seat, a model.Act) (uint64, error) {
	id, err := newID(s.d.h.o.Now())
	if err != nil {
		return 0, err
	}
	draft, err := model.NewDraft(id, s.Who(), a, s.d.h.o.Now())
	if err != nil {
		return 0, err
	}
	d := &desk{h: s.d.h, p: s.d.p, f: s.d.f, box: new(outbox)}
	if err := d.locate(ctx, s.d.p.hold()); err != nil {
		return 0, err
	}
	l, err := d.sign(&slip{Draft: draft})
	if err != nil {
		return 0, err
	}
	seq, _, err := s.d.h.w.publish(ctx, d.message(l, d.spot.seq, false))
	return seq, err
}

// CopyTip is the last sequence in a data directory's copy of a room.
func CopyTip(data, room string) uint64 {
	t, err := logcopy.Look(recordDir(data, room), room, nil)
	if err != nil {
		return 0
	}
	return t.Seq
}

// Dir is the data directory.
func (f *Feed) Dir() string { return f.h.o.Data }

// NoBurial makes the feed delete nothing.
func (f *Feed) NoBurial() { f.h.noBurial.Store(true) }

// Mourn puts the redaction at a place where readers of the hole find it.
func (f *Feed) Mourn(ctx context.Context, short string, place uint64) error {
	return f.h.mourn(ctx, short, place)
}

// Delete takes a message out of a room's log.
func (f *Feed) Delete(ctx context.Context, short string, seq uint64) error {
	s, err := f.h.w.js.Stream(ctx, streamOf(short))
	if err != nil {
		return err
	}
	return s.DeleteMsg(ctx, seq)
}
