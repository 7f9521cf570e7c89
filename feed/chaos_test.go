package feed_test

import (
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// inOrder checks that each author's lines are in the room once, in order.
func inOrder(t *testing.T, r *model.Room, author string, n int) {
	t.Helper()
	i := 0
	for _, l := range feedtest.Notes(r) {
		if rest, ok := strings.CutPrefix(l, author+" "); ok {
			if want := fmt.Sprintf("%03d", i); rest != want {
				t.Fatalf("%s: got line %s, want %s", author, rest, want)
			}
			i++
		}
	}
	if i != n {
		t.Errorf("%s: got %d lines, want %d", author, i, n)
	}
}

func TestServerComesAndGoesWhileThreeWrite(t *testing.T) {
	const n = 60
	x := newExternal(t)
	first := feedtest.With(t, x.options(t, "ana"))
	short := feedtest.Declare(t, first)
	var sessions []*feed.RoomSession
	for i := range 3 {
		o, link := x.options(t, "ana"), &faultyLink{CustomDialer: &net.Dialer{}}
		o.Dialer = link
		f := feedtest.With(t, o)
		sessions = append(sessions, feedtest.Enter(t, f, short))
		feedtest.Append(t, sessions[i], "warm")
		lost := 0
		var mu sync.Mutex
		set(&link.damageAnswer, func() bool {
			mu.Lock()
			defer mu.Unlock()
			lost++
			return lost%4 == 0
		})
	}
	var wg sync.WaitGroup
	for i, s := range sessions {
		wg.Go(func() {
			for k := range n {
				if _, err := s.Submit(soon(t), feedtest.Note(fmt.Sprintf("w%d %03d", i, k))); err != nil {
					t.Errorf("submit: %v", err)
					return
				}
				if k%20 == 19 {
					_, _ = s.Append(soon(t), feedtest.Note("pause")) // only to pause
				}
			}
		})
	}
	for range 4 {
		x.stop()
		x.start()
		feedtest.Until(t, sessions[0], "it is live again",
			func(v *model.View) bool { return v.Link.State == model.Live })
	}
	wg.Wait()
	for i, s := range sessions {
		feedtest.Until(t, s, "nothing waits",
			func(v *model.View) bool { return len(v.Waiting) == 0 && s.Unsent() == 0 })
		for k := range sessions {
			last := fmt.Sprintf("w%d %03d", k, n-1)
			inOrder(t, feedtest.Until(t, s, last, has(last)).Room, fmt.Sprint("w", k), n)
		}
		if v := s.Latest(); v.Room.Bad != 0 || !v.Proof.Alarm.IsEmpty() {
			t.Errorf("seat %d: got %d bad, alarm %q, want none", i, v.Room.Bad, v.Proof.Alarm)
		}
		for _, l := range s.Latest().Room.Lines() {
			// Two terminals of ana may admit her third one at the same time: the second entry
			// has no effect.
			if !l.Refused.IsEmpty() && l.Kind != model.KindKeyAdmitted {
				t.Errorf("seat %d: entry %d, %s, has no effect: %s; want an effect", i, l.Seq, l.Kind, l.Refused)
			}
		}
	}
}

func TestHubMovesRepeatedly(t *testing.T) {
	const n = 80
	data := feedtest.Data(t)
	w := feedtest.With(t, feedtest.Options(t, data, "zoe"))
	short := feedtest.Declare(t, w)
	var others []*feed.Feed
	if err := w.Close(); err != nil { // so that another process hosts
		t.Fatalf("close: %v", err)
	}
	for i := range 4 {
		others = append(others, feedtest.With(t, feedtest.Options(t, data, fmt.Sprint("o", i))))
	}
	o := feedtest.Options(t, data, "zoe")
	o.NeverHost = true
	w = feedtest.With(t, o)
	s := feedtest.Enter(t, w, short)
	feedtest.Append(t, s, "warm")
	for k := range n {
		if _, err := s.Submit(soon(t), feedtest.Note(fmt.Sprintf("zoe %03d", k))); err != nil {
			t.Fatalf("submit: %v", err)
		}
		if k%25 == 20 {
			feedtest.Append(t, s, "pause") // the hub is there
			for i, f := range others {
				if f.Hosting() && len(others) > 1 {
					if err := f.Close(); err != nil {
						t.Fatalf("close: %v", err)
					}
					others = append(others[:i], others[i+1:]...)
					break
				}
			}
		}
	}
	v := feedtest.Until(t, s, "nothing waits",
		func(v *model.View) bool { return len(v.Waiting) == 0 && s.Unsent() == 0 })
	inOrder(t, v.Room, "zoe", n)
	if v.Link.Moved < 2 {
		t.Errorf("got moved %d, want the hub to have moved", v.Link.Moved)
	}
}

// cluster starts a cluster of three servers.
func cluster(t *testing.T) []*server.Server {
	t.Helper()
	var routes []*url.URL
	var ports []int
	for range 3 {
		port := feedtest.Port(t)
		ports = append(ports, port)
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	var out []*server.Server
	for i := range 3 {
		s, err := server.NewServer(&server.Options{ServerName: fmt.Sprint("n", i), Host: "127.0.0.1", Port: -1,
			JetStream: true, StoreDir: feedtest.Data(t), NoLog: true, NoSigs: true,
			Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: ports[i], PoolSize: -1},
			Routes:  routes})
		if err != nil {
			t.Fatalf("make a server: %v", err)
		}
		go s.Start()
		t.Cleanup(func() {
			s.Shutdown()
			s.WaitForShutdown()
		})
		out = append(out, s)
	}
	late := time.Now().Add(feedtest.DefaultTimeout)
	for _, s := range out {
		for !s.ReadyForConnections(time.Second) || !s.JetStreamIsCurrent() {
			if time.Now().After(late) {
				t.Fatal("the cluster does not start")
			}
		}
	}
	return out
}

func TestClusterKeepsThreeCopies(t *testing.T) {
	srv := cluster(t)
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	o.Server = srv[0].ClientURL()
	f := feedtest.With(t, o)
	short := feedtest.Declare(t, f)
	s := feedtest.Enter(t, f, short)
	want := lines(30)
	for i, l := range want {
		feedtest.Append(t, s, l)
		if i == 10 {
			srv[0].Shutdown() // the client connects to another server
		}
	}
	once(t, s.Latest().Room, want)
}

// TestTooFewServers: in a cluster without a majority, a terminal shows the problem,
// queues new lines, and does not report them as stored.
func TestTooFewServers(t *testing.T) {
	srv := cluster(t)
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	o.Server = srv[0].ClientURL()
	f := feedtest.With(t, o)
	s := feedtest.Enter(t, f, feedtest.Declare(t, f))
	feedtest.Append(t, s, "three")
	srv[1].Shutdown()
	srv[2].Shutdown()
	if _, err := s.Submit(soon(t), feedtest.Note("one")); err != nil {
		t.Fatalf("submit: %v", err)
	}
	late := time.After(6 * feedtest.DefaultTimeout) // the old leader steps down after a while
	v := s.Latest()
	for ; v.Link.State != model.Offline ||
		!strings.Contains(v.Link.Problem.String(), "too few of the hub's servers"); v = s.Latest() {
		select {
		case <-s.Changed():
		case <-late:
			t.Fatalf("it does not say so: %+v, %+v", v.Link, v.Waiting)
		}
	}
	if len(v.Waiting) != 1 || v.Waiting[0].State == model.Refused {
		t.Errorf("waiting: %+v", v.Waiting)
	}
}
