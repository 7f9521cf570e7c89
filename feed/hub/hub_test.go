package hub_test

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warroom/feed/hub"
	"warroom/model"
)

func TestHostAndJoin(t *testing.T) {
	o := testOptions(t)
	host := open(t, o)
	guest := open(t, o)
	if !host.Hosting() || guest.Hosting() {
		t.Fatalf("hosting: first %v, second %v", host.Hosting(), guest.Hosting())
	}
	if host.Server() == nil || guest.Server() != nil {
		t.Error("the server must be in the host alone")
	}
	if got, want := guest.Socket(), host.Socket(); got != want {
		t.Errorf("sockets differ: %s, %s", got, want)
	}
	a, b := dial(t, host), dial(t, guest)
	js, _ := stream(t, a)
	publish(t, js, "one")
	js, _ = stream(t, b)
	publish(t, js, "two")
	if got := stored(t, b); got != 2 {
		t.Errorf("stored %d, want 2", got)
	}
	big := strings.Repeat("x", 900<<10) // through the bridge in many pieces
	publish(t, js, big)
	_, s := stream(t, b)
	msg, err := s.GetMsg(soon(t), 3)
	must(t, err)
	if string(msg.Data) != big {
		t.Error("a large message came back changed")
	}

	a.Close()
	b.Close()
	guest.Close()
	host.Close()
	if n := len(host.Changed()); n != 1 {
		t.Errorf("the bell has %d elements after Close, want 1", n)
	}
	if got := stored(t, dial(t, open(t, o))); got != 3 {
		t.Errorf("after a restart %d are stored, want 3", got)
	}
}

func TestClosed(t *testing.T) {
	o := testOptions(t)
	h := open(t, o)
	h.Close()
	h.Close()
	_, err := h.Dial("tcp", "")
	if model.CodeOf(err) != model.Unreachable || !strings.Contains(err.Error(), "has left its hub") {
		t.Errorf("Dial after Close: %v", err)
	}
	if h.Hosting() {
		t.Error("hosts after Close")
	}
	for _, left := range []string{h.Socket(), filepath.Join(o.Dir, "host.json")} {
		if _, err := os.Lstat(left); err == nil {
			t.Errorf("%s is still there", left)
		}
	}
}

func TestNeverHost(t *testing.T) {
	o := testOptions(t)
	joinOnly := o
	joinOnly.NeverHost = true
	ctx, cancel := contextOf(t, 100)
	defer cancel()
	_, err := hub.Open(ctx, joinOnly)
	if model.CodeOf(err) != model.Unreachable || !strings.Contains(err.Error(), "no warroom hosts") {
		t.Fatalf("without a host: %v", err)
	}
	came := make(chan *hub.Hub)
	go func() {
		h, _ := hub.Open(soon(t), joinOnly) // waits for a host
		came <- h
	}()
	host := open(t, o)
	h := <-came
	if h == nil || h.Hosting() || !host.Hosting() {
		t.Fatal("did not join the host that came later")
	}
	h.Close()
}

func TestModes(t *testing.T) {
	o := testOptions(t)
	must(t, os.MkdirAll(o.Dir, 0o755)) // access for others is removed
	h := open(t, o)
	for path, want := range map[string]fs.FileMode{
		o.Dir: 0o700, o.Runtime: 0o700, h.Socket(): 0o600,
		filepath.Join(o.Dir, "lock"):      0o600,
		filepath.Join(o.Dir, "form"):      0o600,
		filepath.Join(o.Dir, "host.json"): 0o600,
	} {
		fi, err := os.Lstat(path)
		must(t, err)
		if got := fi.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", path, got, want)
		}
	}
	if n := len(h.Socket()); n > 103 {
		t.Errorf("the socket's path has %d bytes", n)
	}
}

func TestRuntimeOfTheSession(t *testing.T) {
	o := testOptions(t)
	session := o.Runtime
	o.Runtime = ""
	must(t, os.MkdirAll(session, 0o700))
	t.Setenv("XDG_RUNTIME_DIR", session)
	host := open(t, o)
	if got, want := filepath.Dir(host.Socket()), session+"/warroom"; got != want {
		t.Errorf("socket in %s, want %s", got, want)
	}
	// Another login session of the same user has another directory, and joins nevertheless.
	t.Setenv("XDG_RUNTIME_DIR", "")
	t.Setenv("TMPDIR", t.TempDir())
	if guest := open(t, o); guest.Hosting() || guest.Socket() != host.Socket() {
		t.Error("did not find the host in another runtime directory")
	}
}

func TestStaleSocket(t *testing.T) {
	o := testOptions(t)
	h := open(t, o)
	path := h.Socket()
	h.Close()
	ln, err := net.Listen("unix", path)
	must(t, err)
	ln.(*net.UnixListener).SetUnlinkOnClose(false)
	must(t, ln.Close())
	h = open(t, o)
	if !h.Hosting() {
		t.Fatal("does not host over a stale socket")
	}
	open(t, o)

	t.Run("NoSocket", func(t *testing.T) {
		h.Close()
		must(t, os.WriteFile(path, []byte("a letter"), 0o600))
		_, err := hub.Open(soon(t), o)
		if model.CodeOf(err) != model.Conflict {
			t.Errorf("a file in the way: %v", err)
		}
		if b, _ := os.ReadFile(path); string(b) != "a letter" {
			t.Error("the file in the way is gone")
		}
	})
}

// TestSocketTakenAway removes the socket, as cleaners of /tmp and the end of a login
// session do.
func TestSocketTakenAway(t *testing.T) {
	o := testOptions(t)
	h := open(t, hub.WithCheck(o, 5e6))
	must(t, os.RemoveAll(o.Runtime))
	until(t, "the socket is back", func() bool {
		_, err := os.Lstat(h.Socket())
		return err == nil
	})
	if got := open(t, o); got.Hosting() {
		t.Error("hosts beside the host")
	}
}

func TestHalfClose(t *testing.T) {
	h := open(t, testOptions(t))
	c, err := net.Dial("unix", h.Socket())
	must(t, err)
	defer c.Close()
	_, err = c.Write([]byte("CONNECT {\"verbose\":false}\r\nSUB a 1\r\n" +
		strings.Repeat("PUB a 2\r\nhi\r\n", 2000) + "PING\r\n"))
	must(t, err)
	must(t, c.(*net.UnixConn).CloseWrite())
	var all []byte
	b := make([]byte, 4096)
	for err == nil {
		var n int
		n, err = c.Read(b)
		all = append(all, b[:n]...)
	}
	for _, want := range []string{"INFO {", "MSG a 1 2\r\nhi\r\n", "PONG"} {
		if !strings.Contains(string(all), want) {
			t.Errorf("no %q in %q", want, all)
		}
	}
	until(t, "the server has let go", func() bool { return h.Server().NumClients() == 0 })
}

// TestCloseBesideUnresponsivePeer closes the hub while a peer does not read.
func TestCloseBesideUnresponsivePeer(t *testing.T) {
	h := open(t, testOptions(t))
	c, err := net.Dial("unix", h.Socket())
	must(t, err)
	defer c.Close()
	_, err = c.Write([]byte("CONNECT {\"verbose\":false}\r\nSUB a 1\r\nPING\r\n"))
	must(t, err)
	until(t, "the peer has subscribed", func() bool { return h.Server().NumSubscriptions() > 0 })
	nc := dial(t, h)
	for range 32 {
		must(t, nc.Publish("a", make([]byte, 256<<10)))
	}
	must(t, nc.Flush())
	nc.Close()
	start := time.Now()
	h.Close()
	if took := time.Since(start); took > 10*time.Second {
		t.Errorf("Close took %v", took)
	}
}
