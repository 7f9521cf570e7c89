package model

import (
	"context"
	"io"
	"slices"
	"strings"
	"time"
)

// Clock returns the current time. Only main.go calls time.Now.
type Clock interface {
	Now() time.Time
}

// Right is what a key is allowed to do in a room.
type Right string

// The three rights. Roles add powers to them, but only for keys that may write.
const (
	Watch   Right = "watch"
	Write   Right = "write"
	Command Right = "command"
)

// Actor is a person with the key that they use.
type Actor struct {
	Handle string // [a-z0-9_-]{1,32}
	Key    string // public key, see package signing; if "", none yet
	Via    string // tui, cli, ssh, hub, demo
}

// Act is something that a person wants to do. It has been parsed, but not checked.
type Act struct {
	At   time.Time // when it happened; zero: now
	Body Body
	Args []ParsedArg // how the words of its line were understood
	Line string      // as it was typed; empty where a program made it
}

// Receipt identifies an event that was accepted.
type Receipt struct {
	ID  string // ULID of the event
	Seq uint64 // its sequence in the log; 0 while it is not stored
}

// Log accepts what a person writes in one room.
type Log interface {
	// Submit checks the act against the newest room that this process has, writes it
	// to the outbox and returns. It is sent in the background: View.Waiting lists it
	// until it is in the room. It returns an [Error] if the act is refused or cannot
	// be written to the outbox.
	Submit(ctx context.Context, a Act) (Receipt, error)
	// Append is like Submit, but waits until the event is stored and folded. If ctx
	// ends first, it returns an error with code [Queued] and a receipt with the id.
	// If the event is stored but has no effect, it returns an error with code
	// [Conflict] or [Forbidden] and the reason.
	Append(ctx context.Context, a Act) (Receipt, error)
	// Who returns the identity that the Log writes as.
	Who() Actor
}

// Observer gives access to the changing state of a room. A slow reader misses
// intermediate states, but never the newest one.
type Observer interface {
	// Latest returns the newest view. It never blocks and never returns nil.
	Latest() *View
	// Changed returns a channel of capacity 1 that receives a value after Latest has
	// changed.
	Changed() <-chan struct{}
}

// RoomSession is one person's session in one room.
type RoomSession interface {
	Log
	Observer
	// Dismiss removes a refused draft from View.Waiting.
	Dismiss(id string) error
	// Here tells the others in the room whether this person is typing.
	Here(typing bool)
	// IntegrityWarning compares what this machine stored about the room with what
	// the hub has now. It returns what is wrong with the record, or empty text if
	// nothing is.
	IntegrityWarning(ctx context.Context) Safe
	// Close leaves the room and waits for the goroutines of the session. Drafts in
	// the outbox stay there.
	Close()
}

// Rooms is the hub's list of rooms, and access to each of them.
type Rooms interface {
	// List returns the rooms of the hub, the newest first.
	List(ctx context.Context) ([]RoomInfo, error)
	// Recent returns the rooms that are not closed and the newest of those that are, at
	// most so many, and how many closed ones it leaves out. It takes as long for ten
	// thousand closed rooms as for a hundred.
	Recent(ctx context.Context, closed int) (rooms []RoomInfo, more int, err error)
	// Declare makes a room: its first message, and the plan as its second. It
	// returns the short id.
	Declare(ctx context.Context, d Declaration) (string, error)
	// Enter opens a session in a room. It returns as soon as there is something to
	// show. The error has code [NotFound] if there is no such room, and
	// [Unreachable] if the hub cannot be reached and there is no replica of the
	// room.
	Enter(ctx context.Context, short string) (RoomSession, error)
	// Events calls fn for every event of a room from sequence from on, in order and
	// checked, up to the end of the log at the time of the call. It returns the
	// first error of fn.
	Events(ctx context.Context, short string, from uint64, fn func(*Event) error) error
	// Follow is like Events, but continues until ctx ends or fn returns an error.
	Follow(ctx context.Context, short string, from uint64, fn func(*Event) error) error
	// Link returns the state of the connection to the hub.
	Link() Link
}

// RoomInfo is an entry in the list of rooms.
type RoomInfo struct {
	Short      string
	Room       *Room // as [Room.Summary] returns it, or more of it
	LastAt     time.Time
	Restricted bool
}

// IsULID reports whether a word can be the ULID of a room, in capital or small letters.
func IsULID(word string) bool { return ValidRoomID(strings.ToUpper(word)) }

// ShortOf returns the short id of the room that a person named by its ULID. It looks only among the
// rooms that list returns, which are those that the person may see. Any other name is returned as it
// is, and refused later if no room has it.
func ShortOf(ctx context.Context, list func(context.Context) ([]RoomInfo, error), name string) (string, error) {
	if !IsULID(name) {
		return name, nil
	}
	rooms, err := list(ctx)
	if err != nil {
		return "", err
	}
	for _, i := range rooms {
		if i.Room != nil && strings.EqualFold(i.Room.ID, name) {
			return i.Short, nil
		}
	}
	return name, nil
}

// Declaration contains what is needed to declare a room.
type Declaration struct {
	Title     string
	Kind      string
	Severity  string // id or alias from the plan
	Criterion string
	Reason    string
	Detected  time.Time // zero: not known
	Drill     bool
	Plan      *Plan

	Restricted []string // people who may see the room besides the declarer; if empty, everybody
	Salt       string   // random, for fingerprints of secrets; if empty, Declare creates one

	Alerts []*AlertReceived // alerts of the lobby for which the room is declared
}

// Lobby is a hub with a lobby, where alerts wait that belong to no incident yet.
// Rooms.Enter opens it with the short id [LobbyShort].
type Lobby interface {
	// OpenLobby creates the lobby if there is none. The plan determines how long an
	// alert may wait, and what the lobby suggests.
	OpenLobby(ctx context.Context, p *Plan) error
	// LobbyRoom returns the current state of the lobby, or nil if there is none.
	LobbyRoom(ctx context.Context) (*Room, error)
}

// Revocation is the result of revoking a person's keys and connections on a hub, or of
// lifting a revocation.
type Revocation struct {
	Handle  string
	Rooms   []RoomRevocation
	SSHKeys []string // fingerprints of the person's SSH keys
	Ended   int      // number of connections that were closed
	Serving bool     // an SSH server of this hub was running
	Remote  bool     // the hub is on another server, which controls its own logins
	Unknown bool     // nobody of that name was ever in a room here, or invited
}

// Somewhere reports whether a room accepted it.
func (r *Revocation) Somewhere() bool {
	return slices.ContainsFunc(r.Rooms, func(in RoomRevocation) bool { return in.Problem.IsEmpty() })
}

// RoomRevocation is the result for one room of a [Revocation].
type RoomRevocation struct {
	Short   string
	Keys    int
	Roles   []string
	Problem Safe // why it failed there
}

// LinkState is the state of a connection to a hub.
type LinkState string

// The states of a connection.
const (
	Live     LinkState = "live"
	Catching LinkState = "catching up"
	Offline  LinkState = "offline"
)

// Link describes the connection to the hub.
type Link struct {
	State   LinkState
	Since   time.Time
	Lag     uint64 // events left to read while catching up
	Hosting bool   // this process hosts the hub
	Moved   int    // how often another process took over hosting the hub
	Where   Safe   // "embedded hub", or the server's address
	Problem Safe   // what is wrong
	Open    bool   // a server that others configure may let its other logins read rooms
}

// OpenRoom is the warning for a restricted room on a hub that is Open.
const OpenRoom = "the server lets its other logins read this room until its configuration denies them: " +
	"docs/cluster.md has the lines"

// Bares reports whether a room is restricted here but readable by other logins of
// the server.
func (l Link) Bares(r *Room) bool { return l.Open && r.IsRestricted() }

// WaitState is the state of a draft that is not in the log yet.
type WaitState string

// The states of a draft.
const (
	Pending WaitState = "pending" // on disk here, not sent
	Sent    WaitState = "sent"    // sent, not confirmed
	Refused WaitState = "refused" // refused by the hub or the room; Why states what to do
)

// Waiting is one draft that is not in the room yet.
type Waiting struct {
	Draft Draft
	State WaitState
	Why   Safe
}

// Proof is how much of the displayed room has been verified.
type Proof struct {
	Pending bool   // shown from the client's own snapshot while the check is running
	Checked uint64 // number of events verified so far
	Total   uint64
	Bad     uint64 // events that do not check and are not strays, so their author's messages are incomplete
	Alarm   Safe   // what was found wrong and where: two versions of the log, or Held
	Held    bool   // nothing is written to the room; Alarm states why, and how to repair it
	Newer   Safe   // why a newer program is needed to show the room completely
	First   uint64 // while Pending: the newest page, from this entry on, was verified first
	Sealed  Sealed // newest checkpoint
}

// Sealed is the newest checkpoint by a room's hub that a process knows, and who
// cosigned it.
type Sealed struct {
	Text string    // the three lines of the checkpoint; if "", none
	Size uint64    // number of entries that it covers
	At   time.Time // when this process received it, or the hub stored it
	Key  string    // key of the hub that signed it
	Seen string    // handles of the people who cosigned it, with commas
	Upto uint64    // the largest size that anybody cosigned
	By   string    // handles of the people who cosigned that, as in Seen
	Last time.Time // time of the newest cosignature
}

// cosignedFor is how long after a cosignature a growing log counts as cosigned.
// Clients cosign at most once a minute.
const cosignedFor = 3 * time.Minute

// IsCosigned reports whether somebody besides the hub has cosigned the log, except
// for its last few minutes.
func (s Sealed) IsCosigned() bool { return s.Upto > 0 && s.At.Sub(s.Last) < cosignedFor }

// Percent returns the progress of the background check, from 0 to 100.
func (p Proof) Percent() int {
	if p.Total == 0 {
		return 0
	}
	return int(min(99, p.Checked*100/p.Total))
}

// Presence is a person seen in a room.
type Presence struct {
	Handle   string
	Key      string
	Via      string
	Typing   bool
	LastSeen time.Time
	Seq      uint64 // newest sequence that they have
	From     string // address they connect from, if known; shown to people in the room only
}

// JoinRequest is a person who asks to be admitted to a room, and whom no hub process
// admits by itself. Somebody with a command key has to confirm who they are.
type JoinRequest struct {
	Handle string
	Key    string
	At     time.Time
}

// View is what a client needs to draw a room: the immutable room, and the state of
// this process.
type View struct {
	Short        string
	Room         *Room
	Link         Link
	Waiting      []Waiting
	Here         []Presence
	Left         []Presence // people seen here who have left, the newest first
	JoinRequests []JoinRequest
	Proof        Proof
	Offset       time.Duration // add to this machine's clock to get the hub's
	Over         Safe          // why the session has ended; the other fields keep their last values
}

// Blobs stores the bytes of evidence, separately for each room. Only people who may
// see the room can read them. An implementation never holds a whole item in memory.
type Blobs interface {
	// Collect reads r into the evidence of a room and hashes it on the way. It calls
	// done, unless that is nil, with the number of bytes stored so far. If it is
	// interrupted, the bytes so far remain; another Collect with the same input from
	// the beginning compares them and continues after them. The error is an [Error];
	// its code is [Queued] if all bytes are stored and the entry is in the outbox.
	Collect(ctx context.Context, short string, c Collection, r io.Reader, done func(int64)) (EvidenceItem, error)
	// Fetch writes the bytes of an evidence item to w. It first records the access
	// in the log. It returns an error if the bytes are not those that were
	// collected; w has then received some of them.
	Fetch(ctx context.Context, short string, n int, why string, w io.Writer, done func(int64)) (EvidenceItem, error)
}

// RawFiles stores the files from which alerts of the lobby were read.
type RawFiles interface {
	// StoreRaw stores the masked copy of the file with the SHA-256 c.Of, for the
	// alerts of the lobby that the same person imported from it. When such an alert
	// moves to a room, the copy becomes evidence there. A copy that is stored
	// already is not stored again; one larger than [MaxRawFile] is refused.
	StoreRaw(ctx context.Context, c Collection, r io.Reader) error
}

// MaxRawFile is the maximum size in bytes of a file that is kept for alerts of the
// lobby.
const MaxRawFile = 64 << 20

// Collection describes what somebody adds to the evidence.
type Collection struct {
	EvidenceAbout // without Blob and Offset, which the store sets
	// Number of the incomplete item to resume; if 0, one of the same person, name and
	// beginning, if there is one.
	Resume int
}
