package hub

import (
	"encoding/base64"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nkeys"

	"warroom/model"
)

// lookEvery is how often the gate looks whether the book has changed: a login
// that another process strikes ends after so long.
const lookEvery = 200 * time.Millisecond

// readyWait is how long somebody is kept waiting while the hub finds out who may
// see which room.
const readyWait = 8 * time.Second

// gate says who comes in over the network, and what they may do. Who comes over
// the pipe of this process, as the socket's peers do, is the owner of all.
type gate struct {
	book  *Book
	logf  func(model.Safe)
	ready chan struct{} // closed when the book is known to be right
	once  sync.Once

	mu    sync.Mutex
	front *front
	page  *Page
	stamp stamp
	state int              // counts the states of the book
	noted int              // the one that is noted as in force
	sum   string           // of the book as it was read
	in    map[uint64]visit // by the server's number of a connection

	crowded time.Time // when somebody with too many connections was reported
}

// visit is a connection that was let in.
type visit struct {
	handle, key string
	conn, from  string // its number, and the address of its other end
	perms       *server.Permissions
	state       int // of the book by which they were let in
}

// stamp tells one state of the book from another.
type stamp struct {
	at   time.Time
	size int64
	id   os.FileInfo
}

var _ server.Authentication = (*gate)(nil)

func newGate(b *Book, logf func(model.Safe)) *gate {
	if logf == nil {
		logf = func(model.Safe) {}
	}
	return &gate{book: b, logf: logf, ready: make(chan struct{}), page: &Page{}, in: map[uint64]visit{}}
}

// Check implements server.Authentication.
func (g *gate) Check(c server.ClientAuthentication) bool {
	if c.Kind() != server.CLIENT {
		return false
	}
	if a := c.RemoteAddress(); a != nil && a.Network() == "pipe" {
		return true
	}
	if c.GetTLSConnectionState() == nil {
		return false
	}
	select {
	case <-g.ready:
	case <-time.After(readyWait):
		return false
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read()
	l, ok := g.page.byKey(c.GetOpts().Nkey)
	if !ok || !l.Until.IsZero() && !g.book.now().Before(l.Until) || !proves(c) {
		if g.front != nil {
			g.front.failed(c.RemoteAddress())
		}
		return false
	}
	if g.front != nil && (g.tooMany(l.Handle) || !g.front.admit(c.RemoteAddress())) {
		return false
	}
	conn := strconv.FormatUint(c.GetID(), 10)
	p := permissions(l, conn, g.page.barredFrom(l.Handle))
	c.RegisterUser(&server.User{Username: l.Handle, Permissions: p, ConnectionDeadline: l.Until})
	v := visit{handle: l.Handle, key: l.Key, conn: conn, perms: p, state: g.state}
	if a := c.RemoteAddress(); a != nil {
		v.from = a.String()
	}
	g.in[c.GetID()] = v
	return true
}

// tooMany reports whether a login has as many connections as one may have, so that it
// leaves some to others. It is called with mu held.
func (g *gate) tooMany(handle string) bool {
	n := 0
	for _, v := range g.in {
		if v.handle == handle {
			n++
		}
	}
	if n < g.front.each {
		return false
	}
	if now := g.book.now(); now.Sub(g.crowded).Abs() >= time.Minute {
		g.crowded = now
		g.logf(model.Safef("%s has %d connections, as many as one login may have; more are refused", handle, n))
	}
	return true
}

// proves says whether who connects holds the key that they name.
func proves(c server.ClientAuthentication) bool {
	sig, err := base64.RawURLEncoding.DecodeString(c.GetOpts().Sig)
	if err != nil || len(c.GetNonce()) == 0 {
		return false
	}
	key, err := nkeys.FromPublicKey(c.GetOpts().Nkey)
	return err == nil && key.Verify(c.GetNonce(), sig) == nil
}

// read takes in what the book says now. A book that cannot be read lets nobody
// in. It is called with mu held.
func (g *gate) read() {
	var now stamp
	if fi, err := os.Stat(filepath.Join(g.book.dir, bookFile)); err == nil {
		now = stamp{fi.ModTime(), fi.Size(), fi}
	}
	if now.at.Equal(g.stamp.at) && now.size == g.stamp.size && (now.id == g.stamp.id || os.SameFile(now.id, g.stamp.id)) {
		return
	}
	g.sum = g.book.sum() // before it is read: a change meanwhile is read with the next look
	p, err := g.book.Read()
	if err != nil {
		g.logf(model.Sentence(err))
		p = &Page{}
	}
	g.page, g.stamp = p, now
	g.state++
}

// look ends the connections that the book does not allow any more as they are;
// who may still come comes again and gets what is allowed now.
func (g *gate) look(srv *server.Server) (ended int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.read()
	defer g.applied()
	if srv == nil {
		return 0
	}
	for id, v := range g.in {
		if srv.GetClient(id) == nil {
			delete(g.in, id)
			continue
		}
		if v.state == g.state {
			continue
		}
		l, ok := g.page.byKey(v.key)
		if ok && reflect.DeepEqual(v.perms, permissions(l, v.conn, g.page.barredFrom(l.Handle))) {
			v.state = g.state
			g.in[id] = v
			continue
		}
		_ = srv.DisconnectClientByID(id) // gone already: all the better
		delete(g.in, id)
		ended++
	}
	return ended
}

// from returns the address of a connection of a handle, "" where there is none.
func (g *gate) from(handle, conn string) string {
	id, err := strconv.ParseUint(conn, 10, 64)
	if err != nil {
		return ""
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if v := g.in[id]; v.handle == handle {
		return v.from
	}
	return ""
}

// applied notes in the hub's directory that the book as it was read is in force, for
// whoever changed it. It is called with mu held.
func (g *gate) applied() {
	if g.state == g.noted {
		return
	}
	if err := writeFile(filepath.Join(g.book.dir, bookSeen), []byte(g.sum)); err != nil {
		g.logf(model.Sentence(err))
		return
	}
	g.noted = g.state
}

// forget forgets the connections of a server that is gone: the next one counts
// anew.
func (g *gate) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.in)
}

// network is what the network's side of a server needs.
type network struct {
	gate   *gate
	listen string // the address of the front; its port stays the same once it was opened
	cert   certificate
	now    func() time.Time
	logf   func(model.Safe)
}

// newNetwork prepares to listen to an address, as "127.0.0.1:4222".
func newNetwork(o Options) (*network, error) {
	if o.Listen == "" {
		return nil, nil
	}
	if _, err := net.ResolveTCPAddr("tcp", o.Listen); err != nil {
		return nil, model.Refuse(model.Invalid, "%s is no address to listen to (%s); write it as 127.0.0.1:4222 or :4222", o.Listen, err)
	}
	c, err := ownCertificate(o.Dir, o.Now)
	if err != nil {
		return nil, err
	}
	n := &network{gate: newGate(&Book{dir: o.Dir, now: o.Now}, o.Logf), listen: o.Listen, cert: c, now: o.Now, logf: o.Logf}
	if n.logf == nil {
		n.logf = func(model.Safe) {}
	}
	return n, nil
}

// open opens the front. Where is the address of the server behind it.
func (n *network) open(where func() (string, <-chan struct{})) (*front, error) {
	f, err := newFront(n.listen, n.now, n.logf)
	if err != nil {
		return nil, err
	}
	f.where = where
	host, _, _ := net.SplitHostPort(n.listen) // it was resolved before
	if a, ok := f.ln.Addr().(*net.TCPAddr); ok {
		if host == "" {
			host = "0.0.0.0"
		}
		n.listen = net.JoinHostPort(host, strconv.Itoa(a.Port))
	}
	n.gate.mu.Lock()
	n.gate.front = f
	n.gate.mu.Unlock()
	return f, nil
}

// apply opens the network's side of a server, for the front.
func (n *network) apply(o *server.Options) {
	o.DontListen = false
	o.Host, o.Port, o.ProxyProtocol = "127.0.0.1", server.RANDOM_PORT, true
	o.TLS, o.TLSConfig, o.TLSTimeout = true, n.cert.config(), 10
	o.AuthTimeout = loginWait.Seconds() // more than readyWait
	o.AlwaysEnableNonce = true
	o.CustomClientAuthentication = n.gate
	o.MaxConn = 1 << 20 // the front bounds them
}
