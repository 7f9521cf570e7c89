package faults_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/nats-io/nats-server/v2/server"
	"github.com/rs/zerolog"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

var toxicFaults = flag.Int("toxics", 4, "how often a connection over TCP is poisoned")

// toxics are faults of a network connection.
var toxics = []struct{ kind, attributes string }{
	{"reset_peer", `{"timeout":0}`},
	{"timeout", `{"timeout":0}`}, // a black hole
	{"bandwidth", `{"rate":2}`},  // KB a second
	{"latency", `{"latency":150,"jitter":100}`},
	{"slicer", `{"average_size":40,"size_variation":30,"delay":500}`},
}

// network is a set of terminals that each connect to one server through a proxy.
type network struct {
	*testing.T
	api       *toxiproxy.ApiServer
	server    *server.Server
	links     []*link
	terminals []terminal
	mu        sync.Mutex
	accepted  [][]string
}

// terminal is one terminal of the network.
type terminal struct {
	feed *feed.Feed
	room *feed.RoomSession
}

// link is the connection of a terminal: a forwarder, and the proxy that is its target.
type link struct {
	*forwarder
	proxy *toxiproxy.Proxy
}

// renew gives a link a new proxy and closes the connections through the old one.
func (w *network) renew(y *link) {
	w.Helper()
	p := toxiproxy.NewProxy(w.api, "link", "127.0.0.1:0", w.server.Addr().String())
	if err := p.Start(); err != nil {
		w.Fatalf("start a proxy: %v", err)
	}
	if y.proxy != nil {
		go y.proxy.Stop() // it may hang, see change
	}
	y.proxy = p
	y.retarget(p.Listen)
}

// change changes the toxics of a proxy. The library can deadlock when it removes a toxic
// from a blocked connection: if so, the proxy is replaced.
func (w *network) change(y *link, do func(*toxiproxy.Proxy)) {
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

func newNetwork(t *testing.T, n int) *network {
	t.Helper()
	zerolog.SetGlobalLevel(zerolog.Disabled) // it logs to stdout
	w := &network{T: t, server: feedtest.Server(t), accepted: make([][]string, n)}
	w.api = toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())
	data, short := feedtest.Data(t), ""
	for range n {
		y := &link{forwarder: newForwarder(t)}
		w.renew(y)
		w.links = append(w.links, y)
		t.Cleanup(func() { go y.proxy.Stop() }) // as in renew
		o := feedtest.Options(t, data, "ana")
		o.Server = "nats://" + y.address()
		f := feedtest.With(t, o)
		if short == "" {
			short = feedtest.Declare(t, f)
		}
		s := feedtest.Enter(t, f, short)
		w.terminals = append(w.terminals, terminal{feed: f, room: s})
		feedtest.Append(t, s, "warm")
	}
	return w
}

// write makes a terminal write lines until over is closed.
func (w *network) write(i int, over <-chan struct{}) {
	for k := 0; ; k++ {
		select {
		case <-over:
			return
		case <-time.After(time.Duration(rand.IntN(20)) * time.Millisecond):
		}
		r, err := w.terminals[i].room.Submit(context.Background(),
			feedtest.Note(fmt.Sprintf("line %d of terminal %d", k, i)))
		if err != nil {
			w.Errorf("terminal %d does not accept line %d: %v", i, k, err)
			return
		}
		w.mu.Lock()
		w.accepted[i] = append(w.accepted[i], r.ID)
		w.mu.Unlock()
	}
}

// poison adds a random toxic to a random link, in one direction.
func (w *network) poison(rng *rand.Rand) {
	y, x := w.links[rng.IntN(len(w.links))], toxics[rng.IntN(len(toxics))]
	raw, err := json.Marshal(map[string]any{"name": fmt.Sprint(rng.Uint64()), "type": x.kind, "toxicity": 1.0,
		"stream": []string{"upstream", "downstream"}[rng.IntN(2)], "attributes": json.RawMessage(x.attributes)})
	if err != nil {
		w.Fatalf("encode a toxic: %v", err)
	}
	w.change(y, func(p *toxiproxy.Proxy) {
		if _, err := p.Toxics.AddToxicJson(bytes.NewReader(raw)); err != nil {
			w.Errorf("poison: %v", err)
		}
	})
}

// heal removes all toxics.
func (w *network) heal() {
	w.Helper()
	for _, y := range w.links {
		w.change(y, func(p *toxiproxy.Proxy) { p.Toxics.ResetToxics(context.Background()) })
	}
}

// TestToxicNetwork: three terminals write to a server over TCP, through proxies that
// reset, swallow, slow, delay and slice the traffic.
func TestToxicNetwork(t *testing.T) {
	t.Parallel()
	w := newNetwork(t, 3)
	rng := rand.New(rand.NewPCG(*firstSeed, 5))
	over := make(chan struct{})
	var wg sync.WaitGroup
	for i := range w.terminals {
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

// check checks that everything that was accepted is in the log, once and in order, and
// that all terminals show the same.
func (w *network) check() {
	w.Helper()
	for i, x := range w.terminals {
		feedtest.UntilWithin(w.T, x.room, feedtest.LongTimeout, fmt.Sprint("terminal ", i, " has sent all"),
			func(v *model.View) bool { return feedtest.IsSent(x.feed, v) })
	}
	tip := uint64(0)
	for _, x := range w.terminals {
		tip = max(tip, x.room.Latest().Room.Seq)
	}
	total, connections := 0, 0
	for _, y := range w.links {
		connections += y.connections()
	}
	if v, err := w.server.Varz(nil); err != nil || v.TotalConnections > uint64(connections) {
		w.Errorf("the server got %d connections, %v, want at most the %d through the links", v.TotalConnections, err,
			connections)
	}
	for i, x := range w.terminals {
		v := feedtest.UntilWithin(w.T, x.room, feedtest.LongTimeout, fmt.Sprint("terminal ", i, " has read all"),
			func(v *model.View) bool { return v.Room.Seq >= tip })
		if v.Room.StateHash() != w.terminals[0].room.Latest().Room.StateHash() {
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
					w.Fatalf("I1, I2 or I3 violated: %s of terminal %d is at %v, its author's line before at %d",
						id, who, at[id], last)
				}
				last = at[id][0]
			}
		}
		total += len(w.accepted[i])
	}
	w.Logf("%d faults, %d connections, %d lines accepted, 0 violations", *toxicFaults, connections, total)
}
