package sshd

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime/debug"
	"sync"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/screen"
)

// Options say whom a server lets in and what it shows them. Keys, Dir, Clock,
// Log, Guest and Face have to be set.
type Options struct {
	Keys string // file of the keys that are let in, in the form of authorized_keys
	CA   string // file of the authorities whose certificates are; "": none
	// Revoked is a file of what is revoked, see revoked.go; "": nothing is.
	Revoked string
	// Struck says whether somebody was struck from the hub, by handle or key; nil:
	// nobody is. It is called often.
	Struck func(Who) bool
	Dir    string // directory of the host key
	Clock  model.Clock
	Log    func(model.Safe) // what whoever runs the server should know; from any goroutine
	// Guest opens the rooms for a guest.
	Guest  func(context.Context, Who) (Hub, error)
	Face   Face
	Limits Limits
}

// Face is what a guest sees.
type Face interface {
	// Commands are the words that a plain command may begin with.
	Commands() []string
	// Screen says how the full screen looks for a visit.
	Screen(Hub, Visit) ui.Options
	// Plain shows a room in plain sentences, the only open one or the list
	// where Room is empty, and returns the exit code.
	Plain(context.Context, Hub, Visit) int
	// Command runs the command of a visit and returns the exit code.
	Command(context.Context, Hub, Visit) int
}

// Visit is one session of a guest.
type Visit struct {
	Who    Who
	Getenv func(string) string // TERM and what little else a client may set
	PTY    bool
	Room   string   // short id, "" where none was named
	Args   []string // the command, its name first
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
}

// Server lets guests in over SSH.
type Server struct {
	o      Options
	ring   *ring
	guard  *guard
	guests *guests
	meters *meters
	table  *screen.Table
	shared *ui.Shared
	config ssh.ServerConfig
	host   ssh.PublicKey

	mu    sync.Mutex
	conns map[*conn]bool
	by    map[string]int // connections that are in, by key
	wg    sync.WaitGroup // one for each connection
}

// version is how the server calls itself. OpenSSH's client says that nobody reads
// its output any more (tail | head) only to those whose name begins like this.
const version = "SSH-2.0-OpenSSH-compatible_warroom"

// New reads the keys and the host key. A file of keys in which something is
// wrong is an error with its place.
func New(o Options) (*Server, error) {
	o.Limits = o.Limits.withDefaults()
	r, said, err := newRing(&o)
	if err != nil {
		return nil, err
	}
	host, err := HostKey(o.Dir)
	if err != nil {
		return nil, err
	}
	for _, s := range said {
		o.Log(s)
	}
	s := &Server{o: o, ring: r, guard: newGuard(o.Limits, o.Clock), table: screen.NewTable(), shared: ui.NewShared(), host: host.PublicKey(),
		conns: map[*conn]bool{}, by: map[string]int{}}
	s.meters = &meters{clock: o.Clock, limits: o.Limits, by: map[string]*meter{}}
	s.guests = &guests{open: o.Guest, fail: func(err error) { o.Log(model.Sentence(err)) }, here: map[string]*guest{}}
	a := algorithms()
	s.config = ssh.ServerConfig{MaxAuthTries: 3, PublicKeyCallback: r.admit, ServerVersion: version, PublicKeyAuthAlgorithms: a.PublicKeyAuths,
		Config: ssh.Config{KeyExchanges: a.KeyExchanges, Ciphers: a.Ciphers, MACs: a.MACs}}
	s.config.AddHostKey(host)
	return s, nil
}

// errOver ends the connections of a server that ends.
var errOver = model.Refuse(model.Unreachable, "this server ends; what was stored is stored, log in again when it is back")

// Serve lets guests in until ctx ends or the listener fails. It then says
// goodbye to everybody, waits for every goroutine and closes the listener. It is
// called once.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	inside, end := context.WithCancelCause(context.WithoutCancel(ctx))
	closed := make(chan struct{})
	stop := context.AfterFunc(ctx, func() {
		defer close(closed)
		end(errOver)
		_ = l.Close()
	})
	warden := make(chan struct{})
	go func() {
		defer close(warden)
		s.warden(inside)
	}()
	err := s.accept(inside, l)
	if stop() {
		end(errOver)
		_ = l.Close()
	} else {
		<-closed
	}
	s.wg.Wait()
	<-warden
	if ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("accept SSH connections: %w", err)
}

// accept takes connections until the listener is closed.
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
				s.guard.makeRoom()
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
		half, why := s.guard.admit(nc)
		if !why.IsEmpty() {
			_ = nc.SetWriteDeadline(s.o.Clock.Now().Add(100 * time.Millisecond))
			_, _ = io.WriteString(nc, why.String()+"\r\n") // clients show it when asked to be verbose
			_ = nc.Close()
			continue
		}
		c := newConn(ctx, s, nc)
		s.keep(c)
		s.wg.Go(func() {
			defer s.forgetConn(c)
			defer s.guard.done(half)
			defer c.nc.Close()
			defer s.survive("a connection")
			c.run(half)
		})
	}
}

// passes reports whether an error of Accept ends by itself or when files are
// closed.
func passes(err error) bool {
	for _, e := range []error{syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM, syscall.ECONNABORTED} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// survive keeps a panic in one connection from ending the others.
func (s *Server) survive(what string) {
	if p := recover(); p != nil {
		s.o.Log(model.Safef("%s of a guest failed: %s\n%s", what, fmt.Sprint(p), model.Clean(string(debug.Stack()))))
	}
}

func (s *Server) keep(c *conn) {
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

// login counts a connection in. The error is a sentence for its sessions.
func (s *Server) login(c *conn, g *grant) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.grant = g
	if s.by[g.who.Key] >= s.o.Limits.PerKey {
		return model.Refuse(model.Forbidden, "your key has %d connections here already; close one of them", s.o.Limits.PerKey)
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

// warden looks at the files of keys, and ends the connections whose keys do not
// hold any more.
func (s *Server) warden(ctx context.Context) {
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
	_, said := s.ring.look()
	for _, l := range said {
		s.o.Log(l)
	}
	for _, c := range s.which(true) {
		if err := s.ring.stands(c.grant); err != nil {
			c.end(err)
		}
	}
	if l := s.guard.counts(); !l.IsEmpty() {
		s.o.Log(l)
	}
	for _, l := range s.meters.counts() {
		s.o.Log(l)
	}
	if n%64 == 0 {
		s.guard.forget()
	}
}

// Here says how many connections have logged in, and how many have not.
func (s *Server) Here() (in, half int) { return len(s.which(true)), s.guard.halves() }

// Welcome is what whoever runs the server should tell those who come: the
// fingerprint of the host key, and a line for known_hosts.
func (s *Server) Welcome(addr string) []model.Safe {
	print, known, err := Fingerprint(s.o.Dir, addr)
	if err != nil {
		return []model.Safe{model.Sentence(err)}
	}
	return []model.Safe{model.Safef("host key: %s", print), model.Safef("known_hosts: %s", known)}
}
