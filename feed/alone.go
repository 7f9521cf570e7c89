package feed

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"slices"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/logcopy"
	"warroom/model"
)

// What a terminal does while its server cannot be reached: it goes on with its
// own copies of the rooms. What is written waits in the outbox.

// notYet is a way to a server that fails at once the first time: the server was
// just tried, and the connection is to come later, by itself.
type notYet struct {
	nats.CustomDialer
	tried atomic.Bool
}

var errNotYet = errors.New("not tried yet")

// Dial implements nats.CustomDialer.
func (n *notYet) Dial(network, address string) (net.Conn, error) {
	if !n.tried.Swap(true) {
		return nil, errNotYet
	}
	return n.CustomDialer.Dial(network, address)
}

// dialLater returns a wire that is not connected and becomes so when the server
// answers. Why says what kept it from connecting.
func dialLater(o *Options, why error) (*wire, error) {
	w, url, opts, err := o.wiring(o.way)
	if err != nil {
		return nil, err
	}
	way := o.way
	if way == nil {
		way = &net.Dialer{Timeout: dialFor}
	}
	w.complain(why)
	opts = append(opts, nats.RetryOnFailedConnect(true), nats.SkipHostLookup(), nats.SetCustomDialer(&notYet{CustomDialer: way}))
	if w.nc, err = nats.Connect(url, opts...); err != nil {
		return nil, w.refusal(o, err)
	}
	return w, w.open()
}

// mayBeAlone says whether there is something to go on with where the server
// does not answer.
func (h *house) mayBeAlone() bool {
	return h.hub == nil && !h.o.Steward && len(h.copiesHere()) > 0
}

// copiesHere returns what is known of the rooms on this server, the newest first.
func (h *house) copiesHere() []*known {
	var out []*known
	for _, k := range h.allKnown() {
		if k.Where == h.o.Server && checkShort(k.Short) == nil {
			out = append(out, k)
		}
	}
	slices.SortFunc(out, func(a, b *known) int { return b.At.Compare(a.At) })
	return out
}

// copyOf is what is known of one of them, nil where nothing is.
func (h *house) copyOf(short string) *known {
	for _, k := range h.copiesHere() {
		if k.Short == short {
			return k
		}
	}
	return nil
}

// beginAlone starts a room from the copy, or from a snapshot where there is one.
func (f *follower) beginAlone(why error) (*snapshot, error) {
	k := f.h.copyOf(f.short)
	if k == nil {
		return nil, why
	}
	f.room, f.alone = k.Room, true
	s := f.h.loadSnapshot(f.room)
	if s == nil {
		return nil, nil
	}
	f.takeSnapshot(s, s.Seq)
	return s, nil
}

// readCopy folds what this terminal's copy has beyond what is folded already.
// A copy that is damaged further on is good up to there.
func (f *follower) readCopy(ctx context.Context) {
	heard := f.log.heard
	f.log.heard = nil // it is in the copy
	err := f.h.copyTo(ctx, f.room, f.log)
	f.log.heard = heard
	if err != nil && ctx.Err() == nil {
		f.h.o.Logf(model.Safef("the copy of %s is read up to entry %d only: %s", f.short, f.log.next-1, err))
	}
	f.draw(true)
}

// copyTo hands a reader what this terminal's copy of a room has.
func (h *house) copyTo(ctx context.Context, room string, r *reader) error {
	dir := recordDir(h.o.Data, room)
	err := logcopy.Read(dir, room, h.copyBox(), r.next, func(m *logcopy.Message) error {
		if err := r.pass(recordFrom(m)); err != nil {
			return err
		}
		return ctx.Err()
	})
	if errors.Is(err, logcopy.ErrDamaged) {
		return model.Refuse(model.Internal, "the copy of %s in %s is damaged behind entry %d: that is all there is while the hub does not answer; open the room when it does, and the rest is read from it again", r.short, dir, r.next-1)
	}
	return err
}

// readCopyWith is copyTo for a room by its name here. Why is returned where
// there is no copy.
func (h *house) readCopyWith(ctx context.Context, r *reader, why error) error {
	k := h.copyOf(r.short)
	if k == nil {
		return why
	}
	return h.copyTo(ctx, k.Room, r)
}

// glanceAlone folds a room from what lies here, without opening it.
func (h *house) glanceAlone(ctx context.Context, short string) *model.Room {
	h.mu.Lock()
	op := h.rooms[short]
	h.mu.Unlock()
	if op != nil {
		if f := op.room(); f != nil {
			return f.view().room
		}
	}
	f := h.bare(short)
	if _, err := f.beginAlone(errNothing); err != nil {
		return nil
	}
	f.readCopy(ctx)
	if f.at.room.ID == "" {
		return nil
	}
	return f.at.room
}

// listAlone are the rooms of which there are copies here.
func (f *Feed) listAlone(ctx context.Context) []model.RoomInfo {
	var out []model.RoomInfo
	for _, k := range f.h.copiesHere() {
		if r := f.h.glanceAlone(ctx, k.Short); r != nil && !r.Lobby && f.h.bars(f.pen, r, k.Short) == nil {
			out = append(out, model.RoomInfo{Short: k.Short, Room: r, LastAt: r.RecordedAt, Restricted: r.IsRestricted()})
		}
	}
	return out
}

// Left says how many lines of this feed's key wait in outboxes on this disk
// and were not sent.
func (f *Feed) Left() int {
	boxes, err := filepath.Glob(filepath.Join(escapeGlob(f.h.o.Data), "outbox", f.pen.hold().text, "*"+boxEnd))
	if err != nil {
		return 0 // only a bad pattern
	}
	n := 0
	for _, b := range boxes {
		if o, _, err := readOutbox(b, f.h.safe.Box(outboxPurpose)); err == nil {
			n += o.unsent()
		}
	}
	return n
}

// dialFor is how long one attempt to reach a server may take.
const dialFor = 5 * time.Second
