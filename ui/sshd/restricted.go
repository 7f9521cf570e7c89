package sshd

import (
	"context"
	"io"
	"slices"
	"sync"

	"warroom/model"
	"warroom/model/bundle"
)

// restrictedHub is a guest's hub in one session: rooms that the login does not name do not
// exist, a login that may only watch changes nothing, and each call counts against the
// login's limit. It embeds nothing, so that a method of a hub that is not listed here
// cannot be called; methodsOfGuests in the tests lists what each one checks.
type restrictedHub struct {
	hub  Hub
	who  Who
	cost *meter

	mu       sync.Mutex
	reserved *reservedRoom // nil: none, or it was handed out
}

// reservedRoom is a session that was opened before the screen started. A second one would
// be notified of every line for nothing, and would keep its first state of the room in
// memory.
type reservedRoom struct {
	short string
	model.RoomSession
}

// sees reports whether the login may know of a room. The lobby requires a login for all
// rooms, because an alert can go from there to any of them.
func (h *restrictedHub) sees(short string) bool {
	return h.who.Rooms == nil || short != model.LobbyShort && slices.Contains(h.who.Rooms, short)
}

// room checks a request about one room. For a hidden room it returns the same error as for
// one that does not exist.
func (h *restrictedHub) room(short string) error {
	if err := h.cost.request(); err != nil {
		return err
	}
	if !h.sees(short) {
		return model.NoRoom(short)
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
	return model.Refuse(model.Forbidden,
		"%s may only watch here with this key; the server's administrator can change that", handle)
}

// List returns the rooms that the guest may see.
func (h *restrictedHub) List(ctx context.Context) ([]model.RoomInfo, error) {
	if err := h.cost.request(); err != nil {
		return nil, err
	}
	list, err := h.hub.List(ctx)
	return slices.DeleteFunc(list, func(i model.RoomInfo) bool { return !h.sees(i.Short) }), err
}

// Recent returns the rooms that the guest may see, without older ones that are closed. For
// a login that is limited to certain rooms it returns all of them.
func (h *restrictedHub) Recent(ctx context.Context, closed int) (rooms []model.RoomInfo, more int, err error) {
	if h.who.Rooms != nil {
		rooms, err = h.List(ctx)
		return rooms, 0, err
	}
	if err := h.cost.request(); err != nil {
		return nil, 0, err
	}
	rooms, more, err = h.hub.Recent(ctx, closed)
	return slices.DeleteFunc(rooms, func(i model.RoomInfo) bool { return !h.sees(i.Short) }), more, err
}

// Declare declares a room, if the login may.
func (h *restrictedHub) Declare(ctx context.Context, d model.Declaration) (string, error) {
	if err := h.mayWrite(); err != nil {
		return "", err
	}
	if h.who.Rooms != nil {
		return "", model.Refuse(model.Forbidden,
			"the key of this login is for certain rooms only; somebody else has to declare a new one")
	}
	if err := h.cost.declare(); err != nil {
		return "", err
	}
	return h.hub.Declare(ctx, d)
}

// Enter opens a session in a room.
func (h *restrictedHub) Enter(ctx context.Context, short string) (model.RoomSession, error) {
	if err := h.room(short); err != nil {
		return nil, err
	}
	if f := h.takeReserved(); f != nil {
		if f.short == short {
			return f.RoomSession, nil
		}
		f.Close()
	}
	room, err := h.hub.Enter(ctx, short)
	if err != nil {
		return nil, err
	}
	return &restrictedRoomSession{room: room, cost: h.cost}, nil
}

// reserve enters a room before the screen starts, which gets that session.
func (h *restrictedHub) reserve(ctx context.Context, short string) error {
	room, err := h.Enter(ctx, short)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.reserved = &reservedRoom{short: short, RoomSession: room}
	return nil
}

// release closes the reserved session if nobody has used it.
func (h *restrictedHub) release() {
	if f := h.takeReserved(); f != nil {
		f.Close()
	}
}

func (h *restrictedHub) takeReserved() *reservedRoom {
	h.mu.Lock()
	defer h.mu.Unlock()
	f := h.reserved
	h.reserved = nil
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

// Link returns the state of the hub. It is called for every frame and concerns no room, so
// it is not counted.
func (h *restrictedHub) Link() model.Link { return h.hub.Link() }

// OpenLobby creates the lobby, if the login may bring alerts there.
func (h *restrictedHub) OpenLobby(ctx context.Context, p *model.Plan) error {
	if h.who.Rooms != nil {
		room := "ROOM"
		if len(h.who.Rooms) > 0 {
			room = h.who.Rooms[0]
		}
		return model.Refuse(model.Forbidden,
			"the key of this login is for certain rooms only; name one: ingest - --room %s", room)
	}
	if err := h.mayWrite(); err != nil {
		return err
	}
	if err := h.cost.request(); err != nil {
		return err
	}
	return h.hub.OpenLobby(ctx, p)
}

// LobbyRoom returns the lobby, or nil for a login that may not see it.
func (h *restrictedHub) LobbyRoom(ctx context.Context) (*model.Room, error) {
	if !h.sees(model.LobbyShort) {
		return nil, nil
	}
	if err := h.cost.request(); err != nil {
		return nil, err
	}
	return h.hub.LobbyRoom(ctx)
}

// Collect stores the content of r in a room's evidence.
func (h *restrictedHub) Collect(ctx context.Context, short string, c model.Collection, r io.Reader,
	done func(int64)) (model.EvidenceItem, error) {
	if err := h.room(short); err != nil {
		return model.EvidenceItem{}, err
	}
	return h.hub.Collect(ctx, short, c, r, done)
}

// Fetch reads an evidence item, which the log records.
func (h *restrictedHub) Fetch(ctx context.Context, short string, n int, why string, w io.Writer,
	done func(int64)) (model.EvidenceItem, error) {
	if err := h.room(short); err != nil {
		return model.EvidenceItem{}, err
	}
	return h.hub.Fetch(ctx, short, n, why, w, done)
}

// StoreRaw stores a file of the lobby's alerts, if the login may bring alerts there.
func (h *restrictedHub) StoreRaw(ctx context.Context, c model.Collection, r io.Reader) error {
	if err := h.mayWrite(); err != nil {
		return err
	}
	if err := h.room(model.LobbyShort); err != nil {
		return err
	}
	return h.hub.StoreRaw(ctx, c, r)
}

// Record returns the log of a room as it is stored.
func (h *restrictedHub) Record(ctx context.Context, short string) (bundle.Evidence, error) {
	if err := h.room(short); err != nil {
		return bundle.Evidence{}, err
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

// ExportSubset writes the part of a record that a profile shows.
func (h *restrictedHub) ExportSubset(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error {
	if err := h.room(short); err != nil {
		return err
	}
	return h.hub.ExportSubset(ctx, short, agent, p, w)
}

// ExportEntry writes the proof of a single entry.
func (h *restrictedHub) ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error {
	if err := h.room(short); err != nil {
		return err
	}
	return h.hub.ExportEntry(ctx, short, agent, seq, w)
}

// RecordExport lets the hub record an export by the guest.
func (h *restrictedHub) RecordExport(ctx context.Context, short string, b *model.ExportMade, entry uint64) error {
	if err := h.room(short); err != nil {
		return err
	}
	return h.hub.RecordExport(ctx, short, b, entry)
}

// Who returns the identity that the guest writes as.
func (h *restrictedHub) Who() model.Actor { return h.hub.Who() }

// At does nothing: the origin of a guest is set by the server, not by the session.
func (h *restrictedHub) At(string) (gone func()) { return func() {} }

// Close does nothing: the hub is shared by all sessions of the guest.
func (h *restrictedHub) Close() error { return nil }
