package backend

import (
	"context"
	"io"

	"warroom/model"
	"warroom/model/bundle"
	"warroom/model/stats"
)

// Hub is everything of a hub that the commands of this process use. It is one
// complete interface: a hub returns an error from a method that it does not support.
type Hub interface {
	model.Rooms
	model.Lobby
	model.Blobs
	model.RawFiles
	model.Repairer
	bundle.Store

	// Who returns the identity that this process writes as.
	Who() model.Actor
	// Close disconnects the process from the hub.
	Close() error
	// Left returns the number of lines in the outboxes that are not stored yet.
	Left() int
	// IntegrityWarning returns what is wrong with the record of a room, or empty
	// text if nothing is.
	IntegrityWarning(ctx context.Context, short string) model.Safe
	// Copies returns what is wrong with the replicas in this data directory.
	Copies(ctx context.Context) (bad []model.Safe)
	// Examine checks an external server, and returns what is right and what is wrong
	// with it.
	Examine(ctx context.Context) (good, bad []model.Safe)

	// Sealer returns the Sealer for drafts and history, or nil if they are not
	// encrypted.
	Sealer() model.Sealer
	// AtRest describes how the files of this data directory are stored, and reports
	// whether the configuration asks for that.
	AtRest() (is model.Safe, ok bool)

	// Stats returns a sample of the hub's metrics.
	Stats(ctx context.Context) stats.Hub

	// Revoke revokes a person's keys, login and connections.
	Revoke(ctx context.Context, handle, reason string) (model.Revocation, error)
	// Lift lifts a revocation. The person gets access again with another key.
	Lift(ctx context.Context, handle string) (model.Revocation, error)

	// Address returns the address at which logins connect, or "" if the port is not
	// open.
	Address() string
	// Guest opens the hub for a guest. The result has to be closed before the hub.
	Guest(ctx context.Context, g Guest) (GuestHub, error)
	// IsRevoked reports whether a person, or their SSH key, was revoked on this hub.
	IsRevoked(handle, sshKey string) bool
	// Guard registers an AccessEnforcer until the hub is closed.
	Guard(g AccessEnforcer)
	// Web serves HTTP until ctx ends.
	Web(ctx context.Context, w Web) error
}

// GuestHub is everything of a hub that a guest can reach. The SSH server implements
// it with a proxy that checks the login in every method, so a new method has to be
// added there as well.
type GuestHub interface {
	// Rooms.
	List(ctx context.Context) ([]model.RoomInfo, error)
	Recent(ctx context.Context, closed int) (rooms []model.RoomInfo, more int, err error)
	Declare(ctx context.Context, d model.Declaration) (string, error)
	Enter(ctx context.Context, short string) (model.RoomSession, error)
	Events(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error
	Follow(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error
	Link() model.Link

	// The lobby.
	OpenLobby(ctx context.Context, p *model.Plan) error
	LobbyRoom(ctx context.Context) (*model.Room, error)

	// Evidence.
	Collect(ctx context.Context, short string, c model.Collection, r io.Reader, done func(int64)) (model.EvidenceItem,
		error)
	Fetch(ctx context.Context, short string, n int, why string, w io.Writer, done func(int64)) (model.EvidenceItem,
		error)

	// Raw files of the lobby.
	StoreRaw(ctx context.Context, c model.Collection, r io.Reader) error

	// Records, without the bytes of evidence: reading those is an access that has to
	// be logged.
	Record(ctx context.Context, short string) (bundle.Evidence, error)
	ExportBare(ctx context.Context, short, agent string, w io.Writer) error
	ExportSubset(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error
	ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error
	// RecordExport lets the hub record an export by a guest who may not write in the
	// room. entry is the only entry that is exported, or 0.
	RecordExport(ctx context.Context, short string, b *model.ExportMade, entry uint64) error

	// Who returns the identity that the guest writes as.
	Who() model.Actor
	// At records an address from which the guest connects, which the people in their
	// rooms can see, until the returned function is called.
	At(addr string) (gone func())
	// Close leaves all rooms.
	Close() error
}
