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

// URL is the address for nats.Connect when the Hub is its custom dialer. It is not
// resolved, and no port is opened.
const URL = "nats://127.0.0.1:4222"

// Options configure a hub, and what this process may do.
type Options struct {
	// Dir is the hub's directory: JetStream's store, lock, form, host.json.
	Dir string
	// Runtime is the directory of the socket. If empty, it is a private directory in
	// $XDG_RUNTIME_DIR, or else in os.TempDir.
	Runtime string
	// Logf logs the server's warnings, cleaned. It may be nil. It is called on goroutines
	// of the server, so it must not block.
	Logf func(model.Safe)
	// Now is the clock for what is stored and logged; if nil, time.Now.
	Now func() time.Time
	// NeverHost restricts this process to joining a host.
	NeverHost bool
	// Listen is the TCP address for clients with an invitation of the [UserStore], over
	// TLS, while this process hosts; if "", none.
	Listen string

	// Key encrypts the store; if empty, the store is plain. A plain store is encrypted when
	// this process hosts. An encrypted store is not opened without its key.
	Key model.Secret
	// Begin is called with every server that has started, before it accepts clients; it may
	// be nil.
	Begin func(*server.Server)
	// Free returns the free bytes on the disk of a directory; if nil, FreeBytes.
	Free func(dir string) (int64, bool)
	// Check is the interval of checks of the server's health and the disk; if 0, three
	// seconds.
	Check time.Duration

	// MaxStore limits the store in bytes; if 0, only the disk limits it.
	MaxStore int64
}

// Hub is the access of one process to the hub. Its methods are safe for concurrent use.
type Hub struct {
	o       Options
	socket  string // where this process binds; other processes may have bound another path
	net     *network
	lock    *flock.Flock
	changed chan struct{}
	silent  atomic.Bool // the host did not answer last time
	full    atomic.Bool // nothing more should be stored

	ctx  context.Context // ends with Close
	stop context.CancelFunc
	wg   sync.WaitGroup // take-overs

	mu      sync.Mutex
	host    *host // nil while another process hosts
	try     *try  // the running take-over, or for a moment the last one
	problem model.Safe
	closed  bool
}

// Open finds the hub of a directory: it takes the lock and starts the server, or finds the
// host's socket. It waits until one of both works or ctx ends.
//
// The error is a [model.Error]. [model.Unreachable]: the host does not answer (yet),
// retrying may help. [model.Forbidden]: others have access to the directory, or its store
// is encrypted with a key other than Key. [model.Conflict]: a newer warroom wrote the
// store. [model.Internal]: the directory or the disk cannot be used.
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
		_ = conn.Close() // it has answered, which is all that matters
	}
	return h, nil
}

// prepare creates everything that is needed before looking for a host.
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
		net:     n,
		o:       o,
		socket:  socket,
		lock:    flock.New(filepath.Join(dir, lockFile)),
		changed: make(chan struct{}, 1),
		ctx:     ctx,
		stop:    stop,
	}, nil
}

// Dial connects to the hub: through a pipe if this process hosts, and else through the
// host's socket. If there is no host, this process becomes the host. The arguments are
// those of nats.go and are ignored.
//
// nats.go holds its connection's lock meanwhile, so Dial gives up after about two seconds,
// and sooner if the host did not answer last time. Its errors are those of [Open]. After
// Close it fails at once.
func (h *Hub) Dial(network, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(h.ctx, defaultTimeout+defaultTimeout/4)
	defer cancel()
	x, conn, err := h.find(ctx)
	if err != nil || x == nil {
		return conn, err
	}
	return x.dial(ctx)
}

// Hosting reports whether the hub runs in this process.
func (h *Hub) Hosting() bool { return h.current() != nil }

// Changed receives a value after Hosting or Problem has changed. It has a buffer of one.
func (h *Hub) Changed() <-chan struct{} { return h.changed }

// Problem describes what is wrong with the hub that this process hosts; empty if nothing
// is.
func (h *Hub) Problem() model.Safe {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.problem
}

// Full reports whether the hub that this process hosts has so little space that nothing
// more should be sent to it. That happens before the disk is full, because a stream that
// meets a full disk stays blocked.
func (h *Hub) Full() bool { return h.full.Load() }

// Socket returns the current path of the host's socket.
func (h *Hub) Socket() string {
	if x := h.current(); x != nil {
		return x.listener.where()
	}
	if c, err := readCard(h.o.Dir); err == nil && c.Socket != "" {
		return c.Socket
	}
	return h.socket
}

// Server returns the server in this process, or nil if it does not host or while the server
// restarts.
func (h *Hub) Server() *server.Server {
	x := h.current()
	if x == nil {
		return nil
	}
	srv, _ := x.server()
	return srv
}

// Close stops hosting: it shuts down the server with everything stored, removes the socket,
// and releases the lock. Afterwards Dial fails at once.
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
		h.notify()
	}
}

// current returns the host in this process, or nil.
func (h *Hub) current() *host {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.host
}

// setProblem sets the problem, and signals a change.
func (h *Hub) setProblem(s model.Safe) {
	h.mu.Lock()
	changed := h.problem != s
	h.problem = s
	h.mu.Unlock()
	if changed {
		h.notify()
	}
}

func (h *Hub) notify() {
	select {
	case h.changed <- struct{}{}:
	default:
	}
}
