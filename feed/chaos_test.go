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

// inOrder demands that each author's lines are there once, in their order.
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
	var seats []*feed.Seat
	for i := range 3 {
		f := feedtest.With(t, x.options(t, "ana"))
		seats = append(seats, feedtest.Enter(t, f, short))
		feedtest.Append(t, seats[i], "warm")
		lost := 0
		var mu sync.Mutex
		f.DropAck(func() bool {
			mu.Lock()
			defer mu.Unlock()
			lost++
			return lost%4 == 0
		})
	}
	var wg sync.WaitGroup
	for i, s := range seats {
		wg.Go(func() {
			for k := range n {
				if _, err := s.Submit(soon(t), feedtest.Note(fmt.Sprintf("w%d %03d", i, k))); err != nil {
					t.Error(err)
					return
				}
				if k%20 == 19 {
					_, _ = s.Append(soon(t), feedtest.Note("pause")) // whatever comes of it: let the others catch up
				}
			}
		})
	}
	for range 4 {
		x.stop()
		x.start()
		feedtest.Until(t, seats[0], "it is live again", func(v *model.View) bool { return v.Link.State == model.Live })
	}
	wg.Wait()
	for i, s := range seats {
		feedtest.Until(t, s, "nothing waits", func(v *model.View) bool { return len(v.Waiting) == 0 && s.Unsent() == 0 })
		for k := range seats {
			last := fmt.Sprintf("w%d %03d", k, n-1)
			inOrder(t, feedtest.Until(t, s, last, has(last)).Room, fmt.Sprint("w", k), n)
		}
		if v := s.Latest(); v.Room.Bad != 0 || v.Room.Void != 0 || !v.Proof.Alarm.IsEmpty() {
			t.Errorf("seat %d: got %d bad, %d void, alarm %q", i, v.Room.Bad, v.Room.Void, v.Proof.Alarm)
		}
	}
}

func TestHubMovesAgainAndAgain(t *testing.T) {
	const n = 80
	data := feedtest.Data(t)
	w := feedtest.With(t, feedtest.Options(t, data, "zoe"))
	short := feedtest.Declare(t, w)
	var others []*feed.Feed
	if err := w.Close(); err != nil { // so that another one hosts
		t.Fatal(err)
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
			t.Fatal(err)
		}
		if k%25 == 20 {
			feedtest.Append(t, s, "pause") // the hub is there
			for i, f := range others {
				if f.Hosting() && len(others) > 1 {
					if err := f.Close(); err != nil {
						t.Fatal(err)
					}
					others = append(others[:i], others[i+1:]...)
					break
				}
			}
		}
	}
	v := feedtest.Until(t, s, "nothing waits", func(v *model.View) bool { return len(v.Waiting) == 0 && s.Unsent() == 0 })
	inOrder(t, v.Room, "zoe", n)
	if v.Link.Moved < 2 {
		t.Errorf("got moved %d, want the hub to have moved", v.Link.Moved)
	}
}

// cluster starts three servers that keep one log.
func cluster(t *testing.T) []*server.Server {
	t.Helper()
	var routes []*url.URL
	var ports []int
	for range 3 {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ports = append(ports, l.Addr().(*net.TCPAddr).Port)
		routes = append(routes, &url.URL{Scheme: "nats", Host: l.Addr().String()})
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
	var out []*server.Server
	for i := range 3 {
		s, err := server.NewServer(&server.Options{ServerName: fmt.Sprint("n", i), Host: "127.0.0.1", Port: -1, JetStream: true, StoreDir: feedtest.Data(t),
			NoLog: true, NoSigs: true, Cluster: server.ClusterOpts{Name: "c", Host: "127.0.0.1", Port: ports[i]}, Routes: routes})
		if err != nil {
			t.Fatal(err)
		}
		go s.Start()
		t.Cleanup(func() {
			s.Shutdown()
			s.WaitForShutdown()
		})
		out = append(out, s)
	}
	late := time.Now().Add(feedtest.Patience)
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
			srv[0].Shutdown() // the client goes to another one
		}
	}
	once(t, s.Latest().Room, want)
}

// TestTooFewServers: where a cluster has lost its majority, a terminal says so,
// keeps what is written, and the line is not called stored.
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
		t.Fatal(err)
	}
	late := time.After(6 * feedtest.Patience) // an old leader gives up by itself, after a while
	v := s.Latest()
	for ; v.Link.State != model.Offline || !strings.Contains(v.Link.Trouble.String(), "too few of the hub's servers"); v = s.Latest() {
		select {
		case <-s.Bell():
		case <-late:
			t.Fatalf("it does not say so: %+v, %+v", v.Link, v.Waiting)
		}
	}
	if len(v.Waiting) != 1 || v.Waiting[0].State == model.Refused {
		t.Errorf("waiting: %+v", v.Waiting)
	}
}
