package hub

import (
	"context"
	"net"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"github.com/nats-io/nats-server/v2/server"

	"warroom/model"
)

// URL is what to give nats.Connect beside the Hub as its custom dialer. No
// name is looked up for it and no port is opened.
const URL = "nats://127.0.0.1:4222"

// Options say where the hub lives and how far this process may go.
type Options struct {
	// Dir is the hub's directory: JetStream's store, lock, form, host.json.
	Dir string
	// Runtime is where the socket goes. Empty: a directory of ours in
	// $XDG_RUNTIME_DIR, else one in os.TempDir.
	Runtime string
	// Logf gets the server's warnings, cleaned. It may be nil and is called
	// on the server's goroutines, so it must not block.
	Logf func(model.Safe)
	// Now is the clock of what is written and said; nil: time.Now.
	Now func() time.Time
	// NeverHost makes this process join only.
	NeverHost bool
	// Listen is the TCP address at which others come in while this process
	// hosts, by TLS and with an invitation of the [Book]; "": none.
	Listen string

	// Key is what the store is encrypted with; empty: it is plain. A store that
	// was plain is encrypted when this process hosts; one that is encrypted is
	// not opened without its key.
	Key model.Secret
	// Begin is called with every server that has started, before anybody is
	// let in to it; it may be nil.
	Begin func(*server.Server)
	// Free says what is free on the disk of a directory; nil: what the system
	// says.
	Free func(dir string) (int64, bool)
	// Check is the time between two looks at the server's health and the disk;
	// 0: three seconds.
	Check time.Duration

	limit int64 // for tests: the store's limit instead of the disk's
}

// Hub is one process's way to the hub. Its methods may be called from any
// goroutine.
type Hub struct {
	o      Options
	socket string // where this process binds; under it, others look first
	net    *network
	lock   *flock.Flock
	bell   chan struct{}
	silent atomic.Bool // the host did not answer the last time
	full   atomic.Bool // nothing more should be stored

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	wg   sync.WaitGroup // take-overs

	mu      sync.Mutex
	host    *host // nil while another process hosts
	try     *try  // the take-over under way, or the last one for a moment
	trouble model.Safe
	closed  bool
}

// Open finds the hub of a directory: it takes the lock and starts the server,
// or finds the host's socket, and waits until one of both works or ctx ends.
//
// The error is a [model.Error]. [model.Unreachable]: the host does not answer
// (yet), trying again may help. [model.Forbidden]: the directory is not ours
// alone, or its store is encrypted with another key than Key. [model.Conflict]: a newer warroom wrote the store.
// [model.Internal]: the directory or the disk refuses.
func Open(ctx context.Context, o Options) (*Hub, error) {
	h, err := prepare(o)
	if err != nil {
		return nil, err
	}
	_, conn, err := h.find(ctx)
	if err != nil {
		h.Close()
		return nil, err
	}
	if conn != nil {
		_ = conn.Close() // it has answered, that is all
	}
	return h, nil
}

// prepare makes what must be there before anyone is looked for.
func prepare(o Options) (*Hub, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Free == nil {
		o.Free = FreeBytes
	}
	if o.Check == 0 {
		o.Check = checkEvery
	}
	dir, err := OwnDir(o.Dir)
	if err != nil {
		return nil, err
	}
	o.Dir = dir
	if err := o.fits(); err != nil {
		return nil, err
	}
	socket, err := socketPath(dir, o.Runtime)
	if err != nil {
		return nil, err
	}
	n, err := newNetwork(o)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	return &Hub{
		net:    n,
		o:      o,
		socket: socket,
		lock:   flock.New(filepath.Join(dir, lockFile)),
		bell:   make(chan struct{}, 1),
		ctx:    ctx,
		stop:   stop,
	}, nil
}

// Dial connects to the hub: by a pipe when this process hosts, else by the
// host's socket. Where no host is left this process becomes it. The arguments
// are nats.go's and do not matter.
//
// nats.go holds its connection's lock meanwhile, so Dial gives up after some
// two seconds, and sooner while the host is known not to answer. Its errors
// are those of [Open]; after Close it fails at once.
func (h *Hub) Dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(h.ctx, patience+patience/4)
	defer cancel()
	x, conn, err := h.find(ctx)
	if err != nil || x == nil {
		return conn, err
	}
	return x.dial(ctx)
}

// Hosting says whether the hub is inside this process.
func (h *Hub) Hosting() bool { return h.current() != nil }

// Changed has an element after Hosting or Trouble has changed. It has room
// for one.
func (h *Hub) Changed() <-chan struct{} { return h.bell }

// Trouble says what is wrong with the hub that this process hosts; empty when
// nothing is.
func (h *Hub) Trouble() model.Safe {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.trouble
}

// Full says whether the hub that this process hosts has so little room that
// nothing more should be sent to it: before the disk is full, as a stream that
// meets a full disk stays stuck.
func (h *Hub) Full() bool { return h.full.Load() }

// Socket is the path at which the host is found now.
func (h *Hub) Socket() string {
	if x := h.current(); x != nil {
		return x.door.where()
	}
	if c, err := readCard(h.o.Dir); err == nil && c.Socket != "" {
		return c.Socket
	}
	return h.socket
}

// Server is the server inside this process; nil when it does not host, or
// while the server is restarted.
func (h *Hub) Server() *server.Server {
	x := h.current()
	if x == nil {
		return nil
	}
	srv, _ := x.server()
	return srv
}

// Close stops hosting in good order: the server is shut down with all stored,
// the socket removed, the lock released. From then on Dial fails at once.
func (h *Hub) Close() {
	h.mu.Lock()
	h.closed = true
	h.mu.Unlock()
	h.stop()
	h.wg.Wait()
	h.mu.Lock()
	x := h.host
	h.host = nil
	h.mu.Unlock()
	if x != nil {
		x.close()
		h.ring()
	}
}

// current is the host in this process, or nil.
func (h *Hub) current() *host {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.host
}

// say makes s the trouble, and rings when that is news.
func (h *Hub) say(s model.Safe) {
	h.mu.Lock()
	news := h.trouble != s
	h.trouble = s
	h.mu.Unlock()
	if news {
		h.ring()
	}
}

func (h *Hub) ring() {
	select {
	case h.bell <- struct{}{}:
	default:
	}
}
