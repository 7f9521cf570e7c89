package feed_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// child is the environment variable that makes the test binary a writer in a data
// directory.
const child = "WARROOM_TEST_CHILD"

func TestMain(m *testing.M) {
	if data := os.Getenv(child); data != "" {
		if err := write(data); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	feedtest.BeWorker()
	os.Exit(m.Run())
}

// write declares a room and appends 200 lines. It prints each after the acknowledgement.
func write(data string) error {
	ctx := context.Background()
	f, err := feed.Open(ctx,
		feed.Options{Data: data, Runtime: filepath.Join(data, "run"), Handle: "ana", Via: "tui", Now: time.Now})
	if err != nil {
		return err
	}
	short, err := f.Declare(ctx, model.Declaration{Title: "Killed", Severity: "SEV-1", Plan: feedtest.Plan()})
	if err != nil {
		return err
	}
	s, err := f.Enter(ctx, short)
	if err != nil {
		return err
	}
	for _, l := range lines(200) {
		if _, err := s.Append(ctx, feedtest.Note(l)); err != nil {
			return err
		}
		fmt.Println(l)
	}
	s.Close()
	return f.Close()
}

func TestHostIsKilledWhileItWrites(t *testing.T) {
	data := feedtest.Data(t)
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), child+"="+data)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("open stdout: %v", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start: %v", err)
	}
	var acked []string
	var s *feed.RoomSession
	var bo *feed.Feed
	sc := bufio.NewScanner(out)
	for sc.Scan() {
		if acked = append(acked, sc.Text()); len(acked) == 20 {
			bo = feedtest.With(t, feedtest.Options(t, data, "bo"))
			s = feedtest.Enter(t, bo, "inc-1")
		}
		if len(acked) == 80 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatalf("kill: %v", err)
			}
		}
	}
	_ = cmd.Wait() // it was killed
	if len(acked) < 80 || len(acked) >= 200 {
		t.Fatalf("the writer was not killed in its work: %d lines", len(acked))
	}
	feedtest.Append(t, s, "bo goes on")
	feedtest.Until(t, s, "the last acknowledged line", has(acked[len(acked)-1]))
	v := feedtest.Until(t, s, "bo's line", has("bo goes on"))
	got := slices.DeleteFunc(feedtest.Notes(v.Room), func(l string) bool { return l == "bo goes on" })
	if len(got) < len(acked) || !slices.Equal(got[:len(acked)], acked) {
		t.Errorf("got %d lines %q\nwant %d acknowledged ones in order", len(got), got, len(acked))
	}
	if !slices.Equal(got, lines(len(got))) {
		t.Errorf("got %q: doubled, lost or out of order", got)
	}
	checkNextHost(t, data, acked)
}

// checkNextHost checks that the next host has sent the outbox of the killed one, so that
// another terminal of ana finds nothing waiting.
func checkNextHost(t *testing.T, data string, acked []string) {
	t.Helper()
	ana := feedtest.With(t, feedtest.Options(t, data, "ana"))
	sa := feedtest.Enter(t, ana, "inc-1")
	feedtest.Append(t, sa, "back")
	for _, l := range feedtest.Notes(sa.Latest().Room)[:len(acked)] {
		if !strings.HasPrefix(l, "line ") && l != "bo goes on" {
			t.Errorf("got %q among the first lines", l)
		}
	}
	if w := sa.Latest().Waiting; len(w) != 0 {
		t.Errorf("got waiting %v", w)
	}
}

func TestTenDeclareAtOnce(t *testing.T) {
	data := feedtest.Data(t)
	var feeds []*feed.Feed
	for i := range 5 {
		feeds = append(feeds, feedtest.With(t, feedtest.Options(t, data, fmt.Sprint("ana", i))))
	}
	var mu sync.Mutex
	var got []string
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			short, err := feeds[i%5].Declare(soon(t),
				model.Declaration{Title: fmt.Sprint("room ", i), Severity: "SEV-2", Plan: feedtest.Plan()})
			if err != nil {
				t.Errorf("declare a room: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			got = append(got, short)
		})
	}
	wg.Wait()
	slices.Sort(got)
	if n := len(slices.Compact(got)); n != 10 {
		t.Errorf("got %d different short ids, want 10: %v", n, got)
	}
	rooms, err := feeds[0].List(soon(t))
	if err != nil || len(rooms) != 10 || rooms[0].Short != "inc-10" {
		t.Errorf("got %d rooms, %v, want 10, the newest first", len(rooms), err)
	}
	for _, r := range rooms {
		if r.Room.Plan == nil {
			t.Errorf("%s has no plan", r.Short)
		}
	}
}

func TestDeclarationThatDiedHalfWayIsFinished(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	short, err := f.DeclareHalf(soon(t), model.Declaration{Title: "Half", Severity: "SEV-1", Plan: feedtest.Plan()})
	if err != nil {
		t.Fatalf("declare half: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	f = feedtest.With(t, feedtest.Options(t, data, "ana"))
	s := feedtest.Enter(t, f, short)
	feedtest.Until(t, s, "the plan is there", func(v *model.View) bool { return v.Room.Plan != nil })
	feedtest.Append(t, s, "works")
}

func TestNothingRunsAfterClose(t *testing.T) {
	count := func() int {
		buf := make([]byte, 4<<20)
		n := 0
		for _, g := range strings.Split(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, "warroom/feed.") {
				n++
			}
		}
		return n
	}
	before := count()
	data := feedtest.Data(t)
	a := feedtest.With(t, feedtest.Options(t, data, "ana"))
	b := feedtest.With(t, feedtest.Options(t, data, "bo"))
	short := feedtest.Declare(t, a)
	sa := feedtest.Enter(t, a, short)
	feedtest.Append(t, feedtest.Enter(t, b, short), "hello")
	feedtest.Until(t, sa, "hello", has("hello"))
	for _, f := range []*feed.Feed{b, a} {
		if err := f.Close(); err != nil {
			t.Fatalf("close: %v", err)
		}
	}
	sa.Close() // after its feed, which is allowed
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	after := count()
	for i := 0; after > before && i < 1000; i++ { // wait for goroutines that only have to return
		<-tick.C
		after = count()
	}
	if after > before {
		buf := make([]byte, 1<<20)
		t.Errorf("got %d goroutines of feed after Close, %d before\n%s", after, before, buf[:runtime.Stack(buf, true)])
	}
}
