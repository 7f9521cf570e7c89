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

// benchClients are the people at their terminals, in a separate process.
type benchClients struct{ list []*benchClient }

// benchClient is one of them: it reads its output and reports when a text was in it.
type benchClient struct {
	ssh     *ssh.Client
	session *ssh.Session
	wrap    func(net.Conn) net.Conn // wraps its connection; if nil, not wrapped

	in        io.WriteCloser
	connBytes atomic.Int64 // bytes of the connection, including framing
	load      atomic.Int64 // bytes of the channel
	keys      atomic.Int64 // number of reads

	mu    sync.Mutex
	want  []byte
	tail  []byte
	seen  chan time.Time
	pause chan struct{} // closed: reading continues
}

// counted counts incoming bytes.
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

// OpenArgs configure the number of clients.
type OpenArgs struct {
	Addr string
	N    int
	W, H int
	Who  int    // number of different people
	User string // user name for all of them; if "", their own
	See  string // text that each must show before the next one connects
}

// Open connects clients until there are N.
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
	conn, chans, reqs,
		err := ssh.NewClientConn(counted{nc, &c.connBytes}, a.Addr, config(user, ssh.PublicKeys(benchKey(i))))
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
			} else if retained := 4 << 10; len(c.tail) > 2*retained {
				c.tail = append(c.tail[:0], c.tail[len(c.tail)-retained:]...)
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

// expect sets the text to wait for. With an empty text it waits for any output.
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
	case <-time.After(3 * defaultTimeout):
		c.mu.Lock()
		defer c.mu.Unlock()
		return time.Time{}, fmt.Errorf("waited in vain for %q; there was %q", c.want, c.tail)
	}
}

// Expect sets the text for all clients.
func (s *benchClients) Expect(text string, _ *struct{}) error {
	for _, c := range s.list {
		c.expect(text)
	}
	return nil
}

// Arrived is when the text arrived, in Unix nanoseconds.
type Arrived struct{ Median, Last int64 }

// Await waits until the clients have seen their text; paused clients do not count.
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

// Sums has the bytes that all clients received so far.
type Sums struct{ Conn, Payload int64 }

// Got returns the received bytes.
func (s *benchClients) Got(_ struct{}, out *Sums) error {
	for _, c := range s.list {
		out.Conn += c.connBytes.Load()
		out.Payload += c.load.Load()
	}
	return nil
}

// KeysArgs configure who types what.
type KeysArgs struct {
	Client int
	Text   string
}

// Echoes are the results of typed keys.
type Echoes struct {
	Took []time.Duration
	Sums
}

// Keys types a text, each key after the echo of the previous one, and returns the time per
// key and the bytes that this client received.
func (s *benchClients) Keys(a KeysArgs, out *Echoes) error {
	c := s.list[a.Client]
	connBytes, load := c.connBytes.Load(), c.load.Load()
	defer func() { out.Conn, out.Payload = c.connBytes.Load()-connBytes, c.load.Load()-load }()
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

// Type types a text at once and returns the time, in Unix nanoseconds.
func (s *benchClients) Type(a KeysArgs, at *int64) error {
	*at = time.Now().UnixNano()
	_, err := io.WriteString(s.list[a.Client].in, a.Text)
	return err
}

// Pause makes a client stop or continue reading.
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

// Burst logs in n times, types a lot and disconnects.
func (s *benchClients) Burst(a OpenArgs, _ *struct{}) error {
	text := bytes.Repeat([]byte("a lot of keys "), 40)
	for i := range a.N {
		c := &benchClient{seen: make(chan time.Time, 1)}
		if err := c.login(maxBenched-1-i%50, a); err != nil {
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
