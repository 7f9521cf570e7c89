package sshd

import (
	"context"
	"io"

	"warroom/model"
	"warroom/model/record"
)

// Hub is everything of a hub that a guest can reach. A method that is added here
// reaches guests only after [restrictedHub] has got one that checks the login.
type Hub interface {
	// The rooms.
	List(ctx context.Context) ([]model.RoomInfo, error)
	Declare(ctx context.Context, d model.Declaration) (string, error)
	Enter(ctx context.Context, short string) (model.Seat, error)
	Events(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error
	Follow(ctx context.Context, short string, from uint64, fn func(*model.Event) error) error
	Link() model.Link

	// The lobby.
	OpenLobby(ctx context.Context, p *model.Plan) error
	LobbyRoom(ctx context.Context) (*model.Room, error)

	// Evidence.
	Collect(ctx context.Context, short string, c model.Collection, r io.Reader, done func(int64)) (model.Piece, error)
	Fetch(ctx context.Context, short string, n int, why string, w io.Writer, done func(int64)) (model.Piece, error)

	// Records. They go without the bytes of evidence: reading those is an access,
	// which has to be in the log.
	Record(ctx context.Context, short string) (record.Evidence, error)
	ExportBare(ctx context.Context, short, agent string, w io.Writer) error
	ExportPart(ctx context.Context, short, agent string, p *model.Profile, w io.Writer) error
	ExportEntry(ctx context.Context, short, agent string, seq uint64, w io.Writer) error

	// Who returns the identity that the guest writes as.
	Who() model.Actor
	// At notes an address that the guest comes from, for the people in their
	// rooms, until the function it returns is called.
	At(addr string) (gone func())
	// Close leaves all rooms.
	Close() error
}

// Seat is everything of a seat that a guest can reach.
type Seat interface {
	model.Seat
	// Doubt returns what is wrong with the record of the room, empty where nothing is.
	Doubt(ctx context.Context) model.Safe
}

var (
	_ model.Rooms = Hub(nil)
	_ model.Lobby = Hub(nil)
	_ model.Blobs = Hub(nil)
	_ Hub         = (*restrictedHub)(nil)
	_ Seat        = (*restrictedSeat)(nil)
)
