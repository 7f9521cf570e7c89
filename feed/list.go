package feed

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/model"
)

// shorts returns the short ids of all rooms, the newest first.
func (h *house) shorts(ctx context.Context) ([]string, error) {
	if h.w.byHub.Load() {
		return h.newestFirst(h.askRooms(ctx))
	}
	ctx, cancel := h.w.asking(ctx, knockFor, "$JS.API.STREAM.NAMES")
	defer cancel()
	l := h.w.js.StreamNames(ctx, jetstream.WithStreamListSubject(anyLog))
	var out []string
	for n := range l.Name() {
		if s, ok := strings.CutPrefix(n, streamRoot); ok && checkShort(s) == nil {
			out = append(out, s)
		}
	}
	if err := l.Err(); err != nil && !errors.Is(err, jetstream.ErrEndOfData) {
		return nil, h.unreachable(answer(ctx, err))
	}
	return h.newestFirst(out, nil)
}

// newestFirst orders short ids.
func (h *house) newestFirst(out []string, err error) ([]string, error) {
	slices.SortFunc(out, func(a, b string) int {
		if d := numberOf(b) - numberOf(a); d != 0 {
			return d
		}
		return strings.Compare(a, b)
	})
	return out, err
}

// List returns the rooms of this hub, the newest first.
func (f *Feed) List(ctx context.Context) ([]model.RoomInfo, error) {
	names, err := f.h.shorts(ctx)
	if model.CodeOf(err) == model.Unreachable {
		if out := f.listAlone(ctx); len(out) > 0 {
			return out, nil
		}
	}
	if err != nil {
		return nil, err
	}
	var out []model.RoomInfo
	for _, s := range names {
		if s == model.LobbyShort {
			continue // no incident, see LobbyRoom
		}
		r, err := f.h.glance(ctx, s)
		switch model.CodeOf(err) {
		case "":
			if f.h.bars(f.pen, r, s) == nil {
				out = append(out, model.RoomInfo{Short: s, Room: r, LastAt: r.RecordedAt, Restricted: r.IsRestricted()})
			}
		case model.Conflict: // held, and the hub has nothing of it
			if r := f.h.glanceAlone(ctx, s); r != nil && f.h.bars(f.pen, r, s) == nil {
				out = append(out, model.RoomInfo{Short: s, Room: r, LastAt: r.RecordedAt, Restricted: r.IsRestricted()})
			}
		case model.NotFound: // made this moment and not declared yet, or gone since
		case model.Forbidden: // the server keeps it from this login: it is not there
		default:
			return nil, err
		}
	}
	return out, nil
}

// glance folds a room to its tip without opening it: the one that is open, or
// from a snapshot, which it keeps.
func (h *house) glance(ctx context.Context, short string) (*model.Room, error) {
	h.mu.Lock()
	op := h.rooms[short]
	h.mu.Unlock()
	if op != nil {
		if f := op.room(); f != nil && f.known(ctx) == nil {
			return f.view().room, nil
		}
	}
	return h.foldToTip(ctx, short)
}

// foldToTip folds a room to its tip, whether it is open here or not.
func (h *house) foldToTip(ctx context.Context, short string) (*model.Room, error) {
	f := h.bare(short)
	if _, err := f.begin(ctx, h.o.many/10); err != nil {
		return nil, err
	}
	f.log.each = func(seq uint64, e *model.Event) error {
		if e != nil {
			f.at.room, f.at.leaf, f.at.seq = model.Apply(f.at.room, e), e.Leaf, seq
			f.at.fresh++
		}
		return nil
	}
	if err := f.log.toTip(ctx); err != nil {
		return nil, h.unreachable(err)
	}
	if f.at.room.Stale() { // the snapshot was made before something was redacted
		out, ok := f.refold(ctx)
		if !ok {
			return nil, h.unreachable(ctx.Err())
		}
		return out.room, nil
	}
	return f.at.room, f.save(h.o.many / 10)
}
