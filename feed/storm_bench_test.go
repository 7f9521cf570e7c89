package feed_test

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"testing"
	"time"

	"warroom/feed/alerts"
	"warroom/feed/feedtest"
)

// BenchmarkTypingInStorm measures a scribe's line from the call until it is stored while
// 10,000 alerts a minute arrive one by one at the same process, alternating with the same
// measurement without alerts.
func BenchmarkTypingInStorm(b *testing.B) {
	f := feedtest.Open(b, "ana")
	s := feedtest.Enter(b, f, feedtest.Declare(b, f))
	d := receiverOf(b, f, 10*time.Second)
	feedtest.Append(b, s, "warm")
	n := 0
	storm := func() (end func()) {
		ctx, cancel := context.WithCancel(context.Background())
		var wg sync.WaitGroup
		wg.Go(func() {
			t := time.NewTicker(time.Minute / 10_000)
			defer t.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-t.C:
					n++
					if _, err := d.Take(ctx, alerts.Delivery{Body: bytes.NewReader(sample(n))}); err != nil &&
						ctx.Err() == nil {
						b.Errorf("take: %v", err)
						return
					}
				}
			}
		})
		return func() { cancel(); wg.Wait() }
	}
	pace := time.NewTicker(20 * time.Millisecond) // people pause between lines
	defer pace.Stop()
	line := func() time.Duration {
		<-pace.C
		at := time.Now()
		feedtest.Append(b, s, asPeopleWrite)
		return time.Since(at)
	}
	var calm, in []time.Duration
	for range b.N {
		for range 25 {
			calm = append(calm, line())
		}
		end := storm()
		for range 25 {
			in = append(in, line())
		}
		end()
	}
	slices.Sort(calm)
	slices.Sort(in)
	p := func(l []time.Duration, q int) float64 { return float64(l[len(l)*q/100].Microseconds()) }
	b.ReportMetric(p(calm, 50), "calm-p50-us")
	b.ReportMetric(p(in, 50), "storm-p50-us")
	b.ReportMetric(p(calm, 95), "calm-p95-us")
	b.ReportMetric(p(in, 95), "storm-p95-us")
	b.ReportMetric(p(in, 50)/p(calm, 50), "ratio-p50")
	b.ReportMetric(float64(n), "alerts")
	r, err := f.LobbyRoom(unhurried(b))
	if err != nil {
		b.Fatalf("lobby room: %v", err)
	}
	b.ReportMetric(float64(len(r.Alerts)), "events")
}
