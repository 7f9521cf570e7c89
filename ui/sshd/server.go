package sshd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/screen"
	"warroom/ui/shared"
)

// Options configure whom a server accepts and what it shows. Keys, Dir, Clock, Log, Guest
// and Handler are required.
type Options struct {
	Keys string // file of the accepted keys, in authorized_keys format
	CA   string // file of the trusted authorities; if "", none
	// Revoked is the revocation list, see revoked.go; if "", none.
	Revoked string
	// AccessRevoked reports whether a person was revoked on the hub, by handle or key; nil:
	// nobody is. It is called often.
	AccessRevoked func(Who) bool
	Dir           string // directory of the host key
	Clock         model.Clock
	Log           func(model.Safe) // logs messages for the operator; called from any goroutine
	// Guest opens the hub for a guest.
	Guest   func(context.Context, Who) (Hub, error)
	Handler Handler
	Limits  Limits
}

// Handler provides what a guest sees.
type Handler interface {
	// Commands returns the names of the plain commands.
	Commands() []string
	// Screen returns the options of the full screen for a visit.
	Screen(Hub, Visit) ui.Options
	// Plain shows a room as plain text: the named one, or the only open one, or else the
	// list. It returns the exit code.
	Plain(context.Context, Hub, Visit) int
	// Command runs the command of a visit and returns the exit code.
	Command(context.Context, Hub, Visit) int
}

// Visit is one session of a guest.
type Visit struct {
	Who    Who
	Getenv func(string) string // TERM and the few other variables that a client may set
	PTY    bool
	Room   string   // short id, "" if none was named
	Args   []string // the command, its name first
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	// Size returns the size of the terminal; if nil, there is none.
	Size func() (cols, rows int)
}

// GCPercent is what a process that serves guests should pass to [debug.SetGCPercent]. What
// lives as long as a session is allocated among what a login or a frame needs for a moment,
// so the less garbage there is, the less memory a session takes.
const GCPercent = 50

// Server gives guests access over SSH.
type Server struct {
	o       Options
	keyring *keyring
	limiter *loginLimiter
	guests  *guests
	meters  *meters
	table   *screen.Table
	shared  *shared.State
	config  ssh.ServerConfig
	host    ssh.PublicKey

	mu    sync.Mutex
	conns map[*conn]bool
	by    map[string]int // number of logged-in connections by key

	evicted atomic.Int32 // connections of revoked people that were ended since the last Revoke

	wg sync.WaitGroup // one for each connection
}

// version is the server's identification. OpenSSH's client reports that nobody reads its
// output any more (tail | head) only to servers whose name begins like this.
const version = "SSH-2.0-OpenSSH-compatible_warroom"

// New reads the keys and the host key. An invalid file of keys is an error with its
// position.
func New(o Options) (*Server, error) {
	o.Limits = o.Limits.withDefaults()
	r, messages, err := newKeyring(&o)
	if err != nil {
		return nil, err
	}
	host, err := HostKey(o.Dir)
	if err != nil {
		return nil, err
	}
	for _, s := range messages {
		o.Log(s)
	}
	s := &Server{o: o, keyring: r, limiter: newLoginLimiter(o.Limits, o.Clock), table: screen.NewTable(),
		shared: shared.New(),
		host:   host.PublicKey(),
		conns:  map[*conn]bool{}, by: map[string]int{}}
	s.meters = &meters{clock: o.Clock, limits: o.Limits, by: map[string]*meter{}}
	s.guests = &guests{open: o.Guest, fail: func(err error) { o.Log(model.Sentence(err)) }, here: map[string]*guest{}}
	a := algorithms()
	s.config = ssh.ServerConfig{MaxAuthTries: 3, PublicKeyCallback: r.admit, ServerVersion: version,
		PublicKeyAuthAlgorithms: a.PublicKeyAuths,
		Config:                  ssh.Config{KeyExchanges: a.KeyExchanges, Ciphers: a.Ciphers, MACs: a.MACs}}
	s.config.AddHostKey(host)
	return s, nil
}

// errOver ends the connections of a server that stops.
var errOver = model.Refuse(model.Unreachable,
	"this server is stopping; nothing that was stored is lost; log in again when it is back")

// Serve accepts guests until ctx ends or the listener fails. It then sends everybody a
// final message, waits for every goroutine and closes the listener. It must be called only
// once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	inside, end := context.WithCancelCause(context.WithoutCancel(ctx))
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(closed)
		end(errOver)
		_ = l.Close()
	})
	reloaderDone := make(chan struct{})
	go func() {
		defer close(reloaderDone)
		s.reloadKeys(inside)
	}()
	err := s.accept(inside, l)
	if stop() {
		end(errOver)
		_ = l.Close()
	} else {
		<-closed
	}
	s.wg.Wait()
	<-reloaderDone
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("accept SSH connections: %w", err)
}

// accept accepts connections until the listener is closed.
func (s *Server) accept(ctx context.Context, l net.Listener) error {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for bad := 0; ; {
		nc, err := l.Accept()
		if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
			if err == nil {
				_ = nc.Close()
			}
			return err
		}
		if err != nil {
			if passes(err) {
				s.limiter.makeRoom()
			} else if bad++; bad > 100 {
				return err
			}
			pause.Reset(50 * time.Millisecond)
			select {
			case <-pause.C:
			case <-ctx.Done():
			}
			continue
		}
		bad = 0
		half, why := s.limiter.admit(nc)
		if !why.IsEmpty() {
			_ = nc.SetWriteDeadline(s.o.Clock.Now().Add(100 * time.Millisecond))
			_, _ = io.WriteString(nc, why.String()+"\r\n") // clients show it in verbose mode
			_ = nc.Close()
			continue
		}
		c := newConn(ctx, s, nc)
		s.addConn(c)
		s.wg.Go(func() {
			defer func() {
				s.limiter.done(half)
				if !c.served {
					c.forget()
				}
			}()
			defer s.survive("a connection")
			c.begin(half)
		})
	}
}

// passes reports whether an error of Accept is temporary, or goes away when file
// descriptors are closed.
func passes(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// survive recovers from a panic in one connection, so that the others continue.
func (s *Server) survive(what string) {
	if p := recover(); p != nil {
		s.o.Log(model.Safef("%s of a guest failed: %s\n%s", what, fmt.Sprint(p), model.Clean(string(debug.Stack()))))
	}
}

func (s *Server) addConn(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.conns[c] = true
}

func (s *Server) forgetConn(c *conn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.conns, c)
	if c.counted {
		if s.by[c.grant.who.Key]--; s.by[c.grant.who.Key] == 0 {
			delete(s.by, c.grant.who.Key)
		}
	}
}

// login counts a logged-in connection. The error is for its sessions.
func (s *Server) login(c *conn, g *grant) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.grant = g
	if s.by[g.who.Key] >= s.o.Limits.PerKey {
		return model.Refuse(model.Forbidden, "your key already has %d connections here; close one of them",
			s.o.Limits.PerKey)
	}
	c.counted = true
	s.by[g.who.Key]++
	return nil
}

// which returns the connections that have logged in, or those that have not.
func (s *Server) which(in bool) []*conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []*conn
	for c := range s.conns {
		if (c.grant != nil) == in {
			out = append(out, c)
		}
	}
	return out
}

// reloadKeys checks the key files regularly, and ends the connections whose keys are not
// valid any more.
func (s *Server) reloadKeys(ctx context.Context) {
	t := time.NewTicker(s.o.Limits.Look)
	defer t.Stop()
	for n := 0; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		s.watchKeys(n)
	}
}

func (s *Server) watchKeys(n int) {
	defer s.survive("the look at the keys")
	_, messages := s.keyring.look()
	for _, l := range messages {
		s.o.Log(l)
	}
	s.evict()
	if l := s.limiter.counts(); !l.IsEmpty() {
		s.o.Log(l)
	}
	for _, l := range s.meters.counts() {
		s.o.Log(l)
	}
	if n%64 == 0 {
		s.limiter.forget()
	}
}

// Here returns the number of connections that have logged in, and of those that have not.
func (s *Server) Here() (in, half int) { return len(s.which(true)), s.limiter.halves() }

// Welcome returns what the operator should give to guests: the fingerprint of the host key,
// and a line for known_hosts.
func (s *Server) Welcome(addr string) []model.Safe {
	print, known, err := Fingerprint(s.o.Dir, addr)
	if err != nil {
		return []model.Safe{model.Sentence(err)}
	}
	return []model.Safe{model.Safef("host key: %s", print), model.Safef("known_hosts: %s", known)}
}
