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

// lookEvery is the interval at which the authenticator checks whether the accounts have
// changed. A login that another process revokes ends within this time.
const lookEvery = 200 * time.Millisecond

// readyWait is how long a client is kept waiting until the hub has determined who may see
// which room.
const readyWait = 8 * time.Second

// authenticator decides who may connect over the network, and with which permissions.
// Connections through the in-process pipe, which the peers of the socket use too, have all
// permissions.
type authenticator struct {
	users *UserStore
	logf  func(model.Safe)
	ready chan struct{} // closed when the accounts are known to be up to date
	once  sync.Once

	mu        sync.Mutex
	front     *front
	accounts  *Accounts
	fileState fileState
	state     int              // counts the versions of the accounts
	noted     int              // the version that is recorded as in force
	sum       string           // hash of the accounts as read
	in        map[uint64]visit // by the server's number of a connection
	refused   uint64           // logins that were not let in

	crowded time.Time // when a login with too many connections was last reported
}

// visit is a connection that was accepted.
type visit struct {
	handle, key string
	conn, from  string // its number, and the peer's address as the front has it
	perms       *server.Permissions
	state       int // the version of the accounts that applied
}

// fileState identifies a version of the accounts file.
type fileState struct {
	at   time.Time
	size int64
	id   os.FileInfo
}

var _ server.Authentication = (*authenticator)(nil)

func newAuthenticator(b *UserStore, logf func(model.Safe)) *authenticator {
	if logf == nil {
		logf = func(model.Safe) {}
	}
	return &authenticator{users: b, logf: logf, ready: make(chan struct{}), accounts: &Accounts{},
		in: map[uint64]visit{}}
}

// Check implements server.Authentication.
func (g *authenticator) Check(c server.ClientAuthentication) bool {
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
	ok := g.admit(c)
	if !ok {
		g.refused++
	}
	return ok
}

// admit lets a login in, or reports that it may not come in. It is called with mu held.
func (g *authenticator) admit(c server.ClientAuthentication) bool {
	l, ok := g.accounts.byKey(c.GetOpts().Nkey)
	if !ok || !l.Until.IsZero() && !g.users.now().Before(l.Until) || !proves(c) {
		if g.front != nil {
			g.front.failed(c.RemoteAddress())
		}
		return false
	}
	if g.front != nil && (g.tooMany(l.Handle) || !g.front.admit(c.RemoteAddress())) {
		return false
	}
	conn := strconv.FormatUint(c.GetID(), 10)
	p := permissions(l, conn, g.accounts.revokedRooms(l.Handle))
	c.RegisterUser(&server.User{Username: l.Handle, Permissions: p, ConnectionDeadline: l.Until})
	v := visit{handle: l.Handle, key: l.Key, conn: conn, perms: p, state: g.state}
	switch a := c.RemoteAddress(); {
	case a == nil:
	case g.front != nil:
		v.from = g.front.origin(a)
	default:
		v.from = a.String()
	}
	g.in[c.GetID()] = v
	return true
}

// tooMany reports whether a login has reached its max number of connections, which leaves
// some to others. The caller must hold mu.
func (g *authenticator) tooMany(handle string) bool {
	n := 0
	for _, v := range g.in {
		if v.handle == handle {
			n++
		}
	}
	if n < g.front.each {
		return false
	}
	if now := g.users.now(); now.Sub(g.crowded).Abs() >= time.Minute {
		g.crowded = now
		g.logf(model.Safef("%s has %d connections, as many as one login may have; more are refused", handle, n))
	}
	return true
}

// proves reports whether the client holds the private key of the login that it names.
func proves(c server.ClientAuthentication) bool {
	sig, err := base64.RawURLEncoding.DecodeString(c.GetOpts().Sig)
	if err != nil || len(c.GetNonce()) == 0 {
		return false
	}
	key, err := nkeys.FromPublicKey(c.GetOpts().Nkey)
	return err == nil && key.Verify(c.GetNonce(), sig) == nil
}

// read reads the accounts. If they cannot be read, nobody may connect. The caller must hold
// mu.
func (g *authenticator) read() {
	var now fileState
	if fi, err := os.Stat(filepath.Join(g.users.dir, usersFile)); err == nil {
		now = fileState{at: fi.ModTime(), size: fi.Size(), id: fi}
	}
	if now.at.Equal(g.fileState.at) && now.size == g.fileState.size &&
		(now.id == g.fileState.id || os.SameFile(now.id, g.fileState.id)) {
		return
	}
	g.sum = g.users.sum() // before reading: the next read picks up a change in between
	p, err := g.users.Read()
	if err != nil {
		g.logf(model.Sentence(err))
		p = &Accounts{}
	}
	g.accounts, g.fileState = p, now
	g.state++
}

// look ends the connections whose permissions the accounts no longer allow. A client that
// still has a login reconnects with its current permissions.
func (g *authenticator) look(srv *server.Server) (ended int) {
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
		l, ok := g.accounts.byKey(v.key)
		if ok && reflect.DeepEqual(v.perms, permissions(l, v.conn, g.accounts.revokedRooms(l.Handle))) {
			v.state = g.state
			g.in[id] = v
			continue
		}
		_ = srv.DisconnectClientByID(id) // no matter if it is already gone
		delete(g.in, id)
		ended++
	}
	return ended
}

// from returns the address of a connection of a handle, or "".
func (g *authenticator) from(handle, conn string) string {
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

// applied records in the hub's directory that the accounts as read are in force, for the
// process that changed them. The caller must hold mu.
func (g *authenticator) applied() {
	if g.state == g.noted {
		return
	}
	if err := writeFile(filepath.Join(g.users.dir, usersAppliedFile), []byte(g.sum)); err != nil {
		g.logf(model.Sentence(err))
		return
	}
	g.noted = g.state
}

// forget forgets the connections of a server that was stopped: the next server numbers them
// from 1.
func (g *authenticator) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	clear(g.in)
}

// network has what a server needs to accept connections over the network.
type network struct {
	authenticator *authenticator
	listen        string // the address of the front; its port is kept once it was opened
	cert          certificate
	now           func() time.Time
	logf          func(model.Safe)
}

// newNetwork prepares to listen on an address such as "127.0.0.1:4222".
func newNetwork(o Options) (*network, error) {
	if o.Listen == "" {
		return nil, nil
	}
	if _, err := net.ResolveTCPAddr("tcp", o.Listen); err != nil {
		return nil, model.Refuse(model.Invalid,
			"%s is not an address to listen to (%s); write it as 127.0.0.1:4222 or :4222", o.Listen, err)
	}
	c, err := ownCertificate(o.Dir, o.Now)
	if err != nil {
		return nil, err
	}
	n := &network{authenticator: newAuthenticator(&UserStore{dir: o.Dir, now: o.Now}, o.Logf), listen: o.Listen,
		cert: c, now: o.Now,
		logf: o.Logf}
	if n.logf == nil {
		n.logf = func(model.Safe) {}
	}
	return n, nil
}

// open opens the front. Where returns the address of the server behind it.
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
	n.authenticator.mu.Lock()
	n.authenticator.front = f
	n.authenticator.mu.Unlock()
	return f, nil
}

// apply sets the options with which a server listens for the front.
func (n *network) apply(o *server.Options) {
	o.DontListen = false
	o.Host, o.Port, o.ProxyProtocol = "127.0.0.1", server.RANDOM_PORT, true
	o.TLS, o.TLSConfig, o.TLSTimeout = true, n.cert.config(), 10
	o.AuthTimeout = loginWait.Seconds() // more than readyWait
	o.AlwaysEnableNonce = true
	o.CustomClientAuthentication = n.authenticator
	o.MaxConn = 1 << 20 // the front limits them
}
