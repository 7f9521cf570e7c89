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
const lookEvery = time.Second

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
	page  *Page
	stamp stamp
	state int              // counts the states of the book
	in    map[uint64]visit // by the server's number of a connection
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
		return false
	}
	conn := strconv.FormatUint(c.GetID(), 10)
	p := permissions(l, conn)
	c.RegisterUser(&server.User{Username: l.Handle, Permissions: p, ConnectionDeadline: l.Until})
	v := visit{handle: l.Handle, key: l.Key, conn: conn, perms: p, state: g.state}
	if a := c.RemoteAddress(); a != nil {
		v.from = a.String()
	}
	g.in[c.GetID()] = v
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
		if ok && reflect.DeepEqual(v.perms, permissions(l, v.conn)) {
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

// forget forgets the connections of a server that is gone: the next one counts
// anew.
func (g *gate) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.in)
}

// network is what the network's side of a server needs.
type network struct {
	gate *gate
	host string
	port int
	cert certificate
}

// newNetwork prepares to listen to an address, as "127.0.0.1:4222".
func newNetwork(o Options) (*network, error) {
	if o.Listen == "" {
		return nil, nil
	}
	a, err := net.ResolveTCPAddr("tcp", o.Listen)
	if err != nil {
		return nil, model.Refuse(model.Invalid, "%s is no address to listen to (%s); write it as 127.0.0.1:4222 or :4222", o.Listen, err)
	}
	host, _, _ := net.SplitHostPort(o.Listen) // it was resolved just now
	if host == "" {
		host = "0.0.0.0"
	}
	c, err := ownCertificate(o.Dir, o.Now)
	if err != nil {
		return nil, err
	}
	n := &network{gate: newGate(&Book{dir: o.Dir, now: o.Now}, o.Logf), host: host, port: a.Port, cert: c}
	if n.port == 0 {
		n.port = server.RANDOM_PORT
	}
	return n, nil
}

// free refuses an address that somebody else listens to.
func (n *network) free() error {
	if n.port == server.RANDOM_PORT {
		return nil
	}
	l, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.ParseIP(n.host), Port: n.port})
	if err != nil {
		return model.Refuse(model.Conflict, "%s:%d cannot be listened to (%s); end what uses it, or give another address with --nats", n.host, n.port, err)
	}
	return l.Close()
}

// apply opens the network's side of a server.
func (n *network) apply(o *server.Options) {
	o.DontListen = false
	o.Host, o.Port = n.host, n.port
	o.TLS, o.TLSConfig, o.TLSTimeout = true, n.cert.config(), 10
	o.AuthTimeout = 15 // more than readyWait
	o.AlwaysEnableNonce = true
	o.CustomClientAuthentication = n.gate
	o.MaxConn = 4096
}

// address is where a server is listened to. The port stays the same from then
// on, also when the server is started anew.
func (n *network) address(srv *server.Server) string {
	if a, ok := srv.Addr().(*net.TCPAddr); ok {
		n.port = a.Port
	}
	return net.JoinHostPort(n.host, strconv.Itoa(n.port))
}
