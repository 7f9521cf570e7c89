package sshd_test

import (
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
	"warroom/ui/sshd"

	"golang.org/x/crypto/ssh"
)

// fakeClock is moved by hand.
type fakeClock struct{ now time.Time }

func (c *fakeClock) Now() time.Time { return c.now }

// caller is a connection from an address.
type caller struct {
	net.Conn
	from   string
	closed bool
}

func (c *caller) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.ParseIP(c.from), Port: 1} }
func (c *caller) Close() error         { c.closed = true; return nil }

func TestPenalty(t *testing.T) {
	clock := &fakeClock{time.Unix(1e9, 0)}
	g := sshd.NewGuard(sshd.Limits{}, clock)
	try := func(from string) string {
		done, why := sshd.Admit(g, &caller{from: from})
		if done != nil {
			done()
		}
		return why.String()
	}
	bad := &caller{from: "192.0.2.1"}
	for _, want := range []time.Duration{5, 10, 20, 40, 60, 60} {
		want *= time.Second
		if why := try("192.0.2.1"); why != "" {
			t.Fatalf("kept out: %s", why)
		}
		sshd.Failed(g, bad.RemoteAddr())
		clock.now = clock.now.Add(want - time.Second)
		if why := try("192.0.2.1"); why != "too many failed logins from this address; try again in 1s" {
			t.Errorf("after %s: %q", want, why)
		}
		if why := try("192.0.2.2"); why != "" {
			t.Errorf("another address: %s", why)
		}
		clock.now = clock.now.Add(time.Second)
	}
	sshd.Failed(g, bad.RemoteAddr())
	sshd.Came(g, bad.RemoteAddr())
	if why := try("192.0.2.1"); why != "" {
		t.Errorf("after a login: %s", why)
	}
	clock.now = clock.now.Add(11 * time.Minute)
	sshd.Forget(g)
	if n := sshd.Known(g); n != 0 {
		t.Errorf("%d addresses are remembered", n)
	}
	for i := range 201 {
		if why := try("2001:db8:0:1::1"); (why != "") != (i == 200) {
			t.Errorf("connection %d: %q", i, why)
		}
	}
	if why := try("2001:db8:0:1:ffff::7"); why != "too many connections from this address; try again in a moment" {
		t.Errorf("the same network: %q", why)
	}
	clock.now = clock.now.Add(time.Second)
	if why := try("2001:db8:0:1::1"); why != "" {
		t.Errorf("a second later: %s", why)
	}
}

// TestEvict: who connects and says nothing keeps nobody else out.
func TestEvict(t *testing.T) {
	g := sshd.NewGuard(sshd.Limits{HalfOpen: 4}, wall{})
	var silent []*caller
	for range 4 {
		c := &caller{from: "192.0.2.1"}
		silent = append(silent, c)
		if _, why := sshd.Admit(g, c); !why.IsEmpty() {
			t.Fatal(why)
		}
	}
	other := &caller{from: "192.0.2.2"}
	if _, why := sshd.Admit(g, other); !why.IsEmpty() || !silent[0].closed || silent[1].closed {
		t.Errorf("%s %v %v", why, silent[0].closed, silent[1].closed)
	}
	if _, why := sshd.Admit(g, &caller{from: "192.0.2.1"}); !why.IsEmpty() || other.closed || !silent[1].closed {
		t.Error("the wrong one was closed")
	}
}

func TestHostKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "ssh")
	if _, _, err := sshd.Fingerprint(dir, "127.0.0.1:2222"); !os.IsNotExist(err) {
		t.Errorf("no key yet: %v", err)
	}
	a, err := sshd.HostKey(dir)
	if err != nil {
		t.Fatal(err)
	}
	b, err := sshd.HostKey(dir)
	if err != nil || ssh.FingerprintSHA256(a.PublicKey()) != ssh.FingerprintSHA256(b.PublicKey()) {
		t.Errorf("another key the second time: %v", err)
	}
	print, known, err := sshd.Fingerprint(dir, "bastion.example.org:2222")
	if want := "[bastion.example.org]:2222 " + pub(a); print != ssh.FingerprintSHA256(a.PublicKey()) || known != want || err != nil {
		t.Errorf("%s %s %v", print, known, err)
	}
	path := filepath.Join(dir, "host_key")
	if fi, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && fi.Mode().Perm() != 0o600 {
		t.Error(fi.Mode(), err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 1 {
		t.Errorf("left behind: %v", names)
	}
	if err := os.WriteFile(path, []byte("no key"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := sshd.HostKey(dir); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Error(err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	if _, err := sshd.HostKey(dir); err == nil || !strings.Contains(err.Error(), "is open to others (-rw-r-----), who may have it") {
		t.Error(err)
	}
}
