package hub_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hub"
)

// TestMain runs the tests or, if the environment asks for it, a helper process with a hub.
func TestMain(m *testing.M) {
	if dir := os.Getenv("HUB_TEST_DIR"); dir != "" {
		os.Exit(helper(dir, os.Getenv("HUB_TEST_RUNTIME")))
	}
	os.Exit(m.Run())
}

// helper opens a hub, keeps a connection, and executes commands from stdin.
func helper(dir, runtime string) int {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	h, err := hub.Open(ctx, hub.Options{Dir: dir, Runtime: runtime})
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	nc, err := connect(h)
	if err != nil {
		fmt.Println("error", err)
		return 1
	}
	fmt.Println("open", h.Hosting())
	for in := bufio.NewScanner(os.Stdin); in.Scan(); {
		switch in.Text() {
		case "hosting":
			fmt.Println(h.Hosting() && h.Server() != nil)
		case "close":
			nc.Close()
			h.Close()
			fmt.Println("closed")
			return 0
		}
	}
	return 0
}

// connect connects as package feed does.
func connect(h *hub.Hub) (*nats.Conn, error) {
	return nats.Connect(hub.URL, nats.SetCustomDialer(h), nats.MaxReconnects(-1),
		nats.ReconnectWait(50*time.Millisecond), nats.ReconnectJitter(0, 0),
		nats.ReconnectBufSize(-1), nats.RetryOnFailedConnect(true),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {})) // instead of printing
}

// process is a helper process.
type process struct {
	t     *testing.T
	cmd   *exec.Cmd
	in    io.WriteCloser
	out   *bufio.Reader
	noise bytes.Buffer
	ended bool
}

// spawn starts a helper; open reads its first line.
func spawn(t *testing.T, o hub.Options) *process {
	t.Helper()
	p := &process{t: t, cmd: exec.Command(os.Args[0])}
	p.cmd.Env = append(os.Environ(), "HUB_TEST_DIR="+o.Dir, "HUB_TEST_RUNTIME="+o.Runtime)
	p.cmd.Stderr = &p.noise
	in, err := p.cmd.StdinPipe()
	must(t, err)
	out, err := p.cmd.StdoutPipe()
	must(t, err)
	p.in, p.out = in, bufio.NewReader(out)
	must(t, p.cmd.Start())
	t.Cleanup(p.kill)
	return p
}

// open waits until the helper has opened its hub and reports whether it hosts.
func (p *process) open() bool {
	p.t.Helper()
	return p.hears() == "open true"
}

func (p *process) hears() string {
	p.t.Helper()
	line, err := p.out.ReadString('\n')
	line = strings.TrimSpace(line)
	if err != nil || strings.HasPrefix(line, "error") {
		p.t.Fatalf("helper printed %q (%v), on stderr %q", line, err, p.noise.String())
	}
	return line
}

func (p *process) asked(what string) string {
	p.t.Helper()
	_, err := fmt.Fprintln(p.in, what)
	must(p.t, err)
	return p.hears()
}

// kill kills the helper with SIGKILL.
func (p *process) kill() {
	if p.ended {
		return
	}
	p.ended = true
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
	if p.noise.Len() > 0 {
		p.t.Errorf("a process with a hub wrote to stderr: %s", p.noise.String())
	}
}

// testOptions returns options with empty directories for a hub and its socket.
func testOptions(t testing.TB) hub.Options {
	t.Helper()
	dir, err := os.MkdirTemp("", "hub")
	must(t, err)
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return hub.Options{Dir: dir + "/hub", Runtime: dir + "/run"}
}

func open(t testing.TB, o hub.Options) *hub.Hub {
	t.Helper()
	h, err := hub.Open(soon(t), o)
	must(t, err)
	t.Cleanup(h.Close)
	return h
}

func dial(t testing.TB, h *hub.Hub) *nats.Conn {
	t.Helper()
	nc, err := connect(h)
	must(t, err)
	t.Cleanup(nc.Close)
	return nc
}

// stream returns the test's stream, which it creates if necessary.
func stream(t testing.TB, nc *nats.Conn) (jetstream.JetStream, jetstream.Stream) {
	t.Helper()
	js, err := jetstream.New(nc)
	must(t, err)
	s, err := js.Stream(soon(t), "ROOM")
	if err != nil {
		s, err = js.CreateStream(soon(t), jetstream.StreamConfig{
			Name: "ROOM", Subjects: []string{"room.>"}, AllowDirect: true,
			Duplicates: time.Second, // the server reads this much at each start
		})
	}
	must(t, err)
	return js, s
}

// prepared returns o with the stream created: with checks every few milliseconds, a stream
// that is being created could be taken for a lost one.
func prepared(t testing.TB, o hub.Options, check time.Duration) hub.Options {
	t.Helper()
	h := open(t, o)
	nc := dial(t, h)
	stream(t, nc)
	nc.Close()
	h.Close()
	return hub.WithCheck(o, check)
}

// stored returns the last sequence of the test's stream.
func stored(t testing.TB, nc *nats.Conn) uint64 {
	t.Helper()
	_, s := stream(t, nc)
	info, err := s.Info(soon(t))
	must(t, err)
	return info.State.LastSeq
}

// publish retries until a message is stored, and returns the number of attempts.
func publish(t testing.TB, js jetstream.JetStream, text string) int {
	t.Helper()
	for n := 1; ; n++ {
		ctx, cancel := context.WithTimeout(soon(t), 500*time.Millisecond)
		_, err := js.Publish(ctx, "room.a", []byte(text), jetstream.WithRetryAttempts(0))
		cancel()
		if err == nil {
			return n
		}
		if soon(t).Err() != nil || n > 2000 {
			t.Fatalf("publish: %v", err)
		}
		pause()
	}
}

// until polls a condition, with a deadline.
func until(t testing.TB, what string, is func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	for !is() {
		if time.Since(start) > 40*time.Second {
			t.Fatalf("not within 40 s: %s", what)
		}
		pause()
	}
	return time.Since(start)
}

// pause waits between two polls.
func pause() { <-time.After(2 * time.Millisecond) }

func soon(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatalf("set up: %v", err)
	}
}
