package sshd

import (
	"context"
	"io"
	"slices"
	"sync"

	"warroom/model"
	"warroom/model/record"
)

// restrictedHub is a guest's hub as one session has it: rooms that the login
// does not name do not exist, a login that may only watch changes nothing, and
// each call counts against the login's limit. It embeds nothing, so that a
// method of a hub which is not written here cannot be reached; methodsOfGuests in
// the tests says what each one checks.
type restrictedHub struct {
	hub  Hub
	who  Who
	cost *meter

	mu   sync.Mutex
	seat *firstSeat // nil: none, or it was given out
}

// firstSeat is a seat that was taken before the screen began. A second one
// would be woken with every line for nothing, and would keep the room as it was
// when it was taken.
type firstSeat struct {
	short string
	model.Seat
}

// sees reports whether the login may learn of a room. The lobby is for logins
// that see every room: from there an alert goes to any of them.
func (h *restrictedHub) sees(short string) bool {
	return h.who.Rooms == nil || short != model.LobbyShort && slices.Contains(h.who.Rooms, short)
}

// room checks a request that concerns one room. A hidden room is refused with
// the sentence for one that does not exist.
func (h *restrictedHub) room(short string) error {
	if err := h.cost.request(); err != nil {
		return err
	}
	if !h.sees(short) {
		return model.Refuse(model.NotFound, "there is no room %s here; `warroom rooms` lists them", short)
	}
	return nil
}

// mayWrite refuses a login that may only watch.
func (h *restrictedHub) mayWrite() error {
	if h.who.Right == model.Watch {
		return onlyWatches(h.who.Handle)
	}
	return nil
}

func onlyWatches(handle string) error {
	return model.Refuse(model.Forbidden, "%s may only watch here, by the key of this login; who runs this server can change that", handle)
}

// List returns the rooms that the guest may see.
func (h *restrictedHub) List(ctx context.Context) ([]model.RoomInfo, error) {
	if err := h.cost.request(); err != nil {
		return nil, err
	}
	list, err := h.hub.List(ctx)
	return slices.DeleteFunc(list, func(i model.RoomInfo) bool { return !h.sees(i.Short) }), err
}

// Declare makes a room, where the login may.
func (h *restrictedHub) Declare(ctx context.Context, d model.Declaration) (string, error) {
	if err := h.mayWrite(); err != nil {
		return "", err
	}
	if h.who.Rooms != nil {
		return "", model.Refuse(model.Forbidden, "the key of this login is for certain rooms only; somebody else has to declare a new one")
	}
	if err := h.cost.declare(); err != nil {
		return "", err
	}
	return h.hub.Declare(ctx, d)
}

// Enter takes a seat in a room.
func (h *restrictedHub) Enter(ctx context.Context, short string) (model.Seat, error) {
	if err := h.room(short); err != nil {
		return nil, err
	}
	if f := h.takeSeat(); f != nil {
		if f.short == short {
			return f.Seat, nil
		}
		f.Close()
	}
	seat, err := h.hub.Enter(ctx, short)
	if err != nil {
		return nil, err
	}
	return &restrictedSeat{seat: seat, cost: h.cost}, nil
}

// reserve enters a room ahead of the screen, which gets that seat.
func (h *restrictedHub) reserve(ctx context.Context, short string) error {
	seat, err := h.Enter(ctx, short)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.seat = &firstSeat{short: short, Seat: seat}
	return nil
}

// release closes the reserved seat if nobody has taken it.
func (h *restrictedHub) release() {
	if f := h.takeSeat(); f != nil {
		f.Close()
	}
}

func (h *restrictedHub) takeSeat() *firstSeat {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.seat
	h.seat = nil
	return f
}

// Events calls fn for the events of a room.
func (h *restrictedHub) Events(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	if err := h.room(short); err != nil {
		return err
	}
	return h.hub.Events(ctx, short, from, fn)
}

// Follow is Events, and continues until ctx ends.
func (h *restrictedHub) Follow(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	if err := h.room(short); err != nil {
		return err
	}
	return h.hub.Follow(ctx, short, from, fn)
}

// Link returns the state of the hub. It is asked for with every frame and
// concerns no room, so it costs nothing.
func (h *restrictedHub) Link() model.Link { return h.hub.Link() }

// OpenLobby has the lobby made, for a login that may bring alerts there.
func (h *restrictedHub) OpenLobby(ctx context.Context, p *model.Plan) error {
	if h.who.Rooms != nil {
		room := "ROOM"
		if len(h.who.Rooms) > 0 {
			room = h.who.Rooms[0]
		}
		return model.Refuse(model.Forbidden, "the key of this login is for certain rooms only; say which: ingest - --room %s", room)
	}
	if err := h.mayWrite(); err != nil {
		return err
	}
	if err := h.cost.request(); err != nil {
		return err
	}
	return h.hub.OpenLobby(ctx, p)
}

// LobbyRoom returns the lobby, nil for a login that may not see it.
func (h *restrictedHub) LobbyRoom(ctx context.Context) (*model.Room, error) {
	if !h.sees(model.LobbyShort) {
		return nil, nil
	}
	if err := h.cost.request(); err != nil {
		return nil, err
	}
	return h.hub.LobbyRoom(ctx)
}

// Collect takes what r has into a room's evidence.
func (h *restrictedHub) Collect(ctx context.Context, short string, c model.Collection, r io.Reader, done func(int64)) (model.Piece, error) {
	if err := h.room(short); err != nil {
		return model.Piece{}, err
	}
	return h.hub.Collect(ctx, short, c, r, done)
}

// Fetch gets a piece of a room's evidence out, which the log records.
func (h *restrictedHub) Fetch(ctx context.Context, short string, n int, why string, w io.Writer, done func(int64)) (model.Piece, error) {
	if err := h.room(short); err != nil {
		return model.Piece{}, err
	}
	return h.hub.Fetch(ctx, short, n, why, w, done)
}

// Record returns the log of a room as it is stored.
func (h *restrictedHub) Record(ctx context.Context, short string) (record.Evidence, error) {
	if err := h.room(short); err != nil {
		return record.Evidence{}, err
	}
	return h.hub.Record(ctx, short)
}

// ExportBare writes the record of a room without the bytes of its evidence.
func (h *restrictedHub) ExportBare(ctx context.Context, short, agent string, w io.Writer) error {
	if err := h.room(short); err != nil {
		return err
	}
	return h.hub.ExportBare(ctx, short, agent, w)
}

// ExportPart writes the part of a record that a profile shows.
func (h *restrictedHub) ExportPart(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error {
	if err := h.room(short); err != nil {
		return err
	}
	return h.hub.ExportPart(ctx, short, agent, p, w)
}

// ExportEntry writes the proof of one entry alone.
func (h *restrictedHub) ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error {
	if err := h.room(short); err != nil {
		return err
	}
	return h.hub.ExportEntry(ctx, short, agent, seq, w)
}

// Who returns the identity that the guest writes as.
func (h *restrictedHub) Who() model.Actor { return h.hub.Who() }

// At does nothing: the server says where a guest comes from, not the session.
func (h *restrictedHub) At(string) (gone func()) { return func() {} }

// Close does nothing: the hub is shared by all sessions of the guest.
func (h *restrictedHub) Close() error { return nil }
