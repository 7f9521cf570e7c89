package feed_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

var benchLogins = flag.Int("logins", 100, "how many terminals of invited people BenchmarkLogins opens in the room")

// guestsOf opens n terminals of invited people in a room.
func guestsOf(b *testing.B, data, short string, n int) (sessions []model.RoomSession, opened time.Duration) {
	b.Helper()
	ctx := context.Background()
	for i := range n {
		handle := fmt.Sprint("p", i)
		text, err := feed.Invite{Handle: handle, Right: model.Write}.Write(ctx, data, time.Now)
		if err != nil {
			b.Fatalf("write: %v", err)
		}
		path := filepath.Join(feedtest.Data(b), "invitation")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			b.Fatalf("write a file: %v", err)
		}
		o := feedtest.Options(b, feedtest.Data(b), handle)
		o.Creds = path
		start := time.Now()
		f, err := feed.Open(ctx, o)
		if err != nil {
			b.Fatalf("open the feed: %v", err)
		}
		b.Cleanup(func() { _ = f.Close() })
		s, err := f.Enter(ctx, short)
		if err != nil {
			b.Fatalf("enter a room: %v", err)
		}
		opened += time.Since(start)
		sessions = append(sessions, s)
	}
	return sessions, opened
}

// BenchmarkLogins measures a login: the time to connect, the time until a line is
// acknowledged, and the time until the last of 100 terminals has a line.
func BenchmarkLogins(b *testing.B) {
	data := feedtest.Data(b)
	o := feedtest.Options(b, data, "ana")
	o.Listen = "127.0.0.1:0"
	f, err := feed.Open(context.Background(), o)
	if err != nil {
		b.Fatalf("open the feed: %v", err)
	}
	b.Cleanup(func() { _ = f.Close() })
	short, err := f.Declare(context.Background(),
		model.Declaration{Title: "A bench", Severity: "SEV-1", Plan: feedtest.Plan()})
	if err != nil {
		b.Fatalf("declare a room: %v", err)
	}
	many := *benchLogins
	sessions, opened := guestsOf(b, data, short, many)
	ctx := context.Background()
	if _, err := sessions[0].Append(ctx, feedtest.Note("warm")); err != nil {
		b.Fatalf("append an entry: %v", err)
	}
	var acks, lasts []time.Duration
	for i := 0; b.Loop(); i++ {
		text := fmt.Sprint("line ", i)
		start := time.Now()
		r, err := sessions[0].Append(ctx, feedtest.Note(text))
		if err != nil {
			b.Fatalf("append an entry: %v", err)
		}
		acks = append(acks, time.Since(start))
		for _, s := range sessions {
			for s.Latest().Room.Seq < r.Seq {
				<-s.Changed()
			}
		}
		lasts = append(lasts, time.Since(start))
	}
	b.ReportMetric(float64(opened.Microseconds())/float64(many)/1000, "ms/login")
	b.ReportMetric(float64(median(acks).Microseconds())/1000, "ms/ack")
	b.ReportMetric(float64(median(lasts).Microseconds())/1000, "ms/last")
}

// BenchmarkManyLogins measures with 1,000 connected logins: the time to connect, the
// memory of the process, and the time until the last of the 20 terminals in the room has
// a line.
func BenchmarkManyLogins(b *testing.B) {
	data := feedtest.Data(b)
	o := feedtest.Options(b, data, "ana")
	o.Listen = "127.0.0.1:0"
	ctx := context.Background()
	f, err := feed.Open(ctx, o)
	if err != nil {
		b.Fatalf("open the feed: %v", err)
	}
	b.Cleanup(func() { _ = f.Close() })
	short, err := f.Declare(ctx, model.Declaration{Title: "A bench", Severity: "SEV-1", Plan: feedtest.Plan()})
	if err != nil {
		b.Fatalf("declare a room: %v", err)
	}
	var took []time.Duration
	var open []interface{ Close() error }
	b.Cleanup(func() {
		var wg sync.WaitGroup
		for _, g := range open {
			wg.Go(func() { _ = g.Close() })
		}
		wg.Wait()
	})
	paths := invitations(b, data, *benchLogins)
	pace := time.NewTicker(25 * time.Millisecond) // one address may open 50 connections per second
	defer pace.Stop()
	for i := range *benchLogins {
		handle := fmt.Sprint("c", i)
		o := feedtest.Options(b, feedtest.Data(b), handle)
		o.Creds = paths[i]
		<-pace.C
		start := time.Now()
		g, err := feed.Open(ctx, o)
		if err != nil {
			b.Fatalf("open the feed: %v", err)
		}
		took = append(took, time.Since(start))
		open = append(open, g)
	}
	sessions, _ := guestsOf(b, data, short, 20)
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	var acks, lasts []time.Duration
	for i := 0; b.Loop(); i++ {
		start := time.Now()
		r, err := sessions[0].Append(ctx, feedtest.Note(fmt.Sprint("line ", i)))
		if err != nil {
			b.Fatalf("append an entry: %v", err)
		}
		acks = append(acks, time.Since(start))
		for _, s := range sessions {
			for s.Latest().Room.Seq < r.Seq {
				<-s.Changed()
			}
		}
		lasts = append(lasts, time.Since(start))
	}
	b.ReportMetric(float64(median(took).Microseconds())/1000, "ms/login")
	b.ReportMetric(float64(m.Sys>>20), "MiB")
	b.ReportMetric(float64(median(acks).Microseconds())/1000, "ms/ack")
	b.ReportMetric(float64(median(lasts).Microseconds())/1000, "ms/last")
}

// invitations writes n invitations for the handles c0, c1 and so on, and returns their
// paths.
func invitations(b *testing.B, data string, n int) []string {
	b.Helper()
	dir, paths := feedtest.Data(b), make([]string, n)
	var wg sync.WaitGroup
	for worker := range 16 {
		wg.Go(func() {
			for i := worker; i < n; i += 16 {
				text, err := feed.Invite{Handle: fmt.Sprint("c", i), Right: model.Write}.Write(context.Background(),
					data, time.Now)
				if err != nil {
					b.Errorf("invite c%d: %v", i, err)
					return
				}
				paths[i] = filepath.Join(dir, fmt.Sprint("c", i))
				if err := os.WriteFile(paths[i], []byte(text), 0o600); err != nil {
					b.Errorf("write an invitation: %v", err)
				}
			}
		})
	}
	wg.Wait()
	return paths
}

func median(all []time.Duration) time.Duration {
	slices.Sort(all)
	return all[len(all)/2]
}
