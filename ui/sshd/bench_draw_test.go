package sshd_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/pprof"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"warroom/feed"
	"warroom/model"
	"warroom/ui"
	"warroom/ui/screen"
	"warroom/ui/shared"
)

// sink is the stream of a client: it counts the writes and drops the bytes.
type sink struct {
	writes atomic.Int64
	keys   chan byte
	gone   chan struct{}
	once   sync.Once
}

func (s *sink) Read(b []byte) (int, error) {
	select {
	case b[0] = <-s.keys:
		return 1, nil
	case <-s.gone:
		return 0, io.EOF
	}
}

func (s *sink) Write(b []byte) (int, error) { s.writes.Add(1); return len(b), nil }

func (s *sink) Close() error { s.once.Do(func() { close(s.gone) }); return nil }

// BenchmarkDraw measures what a line costs a session without SSH: the sessions of -sessions
// people take the view, draw it and encode the difference. The processor time includes the
// hub's, which hardly depends on the number of sessions, and ticks.
func BenchmarkDraw(b *testing.B) {
	const lines = 100
	dir, err := os.MkdirTemp("", "wr") // not of b, because what is saved at the end may come later
	if err != nil {
		b.Fatal(err)
	}
	defer os.RemoveAll(dir)
	p := &wholePeer{}
	if err := p.openRoom(dir); err != nil {
		b.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	table, all := screen.NewTable(), shared.New()
	var running sync.WaitGroup
	var sinks []*sink
	for i := range *benchSessions {
		handle := fmt.Sprintf("p%03d", i)
		hub, err := p.feed.Guest(ctx, feed.Guest{Handle: handle, Via: "ssh", Dir: "ssh/" + handle, Right: model.Write})
		if err != nil {
			b.Fatal(err)
		}
		s := &sink{gone: make(chan struct{}), keys: make(chan byte)}
		sinks = append(sinks, s)
		scr, err := screen.New(screen.NewRemote(s, 120, 40),
			screen.Options{Term: "xterm-256color", Colors: 256, Table: table})
		if err != nil {
			b.Fatal(err)
		}
		run := ui.Prepare(ctx, scr, ui.Options{Rooms: hub, Clock: wall{}, Handle: handle, Room: "inc-1", Zone: time.UTC,
			Colors: 256, State: filepath.Join(dir, "state", handle), Shared: all})
		running.Go(func() { _ = run(); scr.Fini(); _ = s.Close() })
	}
	<-time.After(12 * time.Second) // who came is shown for six seconds
	if *benchProfiles != "" {
		f, err := os.Create(filepath.Join(*benchProfiles, "draw-cpu"))
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		if err := pprof.StartCPUProfile(f); err != nil {
			b.Fatal(err)
		}
		defer pprof.StopCPUProfile()
	}
	if *benchKeys > 0 {
		measureKeys(b, sinks[0])
	}
	var from, to runtime.MemStats
	runtime.ReadMemStats(&from)
	before := cpuTime()
	for i := range lines {
		_, err := p.send(fmt.Sprintf("what somebody writes during an incident, as long as people write it, %d", i))
		if err != nil {
			b.Fatal(err)
		}
		<-time.After(100 * time.Millisecond)
	}
	b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(lines**benchSessions), "cpu-us/line")
	runtime.ReadMemStats(&to)
	b.ReportMetric(float64(to.Mallocs-from.Mallocs)/float64(lines**benchSessions), "allocs/line")
	b.ReportMetric(float64(to.TotalAlloc-from.TotalAlloc)/float64(lines**benchSessions), "B/line")
	b.ReportMetric(0, "ns/op")
	stop()
	running.Wait()
}

// cpuTime returns the processor time of this process.
func cpuTime() time.Duration {
	var r syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &r) != nil {
		return 0
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

var benchKeys = flag.Int("keys", 0, "keys that BenchmarkDraw types before")

// measureKeys measures the processor time of keys that one person types, without SSH.
func measureKeys(b *testing.B, s *sink) {
	before := cpuTime()
	text := "what we know so far is that the runner was rebuilt on Tuesday "
	for i := range *benchKeys {
		n := s.writes.Load()
		if k := i % (len(text) + 1); k == len(text) {
			s.keys <- 0x15
		} else {
			s.keys <- text[k]
		}
		for s.writes.Load() == n {
			<-time.After(20 * time.Microsecond)
		}
	}
	b.ReportMetric(float64((cpuTime()-before).Microseconds())/float64(*benchKeys), "cpu-us/key")
}
