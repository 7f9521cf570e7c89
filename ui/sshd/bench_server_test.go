package sshd_test

import (
	"context"
	"crypto/ed25519"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"syscall"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/playbook"
	"warroom/ui"
	"warroom/ui/sshd"
)

// benchServer is the process that is measured. Its peer says what it serves.
type benchServer struct {
	peer benchPeer
	dir  string
}

// benchPeer is something that shows a room to clients of SSH. Who compares
// another program adds one to benchPeers.
type benchPeer interface {
	// start serves on the listener until the process ends.
	start(dir string, l net.Listener) error
	// say makes a line appear on all screens and returns when it was there to
	// be drawn.
	say(text string) (time.Time, error)
}

// benchEnder is a peer that is made of other processes: it says what they use,
// and ends them.
type benchEnder interface {
	used(*Used) error
	stop()
}

// benchPeers are those that can be compared.
var benchPeers = map[string]func(frame int) benchPeer{
	"warroom": func(int) benchPeer { return &wholePeer{} },
	"stock":   func(int) benchPeer { return &stockPeer{} },
	"floor":   func(n int) benchPeer { return &floorPeer{size: n} },
}

// ServeArgs say what to serve. Frame is how many bytes a line costs where the
// peer cannot know.
type ServeArgs struct {
	Peer  string
	Frame int
}

// Used is what the process has used.
type Used struct {
	RSS, Heap, Stacks int64 // KiB
	CPU               time.Duration
	Goroutines        int
}

// Serve starts the peer and returns its address.
func (s *benchServer) Serve(a ServeArgs, addr *string) error {
	make, ok := benchPeers[a.Peer]
	if !ok {
		return fmt.Errorf("there is no peer %s", a.Peer)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	*addr, s.peer = l.Addr().String(), make(a.Frame)
	if s.dir, err = os.MkdirTemp("", "wr"); err != nil {
		return err
	}
	return s.peer.start(s.dir, l)
}

// end ends what the process has started.
func (s *benchServer) end() {
	if p, ok := s.peer.(benchEnder); ok {
		p.stop()
	}
}

// Say says a line and returns when it was there, in Unix nanoseconds.
func (s *benchServer) Say(text string, at *int64) error {
	t, err := s.peer.say(text)
	*at = t.UnixNano()
	return err
}

// Usage says what was used so far. Tidy gives free memory back before.
func (s *benchServer) Usage(tidy bool, u *Used) error {
	if p, ok := s.peer.(benchEnder); ok {
		return p.used(u)
	}
	if tidy {
		debug.FreeOSMemory()
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	u.Heap, u.Stacks, u.Goroutines = int64(m.HeapAlloc)>>10, int64(m.StackInuse)>>10, runtime.NumGoroutine()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		return err
	}
	u.CPU = time.Duration(r.Utime.Nano() + r.Stime.Nano())
	raw, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(raw)) {
		if _, err := fmt.Sscanf(line, "VmRSS: %d kB", &u.RSS); err == nil {
			return nil
		}
	}
	return fmt.Errorf("no VmRSS")
}

// Profile writes a profile of the heap, the goroutines or, for some time, the
// processor to a file.
func (s *benchServer) Profile(a ProfileArgs, _ *struct{}) error {
	f, err := os.Create(a.File)
	if err != nil {
		return err
	}
	defer f.Close()
	if a.Kind == "cpu" {
		if err := pprof.StartCPUProfile(f); err != nil {
			return err
		}
		<-time.After(a.For)
		pprof.StopCPUProfile()
		return nil
	}
	runtime.GC()
	return pprof.Lookup(a.Kind).WriteTo(f, 0)
}

type ProfileArgs struct {
	File, Kind string
	For        time.Duration
}

// wholePeer is the program: the server of guests over a feed with its embedded
// hub.
type wholePeer struct {
	feed *feed.Feed
	seat model.Seat
}

// benchKey is the key of person n.
func benchKey(n int) ssh.Signer {
	seed := make([]byte, ed25519.SeedSize)
	binary.BigEndian.PutUint32(seed, uint32(n)+1000)
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed))
	if err != nil {
		panic(err)
	}
	return s
}

const mostBenched = 1100

// start implements benchPeer.
func (p *wholePeer) start(dir string, l net.Listener) error {
	if err := p.room(dir); err != nil {
		return err
	}
	var keys strings.Builder
	for i := range mostBenched {
		fmt.Fprintf(&keys, "handle=\"p%03d\",right=\"write\" %s\n", i, pub(benchKey(i)))
	}
	file := filepath.Join(dir, "authorized")
	if err := os.WriteFile(file, []byte(keys.String()), 0o600); err != nil {
		return err
	}
	s, err := sshd.New(sshd.Options{Keys: file, Dir: filepath.Join(dir, "ssh"), Clock: wall{}, Face: benchFace{dir}, Log: func(model.Safe) {},
		Guest: func(ctx context.Context, w sshd.Who) (sshd.Hub, error) {
			return p.feed.Guest(ctx, feed.Guest{Handle: w.Handle, Via: "ssh", Dir: w.Dir(), Right: w.Right, Door: w.Door()})
		},
		Limits: sshd.Limits{Rate: 1e6, Burst: 1e6, PerKey: 1e6, HalfOpen: 1e4}})
	if err != nil {
		return err
	}
	go func() { _ = s.Serve(context.Background(), l) }() // until the process ends
	return nil
}

// room makes a room with some lines in it.
func (p *wholePeer) room(dir string) error {
	ctx := context.Background()
	var err error
	p.feed, err = feed.Open(ctx, feed.Options{Data: dir, Runtime: filepath.Join(dir, "run"), Handle: "host", Via: "tui", Now: time.Now, Logf: func(model.Safe) {}})
	if err != nil {
		return err
	}
	plan, err := playbook.Load("", playbook.Default())
	if err != nil {
		return err
	}
	short, err := p.feed.Declare(ctx, model.Declaration{Title: "Deploy key in a public log", Severity: "SEV-1", Plan: plan})
	if err != nil {
		return err
	}
	if p.seat, err = p.feed.Enter(ctx, short); err != nil {
		return err
	}
	for i := range 60 {
		if _, err := p.say(fmt.Sprintf("line %d of what was said before anybody came, as long as people write", i)); err != nil {
			return err
		}
	}
	return nil
}

// FloodArgs say how many lines come at once, and what stands in the last one.
type FloodArgs struct {
	N    int
	Last string
}

// Flooded is when they came and when the room had folded the last one, in Unix
// nanoseconds.
type Flooded struct{ Begun, Folded int64 }

// Flood says many lines as fast as they go.
func (s *benchServer) Flood(a FloodArgs, out *Flooded) error {
	p, ok := s.peer.(interface{ flood(n int) error })
	if !ok {
		return fmt.Errorf("this peer has no log")
	}
	out.Begun = time.Now().UnixNano()
	if err := p.flood(a.N - 1); err != nil {
		return err
	}
	return s.Say(a.Last, &out.Folded)
}

func (p *wholePeer) flood(n int) error {
	for i := range n {
		if _, err := p.seat.Submit(context.Background(), feedtest.Note(fmt.Sprintf("what somebody says when it burns, %s", tokenOf(i)))); err != nil {
			return err
		}
	}
	return nil
}

// say implements benchPeer. The line is there when the room has folded it.
func (p *wholePeer) say(text string) (time.Time, error) {
	if _, err := p.seat.Submit(context.Background(), feedtest.Note(text)); err != nil {
		return time.Time{}, err
	}
	late := time.After(3 * patience)
	for {
		at, lines := time.Now(), p.seat.Latest().Room.Lines()
		for _, l := range lines[max(0, len(lines)-4):] {
			if l.Text.String() == text {
				return at, nil
			}
		}
		select {
		case <-p.seat.Bell():
		case <-late:
			return time.Time{}, fmt.Errorf("%q is not in the room", text)
		}
	}
}

// benchFace is the face of the program, as serve makes it.
type benchFace struct{ dir string }

func (benchFace) Commands() []string                                { return nil }
func (benchFace) Plain(context.Context, sshd.Hub, sshd.Visit) int   { return 1 }
func (benchFace) Command(context.Context, sshd.Hub, sshd.Visit) int { return 1 }
func (f benchFace) Screen(h sshd.Hub, v sshd.Visit) ui.Options {
	return ui.Options{Rooms: h, Clock: wall{}, Handle: v.Who.Handle, Room: v.Room, Zone: time.UTC, Colors: 256,
		State: filepath.Join(f.dir, "state", "ssh-"+v.Who.Handle)}
}
