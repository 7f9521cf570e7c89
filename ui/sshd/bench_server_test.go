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

// benchServer is the measured process. Its peer determines what it serves.
type benchServer struct {
	peer benchPeer
	dir  string
}

// benchPeer shows a room to SSH clients. To compare another program, add a peer to
// benchPeers.
type benchPeer interface {
	// start serves on the listener until the process ends.
	start(dir string, l net.Listener) error
	// send makes a line appear on all screens and returns when it was ready to be drawn.
	send(text string) (time.Time, error)
}

// benchEnder is a peer that consists of other processes: it returns their usage, and stops
// them.
type benchEnder interface {
	used(*Used) error
	stop()
}

// benchPeers are the peers that can be compared.
var benchPeers = map[string]func(frame int) benchPeer{
	"warroom": func(int) benchPeer { return &wholePeer{} },
	"stock":   func(int) benchPeer { return &tcellPeer{} },
	"floor":   func(n int) benchPeer { return &floorPeer{size: n} },
}

// ServeArgs configure what to serve. Frame is the size of a line in bytes, for peers that
// cannot know it.
type ServeArgs struct {
	Peer  string
	Frame int
}

// Used is the resource usage of the process.
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

// end stops what the process has started.
func (s *benchServer) end() {
	if p, ok := s.peer.(benchEnder); ok {
		p.stop()
	}
}

// Say writes a line and returns when it was ready, in Unix nanoseconds.
func (s *benchServer) Say(text string, at *int64) error {
	t, err := s.peer.send(text)
	*at = t.UnixNano()
	return err
}

// Usage returns the usage so far. If tidy is set, free memory is returned to the system
// first.
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

// Profile writes a profile of the heap, the goroutines or, for some time, the processor to
// a file.
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

// wholePeer is the complete program: the server of guests over a feed with its embedded
// hub.
type wholePeer struct {
	feed *feed.Feed
	room model.RoomSession
}

// benchKey returns the key of person n.
func benchKey(n int) ssh.Signer {
	seed := make([]byte, ed25519.SeedSize)
	binary.BigEndian.PutUint32(seed, uint32(n)+1000)
	s, err := ssh.NewSignerFromKey(ed25519.NewKeyFromSeed(seed))
	if err != nil {
		panic(err)
	}
	return s
}

const maxBenched = 1100

// start implements benchPeer.
func (p *wholePeer) start(dir string, l net.Listener) error {
	if err := p.openRoom(dir); err != nil {
		return err
	}
	var keys strings.Builder
	for i := range maxBenched {
		fmt.Fprintf(&keys, "handle=\"p%03d\",right=\"write\" %s\n", i, pub(benchKey(i)))
	}
	file := filepath.Join(dir, "authorized")
	if err := os.WriteFile(file, []byte(keys.String()), 0o600); err != nil {
		return err
	}
	s, err := sshd.New(sshd.Options{Keys: file, Dir: filepath.Join(dir, "ssh"), Clock: wall{},
		Handler: benchHandler{dir},
		Log:     func(model.Safe) {},
		Guest: func(ctx context.Context, w sshd.Who) (sshd.Hub, error) {
			return p.feed.Guest(ctx,
				feed.Guest{Handle: w.Handle, Via: "ssh", Dir: w.Dir(), Right: w.Right, Origin: w.Origin()})
		},
		Limits: sshd.Limits{Rate: 1e6, Burst: 1e6, PerKey: 1e6, HalfOpen: 1e4}})
	if err != nil {
		return err
	}
	go func() { _ = s.Serve(context.Background(), l) }() // until the process ends
	return nil
}

// openRoom creates a room with some lines.
func (p *wholePeer) openRoom(dir string) error {
	ctx := context.Background()
	var err error
	p.feed,
		err = feed.Open(ctx,
		feed.Options{Data: dir, Runtime: filepath.Join(dir, "run"), Handle: "host", Via: "tui", Now: time.Now,
			Logf: func(model.Safe) {}})
	if err != nil {
		return err
	}
	plan, err := playbook.Load("", playbook.Default())
	if err != nil {
		return err
	}
	short, err := p.feed.Declare(ctx,
		model.Declaration{Title: "Deploy key in a public log", Severity: "SEV-1", Plan: plan})
	if err != nil {
		return err
	}
	if p.room, err = p.feed.Enter(ctx, short); err != nil {
		return err
	}
	for i := range 60 {
		if _, err := p.send(fmt.Sprintf("line %d of what was said before anybody came, as long as people write",
			i)); err != nil {
			return err
		}
	}
	return nil
}

// FloodArgs configure the number of lines, and the text of the last one.
type FloodArgs struct {
	N    int
	Last string
}

// Flooded is when the lines began and when the room had folded the last one, in Unix
// nanoseconds.
type Flooded struct{ Begun, Folded int64 }

// Flood writes many lines as fast as possible.
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
		if _, err := p.room.Submit(context.Background(),
			feedtest.Note(fmt.Sprintf("what somebody says when it burns, %s", tokenOf(i)))); err != nil {
			return err
		}
	}
	return nil
}

// send implements benchPeer. The line is ready when the room has folded it.
func (p *wholePeer) send(text string) (time.Time, error) {
	if _, err := p.room.Submit(context.Background(), feedtest.Note(text)); err != nil {
		return time.Time{}, err
	}
	late := time.After(3 * defaultTimeout)
	for {
		lines := p.room.Latest().Room.Lines()
		for _, l := range lines[max(0, len(lines)-4):] {
			if l.Text.String() == text {
				if *benchNoticed {
					return time.Now(), nil
				}
				return l.RecordedAt, nil // this goroutine may be the last to notice it
			}
		}
		select {
		case <-p.room.Changed():
		case <-late:
			return time.Time{}, fmt.Errorf("%q is not in the room", text)
		}
	}
}

// benchHandler is the handler of the program, as created by serve.
type benchHandler struct{ dir string }

func (benchHandler) Commands() []string                                { return nil }
func (benchHandler) Plain(context.Context, sshd.Hub, sshd.Visit) int   { return 1 }
func (benchHandler) Command(context.Context, sshd.Hub, sshd.Visit) int { return 1 }
func (f benchHandler) Screen(h sshd.Hub, v sshd.Visit) ui.Options {
	return ui.Options{Rooms: h, Clock: wall{}, Handle: v.Who.Handle, Room: v.Room, Zone: time.UTC, Colors: 256,
		State: filepath.Join(f.dir, "state", "ssh-"+v.Who.Handle)}
}
