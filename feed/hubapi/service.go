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

// Policy is what the service has to know beside what stands in the streams.
type Policy interface {
	// Revoked reports whether a handle is let in no more.
	Revoked(handle string) bool
	// From returns the address of a login's connection as the server has it, ""
	// where this process does not know.
	From(handle, conn string) string
	// Storing is called before a message of a login is stored in a room's log, with the
	// key of its subject and its signature. A change of who may see the room takes effect in it, before others receive the
	// message; with an error the message is not stored. After, if it is not nil, is
	// called when the message was stored or refused: it has the room be seen as its
	// log says.
	Storing(handle, room, key, sig string, payload []byte) (after func(), err error)
}

// Config is what a [Service] needs.
type Config struct {
	// Conn is a connection that may use the JetStream API.
	Conn *nats.Conn
	// Readers are more of them, for what is read: the server reads a batch inside
	// the connection that asks for it.
	Readers []*nats.Conn
	Policy  Policy
	Limits  Limits
	Logf    func(model.Safe)
	Now     func() time.Time
	// Receipts begins a subject of this service's own, as "_INBOX_hub.put1.", over
	// which receipts of stored messages come back. A cluster without a leader says so
	// to who published, and to nobody else. "": they go to the asker directly.
	Receipts string
}

// Service answers what logins ask about rooms. It answers nothing but refusals
// before [Service.Open].
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

	// access is held for reading while a question is checked and handed on, and for
	// writing while who may see a room changes: after that, nothing is in flight that
	// was allowed before.
	access sync.RWMutex
}

// maxNote bounds what a login stores as a cosignature: a checkpoint with two
// signatures has some 700 bytes.
const maxNote = 4 << 10

// How many messages of one login may wait for its turn.
const (
	waitingReads = 64
	waitingPuts  = 512
)

// Listen starts a service. The error is one of the connection.
func Listen(cfg Config) (*Service, error) {
	if cfg.Limits == (Limits{}) {
		cfg.Limits = DefaultLimits()
	}
	if cfg.Logf == nil {
		cfg.Logf = func(model.Safe) {}
	}
	s := &Service{cfg: cfg, limit: newLimiter(cfg.Limits, cfg.Now, cfg.Logf), rooms: newRoomCache(cfg.Conn, cfg.Now),
		reads: NewFairQueue(waitingReads), puts: NewFairQueue(waitingPuts), asks: NewFairQueue(waitingReads), opened: make(chan struct{})}
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

// subscribe begins to receive questions, as one of the queue group.
func (s *Service) subscribe() error {
	to := map[string]nats.MsgHandler{
		hubRoot + VerbGet + ".*.*.*":    s.queue(s.reads, questions),
		hubRoot + VerbRaw + ".*.*.*":    s.queue(s.reads, questions),
		hubRoot + VerbTip + ".*.*":      s.queue(s.asks, questions),
		hubRoot + VerbPut + ".*.*.*.*":  s.queue(s.puts, messages),
		hubRoot + VerbHere + ".*.*.*.*": s.here,
		hubRoot + VerbJoin + ".*.*.*.*": s.join,
	}
	for _, lane := range []string{LaneLive, LaneHere} {
		to[Root+"*."+Private(lane)+".>"] = s.relay
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

// Open begins to answer: it is known of every room who may see it.
func (s *Service) Open() { s.once.Do(func() { close(s.opened) }) }

// Close ends the service.
func (s *Service) Close() {
	for _, sub := range s.subs {
		_ = sub.Unsubscribe() // the connection may be gone: nothing to undo then
	}
	s.stop()
	for _, q := range []*FairQueue{s.reads, s.puts, s.asks} {
		q.Close()
	}
	s.wg.Wait()
	s.limit.report()
}

// Changed has the service use who may see a room now. When it returns, nothing is
// in flight that was allowed before.
func (s *Service) Changed(room string) {
	s.access.Lock()
	defer s.access.Unlock()
	s.rooms.forget(room)
}

// Allow counts a question, a room or a key that a login asks for beside what the
// service itself answers. The error is of a login over its limit.
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
	if k == rooms { // nothing tries that again
		return model.Refuse(model.Conflict, "%s declared too many rooms: one login may make %d at once, and then one every %d minutes; try again later", handle, s.cfg.Limits.Rooms.Burst, int(1/s.cfg.Limits.Rooms.PerSecond/60))
	}
	return model.Refuse(model.Kept, "%s", k.sentence(handle))
}

// work takes from a queue until it is closed.
func (s *Service) work(q *FairQueue, fn func(handle string, m *nats.Msg)) {
	s.wg.Go(func() {
		for handle, m := q.Pop(); m != nil; handle, m = q.Pop() {
			fn(handle, m)
		}
	})
}

// reports writes to the operator now and then.
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

// queue returns a handler that has questions wait for their login's turn.
func (s *Service) queue(q *FairQueue, k kind) nats.MsgHandler {
	return func(m *nats.Msg) {
		handle := tokens(m.Subject)[3]
		if !s.answers(m, handle) {
			return
		}
		if k == messages && tokens(m.Subject)[5] == LaneSeal && !s.takesNote(handle, m) {
			return
		}
		if !s.limit.allow(handle, k, 1) || k == messages && !s.limit.allow(handle, volume, len(m.Data)) {
			s.refuse(m, limited, k.sentence(handle))
			return
		}
		if !q.Push(handle, m) {
			s.refuse(m, limited, k.sentence(handle))
		}
	}
}

// takesNote reports whether a cosignature may be stored. Whoever may only watch stores
// there, and nothing is ever taken out.
func (s *Service) takesNote(handle string, m *nats.Msg) bool {
	switch {
	case len(m.Data) > maxNote:
		s.refuse(m, invalid, "a cosignature is shorter")
	case !s.limit.allow(handle, notes, 1):
		s.refuse(m, limited, notes.sentence(handle))
	default:
		return true
	}
	return false
}

// answers reports whether a question may be answered at all.
func (s *Service) answers(m *nats.Msg, handle string) bool {
	if !Answerable(m, handle) {
		return false // there is nobody to tell
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

// refuse answers a question that is not handed on.
func (s *Service) refuse(m *nats.Msg, code, why string) {
	_ = s.cfg.Conn.PublishMsg(&nats.Msg{Subject: m.Reply, Header: nats.Header{hdrRefused: {code}, hdrReason: {why}}}) // the asker asks again
}

// Errors of a refusal, for errors.Is.
var (
	ErrForbidden   = errors.New("the hub refuses it to this login")
	ErrNotFound    = errors.New("no such room")
	ErrLimited     = errors.New("this login is over its limit")
	ErrUnavailable = errors.New("the hub cannot answer now")
	ErrInvalid     = errors.New("the hub does not understand the question")
)

// Refusal is an answer of the hub that is no answer of JetStream.
type Refusal struct {
	Code string
	Why  model.Safe
}

// Error returns the hub's sentence.
func (r *Refusal) Error() string { return r.Why.String() }

// Is reports whether the refusal is one of this package's errors.
func (r *Refusal) Is(target error) bool {
	return target == map[string]error{forbidden: ErrForbidden, notFound: ErrNotFound, limited: ErrLimited, unavailable: ErrUnavailable, invalid: ErrInvalid}[r.Code]
}

// Refused returns the refusal in an answer, nil where it is another answer.
func Refused(m *nats.Msg) error {
	v := m.Header[hdrRefused]
	if len(v) != 1 {
		return nil
	}
	return &Refusal{Code: v[0], Why: model.CleanLine(m.Header.Get(hdrReason))}
}

// Sees reports whether a login may see a room, as far as the room itself decides.
func (s *Service) Sees(handle, short string) bool {
	s.access.RLock()
	defer s.access.RUnlock()
	_, ok := s.shown(handle, short)
	return ok
}

// Refuse answers a question that somebody else than a [Service] does not hand on.
// The question has to be [Answerable].
func Refuse(nc *nats.Conn, m *nats.Msg, why model.Safe) error {
	return nc.PublishMsg(&nats.Msg{Subject: m.Reply, Header: nats.Header{hdrRefused: {limited}, hdrReason: {why.String()}}})
}
