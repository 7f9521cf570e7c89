package roomindex

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/feed/hubapi"
	"warroom/feed/jetlog"
	"warroom/feed/replica"
	"warroom/feed/rooms"
	"warroom/feed/subjects"
	"warroom/model"
)

// Service keeps the rows of all rooms up to date in the process of the hub, and answers
// requests for them. Stored messages and requests arrive over one connection in one
// channel, so the answer to a request includes every message that was acknowledged before
// it.
type Service struct {
	Config
	Rows *Index

	in   chan *nats.Msg
	subs []*nats.Subscription
	sync string        // the subject of requests by this process
	wake chan struct{} // wakes Run

	mu      sync.Mutex
	changed map[string]bool // rooms to be folded
	missed  bool            // messages may have been missed: all rooms have to be compared
	dropped int             // messages that did not fit into the channel
	epoch   *jetlog.Epoch   // of the connection in which the rooms were compared last
	asks    []*nats.Msg
	waiting []chan error // of this process, on an external server
	saved   uint64       // version that is on disk

	Folds atomic.Int64 // rooms that were folded from their logs
}

// Config connects a service to its process.
type Config struct {
	*replica.Env
	Rooms  *rooms.Set
	Caller string // whose inbox receives the answers to this process
	Eager  bool   // fold the rooms before the first request
}

const (
	indexSave  = 30 * time.Second // interval of writing changes to disk
	indexLook  = 10 * time.Minute // interval of comparing all rooms, for changes without a message
	indexFolds = 4                // rooms that are folded concurrently
	indexBlock = 400 << 10        // max bytes of rows in one answer
)

// Listen subscribes to changes and requests.
func Listen(c Config) (*Service, error) {
	x := &Service{Config: c, Rows: New(), in: make(chan *nats.Msg, 8192), wake: make(chan struct{}, 1),
		changed: map[string]bool{}, missed: true, sync: hubapi.Ask(hubapi.VerbIndex, c.Caller, rand.Text())}
	if block := c.Store.LoadIndex(); block != nil && x.Rows.Load(block) != nil {
		x.Rows = New() // of another version: all rooms are folded
	}
	x.saved = x.Rows.Version()
	from := append(c.Conn.SubjectsFor("*", subjects.Live), subjects.All("*", subjects.Tombstones), x.sync)
	if c.OwnsHub { // an external server may not let this login receive them
		from = append(from, streamEvents+">")
	}
	for _, subject := range from {
		sub, err := c.Conn.NC.ChanSubscribe(subject, x.in)
		if err != nil {
			x.Close()
			return nil, err
		}
		x.subs = append(x.subs, sub)
	}
	sub, err := c.Conn.NC.ChanQueueSubscribe(hubapi.Ask(hubapi.VerbIndex, "*"), hubapi.Queue, x.in)
	if err != nil {
		x.Close()
		return nil, err
	}
	x.subs = append(x.subs, sub)
	return x, nil
}

// streamEvents is the prefix of the subjects on which a server reports that a stream was
// created, changed or deleted. The last token is the name of the stream.
const streamEvents = "$JS.EVENT.ADVISORY.STREAM."

// Close ends the subscriptions.
func (x *Service) Close() {
	for _, sub := range x.subs {
		_ = sub.Unsubscribe() // fails only if the connection is closed
	}
}

// Receive queues changes and requests in the order of the connection.
func (x *Service) Receive(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case m := <-x.in:
			x.note(m)
		}
	}
}

func (x *Service) note(m *nats.Msg) {
	if strings.HasPrefix(m.Subject, hubapi.Ask(hubapi.VerbIndex, "")) {
		_, handle, ok := hubapi.Question(m.Subject)
		if m.Subject != x.sync && (!ok || !hubapi.Answerable(m, handle)) {
			return
		}
		x.mu.Lock()
		x.asks = append(x.asks, m)
		x.mu.Unlock()
		x.notify()
		return
	}
	short, _, _, _, ok := subjects.Parse(m.Subject)
	if name, is := strings.CutPrefix(m.Subject, streamEvents); is {
		_, name, _ = strings.Cut(name, ".")
		short, ok = strings.CutPrefix(name, subjects.StreamRoot)
	}
	if ok && !strings.HasSuffix(jetlog.LastHeader(m.Header, jetlog.StreamHeader), subjects.CheckpointsEnd) {
		x.Changed(short)
	}
}

func (x *Service) notify() {
	select {
	case x.wake <- struct{}{}:
	default:
	}
}

// Changed makes the service fold a room before the next answer.
func (x *Service) Changed(short string) {
	if subjects.CheckShort(short) != nil || short == model.LobbyShort {
		return
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	x.changed[short] = true
}

// Run answers requests, and regularly writes the rows to disk, until ctx ends.
func (x *Service) Run(ctx context.Context) {
	save, look := time.NewTicker(indexSave), time.NewTicker(indexLook)
	defer save.Stop()
	defer look.Stop()
	defer x.save()
	if x.Eager {
		_ = x.settle(ctx) // requesters get the error
	}
	given := false // memory that the start needed was returned to the system
	for {
		select {
		case <-ctx.Done():
			return
		case <-x.wake:
			x.answerAll(ctx)
		case <-look.C:
			x.mu.Lock()
			x.missed = true
			x.mu.Unlock()
		case <-save.C:
			if x.Eager {
				_ = x.settle(ctx)
			}
			x.save()
			if !given { // a start leaves much unused memory
				debug.FreeOSMemory()
				given = true
			}
		}
	}
}

// save writes the rows to disk if they have changed.
func (x *Service) save() {
	version := x.Rows.Version()
	if version == x.saved {
		return
	}
	all := x.Rows.All()
	block, n := x.Rows.Block(all, int(^uint(0)>>1))
	if n < len(all) {
		return
	}
	if err := x.Store.WriteIndex(block); err != nil {
		x.Logf(model.Sentence(err))
		return
	}
	x.saved = version
}

// answerAll answers all pending requests.
func (x *Service) answerAll(ctx context.Context) {
	x.mu.Lock()
	asks, waiting := x.asks, x.waiting
	x.asks, x.waiting = nil, nil
	x.mu.Unlock()
	if len(asks) == 0 && len(waiting) == 0 {
		return
	}
	err := x.settle(ctx)
	for _, w := range waiting {
		w <- err
	}
	for _, m := range asks {
		var ask Ask
		switch {
		case err != nil:
			respond(m, Refusing(err))
		case m.Subject == x.sync:
			respond(m, Answer{})
		case json.Unmarshal(m.Data, &ask) != nil:
			respond(m, Refusing(model.Refuse(model.Invalid,
				"the request for rooms cannot be read; install a newer warroom")))
		default: // a process of the hub's own machine sees all rooms
			respond(m, x.Answer(ask, nil))
		}
	}
}

// Answer returns the answer to one request. It omits rows for which sees returns false; nil
// sees all.
func (x *Service) Answer(ask Ask, sees func(*Row) bool) (a Answer) {
	rows, more := x.Rows.Recent(ask.Closed, sees)
	if ask.From != "" {
		i, found := slices.BinarySearchFunc(rows, ask.From,
			func(r *Row, from string) int { return Newest(r.Short, from) })
		if found {
			i++
		}
		rows = rows[i:]
	}
	block, n := x.Rows.Block(rows, indexBlock)
	a.Block, a.More = block, more
	if n < len(rows) {
		a.Next = rows[n-1].Short
	}
	return a
}

// Settled waits until the rows include every message that this process knows to be stored.
func (x *Service) Settled(ctx context.Context) error {
	ctx, cancel := x.Conn.Alive(ctx, Timeout)
	defer cancel()
	if !x.OwnsHub { // its login may not send itself requests, and all rooms are compared anyway, see isLost
		return x.settledHere(ctx)
	}
	m, err := x.Conn.NC.RequestWithContext(ctx, x.sync, nil)
	if err != nil {
		return x.Unreachable(jetlog.AnswerError(ctx, err))
	}
	var a Answer
	if err := json.Unmarshal(m.Data, &a); err != nil {
		return x.Unreachable(err)
	}
	return a.Err()
}
