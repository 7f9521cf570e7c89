package feed_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// BenchmarkRooms alternates between a hub with 100 rooms and one with 10,000, of which all
// but 10 are closed. It measures how long another process takes to read the first screen of
// the list, and all rows, and the whole run of `warroom rooms`. The rows are put into the
// index; they have no logs.
func BenchmarkRooms(b *testing.B) {
	program := filepath.Join(b.TempDir(), "warroom")
	if out, err := exec.Command("go", "build", "-o", program, "warroom").CombinedOutput(); err != nil {
		b.Fatalf("build: %v\n%s", err, out)
	}
	counts := []int{100, 1_000, 10_000}
	type hub struct {
		data  string
		other *feed.Feed
	}
	hubs := map[int]hub{}
	for _, n := range counts {
		h := hub{data: feedtest.Data(b)}
		host := feedtest.With(b, feedtest.Options(b, h.data, "root"))
		host.FillIndex(soon(b), rowsFor(b, n))
		h.other = feedtest.With(b, feedtest.Options(b, h.data, "dee"))
		hubs[n] = h
	}
	first, all, run := map[int]time.Duration{}, map[int]time.Duration{}, map[int]time.Duration{}
	b.ResetTimer()
	for range b.N {
		for _, n := range counts {
			at := time.Now()
			rooms, more, err := hubs[n].other.Recent(soon(b), 100)
			first[n] += time.Since(at)
			if err != nil || len(rooms)+more != n {
				b.Fatalf("newest rooms: got %d and %d more, %v, want %d", len(rooms), more, err, n)
			}
			c := exec.Command(program, "--data", hubs[n].data, "rooms")
			c.Env = append(os.Environ(), "USER=root")
			at = time.Now()
			if out, err := c.CombinedOutput(); err != nil {
				b.Fatalf("warroom rooms: %v\n%s", err, out)
			}
			run[n] += time.Since(at)
		}
	}
	for range b.N { // after the others, because of the garbage that it leaves
		for _, n := range counts {
			at := time.Now()
			if rooms, err := hubs[n].other.List(soon(b)); err != nil || len(rooms) != n {
				b.Fatalf("all rooms: got %d, %v, want %d", len(rooms), err, n)
			}
			all[n] += time.Since(at)
		}
	}
	for _, n := range counts {
		b.ReportMetric(float64(first[n].Microseconds())/float64(b.N), fmt.Sprintf("first-%d-us", n))
		b.ReportMetric(float64(all[n].Microseconds())/float64(b.N), fmt.Sprintf("all-%d-us", n))
		b.ReportMetric(float64(run[n].Microseconds())/float64(b.N), fmt.Sprintf("program-%d-us", n))
	}
	b.ReportMetric(float64(first[10_000])/float64(first[100]), "first-ratio")
	b.ReportMetric(float64(run[10_000])/float64(run[100]), "program-ratio")
}

// rowsFor returns rooms for an index: ten are open, the others are closed.
func rowsFor(b *testing.B, n int) map[string]*model.Room {
	b.Helper()
	_, events := foldGolden(b, readGolden(b, "testdata/golden/process1.jsonl"))
	closed, open := model.NewRoom(), model.NewRoom()
	for _, e := range events {
		closed = model.Apply(closed, e)
		if closed.Status == model.Open {
			open = closed
		}
	}
	if closed.Status != model.Closed {
		b.Fatalf("the golden log ends with a room that is %s, want it closed", closed.Status)
	}
	out := map[string]*model.Room{}
	for i := range n {
		r := *closed
		if i < 10 {
			r = *open
		}
		r.Title, r.ID = fmt.Sprintf("Incident %d of the years before", i), fmt.Sprintf("%026d", i)
		out[fmt.Sprint("inc-", i+1)] = &r
	}
	return out
}
