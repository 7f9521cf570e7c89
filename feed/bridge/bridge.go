package bridge

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"warroom/model"
)

// Duty is something that has to be sent from a room. Its key is the same wherever and
// whenever it is computed, and unique among all bridges: "page/security",
// "slack/update/<event id>".
type Duty struct {
	Key            string
	What           string    // for people: "page security"
	Since          time.Time // when it arose; if in the future, it is not sent before
	Until          time.Time // after that it is useless; zero: never
	Urgent         bool      // takes precedence over others
	WhenUnattended bool      // only while nobody is in the room
	Order          string    // duties of a room with the same one are delivered in their order; "": in any order
	Content        any       // defined by the bridge
}

// Job is one attempt to deliver a duty.
type Job struct {
	Duty
	Short          string
	Room           *model.Room // at the time of the attempt
	Attempt        int         // from 1
	MaybeDelivered bool        // it may have been delivered before, by a process that died then
}

// Result is the answer of the service.
type Result struct {
	Ref    string // id or address of what was created there
	Detail string
	Link   string // address for people, to be recorded in the room
}

// Bridge connects rooms with one service. Duties is pure and fast; the other methods are
// called from several goroutines.
type Bridge interface {
	// Name returns the name of the bridge as a channel: a word of a-z.
	Name() string
	// Duties returns all duties of a room, including those that were done.
	Duties(r *model.Room) []Duty
	// Deliver delivers one duty. It returns when ctx ends. An error is retried with
	// increasing delays unless it is made by [Never] or [After].
	Deliver(ctx context.Context, j Job) (Result, error)
	// Check reports whether the service can be reached, and what its token may and may not
	// do.
	Check(ctx context.Context) []Finding
	// Pace returns the interval between two deliveries, the max burst, and the max number
	// of concurrent deliveries.
	Pace() (every time.Duration, burst, together int)
	// Listen receives messages over a connection that the bridge opens, until ctx ends. If
	// it returns earlier, it is called again.
	Listen(ctx context.Context, in Inlet)
	// Webhook returns the handler of the requests that the service sends; if nil, it sends
	// none.
	Webhook(in Inlet) Hook
}

// SendOnly has the methods of a bridge that receives nothing and sends at the usual rate.
type SendOnly struct{}

// Pace implements [Bridge].
func (SendOnly) Pace() (every time.Duration, burst, together int) {
	return 500 * time.Millisecond, 10, 2
}

// Listen implements [Bridge].
func (SendOnly) Listen(ctx context.Context, _ Inlet) { <-ctx.Done() }

// Webhook implements [Bridge].
func (SendOnly) Webhook(Inlet) Hook { return nil }

// Hook handles the requests of a service. Claim and Verify decide whether a request is from
// the service before anything of it is parsed; ServeHTTP performs the same checks itself.
type Hook interface {
	http.Handler
	// MaxBody returns the max size of a body, in bytes.
	MaxBody() int64
	// Claim refuses a request whose headers alone show that it is not from the service. The
	// error is a [model.Error].
	Claim(h http.Header) error
	// Verify reads a body and refuses one that the service did not sign. The error is a
	// [model.Error].
	Verify(ctx context.Context, h http.Header, body io.ReadSeeker) error
}

// Inlet is what a bridge may do with incoming messages.
type Inlet interface {
	// Rooms returns the open rooms that the bridge may see. It omits drills, and rooms in
	// which its channel is compromised.
	Rooms() []OpenRoom
	// Append appends to a room's log, as the hub, and waits until that is stored. It
	// refuses if the channel was judged compromised meanwhile.
	Append(ctx context.Context, short string, a model.Act) error
	// Declare creates a room, as the person who runs this process.
	Declare(ctx context.Context, d model.Declaration) (short string, err error)
	// Cut returns an open room that cuts the bridge's channel for the whole hub, or "". If
	// there is one, nothing new may come in over the channel.
	Cut() (short string)
	// Log logs a message for the operator of the process.
	Log(s model.Safe)
}

// OpenRoom is an open room.
type OpenRoom struct {
	Short string
	Room  *model.Room
	Now   time.Time // the hub's time
}

// Finding is one line of `warroom doctor`.
type Finding struct {
	OK       bool
	What, Do model.Safe
}

// Hub is what the runner needs from the log.
type Hub interface {
	// Presides reports whether this process acts for the hub.
	Presides() bool
	// Shorts returns the short ids of all rooms.
	Shorts(ctx context.Context) ([]string, error)
	// Glance folds a room without opening it.
	Glance(ctx context.Context, short string) (*model.Room, error)
	// OnActivity calls fn for every room in which something was written.
	OnActivity(fn func(short string)) (stop func(), err error)
	// Open opens the hub's session in a room.
	Open(ctx context.Context, short string) (HubRoom, error)
	// Declare creates a room.
	Declare(ctx context.Context, d model.Declaration) (string, error)
	// HasCommand reports whether a person has the right "command" on the hub itself, not only
	// in a room. The key is one of theirs, or "" if none is known.
	HasCommand(handle, key string) bool
}

// HubRoom is the hub's session in a room.
type HubRoom interface {
	Room() *model.Room
	Now() time.Time // the hub's
	Key() string
	Attended() bool // a person is in the room
	Writes() bool   // the hub may write
	Changed() <-chan struct{}
	Append(ctx context.Context, a model.Act) (model.Receipt, error)
	Close()
}

// never is an error that another attempt would not change.
type never struct{ error }

func (n never) Unwrap() error { return n.error }

// Never returns an error which means that a delivery must not be retried, because the
// service refuses its content.
func Never(err error) error { return never{err} }

// after is an error with the service's delay before a retry.
type after struct {
	error
	wait time.Duration
}

func (a after) Unwrap() error { return a.error }

// After returns an error which means that a delivery may be retried, but not before wait
// has passed.
func After(wait time.Duration, err error) error { return after{error: err, wait: wait} }

// IsNever reports whether an error was made by [Never].
func IsNever(err error) bool { return errors.As(err, new(never)) }

// waitOf returns the delay that an error demands, or 0.
func waitOf(err error) time.Duration {
	var a after
	if errors.As(err, &a) {
		return a.wait
	}
	return 0
}
