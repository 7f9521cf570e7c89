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
	crowdFlag = flag.Int("crowd", 0, "how many come in TestCrowd, twice: 500 for a long look, which also looks at the resident memory; 0: a few, once")
	raced     bool // the race detector runs
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

// crowd are the people of one room, each with a key and a terminal.
type crowd struct {
	*rig
	n                   int
	all                 []*benchClient
	stays, leaves       []*benchClient
	silent, busy, giant *benchClient // reads nothing; resizes all the time; has an absurd terminal
	shut                *gated
	strangers           []net.Conn
}

// TestCrowd: many in one room, half of whom hang up in the middle of a storm of
// keys, lines and sizes, one reads nothing, one resizes a thousand times a second,
// one has a terminal of 100000x100000, and many more connect and say nothing. Who
// is left sees what one of them says, and nothing of the others is left.
func TestCrowd(t *testing.T) {
	n := crowdSize()
	c := &crowd{n: n, rig: start(t, usual()+crowdKeys(n), func(o *sshd.Options) {
		o.Limits.HalfOpen, o.Limits.PerAddr, o.Limits.Handshake = 3*n+100, 3*n+100, 5*time.Minute
		o.Face = crowdFace{o.Face.(testFace)}
	})}
	before := c.atRest()
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

// crowdFace draws as often as the program does.
type crowdFace struct{ testFace }

func (f crowdFace) Screen(h sshd.Hub, v sshd.Visit) ui.Options {
	o := f.testFace.Screen(h, v)
	o.Frame = 0
	return o
}

// scene is what happens, from the first who comes until the last has gone.
func (c *crowd) scene() {
	c.t.Helper()
	rss := resident(c.t)
	c.connect()
	c.come()
	if in, half := c.srv.Here(); in != c.n || half != 2*c.n {
		c.t.Errorf("%d are in, %d half in; want %d and %d", in, half, c.n, 2*c.n)
	}
	sizes := c.storm()
	c.t.Logf("%d people, %d sizes of one terminal, resident %d MiB more with half of them", c.n, sizes, (resident(c.t)-rss)>>10)
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

// connect makes the connections that nobody logs in over.
func (c *crowd) connect() {
	c.t.Helper()
	for range 2 * c.n {
		nc, err := net.Dial("tcp", c.addr)
		if err != nil {
			c.t.Fatal(err)
		}
		c.t.Cleanup(func() { _ = nc.Close() })
		c.strangers = append(c.strangers, nc)
	}
}

// come lets all of them in, a few at a time, and sorts them by what they will do.
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
		c.shut = &gated{Conn: nc}
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

// each does something for many, a few at a time.
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

// storm is everybody at once; it returns when half of them have gone.
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
			if _, err := fmt.Fprintf(b.in, "storm %d of %d\r", n, i); err != nil {
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
		return b.ssh.Close() // hang up
	})
	eventually(c.t, "a thousand sizes", func() bool { return resized.Load() >= 1000 })
	close(stop)
	<-stopped
	eventually(c.t, "half of them are gone", func() bool { in, _ := c.srv.Here(); return in <= c.n-len(c.leaves) })
	return resized.Load()
}

// resizes tells a new size a thousand times a second, as far as the machine can,
// and comes to rest at 120x40.
func (c *crowd) resizes(n *atomic.Int64, stop chan struct{}) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-stop:
			if err := c.busy.session.WindowChange(40, 120); err != nil {
				c.t.Error(err)
			}
			return
		case <-tick.C:
		}
		if err := c.busy.session.WindowChange(15+i%60, 60+i%150); err != nil {
			c.t.Error(err)
			return
		}
		n.Add(1)
	}
}

// everyoneSees has one of those who are left say something.
func (c *crowd) everyoneSees(text string) {
	c.t.Helper()
	left := append([]*benchClient{c.busy, c.giant}, c.stays...)
	for _, b := range left {
		b.expect(text)
	}
	begun := time.Now()
	if _, err := io.WriteString(c.stays[0].in, text+"\r"); err != nil {
		c.t.Fatal(err)
	}
	for i, b := range left {
		if _, err := b.await(); err != nil {
			c.t.Fatalf("client %d of those who stayed: %v", i, err)
		}
	}
	c.t.Logf("seen by %d after %s", len(left), time.Since(begun).Round(time.Millisecond))
}

// hangUp ends all that are left, without a word.
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

// mostKept is how much more may be resident afterwards, in KiB. Of 500 sessions
// it would be 75 MiB.
const mostKept = 16 << 10

// givesBack: the memory of those who have gone is the system's again. What the
// room remembers of them is not much.
func (c *crowd) givesBack(before int64) {
	c.t.Helper()
	var now int64
	late := time.Now().Add(patience)
	for {
		now = resident(c.t)
		if now-before <= mostKept || time.Now().After(late) {
			break
		}
		runtime.Gosched()
	}
	c.t.Logf("resident: %d MiB before, %d MiB after", before>>10, now>>10)
	if now-before > mostKept {
		c.t.Errorf("%d KiB are not given back", now-before)
	}
}

// resident is the resident memory of this process in KiB, free memory given back;
// 0 where the system does not say.
func resident(t testing.TB) (kib int64) {
	t.Helper()
	debug.FreeOSMemory()
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(raw)) {
		_, _ = fmt.Sscanf(line, "VmRSS: %d kB", &kib) // one line of them
	}
	return kib
}

// TestCrowdAsShipped: what the limits make of such a crowd where nobody has
// raised them. Who comes from elsewhere does not feel it.
func TestCrowdAsShipped(t *testing.T) {
	r := start(t, usual(), func(o *sshd.Options) { o.Limits = sshd.Limits{Look: o.Limits.Look} })
	before := r.atRest()
	var mine []*ssh.Client
	for range 50 {
		mine = append(mine, r.login("bo", bo))
	}
	eventually(t, "all of them are counted in", func() bool { in, _ := r.srv.Here(); return in == len(mine) })
	r.refusesOneMore("your key has 50 connections here already; close one of them")
	for _, c := range mine {
		_ = c.Close()
	}
	r.floodedAtTheDoor(before)
}

// refusesOneMore: a connection too many is let in to be told so.
func (r *rig) refusesOneMore(want string) {
	r.t.Helper()
	_, errs, code := r.run("bo", bo, "who")
	if code != 1 || errs != "warroom: "+want+"\n" {
		r.t.Errorf("%d %q", code, errs)
	}
}

// floodedAtTheDoor: connections of one address, one after the other, until one is
// turned away; 64 may be half in, and the oldest make room for the others.
func (r *rig) floodedAtTheDoor(before int) {
	r.t.Helper()
	var silent []net.Conn
	told := func() bool { // the one that came last
		c := silent[len(silent)-1]
		_ = c.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		b, _ := io.ReadAll(c)
		return strings.Contains(string(b), "too many connections from this address; try again in a moment\r\n")
	}
	for n := 0; ; n++ {
		c, err := net.Dial("tcp", r.addr)
		if err != nil {
			r.t.Fatal(err)
		}
		silent = append(silent, c)
		if n%100 == 99 && told() {
			break
		}
		if n > 5000 {
			r.t.Fatal("nobody is turned away")
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

// elsewhere logs in from another address of this machine, where it has one.
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
