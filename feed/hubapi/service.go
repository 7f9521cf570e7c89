package hubapi

import (
	"context"
	"errors"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats.go"

	"warroom/model"
)

// Policy provides what the service needs beside the streams.
type Policy interface {
	// Revoked reports whether a handle may no longer connect.
	Revoked(handle string) bool
	// From returns the server's address for a login's connection, or "" if this process
	// does not know it.
	From(handle, conn string) string
	// Storing is called before a message of a login is stored in a room's log, with the key
	// of its subject and its signature. A change of access by the message takes effect in
	// it, before others receive the message. If it returns an error, the message is not
	// stored: because of the message if the error is [model.Forbidden]. If after is not nil,
	// it is called once the message was stored or refused; it sets the access to what the log
	// states.
	Storing(handle, room, key, sig string, payload []byte) (after func(), err error)
	// Keys returns the keys that a room has admitted, with their handles, including those
	// that were revoked later.
	Keys(room string) (map[string]string, error)
	// Cosigns reports whether a note is a cosignature that a room can use: by one key that
	// the room has admitted as the handle's and not revoked, of a checkpoint that the room's
	// hub signed.
	Cosigns(handle, room, key string, note []byte) (bool, error)
}

// Config configures a [Service].
type Config struct {
	// Conn is a connection that may use the JetStream API.
	Conn *nats.Conn
	// Readers are further such connections, for reads: the server reads a batch in the read
	// loop of the connection that requests it.
	Readers []*nats.Conn
	Policy  Policy
	Limits  Limits
	Logf    func(model.Safe)
	Now     func() time.Time
	// Receipts is the prefix of a subject of this service, such as "_INBOX_hub.put1.", for
	// the receipts of stored messages. A cluster without a leader reports that only to the
	// connection that published. If empty, receipts go directly to the requester.
	Receipts string
}

// Service answers requests of logins about rooms. Before [Service.Open] it only refuses.
type Service struct {
	cfg   Config
	limit *limiter
	rooms *roomCache
	reads *FairQueue
	puts  *FairQueue
	asks  *FairQueue
	subs  []*nats.Subscription
	wg    sync.WaitGroup
	stop  context.CancelFunc
	ctx   context.Context

	opened chan struct{}
	once   sync.Once

	keys keyCache

	// access is locked for reading while a request is checked and forwarded, and for
	// writing while the access of a room changes. After that, nothing is in flight that was
	// allowed before.
	access sync.RWMutex
}

// maxNote is the max size of a stored cosignature: a checkpoint with two signatures has
// about 700 bytes.
const maxNote = 4 << 10

// The max number of waiting messages per login.
const (
	waitingReads = 64
	waitingPuts  = 512
)

// Listen starts a service. It returns an error if it cannot subscribe.
func Listen(cfg Config) (*Service, error) {
	if cfg.Limits == (Limits{}) {
		cfg.Limits = DefaultLimits()
	}
	if cfg.Logf == nil {
		cfg.Logf = func(model.Safe) {}
	}
	s := &Service{cfg: cfg, limit: newLimiter(cfg.Limits, cfg.Now, cfg.Logf), rooms: newRoomCache(cfg.Conn, cfg.Now),
		reads: NewFairQueue(waitingReads), puts: NewFairQueue(waitingPuts), asks: NewFairQueue(waitingReads),
		opened: make(chan struct{})}
	s.ctx, s.stop = context.WithCancel(context.Background())
	if err := s.subscribe(); err != nil {
		s.Close()
		return nil, err
	}
	for _, nc := range cfg.Readers {
		s.work(s.reads, func(handle string, m *nats.Msg) { s.get(nc, handle, m) })
	}
	s.work(s.puts, s.put)
	for range 2 {
		s.work(s.asks, s.tip)
	}
	s.wg.Go(s.reports)
	return s, nil
}

// subscribe subscribes to requests, as a member of the queue group.
func (s *Service) subscribe() error {
	to := map[string]nats.MsgHandler{
		hubRoot + VerbGet + ".*.*.*":    s.queue(s.reads, questions),
		hubRoot + VerbRaw + ".*.*.*":    s.queue(s.reads, questions),
		hubRoot + VerbTip + ".*.*":      s.queue(s.asks, questions),
		hubRoot + VerbPut + ".*.*.*.*":  s.queue(s.puts, messages),
		hubRoot + VerbHere + ".*.*.*.*": s.here,
		hubRoot + VerbJoin + ".*.*.*.*": s.join,
	}
	for _, subjectKind := range []string{SubjectLive, SubjectPresence} {
		to[Root+"*."+Private(subjectKind)+".>"] = s.relay
	}
	for subject, fn := range to {
		sub, err := s.cfg.Conn.QueueSubscribe(subject, Queue, fn)
		if err != nil {
			return err
		}
		s.subs = append(s.subs, sub)
	}
	if s.cfg.Receipts != "" {
		sub, err := s.cfg.Conn.Subscribe(s.cfg.Receipts+">", s.receipt)
		if err != nil {
			return err
		}
		s.subs = append(s.subs, sub)
	}
	ctx, cancel := context.WithTimeout(s.ctx, 10*time.Second)
	defer cancel()
	return s.cfg.Conn.FlushWithContext(ctx)
}

// Open starts answering. It is called once it is known who may see which room.
func (s *Service) Open() { s.once.Do(func() { close(s.opened) }) }

// Close ends the service.
func (s *Service) Close() {
	for _, sub := range s.subs {
		_ = sub.Unsubscribe() // no matter if the connection is gone
	}
	s.stop()
	for _, q := range []*FairQueue{s.reads, s.puts, s.asks} {
		q.Close()
	}
	s.wg.Wait()
	s.limit.report()
}

// Changed applies the current access of a room. When it returns, nothing is in flight that
// was allowed before.
func (s *Service) Changed(room string) {
	s.access.Lock()
	defer s.access.Unlock()
	s.rooms.forget(room)
}

// Allow counts a request, a room or a key of a login that the service itself does not
// answer. It returns an error if the login is over its limit.
func (s *Service) Allow(verb, handle string) error {
	k := questions
	switch verb {
	case VerbCreate:
		k = rooms
	case VerbJoin:
		k = joins
	}
	if s.limit.allow(handle, k, 1) {
		return nil
	}
	if k == rooms { // not retried automatically
		return model.Refuse(model.Conflict,
			"%s declared too many rooms: one login may declare %d at once, and then one every %d minutes; try "+
				"again later",
			handle, s.cfg.Limits.Rooms.Burst, int(1/s.cfg.Limits.Rooms.PerSecond/60))
	}
	return model.Refuse(model.Queued, "%s", s.limit.sentence(handle, k))
}

// work processes a queue until it is closed.
func (s *Service) work(q *FairQueue, fn func(handle string, m *nats.Msg)) {
	s.wg.Go(func() {
		for handle, m := q.Pop(); m != nil; handle, m = q.Pop() {
			fn(handle, m)
		}
	})
}

// reports logs refusals in intervals.
func (s *Service) reports() {
	t := time.NewTicker(reportEvery)
	defer t.Stop()
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-t.C:
			s.limit.report()
		}
	}
}

// queue returns a handler that queues requests by login.
func (s *Service) queue(q *FairQueue, k kind) nats.MsgHandler {
	return func(m *nats.Msg) {
		handle := tokens(m.Subject)[3]
		if !s.answers(m, handle) {
			return
		}
		if k == messages && tokens(m.Subject)[5] == SubjectCheckpoints && !s.takesNote(handle, m) {
			return
		}
		if !s.limit.allow(handle, k, 1) || k == messages && !s.limit.allow(handle, volume, len(m.Data)) {
			s.refuse(m, limited, s.limit.sentence(handle, k))
			return
		}
		if !q.Push(handle, m) {
			s.refuse(m, limited, s.limit.sentence(handle, k))
		}
	}
}

// takesNote reports whether a cosignature may be stored. Logins that may only watch can
// store cosignatures, and they are never deleted.
func (s *Service) takesNote(handle string, m *nats.Msg) bool {
	switch {
	case len(m.Data) > maxNote:
		s.refuse(m, invalid, "a cosignature is shorter")
	case !s.limit.allow(handle, notes, 1):
		s.refuse(m, limited, s.limit.sentence(handle, notes))
	default:
		return true
	}
	return false
}

// answers reports whether a request may be answered at all.
func (s *Service) answers(m *nats.Msg, handle string) bool {
	if !Answerable(m, handle) {
		return false // there is no valid reply subject
	}
	select {
	case <-s.opened:
	default:
		s.refuse(m, unavailable, "the hub is starting")
		return false
	}
	if !s.cfg.Policy.Revoked(handle) {
		return true
	}
	s.refuse(m, forbidden, handle+" was revoked on this hub")
	return false
}

func tokens(subject string) []string { return strings.Split(subject, ".") }

// The codes of a [Refusal].
const (
	forbidden   = "forbidden"
	notFound    = "not_found"
	limited     = "limited"
	unavailable = "unavailable"
	invalid     = "invalid"
)

// The headers of a refusal.
const (
	hdrRefused = "Warroom-Refused" // the code
	hdrReason  = "Warroom-Reason"  // a sentence
)

// refuse answers a request with a refusal.
func (s *Service) refuse(m *nats.Msg, code, why string) {
	// the requester retries
	_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: m.Reply, Header: nats.Header{hdrRefused: {code}, hdrReason: {why}}})
}

// The errors that a refusal matches with errors.Is.
var (
	ErrForbidden   = errors.New("the hub does not allow that for this login")
	ErrNotFound    = errors.New("no such room")
	ErrLimited     = errors.New("this login is over its limit")
	ErrUnavailable = errors.New("the hub cannot answer now")
	ErrInvalid     = errors.New("the hub does not support the request")
)

// Refusal is an answer of the hub, not of JetStream, which refuses a request.
type Refusal struct {
	Code string
	Why  model.Safe
}

// Error returns the hub's sentence.
func (r *Refusal) Error() string { return r.Why.String() }

// Is reports whether target is the error of the refusal's code.
func (r *Refusal) Is(target error) bool {
	return target == map[string]error{forbidden: ErrForbidden, notFound: ErrNotFound, limited: ErrLimited,
		unavailable: ErrUnavailable, invalid: ErrInvalid}[r.Code]
}

// Refused returns the refusal in an answer, or nil if it is not a refusal.
func Refused(m *nats.Msg) error {
	v := m.Header[hdrRefused]
	if len(v) != 1 {
		return nil
	}
	return &Refusal{Code: v[0], Why: model.CleanLine(m.Header.Get(hdrReason))}
}

// Sees reports whether the room's access lets a login see it. The error is
// [ErrUnavailable] if the server does not answer: the caller must neither grant nor deny
// then.
func (s *Service) Sees(handle, short string) (bool, error) {
	s.access.RLock()
	defer s.access.RUnlock()
	_, ok, err := s.shown(handle, short)
	return ok, err
}

// Refuse refuses a request that is not handled by a [Service]. The request must be
// [Answerable].
func Refuse(nc *nats.Conn, m *nats.Msg, why model.Safe) error {
	return nc.PublishMsg(&nats.Msg{Subject: m.Reply,
		Header: nats.Header{hdrRefused: {limited}, hdrReason: {why.String()}}})
}
