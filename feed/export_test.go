package feed

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/jetlog"
	"warroom/feed/mirror"
	"warroom/feed/outbox"
	"warroom/feed/replica"
	"warroom/feed/roomindex"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/feed/writer"
	"warroom/model"
	"warroom/model/signing"
)

// Hub returns a dialer for the embedded hub, for a process without a hub.
func (f *Feed) Hub() nats.CustomDialer { return f.client.hub }

// Conn returns the NATS connection, for messages that a feed would not send.
func (f *Feed) Conn() *nats.Conn { return f.client.conn.NC }

// FillIndex puts rooms into the index of this hub that have no log.
func (f *Feed) FillIndex(ctx context.Context, rooms map[string]*model.Room) {
	x := f.client.hubService.Load().index
	if err := x.Settled(ctx); err != nil {
		panic(err) // a test's hub answers
	}
	for short, r := range rooms {
		x.Rows.Put(roomindex.Row{Short: short, Tip: r.Seq, Room: r})
	}
}

// Folds returns the number of rooms that the index of this hub has folded.
func (f *Feed) Folds() int64 { return f.client.hubService.Load().index.Folds.Load() }

// RoomID returns the ULID of a session's room.
func (s *RoomSession) RoomID() string { return s.writer.Follower.Room }

// KeyFile returns the path of the key that the feed holds.
func (f *Feed) KeyFile() string { return f.identity.Key().Path }

// SignOtherLog publishes a checkpoint of another log, signed with the hub's key.
func (f *Feed) SignOtherLog(ctx context.Context, short, room string, size uint64) error {
	k, err := f.client.sealKey()
	if err != nil {
		return err
	}
	note, err := signing.Checkpoint{Room: room, Size: size}.Sign(k.Private)
	if err != nil {
		return err
	}
	return jetlog.StoreCheckpoint(ctx, f.client.conn, short, subjects.HubHandle, k.Text, note)
}

// Unsent returns the number of waiting drafts of the session's writer.
func (s *RoomSession) Unsent() int { return s.writer.Unsent() }

// Falsify changes the title in a snapshot and authenticates it again, as an attacker with
// the cache key could.
func Falsify(data, path string) error {
	s := (&roomstore.Store{Data: data}).LoadSnapshot(filepath.Base(filepath.Dir(path)))
	if s == nil {
		return os.ErrNotExist
	}
	s.Folded.Title = "a lie"
	var err error
	if s.State, err = s.Folded.Snapshot(replica.SnapTail); err != nil {
		return err
	}
	return (&roomstore.Store{Data: data}).WriteSnapshot(s)
}

// FalsifyLast changes the text of the last line in a snapshot.
func FalsifyLast(data, path string) error {
	h := &roomstore.Store{Data: data}
	s := h.LoadSnapshot(filepath.Base(filepath.Dir(path)))
	if s == nil {
		return os.ErrNotExist
	}
	rows := s.Folded.Lines()
	text := fmt.Sprintf("%q", rows[len(rows)-1].Text.String())
	s.State = bytes.ReplaceAll(s.State, []byte(text), []byte(`"a lie"`))
	return h.WriteSnapshot(s)
}

// DeclareHalf stores the first message of a room and stops, like a process that is killed
// at that point.
func (f *Feed) DeclareHalf(ctx context.Context, d model.Declaration) (string, error) {
	hubKey, err := f.client.hubKeyText(ctx)
	if err != nil {
		return "", err
	}
	declared, adopted := d.Declare(hubKey)
	acts := []model.Act{declared, adopted}
	for _, b := range d.Alerts {
		acts = append(acts, model.Act{Body: b})
	}
	room, drafts, names, err := f.declare.drafts(acts)
	if err != nil {
		return "", err
	}
	k := f.identity.Key()
	defer f.client.rooms.Busy(outbox.Path(f.client.o.Data, k.Text, room))()
	box, _,
		err := f.client.store.OpenOutbox(outbox.Path(f.client.o.Data, k.Text, room),
		outbox.Head{Room: room, Handle: f.identity.Handle})
	if err != nil {
		return "", err
	}
	n, err := f.client.highest(ctx)
	if err != nil {
		return "", err
	}
	short, err := f.declare.storeDeclaration(ctx, box, k, drafts, names,
		func() string { n++; return subjects.Numbered(n) })
	if err != nil {
		return "", err
	}
	return short, box.Close()
}

// LeaveInBox adds a note to the outbox of a key that no process holds, like a process
// that ended before it could send it.
func LeaveInBox(data string, s *RoomSession, who model.Actor, text string, now time.Time) (string, error) {
	path := outbox.Path(data, who.Key, s.writer.Follower.Room)
	box, _,
		err := outbox.Open(path, outbox.Head{Room: s.writer.Follower.Room, Short: s.writer.Follower.Short,
		Handle: who.Handle}, nil,
		now)
	if err != nil {
		return "", err
	}
	id, err := writer.NewID(now)
	if err != nil {
		return "", err
	}
	d, err := model.NewDraft(id, who, model.Act{Body: model.NewEntry(model.KindEntryNoted, text)}, now)
	if err != nil {
		return "", err
	}
	if _, err := box.Add(d); err != nil {
		return "", err
	}
	return path, box.Close()
}

// Sweep makes the sweeper check the outboxes.
func (f *Feed) Sweep() { f.client.sweeper.Look() }

// Force signs an act with a session's key and publishes it without a decision, like a
// malicious client. It returns its sequence.
func Force(ctx context.Context, s *RoomSession, a model.Act) (uint64, error) {
	id, err := writer.NewID(s.client.o.Now())
	if err != nil {
		return 0, err
	}
	draft, err := model.NewDraft(id, s.Who(), a, s.client.o.Now())
	if err != nil {
		return 0, err
	}
	d, k := s.writer, s.writer.Identity.Key()
	r, err := s.client.conn.LastFor(ctx, d.Follower.Short,
		subjects.Of(d.Follower.Short, subjects.Log, d.Identity.Handle, k.Text))
	if err != nil && !errors.Is(err, jetlog.ErrNothing) {
		return 0, err
	}
	if err := d.Follower.AwaitEntry(ctx, r.Seq); err != nil {
		return 0, err
	}
	link := d.Follower.Log.Link(k.Text)
	head := writer.ChainHead{Key: k, N: link.N, Leaf: link.Leaf, Seq: r.Seq}
	l, err := head.Sign(&outbox.Pending{Draft: draft}, d.Follower.Room)
	if err != nil {
		return 0, err
	}
	seq, _, err := s.client.conn.Publish(ctx, l.Message(d.Follower.Short, d.Identity.Handle, r.Seq, false))
	return seq, err
}

// CopyTip returns the last sequence of a data directory's replica of a room.
func CopyTip(data, room string) uint64 {
	t, err := mirror.Look(roomstore.Dir(data, room), room, nil)
	if err != nil {
		return 0
	}
	return t.Seq
}

// Dir returns the data directory.
func (f *Feed) Dir() string { return f.client.o.Data }

// DenyDelete makes the feed delete nothing.
func (f *Feed) DenyDelete() { f.client.env.DeleteDenied.Store(true) }

// PublishTombstone stores the tombstone copy of a redaction.
func (f *Feed) PublishTombstone(ctx context.Context, short string, redactionSeq uint64) error {
	return f.client.env.PublishTombstone(ctx, short, redactionSeq)
}

// Delete deletes a message from a room's log.
func (f *Feed) Delete(ctx context.Context, short string, seq uint64) error {
	s, err := f.client.conn.JS.Stream(ctx, subjects.Stream(short))
	if err != nil {
		return err
	}
	return s.DeleteMsg(ctx, seq)
}

// Relate makes the hub check the relations of rooms.
func Relate(ctx context.Context, f *Feed) {
	if s := f.client.hubService.Load(); s != nil {
		s.relate(ctx)
	}
}

// AttachAndDetach opens the writer of a feed in a room and releases it.
func (f *Feed) AttachAndDetach(ctx context.Context, short string) error {
	d, err := f.client.rooms.Attach(ctx, f.identity, short)
	if err != nil {
		return err
	}
	return f.client.rooms.Detach(d)
}
