package feed_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/feed"
	"warroom/feed/feedtest"
)

var closedRooms = flag.Int("closed", 1000, "closed rooms of BenchmarkStart")

// BenchmarkStart measures a start of a hub with closed rooms until its process shows the list as
// it was when the hub last ran (last-ms), and until it shows the list of the running hub
// (listed-ms), in turn with a start of an empty one and with a bare nats-server on the same
// streams.
func BenchmarkStart(b *testing.B) {
	empty, full := feedtest.Data(b), feedtest.Data(b)
	open := func(data string) *feed.Feed {
		f, err := feed.Open(soon(b), feedtest.Options(b, data, "host"))
		if err != nil {
			b.Fatalf("open: %v", err)
		}
		return f
	}
	shut := func(f *feed.Feed) {
		if err := f.Close(); err != nil {
			b.Fatalf("close: %v", err)
		}
	}
	shut(open(empty))
	f := open(full)
	for range *closedRooms {
		s := feedtest.Enter(b, f, feedtest.Declare(b, f))
		for _, line := range []string{":resolve override done", ":close override done"} {
			act(b, s, line)
		}
		s.Close()
	}
	shut(f)
	var last, opened, listed, bare, nothing time.Duration
	n := 0
	for b.Loop() {
		n++
		at := time.Now()
		f := first(b, open(empty))
		nothing += time.Since(at)
		shut(f)

		at = time.Now()
		srv, err := server.NewServer(&server.Options{ServerName: "warroom", DontListen: true, NoSigs: true, NoLog: true,
			JetStream: true, StoreDir: filepath.Join(full, "hub"), SyncAlways: true, JetStreamMaxStore: 16 << 30,
			JetStreamMaxMemory: 256 << 20, DisableJetStreamBanner: true})
		if err != nil {
			b.Fatalf("make a bare server: %v", err)
		}
		srv.Start()
		if !srv.ReadyForConnections(time.Minute) || !srv.JetStreamEnabled() {
			b.Fatal("the bare server is not ready")
		}
		bare += time.Since(at)
		srv.Shutdown()
		srv.WaitForShutdown()

		at = time.Now()
		if rooms, _, _ := feed.LastRooms(full, 100); len(rooms) != min(100, *closedRooms) {
			b.Fatalf("the list of the last run: got %d rooms, want %d", len(rooms), min(100, *closedRooms))
		}
		last += time.Since(at)

		at = time.Now()
		f = open(full)
		opened += time.Since(at)
		first(b, f)
		listed += time.Since(at)
		shut(f)
	}
	for name, d := range map[string]time.Duration{"empty": nothing, "bare": bare, "opened": opened, "listed": listed,
		"last": last} {
		b.ReportMetric(float64(d.Milliseconds())/float64(n), fmt.Sprint(name, "-ms"))
	}
	b.ReportMetric(float64(listed)/float64(bare), "ratio-to-bare")
	b.ReportMetric(float64(last)/float64(nothing), "ratio-of-last-to-empty")
}

// first reads the first screen of the list of rooms.
func first(b *testing.B, f *feed.Feed) *feed.Feed {
	if _, _, err := f.Recent(soon(b), 100); err != nil {
		b.Fatalf("list: %v", err)
	}
	return f
}
