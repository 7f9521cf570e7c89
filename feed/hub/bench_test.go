package hub_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warroom/feed/hub"
)

// BenchmarkOpen measures what hosting costs a one-shot command: opening and closing.
func BenchmarkOpen(b *testing.B) {
	for _, n := range []int{0, 100_000} {
		o := testOptions(b)
		fill(b, o, n)
		b.Run(fmt.Sprint(n), func(b *testing.B) { cycle(b, o, func() {}) })
		index := filepath.Join(o.Dir, "jetstream", "$G", "streams", "ROOM", "msgs", "index.db")
		b.Run(fmt.Sprint(n, "-no-index"), func(b *testing.B) {
			cycle(b, o, func() { remove(b, index) }) // as after kill -9
		})
	}
}

func cycle(b *testing.B, o hub.Options, before func()) {
	var opening, closing time.Duration
	for b.Loop() {
		before()
		start := time.Now()
		h := open(b, o)
		opened := time.Now()
		h.Close()
		opening += opened.Sub(start)
		closing += time.Since(opened)
	}
	b.ReportMetric(float64(opening.Microseconds())/float64(b.N)/1000, "ms/open")
	b.ReportMetric(float64(closing.Microseconds())/float64(b.N)/1000, "ms/close")
}

// fill stores n events of 300 bytes.
func fill(b *testing.B, o hub.Options, n int) {
	h := open(b, o)
	nc := dial(b, h)
	js, _ := stream(b, nc)
	for i := range n {
		_, err := js.PublishAsync("room.a", []byte(strings.Repeat("x", 300)))
		must(b, err)
		if i%500 == 0 {
			<-js.PublishAsyncComplete()
		}
	}
	<-js.PublishAsyncComplete()
	nc.Close()
	h.Close()
}
