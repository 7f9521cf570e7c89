package jetlog

import (
	"strconv"
	"strings"
	"sync"

	"github.com/nats-io/nats.go"
)

// answers receives the answers to queries, each of which may be many messages, with one permanent
// subscription. A new subscription for each query would lose answers in a cluster: the server that
// answers may receive the query before it receives the subscription from the server of this
// connection.
type answers struct {
	mu      sync.Mutex
	prefix  string // of the reply subjects, with a dot at its end; "" until the first query
	last    uint64 // number of the newest query
	waiting map[string]chan *nats.Msg
}

// expect returns a reply subject for one query and the channel that receives up to n messages of
// its answer. The caller must call forget at the end. The error is that of [nats.Conn.Subscribe].
func (a *answers) expect(nc *nats.Conn, n int) (reply string, ch <-chan *nats.Msg, forget func(), err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.prefix == "" {
		prefix := nc.NewInbox() + "."
		sub, err := nc.Subscribe(prefix+"*", a.receive)
		if err != nil {
			return "", nil, nil, err
		}
		if err := sub.SetPendingLimits(-1, -1); err != nil { // receive never waits
			return "", nil, nil, err
		}
		a.prefix, a.waiting = prefix, map[string]chan *nats.Msg{}
	}
	a.last++
	token := strconv.FormatUint(a.last, 10)
	to := make(chan *nats.Msg, n)
	a.waiting[token] = to
	return a.prefix + token, to, func() {
		a.mu.Lock()
		defer a.mu.Unlock()
		delete(a.waiting, token)
	}, nil
}

// receive delivers a message to the query that it answers. Messages for other queries, and more
// messages than requested, are dropped.
func (a *answers) receive(m *nats.Msg) {
	a.mu.Lock()
	to := a.waiting[m.Subject[strings.LastIndexByte(m.Subject, '.')+1:]]
	a.mu.Unlock()
	select {
	case to <- m:
	default:
	}
}
