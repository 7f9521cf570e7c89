package sshd_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// BenchmarkBeside measures keys and lines of warroom and of the floor, each with all
// sessions, in turns: both have the same load, so the ratios mean more than those of
// BenchmarkSessions on a busy machine. The processor time includes ticks.
func BenchmarkBeside(b *testing.B) {
	const rounds, keys = 20, 40
	var runs []*benchRun
	for _, peer := range []string{"warroom", "floor"} {
		r := newBenchRun(b, peer, 200)
		defer r.end()
		r.open(*benchSessions)
		r.settle()
		runs = append(runs, r)
	}
	var key, line, cpu [2][]time.Duration
	for range rounds {
		for i, r := range runs {
			before := r.usage(false).CPU
			var e Echoes
			r.clients.do("Keys", KeysArgs{Client: 0, Text: strings.Repeat("typing ", keys)[:keys]}, &e)
			cpu[i] = append(cpu[i], (r.usage(false).CPU-before)/keys)
			key[i] = append(key[i], e.Took...)
			r.clients.do("Type", KeysArgs{Client: 0, Text: "\x15"}, new(int64))
			<-time.After(50 * time.Millisecond)
			line[i] = append(line[i], r.latency(1))
		}
	}
	for i, r := range runs {
		b.ReportMetric(float64(middle(key[i]).Nanoseconds())/1000, fmt.Sprint(r.peer, "-key-us"))
		b.ReportMetric(float64(middle(cpu[i]).Nanoseconds())/1000, fmt.Sprint(r.peer, "-key-cpu-us"))
		b.ReportMetric(float64(middle(line[i]).Microseconds()), fmt.Sprint(r.peer, "-last-us"))
	}
	b.ReportMetric(float64(middle(key[0]))/float64(middle(key[1])), "key-ratio")
	b.ReportMetric(float64(middle(line[0]))/float64(middle(line[1])), "line-ratio")
	b.ReportMetric(0, "ns/op")
}
