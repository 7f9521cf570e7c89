package sshd_test

import (
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/ui"
	"warroom/ui/sshd"
)

var (
	crowdFlag = flag.Int("crowd", 0,
		"how many come in TestCrowd, twice: 500 for a long look, which also looks at the resident memory; 0: a few, "+
			"once")
	raced bool // the race detector is enabled
)

func crowdSize() int {
	switch {
	case *crowdFlag > 0:
		return *crowdFlag
	case raced:
		return 40
	}
	return 60
}

// crowd are the people in one room, each with a key and a terminal.
type crowd struct {
	*rig
	n                   int
	all                 []*benchClient
	stays, leaves       []*benchClient
	silent, busy, giant *benchClient // does not read; resizes constantly; has an absurd size
	shut                *pausableConn
	strangers           []net.Conn
}

// TestCrowd: many people in one room. Half of them disconnect during a storm of keys, lines
// and sizes, one does not read, one resizes a thousand times per second, one has a terminal
// of 100000x100000, and many more connect without logging in. Those who are left see what
// one of them writes, and nothing remains of the others.
func TestCrowd(t *testing.T) {
	n := crowdSize()
	c := &crowd{n: n, rig: start(t, usual()+crowdKeys(n), func(o *sshd.Options) {
		o.Limits.HalfOpen, o.Limits.PerAddr, o.Limits.Handshake = 3*n+100, 3*n+100, 5*time.Minute
		o.Handler = crowdHandler{o.Handler.(testHandler)}
	})}
	before := c.idleGoroutines()
	if *crowdFlag > 0 { // the runtime keeps what it needed for so many
		c.scene()
		settled(t, before)
	}
	rss := resident(t)
	c.scene()
	settled(t, before)
	if in, half := c.srv.Here(); in+half != 0 {
		t.Errorf("%d in, %d half in", in, half)
	}
	if *crowdFlag > 0 {
		c.givesBack(rss)
	}
}

// crowdHandler draws as often as the program does.
type crowdHandler struct{ testHandler }

func (f crowdHandler) Screen(h sshd.Hub, v sshd.Visit) ui.Options {
	o := f.testHandler.Screen(h, v)
	o.Frame = 0
	return o
}

// scene runs everything, from the first login to the last disconnect.
func (c *crowd) scene() {
	c.t.Helper()
	rss := resident(c.t)
	c.connect()
	c.come()
	if in, half := c.srv.Here(); in != c.n || half != 2*c.n {
		c.t.Errorf("%d are in, %d half in; want %d and %d", in, half, c.n, 2*c.n)
	}
	sizes := c.storm()
	c.t.Logf("%d people, %d sizes of one terminal, resident %d MiB more with half of them", c.n, sizes,
		(resident(c.t)-rss)>>10)
	c.everyoneSees("who is still here? " + tokenOf(c.n))
	c.hangUp()
	c.all, c.stays, c.leaves, c.silent, c.busy, c.giant, c.shut, c.strangers = nil, nil, nil, nil, nil, nil, nil, nil
}

func crowdKeys(n int) string {
	var s strings.Builder
	for i := range n {
		fmt.Fprintf(&s, "handle=\"p%03d\",right=\"write\" %s\n", i, pub(benchKey(i)))
	}
	return s.String()
}

// connect opens the connections that never log in.
func (c *crowd) connect() {
	c.t.Helper()
	for range 2 * c.n {
		nc, err := net.Dial("tcp", c.addr)
		if err != nil {
			c.t.Fatalf("dial: %v", err)
		}
		c.t.Cleanup(func() { _ = nc.Close() })
		c.strangers = append(c.strangers, nc)
	}
}

// come logs in everybody, a few at a time, and sorts them by what they will do.
func (c *crowd) come() {
	c.t.Helper()
	c.all = make([]*benchClient, c.n)
	for i := range c.all {
		c.all[i] = &benchClient{seen: make(chan time.Time, 1)}
	}
	c.silent, c.busy, c.giant = c.all[0], c.all[1], c.all[2]
	for i, b := range c.all[3:] {
		if i%2 == 0 {
			c.leaves = append(c.leaves, b)
		} else {
			c.stays = append(c.stays, b)
		}
	}
	c.silent.wrap = func(nc net.Conn) net.Conn {
		_ = nc.(*net.TCPConn).SetReadBuffer(4096) // so that it is full soon
		c.shut = &pausableConn{Conn: nc}
		return c.shut
	}
	c.each(c.all, func(i int, b *benchClient) error {
		a := OpenArgs{Addr: c.addr, W: 80 + i%60, H: 24 + i%20, See: "Deploy key"}
		if b == c.giant {
			a.W, a.H = 100000, 100000
		}
		return b.login(i, a)
	})
	if c.t.Failed() {
		c.t.FailNow()
	}
	c.t.Cleanup(c.hangUp)
}

// each calls do for many clients, a few at a time.
func (c *crowd) each(list []*benchClient, do func(int, *benchClient) error) {
	c.t.Helper()
	var wg sync.WaitGroup
	turn := make(chan struct{}, 8)
	for i, b := range list {
		turn <- struct{}{}
		wg.Go(func() {
			defer func() { <-turn }()
			if err := do(i, b); err != nil {
				c.t.Errorf("client %d: %v", i, err)
			}
		})
	}
	wg.Wait()
}

// storm has everybody act at once; it returns when half of them have gone.
func (c *crowd) storm() (sizes int64) {
	c.t.Helper()
	c.shut.stop()
	var resized atomic.Int64
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		c.resizes(&resized, stop)
	}()
	c.each(c.all[3:], func(i int, b *benchClient) error {
		for n := range 3 {
			// one line end for each: several that arrive together are a paste, which is asked about
			if _, err := fmt.Fprintf(b.in, "storm %d of %d%s", n, i, [3]string{" ", " ", "\r"}[n]); err != nil {
				return err
			}
			if err := b.session.WindowChange(24+n, 80+i%60); err != nil {
				return err
			}
		}
		if i%2 != 0 {
			return nil
		}
		if _, err := io.WriteString(b.in, strings.Repeat("gone", 75)); err != nil {
			return err
		}
		return b.ssh.Close() // disconnect
	})
	eventually(c.t, "a thousand sizes", func() bool { return resized.Load() >= 1000 })
	close(stop)
	<-stopped
	eventually(c.t, "half of them are gone", func() bool { in, _ := c.srv.Here(); return in <= c.n-len(c.leaves) })
	return resized.Load()
}

// resizes sends a new size a thousand times per second, as far as possible, and ends at
// 120x40.
func (c *crowd) resizes(n *atomic.Int64, stop chan struct{}) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-stop:
			if err := c.busy.session.WindowChange(40, 120); err != nil {
				c.t.Errorf("window change: %v", err)
			}
			return
		case <-tick.C:
		}
		if err := c.busy.session.WindowChange(15+i%60, 60+i%150); err != nil {
			c.t.Errorf("window change: %v", err)
			return
		}
		n.Add(1)
	}
}

// everyoneSees has one of the remaining clients write a line.
func (c *crowd) everyoneSees(text string) {
	c.t.Helper()
	left := append([]*benchClient{c.busy, c.giant}, c.stays...)
	for _, b := range left {
		b.expect(text)
	}
	begun := time.Now()
	if _, err := io.WriteString(c.stays[0].in, text+"\r"); err != nil {
		c.t.Fatalf("write: %v", err)
	}
	for i, b := range left {
		if _, err := b.await(); err != nil {
			c.t.Fatalf("client %d of those who stayed: %v", i, err)
		}
	}
	c.t.Logf("seen by %d after %s", len(left), time.Since(begun).Round(time.Millisecond))
}

// hangUp disconnects all remaining clients.
func (c *crowd) hangUp() {
	if c.shut != nil {
		c.shut.open()
	}
	for _, b := range c.all {
		if b.ssh != nil {
			_ = b.ssh.Close() // many have gone
		}
	}
	for _, nc := range c.strangers {
		_ = nc.Close()
	}
}

// maxGrowth is the max growth of resident memory afterwards, in KiB. With 500 sessions left
// it would be 75 MiB.
const maxGrowth = 16 << 10

// givesBack checks that the memory of disconnected clients was returned to the system,
// except for what the room keeps of them.
func (c *crowd) givesBack(before int64) {
	c.t.Helper()
	var now int64
	late := time.Now().Add(defaultTimeout)
	for {
		now = resident(c.t)
		if now-before <= maxGrowth || time.Now().After(late) {
			break
		}
		runtime.Gosched()
	}
	c.t.Logf("resident: %d MiB before, %d MiB after", before>>10, now>>10)
	if now-before > maxGrowth {
		c.t.Errorf("%d KiB are not given back", now-before)
	}
}

// resident returns the resident memory of this process in KiB, after returning free memory,
// or 0 if the system does not report it.
func resident(t testing.TB) (kib int64) {
	t.Helper()
	debug.FreeOSMemory()
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		_, _ = fmt.Sscanf(line, "VmRSS: %d kB", &kib) // one of the lines
	}
	return kib
}

// TestCrowdAsShipped: the default limits with such a crowd. A person from another address
// is not affected.
func TestCrowdAsShipped(t *testing.T) {
	r := start(t, usual(), func(o *sshd.Options) { o.Limits = sshd.Limits{Look: o.Limits.Look} })
	before := r.idleGoroutines()
	var clients []*ssh.Client
	for range 50 {
		clients = append(clients, r.login("bo", bo))
	}
	eventually(t, "all of them are counted in", func() bool { in, _ := r.srv.Here(); return in == len(clients) })
	r.refusesOneMore("your key already has 50 connections here; close one of them")
	for _, c := range clients {
		_ = c.Close()
	}
	r.refusesFlood(before)
}

// refusesOneMore: one connection too many is accepted in order to tell the client why it is
// refused.
func (r *rig) refusesOneMore(want string) {
	r.t.Helper()
	_, errs, code := r.run("bo", bo, "who")
	if code != 1 || errs != "warroom: "+want+"\n" {
		r.t.Errorf("%d %q", code, errs)
	}
}

// refusesFlood opens connections from one address until one is refused; 64 may be pending,
// and the oldest make room for new ones.
func (r *rig) refusesFlood(before int) {
	r.t.Helper()
	var silent []net.Conn
	refused := func() bool { // the newest one
		c := silent[len(silent)-1]
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		b, _ := io.ReadAll(c)
		return strings.Contains(string(b), "too many connections from this address; try again in a moment\r\n")
	}
	for n := 0; ; n++ {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			r.t.Fatalf("dial: %v", err)
		}
		silent = append(silent, c)
		if n%100 == 99 && refused() {
			break
		}
		if n > 5000 {
			r.t.Fatal("no connection is refused")
		}
	}
	eventually(r.t, "64 are half in at the most", func() bool { _, half := r.srv.Here(); return half <= 64 })
	if err := r.elsewhere(); err != nil {
		r.t.Errorf("who comes from elsewhere: %v", err)
	}
	for _, c := range silent {
		_ = c.Close()
	}
	eventually(r.t, "a login from the same address", func() bool {
		c, err := r.dial("ana", ana)
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	settled(r.t, before)
}

// elsewhere logs in from another address of this machine, if it has one.
func (r *rig) elsewhere() error {
	if runtime.GOOS != "linux" {
		return nil
	}
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, 2)}}
	nc, err := d.Dial("tcp", r.addr)
	if err != nil {
		return err
	}
	defer nc.Close()
	c, chans, reqs, err := ssh.NewClientConn(nc, r.addr, config("ana", ssh.PublicKeys(ana)))
	if err != nil {
		return err
	}
	return ssh.NewClient(c, chans, reqs).Close()
}
