package sshd_test

import (
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/ui/sshd"
)

// TestHalfOpen: a thousand clients that connect and send nothing keep nobody out, and leave
// nothing behind.
func TestHalfOpen(t *testing.T) {
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.Handshake = 5 * time.Second })
	before := r.idleGoroutines()
	var silent []net.Conn
	for range 1000 {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatalf("dial: %v", err)
		}
		silent = append(silent, c)
	}
	if _, half := r.srv.Here(); half > 64 {
		t.Errorf("%d are half in", half)
	}
	begun := time.Now()
	if out, _, _ := r.run("bo", bo, "who"); !strings.HasPrefix(out, "bo write") {
		t.Errorf("%q", out)
	}
	t.Logf("a login among 1,000 half-open connections took %s", time.Since(begun).Round(time.Millisecond))
	settled(t, before)
	for _, c := range silent { // closed by the server
		_ = c.SetReadDeadline(time.Now().Add(defaultTimeout))
		if _, err := io.Copy(io.Discard, c); err != nil {
			if e, ok := err.(net.Error); ok && e.Timeout() {
				t.Fatal("a half-open connection is still there")
			}
		}
		_ = c.Close()
	}
}

// TestGarbage: the server survives whatever a stranger sends.
func TestGarbage(t *testing.T) {
	r := start(t, usual())
	before := r.idleGoroutines()
	for _, s := range []string{"GET / HTTP/1.1\r\n\r\n", strings.Repeat("a", 1<<20), "SSH-2.0-x\r\n" +
		strings.Repeat("\xff", 1<<16), "SSH-1.5-x\r\n", "\x00\x00\x00\x00", "SSH-2.0-x\r\n\x00\x00\x00\x0c\x0a\x14"} {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			t.Fatalf("dial: %v", err)
		}
		_, _ = io.WriteString(c, s)
		_ = c.Close()
	}
	settled(t, before)
	r.run("ana", ana, "who")
}

// TestPenaltyForOthers: after a failed login, the next failure from that address is
// delayed, but a client with an accepted key is not, because many people may share an
// address.
func TestPenaltyForOthers(t *testing.T) {
	t.Parallel()
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.Penalty = time.Hour })
	if _, err := r.dial("bo", ana); err == nil {
		t.Fatal("was let in under another's name")
	}
	r.log.until(t, "nobody was let in", "failed logins from there are answered slowly")
	began := time.Now()
	if _, err := r.dial("ana", eve); err == nil {
		t.Fatal("was let in")
	}
	if d := time.Since(began); d < 2*time.Second {
		t.Errorf("the next failure was answered after %s", d)
	}
	for _, c := range []struct {
		user string
		keys []ssh.Signer
	}{{"ana", []ssh.Signer{ana}}, {"bo", []ssh.Signer{bo}}, {"cy", []ssh.Signer{eve, cy}}} {
		conn, err := r.dial(c.user, c.keys...)
		if err != nil {
			t.Fatalf("%s is kept out by another's failure: %v", c.user, err)
		}
		_ = conn.Close()
		if _, err := r.dial("bo", ana); err == nil { // a login ends a penalty; this begins another one
			t.Error("was let in")
		}
	}
}

// TestStorm: sixty sessions, half of which disconnect during a storm of keys, entries and
// sizes. Nothing of them remains.
func TestStorm(t *testing.T) {
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.PerKey = 100 })
	before := r.idleGoroutines()
	conn := r.login("ana", ana)
	stay := r.open(conn, "xterm", "", 120, 40)
	stay.out.until(t, "Deploy key")
	var wg sync.WaitGroup
	for i := range 60 {
		wg.Go(func() {
			c, err := r.dial("bo", bo)
			if err != nil {
				t.Errorf("dial: %v", err)
				return
			}
			defer c.Close()
			x := r.open(c, "xterm-256color", "", 80+i, 24)
			x.out.until(t, "Deploy key")
			for n := range 3 {
				x.keys(fmt.Sprintf("storm %d of %d\r", n, i))
				_ = x.WindowChange(24+n, 80)
			}
			if i%2 == 0 {
				x.keys(strings.Repeat("gone", 75))
				return // disconnect
			}
			x.keys("\x03")
			x.wait()
		})
	}
	wg.Wait()
	stay.out.forget()
	stay.keys("after the storm\r")
	stay.out.until(t, "after the storm")
	stay.keys("\x03")
	stay.wait()
	_ = conn.Close()
	settled(t, before)
	if in, half := r.srv.Here(); in+half != 0 {
		t.Errorf("%d in, %d half in", in, half)
	}
}

// pausableConn is a connection whose reads can be paused.
type pausableConn struct {
	net.Conn
	mu   sync.Mutex
	shut chan struct{} // nil: open
}

func (g *pausableConn) Read(p []byte) (int, error) {
	g.mu.Lock()
	shut := g.shut
	g.mu.Unlock()
	if shut != nil {
		<-shut
	}
	return g.Conn.Read(p)
}

func (g *pausableConn) stop() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.shut = make(chan struct{})
}

// open continues reading.
func (g *pausableConn) open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut != nil {
		close(g.shut)
		g.shut = nil
	}
}

// TestStuckClients: a client that does not read does not affect others, and is
// disconnected.
func TestStuckClients(t *testing.T) {
	const patience = 4 * time.Second // with the client that does not read
	r := start(t, usual(),
		func(o *sshd.Options) { o.Limits.Write, o.Limits.Keepalive = patience, patience/3 })
	before := r.idleGoroutines()
	nc, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	_ = nc.(*net.TCPConn).SetReadBuffer(4096)
	g := &pausableConn{Conn: nc}
	sc, chans, reqs, err := ssh.NewClientConn(g, r.addr, config("bo", ssh.PublicKeys(bo)))
	if err != nil {
		t.Fatalf("make the client conn: %v", err)
	}
	others := []*ssh.Client{r.login("cy", cy), r.login("ana", ana)}
	stuck := r.open(ssh.NewClient(sc, chans, reqs), "xterm", "", 200, 60)
	stuck.out.until(t, "Deploy key")
	flood, err := others[0].NewSession() // reads packets, but never its output
	if err != nil {
		t.Fatalf("open an SSH session: %v", err)
	}
	if err := flood.Start("flood"); err != nil {
		t.Fatalf("start: %v", err)
	}
	a := r.open(others[1], "xterm", "", 120, 40)
	a.out.until(t, "Deploy key")
	g.stop()
	slowest := a.types(60, func(i int) { _ = stuck.WindowChange(60, 190+i%5) })
	t.Logf("slowest of 60 lines beside a client that reads nothing: %s", slowest.Round(time.Millisecond))
	if slowest >= patience {
		t.Errorf("another client waited %s for a line, want less than a stuck client is given (%s)", slowest, patience)
	}
	eventually(t, "the stuck client is let go", func() bool {
		return strings.Contains(r.log.String(), "bo left")
	})
	close(g.shut)
	_ = nc.Close()
	a.keys("\x03")
	a.wait()
	for _, c := range others {
		_ = c.Close()
	}
	settled(t, before)
}

// TestUnread: a client that reads packets and leaves its output unread is disconnected,
// whatever it requested, and the log names it.
func TestUnread(t *testing.T) {
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.Unread = time.Second })
	before := r.idleGoroutines()
	c := r.login("bo", bo)
	s, err := c.NewSession()
	if err != nil {
		t.Fatalf("session: got %v, want no error", err)
	}
	if _, err := s.StdoutPipe(); err != nil { // nobody reads it
		t.Fatalf("pipe: got %v, want no error", err)
	}
	if err := s.Start("flood"); err != nil {
		t.Fatalf("start: got %v, want no error", err)
	}
	r.log.until(t, "bo stopped accepting output and was disconnected")
	if err := c.Wait(); err == nil {
		t.Error("the connection: got ended in good order, want it cut")
	}
	settled(t, before)
	r.run("ana", ana, "who")
}

// types types lines and calls a function after each; it returns the max time until one was
// seen.
func (x *term) types(n int, after func(int)) (slowest time.Duration) {
	x.t.Helper()
	for i := range n {
		want := strings.Repeat(string(rune('a'+i%26)), 12) // all letters differ
		x.out.forget()
		begun := time.Now()
		x.keys(want + "\r")
		x.out.until(x.t, want)
		slowest = max(slowest, time.Since(begun))
		after(i)
	}
	return slowest
}

// TestSilentPeer: a client that disappeared without closing the connection is disconnected.
func TestSilentPeer(t *testing.T) {
	t.Parallel()
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.Keepalive = 700 * time.Millisecond })
	nc, err := net.Dial("tcp", r.addr)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	g := &pausableConn{Conn: nc}
	sc, chans, reqs, err := ssh.NewClientConn(g, r.addr, config("bo", ssh.PublicKeys(bo)))
	if err != nil {
		t.Fatalf("make the client conn: %v", err)
	}
	x := r.open(ssh.NewClient(sc, chans, reqs), "xterm", "", 80, 24)
	x.out.until(t, "Deploy key")
	g.stop()
	r.log.until(t, "bo left")
	close(g.shut)
	_ = nc.Close()
}

// TestUnused: a connection without a session is not kept forever.
func TestUnused(t *testing.T) {
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.Keepalive = 20 * time.Millisecond })
	c := r.login("ana", ana)
	_ = c.Wait()
	r.log.until(t, "ana left")
}

// TestNastyBytes: what clients send under any name is returned as text only.
func TestNastyBytes(t *testing.T) {
	r := start(t, usual())
	for _, evil := range []string{"\x1b]0;pwned\a", "\x1b[2J", "\x9b31m", "\u202egnp.exe", "\x00", "\r\nforged: line",
		"a\x08b", "\x1b]52;c;ZXZpbA==\a"} {
		_, errs, _ := r.run("ana", ana, evil)
		x := r.open(r.login("ana", ana), "dumb", "cat", 80, 24)
		x.keys(evil + "\r\x04\x04") // at once: the first Ctrl-D may end it
		_ = x.Session.Close()
		y := r.open(r.login("ana", ana), "xterm", evil, 80, 24)
		y.wait()
		_, _ = r.dial(evil, ana)
		for _, s := range []string{errs, r.log.String(), strings.ReplaceAll(y.out.String(), "\r\n", "\n")} {
			if strings.ContainsAny(s, "\x1b\x00\a\b\r\u202e") || strings.Contains(s, "\x9b") ||
				strings.Contains(s, "\nforged") {
				t.Errorf("%q: %q", evil, s)
			}
		}
	}
}
