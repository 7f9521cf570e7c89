// Package jetlog connects a process to its hub and gives access to the log of a room as
// JetStream stores it: the last sequence, the stored messages, the tombstones of redacted
// messages, the checkpoints, and publishing.
//
// The owner of a hub uses JetStream directly. A login without that permission sends the
// same requests to the hub, over the subjects of package hubapi. A [Conn] hides the
// difference.
package jetlog

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hubapi"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/model"
)

// Conn is the connection to the hub. Its methods are safe for concurrent use.
type Conn struct {
	NC       *nats.Conn
	JS       jetstream.JetStream
	Where    model.Safe
	handle   string                // whose inbox receives the answers
	ByHub    atomic.Bool           // this login asks the hub instead of JetStream, see ask.go
	Changed  chan struct{}         // receives a value when the connection came or broke
	denied   atomic.Pointer[error] // newest asynchronous error of the server
	Epoch    atomic.Pointer[Epoch] // of the present connection
	Looked   atomic.Bool           // the server was checked and can store a log
	NoLeader atomic.Bool           // the log has no leader: too few servers of a cluster are running
	denials  denials
	answers  answers  // to queries of stored messages
	rooms    sync.Map // RoomState by short id, see stream_state.go
}

// Epoch is the time of one connection. Its context ends when the connection breaks,
// because requests sent over it are never answered.
type Epoch struct {
	ctx context.Context
	end context.CancelFunc
}

func newConnEpoch() *Epoch {
	l := new(Epoch)
	l.ctx, l.end = context.WithCancel(context.Background())
	return l
}

// Alive returns a context for a request. It ends with ctx, after d, or when the
// connection breaks.
func (c *Conn) Alive(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithTimeout(ctx, d)
	stop := context.AfterFunc(c.Epoch.Load().ctx, cancel)
	return ctx, func() {
		stop()
		cancel()
	}
}

// lost handles the loss of the connection.
func (c *Conn) lost(err error) {
	c.complain(err)
	c.Epoch.Swap(newConnEpoch()).end()
	wake.Notify(c.Changed)
}

// noteLeader records from the result of a request whether the log has a leader.
func (c *Conn) noteLeader(err error) {
	if is := isNoLeader(err); (err == nil || is) && c.NoLeader.Swap(is) != is {
		wake.Notify(c.Changed)
	}
}

// open prepares the use of JetStream.
func (c *Conn) open() (err error) {
	if c.JS, err = jetstream.New(c.NC); err != nil {
		return fmt.Errorf("open jetstream: %w", err)
	}
	return nil
}

// complain stores an asynchronous error of the server.
func (c *Conn) complain(err error) {
	if err != nil && !c.isOptional(err) {
		c.denied.Store(&err)
	}
}

// isOptional reports whether err is the denial of a subject that a server need not allow.
func (c *Conn) isOptional(err error) bool {
	var denied *complaint
	if !errors.As(err, &denied) {
		return false
	}
	return denied.subject == hubapi.Health || denied.subject == hubapi.Ask(hubapi.VerbHealth, c.handle) ||
		slices.Contains(strings.Split(hubapi.Plain(denied.subject), "."), subjects.Checkpoints)
}

// LastError returns the newest asynchronous error of the server, or nil.
func (c *Conn) LastError() error {
	if p := c.denied.Load(); p != nil {
		return *p
	}
	return nil
}

// Tip returns the last sequence of a room according to the leader, and the time on the
// leader's clock. It returns [model.NotFound] if there is no such room, and
// [model.Forbidden] if the server hides it from this login.
func (c *Conn) Tip(ctx context.Context, short string) (uint64, time.Time, error) {
	if c.ByHub.Load() {
		return c.askTip(ctx, short)
	}
	ctx, cancel := c.Asking(ctx, DefaultTimeout, "$JS.API.STREAM.INFO."+subjects.Stream(short))
	defer cancel()
	s, err := c.JS.Stream(ctx, subjects.Stream(short))
	if c.noteLeader(err); errors.Is(err, jetstream.ErrStreamNotFound) {
		return 0, time.Time{}, model.NoRoom(short)
	}
	if err = AnswerError(ctx, err); IsDenied(err) {
		return 0, time.Time{}, Hidden(short)
	} else if err != nil {
		return 0, time.Time{}, err
	}
	i := s.CachedInfo()
	if !i.Config.AllowDirect {
		return 0, time.Time{},
			model.Refuse(model.NotFound,
				"%s is not a room: the stream %s on %s was created by something else; ask the person who runs "+
					"it", short,
				subjects.Stream(short), c.Where)
	}
	c.Learn(short, i.Config.Metadata)
	return i.State.LastSeq, i.TimeStamp, nil
}

// Publish publishes one message and waits for the acknowledgement of the log. dup reports
// whether the log had the message already.
func (c *Conn) Publish(ctx context.Context, m *nats.Msg) (seq uint64, dup bool, err error) {
	short, _, _, _, _ := subjects.Parse(m.Subject)
	m = c.put(m)
	ctx, cancel := c.Asking(ctx, DefaultTimeout, m.Subject)
	defer cancel()
	r, err := c.NC.RequestMsgWithContext(ctx, m)
	c.noteLeader(err)
	if err != nil {
		return 0, false, AnswerError(ctx, err)
	}
	switch err := c.Refused(r, short); {
	// or the room is hidden from this login
	case err != nil && (model.CodeOf(err) == model.Forbidden || model.CodeOf(err) == model.NotFound):
		return 0, false, &denied{m.Subject}
	case err != nil:
		return 0, false, err
	}
	if r.Header.Get("Status") == "503" { // relayed: the log has no leader, or there is no such stream
		c.noteLeader(nats.ErrNoResponders)
		return 0, false, nats.ErrNoResponders
	}
	var a struct {
		Error *APIError `json:"error"`
		Seq   uint64    `json:"seq"`
		Dup   bool      `json:"duplicate"`
	}
	if err := json.Unmarshal(r.Data, &a); err != nil {
		return 0, false, fmt.Errorf("publish: %w", err)
	}
	if a.Error != nil {
		c.noteLeader(a.Error)
		return 0, false, a.Error
	}
	return a.Seq, a.Dup, nil
}
