package feedtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// nodeConf is the environment variable that makes the test binary run a nats-server.
const nodeConf = "WARROOM_TEST_NODE"

// BeNode runs a nats-server if this process was started as a node of [Nodes], and does not
// return then. A TestMain must call it first.
func BeNode() {
	path := os.Getenv(nodeConf)
	if path == "" {
		return
	}
	o, err := server.ProcessConfigFile(path)
	if err == nil {
		o.NoSigs = true
		var s *server.Server
		if s, err = server.NewServer(o); err == nil {
			s.ConfigureLogger()
			end := make(chan os.Signal, 1)
			signal.Notify(end, syscall.SIGTERM)
			go func() {
				<-end
				s.Shutdown()
			}()
			s.Start()
			s.WaitForShutdown()
			os.Exit(0)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Nodes is a cluster of three nats-servers in separate processes, which can be killed.
type Nodes struct {
	t     testing.TB
	dir   string
	ports []int
	cmds  []*exec.Cmd
	nc    *nats.Conn
	js    jetstream.JetStream
}

// NewNodes starts a cluster of three servers.
func NewNodes(t testing.TB) *Nodes {
	t.Helper()
	n := &Nodes{t: t, dir: Data(t), cmds: make([]*exec.Cmd, 3)}
	var routes []string
	for range 6 {
		n.ports = append(n.ports, Port(t))
	}
	for _, p := range n.ports[3:] {
		routes = append(routes, fmt.Sprintf("nats://127.0.0.1:%d", p))
	}
	for i := range 3 {
		text := fmt.Sprintf("server_name: n%d\nlisten: 127.0.0.1:%d\njetstream { store_dir: %q, sync_interval: "+
			"always }\n"+
			"cluster { name: c, listen: 127.0.0.1:%d, routes: [%s], pool_size: -1 }\n",
			i, n.ports[i], n.Store(i), n.ports[3+i], strings.Join(routes, ", "))
		if err := os.WriteFile(n.conf(i), []byte(text), 0o600); err != nil {
			t.Fatalf("write a file: %v", err)
		}
	}
	t.Cleanup(n.end)
	for i := range 3 {
		n.Start(i)
	}
	nc, err := nats.Connect(n.URL(0), nats.MaxReconnects(-1), nats.ReconnectWait(50*time.Millisecond),
		nats.RetryOnFailedConnect(true), nats.ReconnectBufSize(-1),
		nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}))
	if err != nil {
		t.Fatalf("connect to NATS: %v", err)
	}
	if n.js, err = jetstream.New(nc); err != nil {
		t.Fatalf("open JetStream: %v", err)
	}
	n.nc = nc
	n.until("the cluster is there", func(ctx context.Context) bool {
		_, err := n.js.AccountInfo(ctx)
		return err == nil
	})
	return n
}

func (n *Nodes) conf(i int) string { return filepath.Join(n.dir, fmt.Sprintf("n%d.conf", i)) }

// Store returns the store directory of a node.
func (n *Nodes) Store(i int) string { return filepath.Join(n.dir, fmt.Sprintf("store%d", i)) }

// URL returns the URLs of all nodes, beginning with one of them.
func (n *Nodes) URL(first int) string {
	var out []string
	for i := range 3 {
		out = append(out, fmt.Sprintf("nats://127.0.0.1:%d", n.ports[(first+i)%3]))
	}
	return strings.Join(out, ",")
}

// Start starts a node.
func (n *Nodes) Start(i int) {
	n.t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), nodeConf+"="+n.conf(i))
	cmd.Stderr = new(bytes.Buffer)
	if err := cmd.Start(); err != nil {
		n.t.Fatalf("start: %v", err)
	}
	n.cmds[i] = cmd
}

// Kill kills a node.
func (n *Nodes) Kill(i int) { n.stop(i, syscall.SIGKILL) }

// Stop stops a node gracefully.
func (n *Nodes) Stop(i int) { n.stop(i, syscall.SIGTERM) }

func (n *Nodes) stop(i int, s os.Signal) {
	if n.cmds[i] == nil {
		return
	}
	_ = n.cmds[i].Process.Signal(s)
	_ = n.cmds[i].Wait() // it was killed
	n.cmds[i] = nil
}

// end stops everything.
func (n *Nodes) end() {
	if n.nc != nil {
		n.nc.Close()
	}
	for i := range n.cmds {
		n.Kill(i)
	}
}

// Leader returns the node that leads a room's stream.
func (n *Nodes) Leader(short string) int {
	n.t.Helper()
	lead := -1
	n.until("the stream has a leader", func(ctx context.Context) bool {
		lead = -1
		if c := n.cluster(ctx, short); c != nil {
			_, _ = fmt.Sscanf(c.Leader, "n%d", &lead)
		}
		return lead >= 0
	})
	return lead
}

// Whole waits until a room's stream has three current replicas.
func (n *Nodes) Whole(short string) {
	n.t.Helper()
	n.until("three copies are current", func(ctx context.Context) bool {
		c := n.cluster(ctx, short)
		if c == nil || c.Leader == "" || len(c.Replicas) != 2 {
			return false
		}
		for _, r := range c.Replicas {
			if !r.Current || r.Offline || r.Lag > 0 {
				return false
			}
		}
		return true
	})
}

func (n *Nodes) cluster(ctx context.Context, short string) *jetstream.ClusterInfo {
	s, err := n.js.Stream(ctx, "WARROOM_"+short)
	if err != nil {
		return nil
	}
	return s.CachedInfo().Cluster
}

// until polls a condition.
func (n *Nodes) until(what string, is func(context.Context) bool) {
	n.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 4*DefaultTimeout)
	defer cancel()
	t := time.NewTicker(50 * time.Millisecond)
	defer t.Stop()
	for {
		once, done := context.WithTimeout(ctx, 2*time.Second)
		ok := is(once)
		done()
		if ok {
			return
		}
		select {
		case <-t.C:
		case <-ctx.Done():
			n.t.Fatal(errors.New("not in time: " + what))
		}
	}
}
