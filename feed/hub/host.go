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

// cutAfter is how long a server that shuts down waits for peers that do not
// read before they are cut off.
const cutAfter = time.Second

// host is the time in which this process hosts: it begins with the lock in
// hand and gives it back at its end.
type host struct {
	h    *Hub
	door *door
	log  *logger

	ctx   context.Context // of watch
	stop  context.CancelFunc
	wg    sync.WaitGroup // watch and the gate's
	net   *network       // nil without TCP
	front *front         // the port of net

	mu    sync.Mutex
	srv   *server.Server // nil while it is started or stopped
	moved chan struct{}  // closed when srv changes, and then another one
	limit int64          // of the store, of this srv

	address string // of the network's side
}

// openHost hosts under the lock that h holds. The socket is bound first: who
// joins while a long log is opened is kept waiting by beats.
func openHost(h *Hub) (*host, error) {
	ctx, stop := context.WithCancel(context.Background())
	x := &host{h: h, ctx: ctx, stop: stop, log: newLogger(h.o), moved: make(chan struct{}), net: h.net}
	x.door = newDoor(x)
	err := x.bind(h.socket)
	if err == nil {
		err = h.o.settle(x.log)
	}
	if err == nil && x.net != nil {
		x.front, err = x.net.open(x.serverAt)
	}
	if err == nil {
		err = x.start()
	}
	if err != nil {
		x.leave()
		return nil, err
	}
	w := &watch{host: x}
	w.look() // so that a disk that is nearly full is said at once
	x.wg.Go(w.run)
	if x.net != nil {
		x.wg.Go(x.guard)
		x.wg.Go(x.front.serve)
	}
	return x, nil
}

// bind opens the door at path and tells the others where it is.
func (x *host) bind(path string) error {
	if err := x.door.open(path); err != nil {
		return err
	}
	return writeCard(x.h.o.Dir, card{
		PID: os.Getpid(), Started: x.h.o.Now().UTC(), Version: version(), Form: form, Socket: path, Port: x.net != nil,
	})
}

// start starts a server.
func (x *host) start() error {
	limit := x.h.o.limit
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
	return x.net.gate.book.listens(x.net.listen)
}

// guard looks after who came in over the network.
func (x *host) guard() {
	t := time.NewTicker(lookEvery)
	defer t.Stop()
	for {
		select {
		case <-x.ctx.Done():
			return
		case <-t.C:
			srv, _ := x.server()
			x.net.gate.look(srv)
		}
	}
}

// restart puts a new server in the place of the old one. All connections end
// and come again.
func (x *host) restart() error {
	x.shut()
	return x.start()
}

// shut shuts the server down; what was acknowledged is stored.
func (x *host) shut() {
	srv, _ := x.server()
	x.put(nil, 0)
	if srv == nil {
		return
	}
	late := time.AfterFunc(cutAfter, x.door.cut)
	srv.Shutdown()
	srv.WaitForShutdown()
	late.Stop()
}

// close ends hosting.
func (x *host) close() {
	x.stop()
	if x.front != nil {
		x.front.close()
	}
	x.wg.Wait()
	x.leave()
	_ = x.h.lock.Unlock()
	x.h.full.Store(false)
	x.h.say(model.Safe{})
}

// leave is close without the watch and the lock. The door stays open until
// the server is down, so that the others wait for it by ear.
func (x *host) leave() {
	x.stop()
	if x.front != nil {
		x.front.close()
	}
	x.shut()
	_ = os.Remove(filepath.Join(x.h.o.Dir, cardFile))
	x.door.close()
}

// put makes srv the server and wakes who waits for one.
func (x *host) put(srv *server.Server, limit int64) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.srv, x.limit = srv, limit
	close(x.moved)
	x.moved = make(chan struct{})
}

// server is the server, or nil, and a channel closed when that changes.
func (x *host) server() (*server.Server, <-chan struct{}) {
	x.mu.Lock()
	defer x.mu.Unlock()
	return x.srv, x.moved
}

// serverAt is the address of the server behind the front, "" while there is none,
// and a channel closed when that changes.
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

// pipe connects to srv and reads its first words: an unread pipe would hold
// up the server's shutdown.
func pipe(ctx context.Context, srv *server.Server) (net.Conn, error) {
	c, err := srv.InProcessConn()
	if err != nil {
		return nil, err
	}
	first, err := listen(ctx, c, patience)
	if err != nil {
		_ = c.Close()
		return nil, err
	}
	return &answered{Conn: c, first: first}, nil
}
