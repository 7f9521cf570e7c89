package sshd_test

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/ui/sshd"
)

// fakeClock is set by the test.
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

// TestPenalty: failures are answered with a delay after a failure from the same address,
// and everybody may connect.
func TestPenalty(t *testing.T) {
	clock := &fakeClock{time.Unix(1e9, 0)}
	g := sshd.NewGuard(sshd.Limits{}, clock)
	slow := time.Duration(0) // delay of a refusal
	try := func(from string) string {
		half, why := sshd.Admit(g, &caller{from: from})
		if half != nil {
			slow = sshd.Slow(g, half)
			sshd.Done(g, half)
		}
		return why.String()
	}
	bad := &caller{from: "192.0.2.1"}
	wrong := model.Lit("as bo")
	for i, want := range []time.Duration{5, 10, 20, 40, 60, 60} {
		want *= time.Second
		if why := try("192.0.2.1"); why != "" || slow != 0 {
			t.Fatalf("kept out: %s %s", why, slow)
		}
		line := sshd.Failed(g, bad.RemoteAddr(), wrong, model.Safe{}).String()
		if w := "nobody was let in from 192.0.2.1:1 as bo; for " + want.String() +
			" failed logins from there are answered slowly"; i == 0 && line != w {
			t.Errorf("the first failed login: got line %q, want %q", line, w)
		}
		clock.now = clock.now.Add(want - time.Second)
		if why := try("192.0.2.1"); why != "" || slow != 2*time.Second {
			t.Errorf("after %s: %q %s", want, why, slow)
		}
		if why := try("192.0.2.2"); why != "" || slow != 0 {
			t.Errorf("another address: %s %s", why, slow)
		}
		clock.now = clock.now.Add(time.Second)
	}
	sshd.Failed(g, bad.RemoteAddr(), wrong, model.Safe{})
	sshd.Came(g, bad.RemoteAddr())
	if why := try("192.0.2.1"); why != "" || slow != 0 {
		t.Errorf("after a login: %s %s", why, slow)
	}
	clock.now = clock.now.Add(11 * time.Minute)
	_ = sshd.Counts(g)
	sshd.Forget(g)
	if n := sshd.Known(g); n != 1 {
		t.Errorf("soon after a login: got %d addresses, want 1", n)
	}
	clock.now = clock.now.Add(25 * time.Hour)
	sshd.Forget(g)
	if n := sshd.Known(g); n != 0 {
		t.Errorf("%d addresses are remembered", n)
	}
}

// TestFailedLoginsAreCounted: one line per reason, up to four per minute, and one for the
// rest.
func TestFailedLoginsAreCounted(t *testing.T) {
	clock := &fakeClock{time.Unix(1e9, 0)}
	g := sshd.NewGuard(sshd.Limits{}, clock)
	bad, wrong := &caller{from: "192.0.2.1"}, model.Lit("as bo")
	half, _ := sshd.Admit(g, bad)
	sshd.Done(g, half)
	for i := range 9 {
		if line := sshd.Failed(g, bad.RemoteAddr(), wrong, model.Safe{}); line.IsEmpty() != (i > 0) {
			t.Errorf("failed login %d: got line %q, want one for the first alone", i, line)
		}
	}
	for i := range 9 {
		reason := model.Safef("reason %d", i)
		if line := sshd.Failed(g, bad.RemoteAddr(), wrong, reason); line.IsEmpty() != (i >= 3) {
			t.Errorf("failed login for reason %d: got line %q, want one for each of three more reasons", i, line)
		}
	}
	if line := sshd.Counts(g); !line.IsEmpty() {
		t.Errorf("counted too early: got %q, want nothing", line)
	}
	clock.now = clock.now.Add(time.Minute)
	want := "14 logins failed and 0 connections over the limit were closed, from 192.0.2.1; the last login that " +
		"failed: from 192.0.2.1:1 as bo"
	if line := sshd.Counts(g).String(); line != want {
		t.Errorf("counted: got %q, want %q", line, want)
	}
}

// TestRateOfANetwork: an IPv6 network has one share, and its refusals are one line.
func TestRateOfANetwork(t *testing.T) {
	clock := &fakeClock{time.Unix(1e9, 0)}
	g := sshd.NewGuard(sshd.Limits{}, clock)
	try := func(from string) string {
		half, why := sshd.Admit(g, &caller{from: from})
		if half != nil {
			sshd.Done(g, half)
		}
		return why.String()
	}
	for i := range 201 {
		if why := try("2001:db8:0:1::1"); (why != "") != (i == 200) {
			t.Errorf("connection %d: %q", i, why)
		}
	}
	if why := try("2001:db8:0:1:ffff::7"); why != "too many connections from this address; try again in a moment" {
		t.Errorf("the same network: %q", why)
	}
	want := "0 logins failed and 2 connections over the limit were closed, from 2001:db8:0:1::"
	if line := sshd.Counts(g).String(); line != want {
		t.Errorf("counted: got %q, want %q", line, want)
	}
	clock.now = clock.now.Add(time.Second)
	if why := try("2001:db8:0:1::1"); why != "" {
		t.Errorf("a second later: %s", why)
	}
}

// TestEvict: clients that connect and send nothing keep nobody else out.
func TestEvict(t *testing.T) {
	g := sshd.NewGuard(sshd.Limits{HalfOpen: 4, PerAddr: 4}, wall{})
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
	last, _ := sshd.Admit(g, &caller{from: "192.0.2.1"}) // closes silent[2]
	sshd.Slow(g, last)
	if _, why := sshd.Admit(g, &caller{from: "192.0.2.1"}); !why.IsEmpty() || silent[3].closed {
		t.Error("one that had not failed was closed, and there was one that had")
	}
}

// TestKnownAddress: an address with a recent login is the last to lose a connection, and no
// address uses more than its share.
func TestKnownAddress(t *testing.T) {
	g := sshd.NewGuard(sshd.Limits{HalfOpen: 6, PerAddr: 3}, wall{})
	known := &caller{from: "192.0.2.7"}
	h, _ := sshd.Admit(g, known)
	sshd.Came(g, known.RemoteAddr())
	sshd.Done(g, h)
	waiting := &caller{from: "192.0.2.7"}
	sshd.Admit(g, waiting)
	var many []*caller
	for range 4 {
		c := &caller{from: "198.51.100.1"}
		many = append(many, c)
		sshd.Admit(g, c)
	}
	if !many[0].closed || many[1].closed {
		t.Errorf("the fourth of three for an address: got closed %v and %v, want the oldest alone", many[0].closed,
			many[1].closed)
	}
	for i := range 200 {
		sshd.Admit(g, &caller{from: fmt.Sprintf("203.0.113.%d", i+1)})
	}
	if waiting.closed {
		t.Error("a connection from a known address: got closed, want open while others can be closed")
	}
	for range 20 {
		sshd.MakeRoom(g)
	}
	if n := sshd.Halves(g); n != 0 {
		t.Errorf("out of files: got %d connections without a login, want 0", n)
	}
}

func TestHostKey(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "ssh")
	if _, _, err := sshd.Fingerprint(dir, "127.0.0.1:2222"); !os.IsNotExist(err) {
		t.Errorf("no key yet: %v", err)
	}
	a, err := sshd.HostKey(dir)
	if err != nil {
		t.Fatalf("host key: %v", err)
	}
	b, err := sshd.HostKey(dir)
	if err != nil || ssh.FingerprintSHA256(a.PublicKey()) != ssh.FingerprintSHA256(b.PublicKey()) {
		t.Errorf("another key the second time: %v", err)
	}
	print, known, err := sshd.Fingerprint(dir, "bastion.example.org:2222")
	if want := "[bastion.example.org]:2222 " + pub(a); print != ssh.FingerprintSHA256(a.PublicKey()) || known != want ||
		err != nil {
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
		t.Fatalf("write a file: %v", err)
	}
	if _, err := sshd.HostKey(dir); err == nil || !strings.Contains(err.Error(), "is damaged") {
		t.Errorf("host key: %v", err)
	}
	if runtime.GOOS == "windows" {
		return
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatalf("change a file's mode: %v", err)
	}
	if _, err := sshd.HostKey(dir); err == nil ||
		!strings.Contains(err.Error(), "is open to others (-rw-r-----), who may have it") {
		t.Errorf("host key: %v", err)
	}
}
