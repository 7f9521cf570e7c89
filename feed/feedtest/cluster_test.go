package feedtest_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

var rounds = flag.Int("rounds", 1, "rounds of faults of TestClusterRidesOutFaults; 50 take some twenty minutes")

func TestMain(m *testing.M) {
	feedtest.BeNode()
	flag.Parse()
	os.Exit(m.Run())
}

// follower reads the events of a room as they arrive, and fails the test if one is missing
// or repeated.
type follower struct {
	t     *testing.T
	f     *feed.Feed
	next  atomic.Uint64
	stop  context.CancelFunc
	ended chan error
}

func follow(t *testing.T, f *feed.Feed, short string) *follower {
	t.Helper()
	x := &follower{t: t, f: f, ended: make(chan error, 1)}
	x.next.Store(1)
	ctx, cancel := context.WithCancel(context.Background())
	x.stop = cancel
	go func() {
		for {
			err := f.Follow(ctx, short, x.next.Load(), func(e *model.Event) error {
				if want := x.next.Load(); e.Seq != want {
					return fmt.Errorf("got entry %d, want %d", e.Seq, want)
				}
				x.next.Add(1)
				return nil
			})
			// A node that is rebuilt from nothing does not know the room for a moment.
			if model.CodeOf(err) != model.NotFound || x.next.Load() == 1 {
				x.ended <- err
				return
			}
		}
	}()
	return x
}

// end waits for all events up to a sequence.
func (x *follower) end(who string, seq uint64) {
	x.t.Helper()
	late := time.After(4 * feedtest.DefaultTimeout)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for x.next.Load() <= seq {
		select {
		case err := <-x.ended:
			x.t.Fatalf("%s: %v", who, err)
		case <-late:
			x.t.Fatalf("%s has %d entries, want %d", who, x.next.Load()-1, seq)
		case <-tick.C:
		}
	}
	x.stop()
	if err := <-x.ended; err != nil && !errors.Is(err, context.Canceled) {
		x.t.Errorf("%s: %v", who, err)
	}
}

// at opens a feed whose first server is a node.
func at(t *testing.T, n *feedtest.Nodes, data, handle string, node int) *feed.Feed {
	t.Helper()
	o := feedtest.Options(t, data, handle)
	o.Server = n.URL(node)
	return feedtest.With(t, o)
}

// TestClusterRidesOutFaults: while one person writes and two follow, the leader is killed
// and rebuilt from nothing, and all nodes are restarted one by one. Nothing that was
// written is lost, duplicated or reordered, and no follower has a gap or a repeat: neither
// at the node that died, nor at one that stayed.
func TestClusterRidesOutFaults(t *testing.T) {
	if testing.Short() {
		t.Skip("it waits for elections")
	}
	n := feedtest.NewNodes(t)
	data := feedtest.Data(t)
	writer := at(t, n, data, "ana", 0)
	short := feedtest.Declare(t, writer)
	n.Whole(short)
	session := feedtest.Enter(t, writer, short)
	var followers []*follower
	for i := range 3 {
		followers = append(followers, follow(t, at(t, n, data, "ana", i), short))
	}
	w := write(t, session)
	for round := range *rounds {
		faults(t, n, w, short)
		t.Logf("round %d: %d lines written", round, w.acked.Load())
	}
	want := w.end()
	v := feedtest.Until(t, session, "nothing waits",
		func(v *model.View) bool { return len(v.Waiting) == 0 && v.Link.State == model.Live })
	var got []string
	for _, l := range feedtest.Notes(v.Room) {
		if strings.HasPrefix(l, "line ") {
			got = append(got, l)
		}
	}
	for i, l := range got {
		if l != fmt.Sprintf("line %d", i) {
			t.Fatalf("at %d there is %q", i, l)
		}
	}
	if len(got) != want {
		t.Errorf("%d lines are there, %d were written", len(got), want)
	}
	if v.Room.Bad != 0 || v.Room.Rejected != 0 || !v.Proof.Alarm.IsEmpty() {
		t.Errorf("got %d bad, %d void, alarm %q", v.Room.Bad, v.Room.Rejected, v.Proof.Alarm)
	}
	for i, x := range followers {
		x.end(fmt.Sprint("follower ", i), v.Room.Seq)
	}
}

// faults is one round: the leader dies and comes back without data, then all nodes are
// restarted gracefully.
func faults(t *testing.T, n *feedtest.Nodes, w *scribe, short string) {
	t.Helper()
	lead := n.Leader(short)
	w.more(20)
	n.Kill(lead)
	w.more(20)
	if err := os.RemoveAll(n.Store(lead)); err != nil {
		t.Fatalf("remove a directory: %v", err)
	}
	n.Start(lead)
	n.Whole(short)
	for i := range 3 {
		n.Stop((lead + i) % 3)
		w.more(5)
		n.Start((lead + i) % 3)
		n.Whole(short)
	}
}

// scribe writes lines one after the other, until end.
type scribe struct {
	t     *testing.T
	acked atomic.Int64
	stop  chan struct{}
	done  chan struct{}
}

func write(t *testing.T, s *feed.RoomSession) *scribe {
	w := &scribe{t: t, stop: make(chan struct{}), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		for i := 0; ; i++ {
			select {
			case <-w.stop:
				return
			default:
			}
			ctx, cancel := context.WithTimeout(context.Background(), 8*feedtest.DefaultTimeout)
			_, err := s.Append(ctx, feedtest.Note(fmt.Sprintf("line %d", i)))
			cancel()
			if err != nil {
				t.Errorf("line %d: %v", i, err)
				return
			}
			w.acked.Add(1)
		}
	}()
	return w
}

// more waits until n more lines are stored.
func (w *scribe) more(n int64) {
	w.t.Helper()
	goal := w.acked.Load() + n
	late := time.After(8 * feedtest.DefaultTimeout)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for w.acked.Load() < goal {
		select {
		case <-tick.C:
		case <-w.done:
			w.t.Fatal("the scribe has ended")
		case <-late:
			w.t.Fatal("nothing more is stored")
		}
	}
}

// end stops writing and returns the number of lines.
func (w *scribe) end() int {
	close(w.stop)
	<-w.done
	return int(w.acked.Load())
}
