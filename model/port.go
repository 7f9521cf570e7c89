package model

import (
	"context"
	"io"
	"time"
)

// Clock tells the time. The only time.Now of the program is in main.go.
type Clock interface {
	Now() time.Time
}

// Right is what a key may do in a room at all.
type Right string

// The three rights. Roles come on top, and only for keys that may write.
const (
	Watch   Right = "watch"
	Write   Right = "write"
	Command Right = "command"
)

// Actor is who does something: a person at a key.
type Actor struct {
	Handle string // [a-z0-9_-]{1,32}
	Key    string // public key in the form of package seal; "" where none is held yet
	Via    string // tui, cli, ssh, hub, demo
}

// Act is something that a person wants to have happened: a command that was
// parsed, before anyone decided whether it may be.
type Act struct {
	At    time.Time // when it happened; zero: now
	Body  Body
	Parts []Part // what the words of its line were read as
}

// Receipt is what one holds of an entry after it was kept.
type Receipt struct {
	ID  string // ULID of the event
	Seq uint64 // its place in the log; 0 while it is not stored
}

// Log takes what a person wants to say in one room.
type Log interface {
	// Submit decides the act against the newest room this process knows,
	// keeps it on disk and returns; the rest happens behind. What becomes of
	// it is seen in View.Waiting and then in the room. It returns an [Error]
	// where the act is refused or could not be kept.
	Submit(ctx context.Context, a Act) (Receipt, error)
	// Append is Submit, and waits until the event is stored and folded. When
	// ctx ends before that, the error has the code [Kept] and the receipt the
	// id; when the log refuses it, [Conflict] or [Forbidden] with the reason.
	Append(ctx context.Context, a Act) (Receipt, error)
	// Who says as whom this log writes.
	Who() Actor
}

// Observer shows a room as it moves. Slow readers lose states in between,
// never the newest one.
type Observer interface {
	// Latest returns the newest view; it never blocks and is never nil.
	Latest() *View
	// Bell has an element after Latest has changed. It has room for one.
	Bell() <-chan struct{}
}

// Seat is one person's place in one room: what they see and say there.
type Seat interface {
	Log
	Observer
	// Dismiss takes a draft that was refused out of View.Waiting.
	Dismiss(id string) error
	// Here tells the others that this person is typing or not.
	Here(typing bool)
	// Close leaves the room and waits for what it owns. What waits in the
	// outbox stays there.
	Close()
}

// Rooms is the hub's list of rooms and the door to each.
type Rooms interface {
	// List returns the rooms of this hub, the newest first.
	List(ctx context.Context) ([]RoomInfo, error)
	// Declare makes a room: its first message, and the plan as its second. It
	// returns the short id.
	Declare(ctx context.Context, d Declaration) (string, error)
	// Enter takes a seat in a room. It returns as soon as there is something
	// to show. [NotFound] where there is no such room; [Unreachable] where the
	// hub cannot be reached and nothing of the room is kept here.
	Enter(ctx context.Context, short string) (Seat, error)
	// Events calls fn for every event of a room from sequence from on, in
	// order and checked, until the tip that was there at the call.
	Events(ctx context.Context, short string, from uint64, fn func(*Event) error) error
	// Follow is Events, and goes on until ctx ends or fn fails.
	Follow(ctx context.Context, short string, from uint64, fn func(*Event) error) error
	// Link says how this process stands to its hub.
	Link() Link
}

// RoomInfo is one row of the list of rooms.
type RoomInfo struct {
	Short      string
	Room       *Room // folded, its timeline perhaps only in part
	LastAt     time.Time
	Restricted bool
}

// Declaration is what a room is declared with.
type Declaration struct {
	Title     string
	Kind      string
	Severity  string // id or alias in the plan
	Criterion string
	Reason    string
	Detected  time.Time // zero: not known
	Drill     bool
	Plan      *Plan

	Restricted []string // who may see the room besides the declarer; nobody: everyone may
	Salt       string   // at random, for fingerprints of secrets; the port makes one where there is none

	Alerts []*AlertReceived // with which the room begins: those of the lobby that it is declared for
}

// Lobby is a hub that has one: where alerts wait that belong to no incident yet.
// Its seat is entered like that of a room, by [LobbyShort].
type Lobby interface {
	// OpenLobby makes the lobby where there is none. The plan says how long an
	// alert may wait, and what it suggests.
	OpenLobby(ctx context.Context, p *Plan) error
	// LobbyRoom returns the lobby folded to its tip, nil where there is none yet.
	LobbyRoom(ctx context.Context) (*Room, error)
}

// Strike is what became of a person's keys and connections when they were struck
// from a hub, or what is left of that when it is lifted.
type Strike struct {
	Handle  string
	Rooms   []StruckIn
	SSHKeys []string // fingerprints of the keys of SSH that they came by
	Ended   int      // connections
	Serving bool     // a server of this hub was there to end them
	Remote  bool     // the hub is somewhere else: its logins are not ours to end
	Unknown bool     // nobody of that name was in a room here, or invited
}

// StruckIn is one room of a [Strike].
type StruckIn struct {
	Short   string
	Keys    int
	Roles   []string
	Trouble Safe // why it was not done there
}

// LinkState is how a process stands to its hub.
type LinkState string

// The states of a link.
const (
	Live     LinkState = "live"
	Catching LinkState = "catching up"
	Offline  LinkState = "offline"
)

// Link is the state of the way to the hub.
type Link struct {
	State   LinkState
	Since   time.Time
	Behind  uint64 // events still to be read while catching up
	Hosting bool   // the hub is inside this process
	Moved   int    // how often the hub has moved to another process
	Where   Safe   // "embedded hub", or the server's address
	Trouble Safe   // what is wrong, for people
	Open    bool   // a server of others: what its logins may read is for its own configuration to say
}

// OpenRoom is what is true of a restricted room on a hub that is Open.
const OpenRoom = "the server lets its other logins read this room until its configuration denies them: docs/cluster.md says which lines"

// Bares says whether a room is restricted here and not on its server.
func (l Link) Bares(r *Room) bool { return l.Open && r.IsRestricted() }

// WaitState is where one's own draft is on its way to the log.
type WaitState string

// The states of a waiting draft.
const (
	Pending WaitState = "pending" // on disk here, not sent
	Sent    WaitState = "sent"    // sent, no answer yet
	Refused WaitState = "refused" // the hub or the room refused it; Why says what to do
)

// Waiting is one draft that is not in the room yet.
type Waiting struct {
	Draft Draft
	State WaitState
	Why   Safe
}

// Proof is how far a reader has checked what it shows.
type Proof struct {
	Pending bool   // shown from this terminal's own snapshot; the check behind runs
	Checked uint64 // events checked so far
	Total   uint64
	Bad     uint64 // events that did not check, where something of their author's is missing: strays are none
	Alarm   Safe   // two truths, or Held: what was found, where
	Held    bool   // Alarm says why nothing is written to the room, and how it is mended
	Newer   Safe   // why a newer program is needed to show the room as it is
	First   uint64 // while Pending: from this entry on the snapshot's newest page was checked, before all else
	Sealed  Sealed // what was said of the log last
}

// Sealed is the newest checkpoint of a room's hub that a process knows of, and
// who else said the same.
type Sealed struct {
	Text string    // its three lines; "": there is none
	Size uint64    // how many entries it covers
	At   time.Time // when this process heard it, or the hub stored it
	Key  string    // who signed it as the hub
	Seen string    // whose terminals computed the same root, by handle, with commas
	Upto uint64    // the largest size that anybody cosigned
	By   string    // and who did, as Seen
	Last time.Time // when
}

// cosignedFor is for how long a cosignature speaks for a log that goes on: the
// terminals cosign once a minute at most.
const cosignedFor = 3 * time.Minute

// IsCosigned says whether somebody besides the hub stands for the log, but for
// what came in the last minutes.
func (s Sealed) IsCosigned() bool { return s.Upto > 0 && s.At.Sub(s.Last) < cosignedFor }

// Percent is how far the check behind is.
func (p Proof) Percent() int {
	if p.Total == 0 {
		return 0
	}
	return int(min(99, p.Checked*100/p.Total))
}

// Presence is one person seen in a room.
type Presence struct {
	Handle   string
	Key      string
	Via      string
	Typing   bool
	LastSeen time.Time
	Seq      uint64 // newest sequence that they have
	From     string // address they come from, where their door says one; for people in the room alone
}

// Knock is somebody at the door of a room whom no hub process lets in: a
// `command` key has to say who they are.
type Knock struct {
	Handle string
	Key    string
	At     time.Time
}

// View is what a terminal needs to draw a room: an immutable room, and what is
// true of this process alone.
type View struct {
	Short   string
	Room    *Room
	Link    Link
	Waiting []Waiting
	Here    []Presence
	Left    []Presence // who was seen here and is not any more, the newest first
	Knocks  []Knock
	Proof   Proof
	Offset  time.Duration // add to the own clock to get the hub's
	Over    Safe          // the seat has ended, and why; the rest is as it was before
}

// Blobs keeps the bytes of evidence: a store for each room, which only those may
// read who see the room. Nothing of them is ever held in memory as a whole.
type Blobs interface {
	// Collect takes what r has into the room's evidence, hashing it on the way.
	// Done is called with how many bytes are stored; it may be nil. Where it ends
	// before r does, what is there stays: the same input from its beginning goes on
	// behind it, after it was compared. The error is an [Error]: [Kept] where all
	// bytes are stored and the entry waits in the outbox.
	Collect(ctx context.Context, short string, c Collection, r io.Reader, done func(int64)) (Piece, error)
	// Fetch gets a piece out: that is an access, which is in the log before the
	// first byte goes to w. It fails where the bytes are not those that were
	// collected, then w has got some of them.
	Fetch(ctx context.Context, short string, n int, why string, w io.Writer, done func(int64)) (Piece, error)
}

// Collection is what somebody takes into evidence.
type Collection struct {
	EvidenceAbout     // but for Blob and Offset, which the store knows
	Resume        int // the incomplete piece to go on with; 0: one of the same person, name and beginning, where there is one
}
