package sshd_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/ssh"
)

// benchClients are the people at their terminals, in a process of their own.
type benchClients struct{ list []*benchClient }

// benchClient is one of them: it reads what it is sent and says when a text was
// among it.
type benchClient struct {
	ssh     *ssh.Client
	session *ssh.Session
	wrap    func(net.Conn) net.Conn // around its connection; nil: nothing is

	in   io.WriteCloser
	wire atomic.Int64 // bytes of the connection, framing too
	load atomic.Int64 // bytes of the channel
	keys atomic.Int64 // times something came

	mu    sync.Mutex
	want  []byte
	tail  []byte
	seen  chan time.Time
	pause chan struct{} // closed: reads go on
}

// counted counts what comes in.
type counted struct {
	net.Conn
	n *atomic.Int64
}

// Read implements net.Conn.
func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// OpenArgs say how many clients there are to be.
type OpenArgs struct {
	Addr string
	N    int
	W, H int
	Who  int    // how many people they are
	User string // whom all of them log in as; "": as those people
	See  string // each has to show it before the next comes
}

// Open logs in until there are N.
func (s *benchClients) Open(a OpenArgs, took *time.Duration) error {
	start := time.Now()
	for i := len(s.list); i < a.N; i++ {
		c := &benchClient{seen: make(chan time.Time, 1)}
		if err := c.login(i%max(1, a.Who), a); err != nil {
			return fmt.Errorf("client %d: %w", i, err)
		}
		s.list = append(s.list, c)
	}
	*took = time.Since(start)
	return nil
}

func (c *benchClient) login(i int, a OpenArgs) error {
	nc, err := net.Dial("tcp", a.Addr)
	if err != nil {
		return err
	}
	if c.wrap != nil {
		nc = c.wrap(nc)
	}
	user := a.User
	if user == "" {
		user = fmt.Sprintf("p%03d", i)
	}
	conn, chans, reqs, err := ssh.NewClientConn(counted{nc, &c.wire}, a.Addr, config(user, ssh.PublicKeys(benchKey(i))))
	if err != nil {
		return err
	}
	c.ssh = ssh.NewClient(conn, chans, reqs)
	s, err := c.ssh.NewSession()
	if err != nil {
		return err
	}
	c.session = s
	if c.in, err = s.StdinPipe(); err != nil {
		return err
	}
	out, err := s.StdoutPipe()
	if err != nil {
		return err
	}
	if err := s.RequestPty("xterm-256color", a.H, a.W, ssh.TerminalModes{}); err != nil {
		return err
	}
	c.expect(a.See)
	go c.read(out)
	if err := s.Start("inc-1"); err != nil {
		return err
	}
	_, err = c.await()
	return err
}

func (c *benchClient) read(r io.Reader) {
	buf := make([]byte, 8<<10)
	for {
		n, err := r.Read(buf)
		now := time.Now()
		c.load.Add(int64(n))
		c.keys.Add(1)
		c.mu.Lock()
		if c.want != nil {
			c.tail = append(c.tail, buf[:n]...)
			if bytes.Contains(c.tail, c.want) {
				c.want, c.tail = nil, nil
				c.seen <- now
			} else if keep := 4 << 10; len(c.tail) > 2*keep {
				c.tail = append(c.tail[:0], c.tail[len(c.tail)-keep:]...)
			}
		}
		pause := c.pause
		c.mu.Unlock()
		if err != nil {
			return
		}
		if pause != nil {
			<-pause
		}
	}
}

// expect makes seen tell when a text comes. Nothing is what comes next,
// whatever it is.
func (c *benchClient) expect(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.seen:
	default:
	}
	c.want, c.tail = []byte(text), nil
}

func (c *benchClient) await() (time.Time, error) {
	select {
	case t := <-c.seen:
		return t, nil
	case <-time.After(3 * patience):
		c.mu.Lock()
		defer c.mu.Unlock()
		return time.Time{}, fmt.Errorf("waited in vain for %q; there was %q", c.want, c.tail)
	}
}

// Expect makes all of them look out for a text.
func (s *benchClients) Expect(text string, _ *struct{}) error {
	for _, c := range s.list {
		c.expect(text)
	}
	return nil
}

// Arrived is when the text was where, in Unix nanoseconds.
type Arrived struct{ Median, Last int64 }

// Await waits until the clients have seen what they look out for; those that
// are paused do not count.
func (s *benchClients) Await(_ struct{}, out *Arrived) error {
	var times []time.Duration
	for i, c := range s.list {
		c.mu.Lock()
		paused := c.pause != nil
		c.mu.Unlock()
		if paused {
			continue
		}
		t, err := c.await()
		if err != nil {
			return fmt.Errorf("client %d: %w", i, err)
		}
		times = append(times, time.Duration(t.UnixNano()))
		out.Last = max(out.Last, t.UnixNano())
	}
	out.Median = int64(middle(times))
	return nil
}

// Sums is what came so far, at all of them.
type Sums struct{ Wire, Payload int64 }

// Got sums what came.
func (s *benchClients) Got(_ struct{}, out *Sums) error {
	for _, c := range s.list {
		out.Wire += c.wire.Load()
		out.Payload += c.load.Load()
	}
	return nil
}

// KeysArgs say who types what.
type KeysArgs struct {
	Client int
	Text   string
}

// Echoes are the answers to keys.
type Echoes struct {
	Took []time.Duration
	Sums
}

// Keys types a text, one key after the other, each when the one before has come
// back, and returns how long each took and what came to this client.
func (s *benchClients) Keys(a KeysArgs, out *Echoes) error {
	c := s.list[a.Client]
	wire, load := c.wire.Load(), c.load.Load()
	defer func() { out.Wire, out.Payload = c.wire.Load()-wire, c.load.Load()-load }()
	for i := range len(a.Text) {
		c.expect("")
		start := time.Now()
		if _, err := io.WriteString(c.in, a.Text[i:i+1]); err != nil {
			return err
		}
		t, err := c.await()
		if err != nil {
			return err
		}
		out.Took = append(out.Took, t.Sub(start))
	}
	return nil
}

// Type types a text at once and returns when, in Unix nanoseconds.
func (s *benchClients) Type(a KeysArgs, at *int64) error {
	*at = time.Now().UnixNano()
	_, err := io.WriteString(s.list[a.Client].in, a.Text)
	return err
}

// Pause makes a client read nothing any more, or go on.
func (s *benchClients) Pause(i int, _ *struct{}) error {
	c := s.list[i]
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.pause == nil {
		c.pause = make(chan struct{})
		return nil
	}
	close(c.pause)
	c.pause = nil
	return nil
}

// Burst logs in n times, types a lot and hangs up.
func (s *benchClients) Burst(a OpenArgs, _ *struct{}) error {
	text := bytes.Repeat([]byte("a lot of keys "), 40)
	for i := range a.N {
		c := &benchClient{seen: make(chan time.Time, 1)}
		if err := c.login(mostBenched-1-i%50, a); err != nil {
			return err
		}
		if _, err := c.in.Write(text); err != nil {
			return err
		}
		if err := c.ssh.Close(); err != nil {
			return err
		}
	}
	return nil
}
