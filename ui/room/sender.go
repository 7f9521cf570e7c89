package room

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"

	"warroom/model"
	"warroom/ui/shell"
)

// sender submits acts to a session one after the other, so that the loop does not wait
// for the disk. Acts are submitted even if the session ends. Its goroutine runs only
// while there is something to do.
type sender struct {
	ctx     context.Context
	session model.RoomSession
	back    func(n int, r model.Receipt, err error) // called in the sender's goroutine with the result of act n
	counts  *Sent

	fault   func(any) error     // converts a panic to an error
	guarded func(func()) func() // a panic of the function ends the session

	mu         sync.Mutex
	queue      []outgoing
	typing     bool
	lastTyping bool // the typing state sent last
	busy       bool // the goroutine is running
	wg         sync.WaitGroup
}

// outgoing is a line to submit.
type outgoing struct {
	n    int
	line string // as it was typed
	act  model.Act
}

// Sent counts the lines that were sent, and those of them whose result the loop has. A screen
// shows a line before the session has it; a test that waits until the counts are equal has
// waited for the session too. A nil Sent counts nothing.
type Sent struct{ sent, answered atomic.Int64 }

// Counts returns how many lines were sent and how many of them have a result.
func (s *Sent) Counts() (sent, answered int64) {
	answered = s.answered.Load() // first: it is never above what was sent
	return s.sent.Load(), answered
}

func (s *Sent) send() {
	if s != nil {
		s.sent.Add(1)
	}
}

func (s *Sent) answer() {
	if s != nil {
		s.answered.Add(1)
	}
}

func newSender(sh *shell.Shell, session model.RoomSession, counts *Sent,
	back func(int, model.Receipt, error)) *sender {
	return &sender{ctx: context.WithoutCancel(sh.Context), session: session, fault: sh.Fault, guarded: sh.Guarded,
		counts: counts, back: back}
}

// send queues an act.
func (s *sender) send(o outgoing) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue = append(s.queue, o)
	s.counts.send()
	s.begin()
}

// here queues a change of the typing state.
func (s *sender) here(typing bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.typing = typing; s.typing != s.lastTyping {
		s.begin()
	}
}

// begin starts the goroutine unless it is running. mu must be held.
func (s *sender) begin() {
	if !s.busy {
		s.busy = true
		s.wg.Go(s.guarded(s.run))
	}
}

func (s *sender) run() {
	for s.one() {
	}
}

// one handles one change or act, and reports whether there may be more.
func (s *sender) one() bool {
	s.mu.Lock()
	typing, changed := s.typing, s.typing != s.lastTyping
	s.lastTyping = s.typing
	var next *outgoing
	if len(s.queue) > 0 {
		next = &s.queue[0]
		s.queue = slices.Clone(s.queue[1:])
	}
	s.busy = changed || next != nil
	s.mu.Unlock()
	if changed {
		s.session.Here(typing)
	}
	if next == nil {
		return changed
	}
	r, err := s.submit(next.act)
	s.back(next.n, r, err)
	s.counts.answer()
	return true
}

func (s *sender) submit(a model.Act) (r model.Receipt, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = s.fault(p)
		}
	}()
	return s.session.Submit(s.ctx, a)
}

// close waits until everything is submitted.
func (s *sender) close() { s.wg.Wait() }
