package sshd_test

import (
	"flag"
	"fmt"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var (
	benchSessions = flag.Int("sessions", 100, "sessions of BenchmarkSessions")
	benchPeople   = flag.Int("people", maxBenched, "by how many people the sessions are, each with a key")
	benchPeersOf  = flag.String("peers", "warroom,floor",
		"what BenchmarkSessions compares, in this order; floor last, as it sends as many bytes as the one before")
	benchIdle    = flag.Duration("idle", 10*time.Second, "how long BenchmarkSessions watches idle sessions")
	benchNoticed = flag.Bool("noticed", false,
		"count a line from when a goroutine beside the sessions noticed it, not from when the log stored it")
	benchHeap     = flag.Bool("heaps", false, "profile heaps exactly, which costs time")
	benchProfiles = flag.String("profiles", "", "directory for profiles of the servers of BenchmarkSessions")
)

// BenchmarkSessions measures the cost of one more session at 120x40, with one tick per
// second: memory, processor, bytes on the network, and the latency of a line, a key and a
// typed line, together with the min cost in the same run. Each peer is run once for about
// twenty seconds, whatever -benchtime says.
func BenchmarkSessions(b *testing.B) {
	frame := 300
	for _, peer := range strings.Split(*benchPeersOf, ",") {
		b.Run(peer, func(b *testing.B) {
			r := newBenchRun(b, peer, frame)
			defer r.end()
			r.memory()
			r.idle()
			if !r.tmux() {
				frame = r.lines(30)
			}
			r.typing(40)
			r.typed(10)
			r.entered(10)
		})
	}
}

// BenchmarkStuck measures the latency of a line for others before, while and after one of
// twenty clients does not read.
func BenchmarkStuck(b *testing.B) {
	r := newBenchRun(b, "warroom", 0)
	defer r.end()
	r.open(20)
	before := r.latency(20)
	r.clients.do("Pause", 7, nil)
	for i := range 400 { // until its window and its buffers are full
		r.send(fmt.Sprint("flood ", tokenOf(i)))
	}
	stuck := r.latency(40)
	r.clients.do("Pause", 7, nil)
	after := r.latency(20)
	b.ReportMetric(float64(before.Microseconds()), "before-us")
	b.ReportMetric(float64(stuck.Microseconds()), "stuck-us")
	b.ReportMetric(float64(after.Microseconds()), "after-us")
	b.ReportMetric(2*float64(stuck)/float64(before+after), "ratio")
}

// BenchmarkVanished measures what is left of clients that type a burst and disconnect.
func BenchmarkVanished(b *testing.B) {
	r := newBenchRun(b, "warroom", 0)
	defer r.end()
	r.open(5)
	before := r.usage(true)
	r.clients.do("Burst", OpenArgs{Addr: r.addr, N: 150, W: 120, H: 40, See: "live"}, nil)
	left := 0
	for range 100 {
		if left = r.usage(true).Goroutines - before.Goroutines; left <= 0 {
			break
		}
		<-time.After(100 * time.Millisecond)
	}
	b.ReportMetric(float64(left), "goroutines-left")
	b.ReportMetric(float64(r.usage(true).RSS-before.RSS), "KiB-left")
}

// benchRun is one server with its clients.
type benchRun struct {
	b               *testing.B
	peer, addr, see string
	user            string // "": each is somebody else
	server, clients *helper
	n               int
	tick            float64 // bytes per client and second
	sent            int
}

func newBenchRun(b *testing.B, peer string, frame int) *benchRun {
	if strings.HasPrefix(peer, "tmux") {
		needTmux(b)
	}
	r := &benchRun{b: b, peer: peer, see: "live", server: startRole(b, "server", "Server"),
		clients: startRole(b, "clients", "Clients")}
	if peer == "floor" || peer == "tmux-line" {
		r.see = "ready"
	}
	if r.tmux() {
		r.user = loginName(b)
	}
	r.server.do("Serve", ServeArgs{Peer: peer, Frame: frame}, &r.addr)
	return r
}

func (r *benchRun) end() {
	r.b.ReportMetric(0, "ns/op")
	r.clients.end()
	r.server.end()
}

func (r *benchRun) open(n int) (took time.Duration) {
	r.b.Helper()
	r.clients.do("Open", OpenArgs{Addr: r.addr, N: n, W: 120, H: 40, Who: *benchPeople, User: r.user, See: r.see},
		&took)
	r.n = n
	return took
}

func (r *benchRun) usage(tidy bool) (u Used) {
	r.server.do("Usage", tidy, &u)
	return u
}

func (r *benchRun) got() (g Sums) {
	r.clients.do("Got", struct{}{}, &g)
	return g
}

// profile writes a profile if requested.
func (r *benchRun) profile(kind, name string, d time.Duration) {
	if *benchProfiles != "" {
		file := filepath.Join(*benchProfiles, fmt.Sprintf("%s-%d-%s", r.peer, r.n, name))
		r.server.do("Profile", ProfileArgs{File: file, Kind: kind, For: d}, nil)
	}
}

// memory measures what one more session keeps resident, after the first few.
func (r *benchRun) memory() {
	const first = 5
	r.open(first)
	r.settle()
	before := r.usage(true)
	took := r.open(*benchSessions)
	r.settle()
	<-time.After(5 * time.Second) // wait for ticks
	raw, u := r.usage(false), r.usage(true)
	r.profile("heap", "heap", 0)
	r.profile("goroutine", "goroutines", 0)
	more := float64(*benchSessions - first)
	r.b.ReportMetric(float64(took.Microseconds())/more, "join-us")
	r.b.ReportMetric(float64(raw.RSS-before.RSS)/more, "KiB-untidy")
	r.b.ReportMetric(float64(u.RSS-before.RSS)/more, "KiB/session")
	r.b.ReportMetric(float64(u.Heap-before.Heap)/more, "heap-KiB")
	r.b.ReportMetric(float64(u.Stacks-before.Stacks)/more, "stack-KiB")
	r.b.ReportMetric(float64(u.Goroutines-before.Goroutines)/more, "goroutines")
}

// settle waits until only ticks are sent.
func (r *benchRun) settle() {
	for range 20 {
		prev := r.got()
		<-time.After(time.Second)
		if now := r.got(); now.Conn-prev.Conn < int64(400*r.n) {
			return
		}
	}
}

// idle measures the cost of idle sessions.
func (r *benchRun) idle() {
	u, g := r.usage(false), r.got()
	start := time.Now()
	if *benchProfiles != "" {
		r.profile("cpu", "cpu-idle", *benchIdle)
	} else {
		<-time.After(*benchIdle)
	}
	took := time.Since(start)
	used, came := r.usage(false).CPU-u.CPU, r.got().Conn-g.Conn
	r.tick = float64(came) / float64(r.n) / took.Seconds()
	r.b.ReportMetric(100*used.Seconds()/took.Seconds(), "idle-%")
	r.b.ReportMetric(r.tick, "B/tick")
}

func (r *benchRun) send(text string) (at int64) {
	r.server.do("Say", text, &at)
	return at
}

// latency returns the median, over n lines, of the time until the last client received the
// line.
func (r *benchRun) latency(n int) time.Duration {
	var took []time.Duration
	for range n {
		r.sent++
		token := tokenOf(r.sent)
		r.clients.do("Expect", token, nil)
		at := r.send("what somebody says when it burns, as long as people write it, " + token)
		var l Arrived
		r.clients.do("Await", struct{}{}, &l)
		took = append(took, time.Duration(l.Last-at))
		<-time.After(120 * time.Millisecond) // people do not type faster than frames are sent
	}
	return middle(took)
}

// lines measures a line of another person: time, bytes and processor. It returns its
// payload.
func (r *benchRun) lines(n int) int {
	r.latency(3)
	done := make(chan struct{})
	if *benchProfiles != "" {
		go func() { defer close(done); r.profile("cpu", "cpu-lines", 4*time.Second) }()
	} else {
		close(done)
	}
	g, u, start := r.got(), r.usage(false), time.Now()
	took := r.latency(n)
	secs := time.Since(start).Seconds()
	now := r.got()
	cpu := r.usage(false).CPU - u.CPU
	<-done
	connBytes := (float64(now.Conn-g.Conn)/float64(r.n) - r.tick*secs) / float64(n)
	r.b.ReportMetric(float64(took.Microseconds()), "last-us")
	r.b.ReportMetric(connBytes, "B/line")
	r.b.ReportMetric(float64(cpu.Microseconds())/float64(n*r.n), "cpu-us/line")
	return int(float64(now.Payload-g.Payload) / float64(n*r.n))
}

// typing measures a key and its echo.
func (r *benchRun) typing(n int) {
	text := strings.Repeat("typing ", n/7+1)[:n]
	var e Echoes
	r.clients.do("Keys", KeysArgs{Client: 0, Text: text[:4]}, &e)
	e = Echoes{}
	r.clients.do("Keys", KeysArgs{Client: 0, Text: text[4:]}, &e)
	r.b.ReportMetric(float64(middle(e.Took).Microseconds()), "key-us")
	r.b.ReportMetric(float64(e.Conn)/float64(n-4), "B/key")
	r.b.ReportMetric(float64(e.Payload)/float64(n-4), "payload-B/key")
	r.clients.do("Type", KeysArgs{Client: 0, Text: "\x15"}, new(int64))
	<-time.After(time.Second)
}

// typed measures a line that a client types, at the last of the others.
func (r *benchRun) typed(n int) {
	if r.peer == "floor" {
		return
	}
	var took []time.Duration
	for range n {
		r.sent++
		token := tokenOf(r.sent)
		r.clients.do("Expect", token, nil)
		var at int64
		r.clients.do("Type", KeysArgs{Client: 0, Text: "typed by somebody " + token + "\r"}, &at)
		var l Arrived
		r.clients.do("Await", struct{}{}, &l)
		took = append(took, time.Duration(l.Last-at))
		<-time.After(300 * time.Millisecond)
	}
	r.b.ReportMetric(float64(middle(took).Microseconds()), "typed-us")
}

// entered measures a line of a client too, but from the key that ends it: in tmux everybody
// sees a line in the prompt while it is typed.
func (r *benchRun) entered(n int) {
	if r.peer == "floor" {
		return
	}
	var took []time.Duration
	for range n {
		r.sent++
		token := tokenOf(r.sent)
		r.clients.do("Type", KeysArgs{Client: 0, Text: "typed by somebody " + token}, new(int64))
		<-time.After(300 * time.Millisecond)
		r.clients.do("Expect", token, nil)
		var at int64
		r.clients.do("Type", KeysArgs{Client: 0, Text: "\r"}, &at)
		var l Arrived
		r.clients.do("Await", struct{}{}, &l)
		took = append(took, time.Duration(l.Last-at))
		<-time.After(300 * time.Millisecond)
	}
	r.b.ReportMetric(float64(middle(took).Microseconds()), "entered-us")
}

// tmux reports whether the peer is tmux, not a room.
func (r *benchRun) tmux() bool { return strings.HasPrefix(r.peer, "tmux") }

// needTmux skips peers whose programs are not installed.
func needTmux(b *testing.B) {
	for _, name := range []string{"tmux", "ssh-keygen", sshdPath()} {
		if _, err := exec.LookPath(name); err != nil {
			b.Skipf("%s is missing: this peer needs tmux and OpenSSH's server (in Debian: apt-get install tmux "+
				"openssh-server)", filepath.Base(name))
		}
	}
}

// sshdPath returns the path of sshd, which must be started with its absolute path, and is
// often not in the PATH of users other than root.
func sshdPath() string {
	if p, err := exec.LookPath("sshd"); err == nil {
		return p
	}
	return "/usr/sbin/sshd"
}

// loginName returns the user that sshd accepts: the one that it runs as.
func loginName(b *testing.B) string {
	u, err := user.Current()
	if err != nil {
		b.Fatalf("current: %v", err)
	}
	return u.Username
}

// BenchmarkBurst measures how long it takes until the last of fifty clients has the last of
// three hundred lines that are written as fast as possible, compared with stock tview and
// tcell with the same views, and how much of it is due to the log.
func BenchmarkBurst(b *testing.B) {
	for _, peer := range []string{"warroom", "stock"} {
		b.Run(peer, func(b *testing.B) {
			r := newBenchRun(b, peer, 0)
			defer r.end()
			r.open(50)
			r.settle()
			g := r.got()
			token := tokenOf(999)
			r.clients.do("Expect", token, nil)
			var f Flooded
			r.server.do("Flood", FloodArgs{N: 300, Last: "the last one " + token}, &f)
			var l Arrived
			r.clients.do("Await", struct{}{}, &l)
			b.ReportMetric(float64(l.Last-f.Begun)/1e6, "last-ms")
			b.ReportMetric(float64(l.Last-f.Folded)/1e6, "after-the-log-ms")
			b.ReportMetric(float64(r.got().Conn-g.Conn)/50/300, "B/line")
		})
	}
}

// tokenOf returns a word that differs in every letter from those of neighbouring lines, so
// that a screen that only sends changes sends it completely.
func tokenOf(i int) string {
	t := make([]byte, 9)
	for k := range t {
		t[k] = byte('A' + (i*7+k*5)%26)
	}
	return string(t) + fmt.Sprintf("%03d", i%1000)
}

func middle(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}
