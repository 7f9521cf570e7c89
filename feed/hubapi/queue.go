package hubapi

import (
	"sync"

	"github.com/nats-io/nats.go"
)

// FairQueue has one queue per login and serves them in turn, so that a login that requests
// too much delays only itself. Without it, a login that requests batches as fast as it can
// would delay another's append by seconds, because the server reads a batch in the read
// loop of the connection that requests it, which is the hub's.
type FairQueue struct {
	limit int // max waiting messages per login

	mu      sync.Mutex
	more    *sync.Cond
	waiting map[string][]*nats.Msg // by handle
	turns   []string               // handles with waiting messages, the next one first
	closed  bool
}

// NewFairQueue returns a queue with a limit of waiting messages per login.
func NewFairQueue(limit int) *FairQueue {
	q := &FairQueue{limit: limit, waiting: map[string][]*nats.Msg{}}
	q.more = sync.NewCond(&q.mu)
	return q
}

// Push queues a message of a login. It reports false if too many of its messages wait.
func (q *FairQueue) Push(handle string, m *nats.Msg) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	own := q.waiting[handle]
	if len(own) >= q.limit || q.closed {
		return false
	}
	if len(own) == 0 {
		q.turns = append(q.turns, handle)
	}
	q.waiting[handle] = append(own, m)
	q.more.Signal()
	return true
}

// Pop waits for the next message. It returns nil after Close.
func (q *FairQueue) Pop() (handle string, m *nats.Msg) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for len(q.turns) == 0 && !q.closed {
		q.more.Wait()
	}
	if q.closed {
		return "", nil
	}
	handle = q.turns[0]
	q.turns = q.turns[1:]
	own := q.waiting[handle]
	m, own[0] = own[0], nil
	if len(own) > 1 {
		q.waiting[handle] = own[1:]
		q.turns = append(q.turns, handle)
	} else {
		delete(q.waiting, handle)
	}
	return handle, m
}

// Close ends all calls of Pop.
func (q *FairQueue) Close() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.more.Broadcast()
}
