package bridge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"warroom/model"
)

// Duty is something that has to leave a room. Its key is the same wherever and
// whenever it is computed, and unique among all bridges: "page/security",
// "slack/update/<event id>".
type Duty struct {
	Key     string
	What    string    // for people: "page security"
	Since   time.Time // when it arose; it may lie ahead: not before
	Until   time.Time // after that it is too late to be of use; zero: never
	Urgent  bool      // goes before what is not
	Alone   bool      // only while nobody is in the room
	Content any       // the bridge's own
}

// Job is one attempt at a duty.
type Job struct {
	Duty
	Short   string
	Room    *model.Room // as it stands at the attempt
	Attempt int         // from 1
	Again   bool        // it may have been delivered before, by somebody who died then
}

// Result is what the service said.
type Result struct {
	Ref    string // id or address of what was made there
	Detail string
	Link   string // where people find it, for the room to keep
}

// Bridge is the way to one service. Duties is pure and quick; the other methods
// are called from several goroutines at a time.
type Bridge interface {
	// Name is the name of the bridge as a channel: a word of a-z.
	Name() string
	// Duties are all duties of a room, those that were done too.
	Duties(r *model.Room) []Duty
	// Deliver does one. It ends with ctx. Whatever error is neither [Never] nor
	// [After] is tried again, later and later.
	Deliver(ctx context.Context, j Job) (Result, error)
	// Check says whether the service can be reached, and what its token may and
	// may not do.
	Check(ctx context.Context) []Finding
}

// Paced is a bridge that wants to be used slower or faster than others.
type Paced interface {
	// Pace is the time between two deliveries in the long run, how many may go
	// at once before that counts, and how many may be on their way together.
	Pace() (every time.Duration, burst, together int)
}

// Listener is a bridge by which something comes in without a request to us.
type Listener interface {
	// Listen takes in what comes, until ctx ends. It is called anew when it
	// returns before.
	Listen(ctx context.Context, in Inlet)
}

// Hooked is a bridge to which its service sends requests.
type Hooked interface {
	// Webhook returns what takes in the requests.
	Webhook(in Inlet) Hook
}

// Hook takes in the requests of a service. Claim and Verify decide whose a request
// is before anything of it is parsed; ServeHTTP checks the same by itself.
type Hook interface {
	http.Handler
	// MaxBody is the size of the largest body in bytes.
	MaxBody() int64
	// Claim refuses a request whose headers alone show that it is not the
	// service's. The error is a [model.Error].
	Claim(h http.Header) error
	// Verify reads a body and refuses one that the service did not sign. The error
	// is a [model.Error].
	Verify(ctx context.Context, h http.Header, body io.ReadSeeker) error
}

// Inlet is what a bridge may do with what comes in.
type Inlet interface {
	// Rooms are the open rooms that the bridge may know of: no drill, and none
	// while its channel is compromised.
	Rooms() []Place
	// Say says something in a room, as the hub, and waits until it is stored. A
	// room whose channel was cut meanwhile refuses.
	Say(ctx context.Context, short string, a model.Act) error
	// Declare makes a room, as the person whose process this is.
	Declare(ctx context.Context, d model.Declaration) (short string, err error)
	// Cut names an open room that cuts the bridge's channel for the whole hub, ""
	// where none does: nothing new may come from there then.
	Cut() (short string)
	// Tell says something to whoever runs the process.
	Tell(s model.Safe)
}

// Place is an open room.
type Place struct {
	Short string
	Room  *model.Room
	Now   time.Time // the hub's time
}

// Finding is one line of `warroom doctor`.
type Finding struct {
	OK       bool
	What, Do model.Safe
}

// Hub is what the runner needs of the log.
type Hub interface {
	// Presides says whether this process speaks for the hub.
	Presides() bool
	// Shorts are the short ids of all rooms.
	Shorts(ctx context.Context) ([]string, error)
	// Glance folds a room without opening it.
	Glance(ctx context.Context, short string) (*model.Room, error)
	// Hear calls fn for every room in which something was said.
	Hear(fn func(short string)) (stop func(), err error)
	// Open opens the hub's place in a room.
	Open(ctx context.Context, short string) (Office, error)
	// Declare makes a room.
	Declare(ctx context.Context, d model.Declaration) (string, error)
	// HasCommand reports whether a person has the right command on the hub itself,
	// not only in a room. The key is one of theirs, "" where none is known.
	HasCommand(handle, key string) bool
}

// Office is the hub's place in a room.
type Office interface {
	Room() *model.Room
	Now() time.Time // the hub's
	Key() string
	Attended() bool // a person is in the room
	Writes() bool   // what is said would be taken
	Bell() <-chan struct{}
	Append(ctx context.Context, a model.Act) (model.Receipt, error)
	Close()
}

// never is an error that another attempt would not change.
type never struct{ error }

func (n never) Unwrap() error { return n.error }

// Never says that a delivery is not to be tried again: the service refuses it
// for what it is.
func Never(err error) error { return never{err} }

// after is an error with the service's word on when to come again.
type after struct {
	error
	wait time.Duration
}

func (a after) Unwrap() error { return a.error }

// After says that a delivery may be tried again, not sooner than in that time.
func After(wait time.Duration, err error) error { return after{err, wait} }

// IsNever says whether an error was made by [Never].
func IsNever(err error) bool { return errors.As(err, new(never)) }

// waitOf is how long an error asks to wait, 0 where it does not.
func waitOf(err error) time.Duration {
	var a after
	if errors.As(err, &a) {
		return a.wait
	}
	return 0
}
