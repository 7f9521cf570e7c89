package feed_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats-server/v2/server/ats"
)

var (
	simSeeds = flag.Uint64("seeds", 1, "how many seeds the simulation runs")
	simFirst = flag.Uint64("seed", 1, "the first seed of the simulation")
	simHours = flag.Int("sim-hours", 1, "virtual hours of a seed")
)

// regressionSeeds have found a fault before, and are always run.
var regressionSeeds = []uint64{}

// TestSim lets five terminals on machines with different clocks act as people do, over
// links that break, with a server that is stopped and restarted, in virtual time. After
// every half hour all faults are repaired, and everything that a terminal accepted must be
// in the log.
func TestSim(t *testing.T) {
	ats.Register() // its ticker must not be created in the bubble
	defer ats.Unregister()
	seeds := append([]uint64(nil), regressionSeeds...)
	for i := range *simSeeds {
		seeds = append(seeds, *simFirst+i)
	}
	var all tally
	for _, seed := range seeds {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			defer dropTimers()
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, seed)
				for range *simHours * 2 {
					w.halfHour()
				}
				w.close()
				all.add(w.tally)
				t.Log(w.tally.String())
			})
		})
	}
	t.Log("all: " + all.String())
}

// tally counts what a run did.
type tally struct {
	hours                                     float64
	accepted, refused, faults, acked, glances int
}

func (a *tally) add(b tally) {
	a.hours += b.hours
	a.accepted += b.accepted
	a.refused += b.refused
	a.faults += b.faults
	a.acked += b.acked
	a.glances += b.glances
}

func (a tally) String() string {
	return fmt.Sprintf("%.1f virtual hours, %d faults, %d acts accepted, %d acknowledged, %d refused, %d looks in "+
		"between", a.hours, a.faults, a.accepted, a.acked, a.refused, a.glances)
}

// world is one simulation.
type world struct {
	*testing.T
	rng    *rand.Rand
	net    network
	store  string
	people []*person
	short  string
	tally

	mu      sync.Mutex
	history []string
}

// note records what happened, for the output of a failed run.
func (w *world) note(format string, a ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.history = append(w.history, time.Now().Format("15:04:05.000 ")+fmt.Sprintf(format, a...))
}

// violated ends the run because a promise of docs/reliability.md was broken.
func (w *world) violated(promise, format string, a ...any) {
	w.Helper()
	w.fatal("%s violated: %s", promise, fmt.Sprintf(format, a...))
}

// fatal ends the run and prints its recent history.
func (w *world) fatal(format string, a ...any) {
	w.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, l := range w.history[max(0, len(w.history)-60):] {
		w.Log(l)
	}
	w.Fatalf(format, a...)
}

func newWorld(t *testing.T, seed uint64) *world {
	t.Helper()
	w := &world{T: t, rng: rand.New(rand.NewPCG(seed, 1)), store: t.TempDir()}
	t.Cleanup(w.abandon)
	w.startServer()
	shared := t.TempDir()
	for i, handle := range []string{"ana", "ana", "bo", "cy", "di"} {
		p := &person{w: w, handle: handle, name: fmt.Sprintf("%s%d", handle, i), data: shared,
			rng:  rand.New(rand.NewPCG(seed, uint64(i)+10)),
			link: newSimLink(&w.net, seed+uint64(i)), ahead: time.Duration(i-2) * 5 * time.Minute}
		if handle != "ana" {
			p.data = t.TempDir()
		}
		w.people = append(w.people, p)
	}
	w.gather()
	return w
}

func (w *world) startServer() {
	s, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, SyncAlways: true, StoreDir: w.store,
		NoSigs: true, NoLog: true})
	if err != nil {
		w.fatal("server: %v", err)
	}
	s.Start()
	w.net.set(s)
}

func (w *world) stopServer() {
	s := w.net.server()
	w.net.set(nil)
	s.Shutdown()
	s.WaitForShutdown()
}

func (w *world) close() {
	for _, p := range w.people {
		p.close()
	}
	w.stopServer()
	for _, p := range w.people {
		p.link.wg.Wait()
	}
}

// abandon cleans up after a failed run: the remaining goroutines would hide its failure
// behind their own.
func (w *world) abandon() {
	if !w.Failed() {
		return
	}
	for _, p := range w.people {
		p.link.turn(good)
		if p.session != nil {
			p.session.Close()
		}
		if p.f != nil {
			_ = p.f.Close() // it has failed already
		}
	}
	if w.net.server() != nil {
		w.stopServer()
	}
	for _, p := range w.people {
		p.link.wg.Wait()
	}
}

// halfHour lets people work while faults occur, then repairs the faults and checks
// everything.
func (w *world) halfHour() {
	var wg sync.WaitGroup
	over := make(chan struct{})
	for _, p := range w.people {
		wg.Go(func() { p.work(over) })
	}
	end := time.After(30 * time.Minute)
	for going := true; going; {
		select {
		case <-end:
			going = false
		case <-time.After(time.Duration(20+w.rng.IntN(160)) * time.Second):
			w.fault()
		}
	}
	close(over)
	for _, p := range w.people {
		p.link.turn(good)
	}
	wg.Wait()
	if w.Failed() { // one of the people has reported why
		w.FailNow()
	}
	w.hours += 0.5
	w.check()
}

// fault causes or repairs a fault.
func (w *world) fault() {
	w.faults++
	p := w.people[w.rng.IntN(len(w.people))]
	switch n := w.rng.IntN(10); {
	case n == 0:
		w.note("server restarts")
		w.stopServer()
		<-time.After(time.Duration(w.rng.IntN(40)) * time.Second)
		w.startServer()
	case n == 1:
		w.note("all links cut")
		for _, p := range w.people {
			p.link.turn(cut)
		}
	case n == 2:
		p.losing.Store(int64(1 + w.rng.IntN(5)))
		w.note("%s loses answers", p.name)
	case n < 5:
		w.note("all links good")
		for _, p := range w.people {
			p.link.turn(good)
		}
	default:
		k := weather(w.rng.IntN(int(kinds)))
		w.note("%s: link %s", p.name, k)
		p.link.turn(k)
	}
}
