//go:build unix

package e2e_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed"
	"warroom/feed/feedtest"
)

// floor is the minimum cost of a line: it is written and synced to a file, published to a
// synced stream, and delivered to another connection.
type floor struct {
	b    *testing.B
	file *os.File
	js   jetstream.JetStream
	got  chan *nats.Msg
	data []byte
}

func newFloor(b *testing.B, url string) *floor {
	b.Helper()
	f := &floor{b: b, got: make(chan *nats.Msg, 64), data: bytes.Repeat([]byte("x"), 420)}
	var err error
	if f.file, err = os.Create(filepath.Join(b.TempDir(), "outbox")); err != nil {
		b.Fatalf("make a file: %v", err)
	}
	conn := func() *nats.Conn {
		nc, err := nats.Connect(url)
		if err != nil {
			b.Fatalf("connect to NATS: %v", err)
		}
		b.Cleanup(nc.Close)
		return nc
	}
	if f.js, err = jetstream.New(conn()); err != nil {
		b.Fatalf("open JetStream: %v", err)
	}
	_, err = f.js.CreateStream(context.Background(),
		jetstream.StreamConfig{Name: "FLOOR", Subjects: []string{"floor.in"},
			RePublish: &jetstream.RePublish{Source: "floor.in", Destination: "floor.out"}})
	if err != nil {
		b.Fatalf("make a stream: %v", err)
	}
	other := conn()
	if _, err := other.ChanSubscribe("floor.out", f.got); err != nil {
		b.Fatalf("chan subscribe: %v", err)
	}
	if err := other.Flush(); err != nil {
		b.Fatalf("flush: %v", err)
	}
	return f
}

// once sends one line over the floor.
func (f *floor) once() time.Duration {
	start := time.Now()
	if _, err := f.file.Write(f.data); err != nil {
		f.b.Fatalf("write: %v", err)
	}
	if err := f.file.Sync(); err != nil {
		f.b.Fatalf("sync: %v", err)
	}
	if _, err := f.js.Publish(context.Background(), "floor.in", f.data); err != nil {
		f.b.Fatalf("publish: %v", err)
	}
	<-f.got
	return time.Since(start)
}

// tokenOf returns a word that differs in every letter from those of neighboring lines, so
// that a screen that sends only changes sends it completely.
func tokenOf(i int) string {
	b := make([]byte, 9)
	for k := range b {
		b[k] = byte('A' + (i*7+k*5)%26)
	}
	return string(b)
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

// BenchmarkLineToScreen measures a line from the call in one process until it is drawn on
// the terminal of another, next to the floor in the same run.
func BenchmarkLineToScreen(b *testing.B) {
	srv := feedtest.Server(b, func(o *server.Options) { o.SyncAlways = true })
	data := feedtest.Data(b)
	o := feedtest.Options(b, data, "ana")
	o.Server = srv.ClientURL()
	f := feedtest.With(b, o)
	s := feedtest.Enter(b, f, feedtest.Declare(b, f))
	g := startTerminal(b, b.TempDir(), "open", "inc-1", "--server", o.Server, "--data", data, "--as", "bo")
	defer g.close()
	g.expect("live")
	g.wait(b)
	fl := newFloor(b, o.Server)
	var drawn, bare []time.Duration
	for i := range b.N {
		bare = append(bare, fl.once())
		token := tokenOf(i)
		g.forget()
		g.expect(token)
		start := time.Now()
		if _, err := s.Submit(context.Background(),
			feedtest.Note("a line as long as people write them when it burns "+token)); err != nil {
			b.Fatalf("submit: %v", err)
		}
		g.wait(b)
		drawn = append(drawn, time.Since(start))
		<-time.After(120 * time.Millisecond) // people do not type faster than frames
	}
	d, l := median(drawn), median(bare)
	b.ReportMetric(float64(d.Microseconds()), "drawn-us")
	b.ReportMetric(float64(l.Microseconds()), "floor-us")
	b.ReportMetric(float64(d)/float64(l), "ratio")
}

// roomOf creates a room of n lines in a data directory, with a snapshot.
func roomOf(b *testing.B, n int) (data, url string) {
	b.Helper()
	srv := feedtest.Server(b)
	data = feedtest.Data(b)
	o := feedtest.Options(b, data, "ana")
	o.Server = srv.ClientURL()
	f, err := feed.Open(context.Background(), o)
	if err != nil {
		b.Fatalf("open the feed: %v", err)
	}
	defer f.Close()
	s := feedtest.Enter(b, f, feedtest.Declare(b, f))
	feedtest.Fill(b, o.Server, s, n)
	for v := s.Latest(); v.Room.Seq < uint64(n) || v.Link.Lag > 0; v = s.Latest() {
		select {
		case <-s.Changed():
		case <-time.After(5 * time.Minute):
			b.Fatalf("the room stands at %d", v.Room.Seq)
		}
	}
	feedtest.Append(b, s, "the newest line of all")
	s.Close()
	return data, o.Server
}

// million adds a room of a million lines, which takes some minutes to create.
var million = flag.Bool("million", false, "measure the first screen of a room of 1,000,000 lines too")

// BenchmarkFirstScreen measures the time from the start of the program to its first full
// screen of a room, by the length of the room.
func BenchmarkFirstScreen(b *testing.B) {
	sizes := []int{1000, 100_000}
	if *million {
		sizes = append(sizes, 1_000_000)
	}
	for _, n := range sizes {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			data, url := roomOf(b, n)
			var took []time.Duration
			for range b.N {
				home := b.TempDir()
				start := time.Now()
				g := startTerminal(b, home, "open", "inc-1", "--server", url, "--data", data, "--as", "ana")
				g.expect("the newest line of all")
				g.wait(b)
				took = append(took, time.Since(start))
				g.close()
			}
			b.ReportMetric(float64(median(took).Microseconds()), "first-screen-us")
		})
	}
}

// BenchmarkIdle measures the cost of an idle room with running clocks: processor time and
// bytes per second, and memory.
func BenchmarkIdle(b *testing.B) {
	home := b.TempDir()
	data := feedtest.Data(b)
	declare := exec.Command(binary, "declare", "--severity", "SEV-1", "--data", data, "idle")
	declare.Env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "USER=ana"}
	if out, err := declare.CombinedOutput(); err != nil {
		b.Fatalf("%v %s", err, out)
	}
	g := startTerminal(b, home, "open", "inc-1", "--data", data)
	defer g.close()
	g.expect("live")
	g.wait(b)
	<-time.After(2 * time.Second)
	const watch = 10 * time.Second
	for range b.N {
		cpu, bytes := cpuOf(b, g.cmd.Process.Pid), g.drawn()
		<-time.After(watch)
		b.ReportMetric(100*float64(cpuOf(b, g.cmd.Process.Pid)-cpu)/float64(watch), "cpu-percent")
		b.ReportMetric(float64(g.drawn()-bytes)/watch.Seconds(), "bytes/s")
		b.ReportMetric(float64(rssOf(b, g.cmd.Process.Pid))/1024, "rss-MiB")
	}
}

// cpuOf returns the processor time that a process has used, from /proc.
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	var utime, stime int64
	raw := proc(b, pid, "stat")
	rest := raw[bytes.LastIndexByte(raw, ')')+2:]
	f := bytes.Fields(rest)
	fmt.Sscan(string(f[11]), &utime)
	fmt.Sscan(string(f[12]), &stime)
	return time.Duration(utime+stime) * 10 * time.Millisecond // ticks of 1/100 s
}

// rssOf returns the resident memory of a process in KiB.
func rssOf(b *testing.B, pid int) int64 {
	b.Helper()
	var kib int64
	for line := range bytes.Lines(proc(b, pid, "status")) {
		if _, err := fmt.Sscanf(string(line), "VmRSS: %d kB", &kib); err == nil {
			return kib
		}
	}
	return 0
}

func proc(b *testing.B, pid int, name string) []byte {
	b.Helper()
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil && err != io.EOF {
		b.Fatalf("read a file: %v", err)
	}
	return raw
}
