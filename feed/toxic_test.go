package feed_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

var toxicFaults = flag.Int("toxics", 4, "how often a connection over TCP is poisoned")

// toxics are what a network does to a connection.
var toxics = []struct{ kind, attributes string }{
	{"reset_peer", `{"timeout":0}`},
	{"timeout", `{"timeout":0}`}, // a black hole
	{"bandwidth", `{"rate":2}`},  // KB a second
	{"latency", `{"latency":150,"jitter":100}`},
	{"slicer", `{"average_size":40,"size_variation":30,"delay":500}`},
}

// wires are terminals whose connections to one server go through a proxy each.
type wires struct {
	*testing.T
	api      *toxiproxy.ApiServer
	server   string
	ways     []*way
	seats    []*feed.Seat
	mu       sync.Mutex
	accepted [][]string
}

// way is a terminal's way through the proxy that it has now.
type way struct {
	mu    sync.Mutex
	proxy *toxiproxy.Proxy
	conns []net.Conn
}

// Dial connects through the proxy.
func (y *way) Dial(string, string) (net.Conn, error) {
	y.mu.Lock()
	defer y.mu.Unlock()
	c, err := net.DialTimeout("tcp", y.proxy.Listen, time.Second)
	if err == nil {
		y.conns = append(y.conns, c)
	}
	return c, err
}

// renew gives a terminal a new proxy, and cuts what went through the old one.
func (w *wires) renew(y *way) {
	w.Helper()
	p := toxiproxy.NewProxy(w.api, "wire", "127.0.0.1:0", w.server)
	must(w, p.Start())
	y.mu.Lock()
	defer y.mu.Unlock()
	if y.proxy != nil {
		go y.proxy.Stop() // it may hang, see change
	}
	y.proxy = p
	for _, c := range y.conns {
		_ = c.Close() // nobody is told of a cut
	}
	y.conns = nil
}

// change changes the toxics of a proxy. The library can lock itself up where it
// takes one out of a connection that is blocked: then the proxy is replaced.
func (w *wires) change(y *way, do func(*toxiproxy.Proxy)) {
	w.Helper()
	done := make(chan struct{})
	go func(p *toxiproxy.Proxy) {
		defer close(done)
		do(p)
	}(y.proxy)
	select {
	case <-done:
	case <-time.After(3 * time.Second):
		w.renew(y)
	}
}

func newWires(t *testing.T, n int) *wires {
	t.Helper()
	x := newExternal(t)
	zerolog.SetGlobalLevel(zerolog.Disabled) // it talks on stdout
	w := &wires{T: t, server: fmt.Sprint("127.0.0.1:", x.port), accepted: make([][]string, n), api: toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())}
	short := ""
	for i := range n {
		y := new(way)
		w.renew(y)
		w.ways = append(w.ways, y)
		t.Cleanup(func() { go y.proxy.Stop() }) // as in renew
		o := x.options(t, "ana")
		o.Way(y)
		f := feedtest.With(t, o)
		if short == "" {
			short = feedtest.Declare(t, f)
		}
		w.seats = append(w.seats, feedtest.Enter(t, f, short))
		feedtest.Append(t, w.seats[i], "warm")
	}
	return w
}

// write lets a terminal write until it is over.
func (w *wires) write(i int, over <-chan struct{}) {
	for k := 0; ; k++ {
		select {
		case <-over:
			return
		case <-time.After(time.Duration(rand.IntN(20)) * time.Millisecond):
		}
		r, err := w.seats[i].Submit(context.Background(), feedtest.Note(fmt.Sprintf("line %d of terminal %d", k, i)))
		if err != nil {
			w.Errorf("terminal %d does not take line %d: %v", i, k, err)
			return
		}
		w.mu.Lock()
		w.accepted[i] = append(w.accepted[i], r.ID)
		w.mu.Unlock()
	}
}

// poison adds a toxic in one direction.
func (w *wires) poison(rng *rand.Rand) {
	y, x := w.ways[rng.IntN(len(w.ways))], toxics[rng.IntN(len(toxics))]
	raw, err := json.Marshal(map[string]any{"name": fmt.Sprint(rng.Uint64()), "type": x.kind, "stream": []string{"upstream", "downstream"}[rng.IntN(2)],
		"toxicity": 1.0, "attributes": json.RawMessage(x.attributes)})
	must(w, err)
	w.change(y, func(p *toxiproxy.Proxy) {
		if _, err := p.Toxics.AddToxicJson(bytes.NewReader(raw)); err != nil {
			w.Errorf("poison: %v", err)
		}
	})
}

// heal takes all toxics away.
func (w *wires) heal() {
	w.Helper()
	for _, y := range w.ways {
		w.change(y, func(p *toxiproxy.Proxy) { p.Toxics.ResetToxics(context.Background()) })
	}
}

// TestToxicNetwork lets three terminals write to a server over TCP, through
// proxies that reset, swallow, slow, delay and slice what goes through.
func TestToxicNetwork(t *testing.T) {
	t.Parallel()
	w := newWires(t, 3)
	rng := rand.New(rand.NewPCG(*simFirst, 5))
	over := make(chan struct{})
	var wg sync.WaitGroup
	for i := range w.seats {
		wg.Go(func() { w.write(i, over) })
	}
	for n := range *toxicFaults {
		w.poison(rng)
		<-time.After(time.Duration(100+rng.IntN(900)) * time.Millisecond)
		if n%3 == 2 {
			w.heal()
			<-time.After(time.Duration(rng.IntN(500)) * time.Millisecond)
		}
	}
	close(over)
	wg.Wait()
	w.heal()
	w.check()
}

// check demands that all that was accepted is in the log, once and in order, and
// that all terminals show the same.
func (w *wires) check() {
	w.Helper()
	for i, s := range w.seats {
		patient(w.T, s, fmt.Sprint("terminal ", i, " has sent all"), func(v *model.View) bool {
			return s.Unsent() == 0 && len(v.Waiting) == 0 && v.Link.State == model.Live
		})
	}
	tip := uint64(0)
	for _, s := range w.seats {
		tip = max(tip, s.Latest().Room.Seq)
	}
	total := 0
	for i, s := range w.seats {
		v := patient(w.T, s, fmt.Sprint("terminal ", i, " has read all"), func(v *model.View) bool { return v.Room.Seq >= tip })
		if v.Room.StateHash() != w.seats[0].Latest().Room.StateHash() {
			w.Errorf("I5 violated: terminal %d shows another room", i)
		}
		if v.Room.Bad != 0 || !v.Proof.Alarm.IsEmpty() {
			w.Errorf("I2 violated: terminal %d: %d bad messages, alarm %q", i, v.Room.Bad, v.Proof.Alarm)
		}
		at := map[string][]uint64{}
		for _, l := range v.Room.Lines() {
			at[l.ID] = append(at[l.ID], l.Seq)
		}
		for who, ids := range w.accepted {
			last := uint64(0)
			for _, id := range ids {
				if len(at[id]) != 1 || at[id][0] < last {
					w.Fatalf("I1, I2 or I3 violated: %s of terminal %d is at %v, its author's line before at %d", id, who, at[id], last)
				}
				last = at[id][0]
			}
		}
		total += len(w.accepted[i])
	}
	w.Logf("%d faults, %d lines accepted, 0 violations", *toxicFaults, total)
}

// patient is feedtest.Until for what may take its time.
func patient(t *testing.T, s model.Seat, what string, cond func(*model.View) bool) *model.View {
	t.Helper()
	late := time.After(crewPatience)
	for {
		v := s.Latest()
		if cond(v) {
			return v
		}
		select {
		case <-s.Bell():
		case <-time.After(100 * time.Millisecond): // the outbox rings no bell
		case <-late:
			t.Fatalf("waited in vain until %s; link %+v, %d waiting, seq %d", what, v.Link, len(v.Waiting), v.Room.Seq)
		}
	}
}
