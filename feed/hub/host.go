package hub

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/model"
)

// cutAfter is how long a server that shuts down waits for peers that do not read, before
// they are disconnected.
const cutAfter = time.Second

// host is the state of a process while it hosts: from taking the lock to releasing it.
type host struct {
	h        *Hub
	listener *listener
	log      *logger

	ctx   context.Context // of watch
	stop  context.CancelFunc
	wg    sync.WaitGroup // watch and the authenticator
	net   *network       // nil without TCP
	front *front         // the port of net

	mu    sync.Mutex
	srv   *server.Server // nil while it starts or stops
	moved chan struct{}  // closed and replaced when srv changes
	limit int64          // of the store, for this srv

	address string // of the network listener
}

// openHost hosts while h holds the lock. It binds the socket first, so that clients that
// connect while a long log is opened receive beats.
func openHost(h *Hub) (*host, error) {
	ctx, stop := context.WithCancel(context.Background())
	x := &host{h: h, ctx: ctx, stop: stop, log: newLogger(h.o), moved: make(chan struct{}), net: h.net}
	x.listener = newListener(x)
	err := x.bind(h.socket)
	if err == nil {
		err = h.o.settle(x.log)
	}
	if err == nil && x.net != nil {
		if x.front, err = x.net.open(x.serverAt); err == nil {
			x.log.named = x.front.named
		}
	}
	if err == nil {
		err = x.start()
	}
	if err != nil {
		x.leave()
		return nil, err
	}
	w := &watch{host: x}
	w.look() // so that a nearly full disk is reported at once
	x.wg.Go(w.run)
	if x.net != nil {
		x.wg.Go(x.guard)
		x.wg.Go(x.front.serve)
	}
	return x, nil
}

// bind opens the listener at path and publishes the path for other processes.
func (x *host) bind(path string) error {
	if err := x.listener.open(path); err != nil {
		return err
	}
	return writeCard(x.h.o.Dir, card{
		PID: os.Getpid(), Started: x.h.o.Now().UTC(), Version: version(), Form: form, Socket: path, Port: x.net != nil,
	})
}

// start starts a server.
func (x *host) start() error {
	limit := x.h.o.MaxStore
	if limit == 0 {
		used := dirSize(filepath.Join(x.h.o.Dir, server.JetStreamStoreDir))
		limit = x.h.o.storeLimit(used)
	}
	srv, err := startServer(x.h.o.Dir, x.h.o.Key, limit, x.log, x.net)
	if err != nil {
		return err
	}
	if x.h.o.Begin != nil {
		x.h.o.Begin(srv)
	}
	x.put(srv, limit)
	if x.net == nil {
		return nil
	}
	x.mu.Lock()
	x.address = x.net.listen
	x.mu.Unlock()
	return x.net.authenticator.users.listens(x.net.listen)
}

// guard enforces changes of the accounts on network connections.
func (x *host) guard() {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-x.ctx.Done():
			return
		case <-t.C:
			srv, _ := x.server()
			x.net.authenticator.look(srv)
		}
	}
}

// restart replaces the server. All connections end, and clients reconnect.
func (x *host) restart() error {
	x.shut()
	return x.start()
}

// shut shuts the server down. Acknowledged messages are stored.
func (x *host) shut() {
	srv, _ := x.server()
	x.put(nil, 0)
	if srv == nil {
		return
	}
	late := time.AfterFunc(cutAfter, x.listener.cut)
	srv.Shutdown()
	srv.WaitForShutdown()
	late.Stop()
}

// close stops hosting.
func (x *host) close() {
	x.stop()
	if x.front != nil {
		x.front.close()
	}
	x.wg.Wait()
	x.leave()
	_ = x.h.lock.Unlock()
	x.h.full.Store(false)
	x.h.setProblem(model.Safe{})
}

// leave is close without the watch and the lock. The listener stays open until the server
// is down, so that other processes wait for its beats.
func (x *host) leave() {
	x.stop()
	if x.front != nil {
		x.front.close()
	}
	x.shut()
	_ = os.Remove(filepath.Join(x.h.o.Dir, cardFile))
	x.listener.close()
}

// put sets the server and wakes callers that wait for one.
func (x *host) put(srv *server.Server, limit int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.srv, x.limit = srv, limit
	close(x.moved)
	x.moved = make(chan struct{})
}

// server returns the server, or nil, and a channel that is closed when it changes.
func (x *host) server() (*server.Server, <-chan struct{}) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.srv, x.moved
}

// serverAt returns the address of the server behind the front, or "", and a channel that is
// closed when it changes.
func (x *host) serverAt() (string, <-chan struct{}) {
	srv, moved := x.server()
	return serverAddress(srv), moved
}

// dial connects to the server in this process.
func (x *host) dial(ctx context.Context) (net.Conn, error) {
	for {
		srv, moved := x.server()
		if srv != nil {
			if c, err := pipe(ctx, srv); err == nil {
				return c, nil
			}
		}
		select {
		case <-moved:
		case <-ctx.Done():
			if x.h.ctx.Err() != nil {
				return nil, errClosed()
			}
			return nil, model.Refuse(model.Unreachable,
				"the hub in this process is being restarted; wait a moment and try again")
		}
	}
}

// pipe connects to srv and reads its INFO: an unread pipe would delay the server's
// shutdown.
func pipe(ctx context.Context, srv *server.Server) (net.Conn, error) {
	c, err := srv.InProcessConn()
	if err != nil {
		return nil, err
	}
	first, err := listen(ctx, c, defaultTimeout)
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return &answered{Conn: c, first: first}, nil
}
