package cli

import (
	"context"
	"io"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/bundle"
	"warroom/model/stats"
)

// visitorHub is the hub for the commands of a guest. It allows the methods of [sshd.Hub]
// and denies the others explicitly, so that a method added to [backend.Hub] does not
// compile until it is allowed or denied.
type visitorHub struct {
	hub backend.GuestHub
	box model.Sealer // encrypts the files that this process keeps for the guest
}

var _ backend.Hub = visitorHub{}

// notForGuests returns the error for a method that is denied.
func notForGuests() error {
	return model.Refuse(model.Forbidden, "this is not available over SSH; run the command on the hub's machine")
}

func (v visitorHub) List(ctx context.Context) ([]model.RoomInfo, error) { return v.hub.List(ctx) }

// Recent implements model.Rooms.
func (v visitorHub) Recent(ctx context.Context, closed int) ([]model.RoomInfo, int, error) {
	return v.hub.Recent(ctx, closed)
}

func (v visitorHub) Declare(ctx context.Context, d model.Declaration) (string, error) {
	return v.hub.Declare(ctx, d)
}

func (v visitorHub) Enter(ctx context.Context, short string) (model.RoomSession, error) {
	return v.hub.Enter(ctx, short)
}

func (v visitorHub) Events(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	return v.hub.Events(ctx, short, from, fn)
}

func (v visitorHub) Follow(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error {
	return v.hub.Follow(ctx, short, from, fn)
}

func (v visitorHub) Link() model.Link { return v.hub.Link() }

func (v visitorHub) OpenLobby(ctx context.Context, p *model.Plan) error {
	return v.hub.OpenLobby(ctx, p)
}

func (v visitorHub) LobbyRoom(ctx context.Context) (*model.Room, error) { return v.hub.LobbyRoom(ctx) }

func (v visitorHub) Collect(ctx context.Context, short string, c model.Collection, r io.Reader, done func(int64)) (
	model.EvidenceItem, error) {
	return v.hub.Collect(ctx, short, c, r, done)
}

func (v visitorHub) Fetch(ctx context.Context, short string, n int, why string, w io.Writer, done func(int64)) (
	model.EvidenceItem, error) {
	return v.hub.Fetch(ctx, short, n, why, w, done)
}

func (v visitorHub) StoreRaw(ctx context.Context, c model.Collection, r io.Reader) error {
	return v.hub.StoreRaw(ctx, c, r)
}

func (v visitorHub) Record(ctx context.Context, short string) (bundle.Evidence, error) {
	return v.hub.Record(ctx, short)
}

func (v visitorHub) ExportBare(ctx context.Context, short, agent string, w io.Writer) error {
	return v.hub.ExportBare(ctx, short, agent, w)
}

func (v visitorHub) ExportSubset(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error {
	return v.hub.ExportSubset(ctx, short, agent, p, w)
}

func (v visitorHub) ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error {
	return v.hub.ExportEntry(ctx, short, agent, seq, w)
}

func (v visitorHub) RecordExport(ctx context.Context, short string, b *model.ExportMade, entry uint64) error {
	return v.hub.RecordExport(ctx, short, b, entry)
}

func (v visitorHub) Who() model.Actor     { return v.hub.Who() }
func (v visitorHub) Close() error         { return v.hub.Close() }
func (v visitorHub) Sealer() model.Sealer { return v.box }

// The methods below are denied.

func (visitorHub) Damaged(context.Context) ([]model.DamagedRoom, error) { return nil, notForGuests() }

func (visitorHub) Repair(context.Context, string) (model.Repaired, error) {
	return model.Repaired{}, notForGuests()
}

func (visitorHub) Export(context.Context, string, string, io.Writer) error { return notForGuests() }

func (visitorHub) Import(context.Context, *bundle.Bag) (string, error) { return "", notForGuests() }

func (visitorHub) Revoke(context.Context, string, string) (model.Revocation, error) {
	return model.Revocation{}, notForGuests()
}

func (visitorHub) Lift(context.Context, string) (model.Revocation, error) {
	return model.Revocation{}, notForGuests()
}

func (visitorHub) Guest(context.Context, backend.Guest) (backend.GuestHub, error) {
	return nil, notForGuests()
}
func (visitorHub) Web(context.Context, backend.Web) error              { return notForGuests() }
func (visitorHub) Stats(context.Context) stats.Hub                     { return stats.Hub{} }
func (visitorHub) Left() int                                           { return 0 }
func (visitorHub) IntegrityWarning(context.Context, string) model.Safe { return model.Safe{} }
func (visitorHub) Copies(context.Context) []model.Safe                 { return nil }
func (visitorHub) Examine(context.Context) (good, bad []model.Safe) {
	return nil, nil
}
func (visitorHub) AtRest() (is model.Safe, ok bool) { return model.Safe{}, true }
func (visitorHub) Address() string                  { return "" }
func (visitorHub) IsRevoked(string, string) bool    { return true }
func (visitorHub) Guard(backend.AccessEnforcer)     {}
