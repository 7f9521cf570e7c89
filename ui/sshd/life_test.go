package sshd_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/ui/sshd"
)

// TestTerms: any terminal name is accepted, and none reaches another program.
func TestTerms(t *testing.T) {
	r := start(t, usual())
	for _, name := range []string{"wezterm", "xterm-kitty", "-A/etc/passwd", "../../etc/passwd", "\x1b]52;c;AAAA\a",
		strings.Repeat("x", 5000), "$(id)", "nul\x00", "xterm\n"} {
		x := r.open(r.login("ana", ana), name, "", 80, 24)
		x.out.until(t, "Deploy key")
		x.keys("\x03")
		if code := x.wait(); code != 0 {
			t.Errorf("%q: %d", name, code)
		}
		if strings.Contains(x.out.String(), "\x1b]52") {
			t.Errorf("%q came back", name)
		}
	}
	for _, name := range []string{"dumb", ""} {
		x := r.open(r.login("ana", ana), name, "inc-1", 80, 24)
		x.out.until(t, "plain inc-1\r\n")
		x.keys("abx\x7fc\x15d\xc3\xa9 \x1b[A\x1b[Bf\r")
		x.out.until(t, "got \"dé f\\n\"\r\n")
		x.keys("\x04")
		if code := x.wait(); code != 0 {
			t.Errorf("%q: %d", name, code)
		}
	}
}

// TestResize: the last size arrives, and not every one of a thousand is drawn.
func TestResize(t *testing.T) {
	r := start(t, usual())
	x := r.open(r.login("ana", ana), "xterm", "", 100000, 100000)
	x.out.until(t, "Deploy key")
	for i := range 1000 {
		if err := x.WindowChange(15+i%100, 60+i%100); err != nil {
			t.Fatalf("window change: %v", err)
		}
	}
	for _, c := range []struct{ w, h int }{{0, 0}, {1, 1}, {1 << 31, 1 << 31}, {59, 20}} {
		if err := x.WindowChange(c.h, c.w); err != nil {
			t.Fatalf("window change: %v", err)
		}
	}
	x.out.until(t, "this one is 59x20")
	if n := len(x.out.String()); n > 4<<20 {
		t.Errorf("%d bytes were sent", n)
	}
	x.out.forget()
	if err := x.WindowChange(30, 100); err != nil {
		t.Fatalf("window change: %v", err)
	}
	x.out.until(t, "Deploy key")
}

// TestBroken: a session that fails ends with a message, and no other session ends.
func TestBroken(t *testing.T) {
	r := start(t, usual())
	a := r.open(r.login("ana", ana), "xterm", "", 80, 24)
	a.out.until(t, "Deploy key")
	for _, cmd := range []string{"boom", "inc-666"} {
		x := r.open(r.login("bo", bo), "xterm", cmd, 80, 24)
		code := x.wait()
		if code != 1 || strings.Contains(x.out.String(), "goroutine") ||
			strings.Contains(x.out.String(), "secret of the server") {
			t.Errorf("%s: %d %q", cmd, code, x.out)
		}
	}
	a.out.forget()
	a.keys("not felt\r")
	a.out.until(t, "not felt")
}

// TestIdle: a session in which nothing is typed is ended, with the reason.
func TestIdle(t *testing.T) {
	t.Parallel()
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.Idle = 300 * time.Millisecond })
	c := r.login("ana", ana)
	for _, name := range []string{"xterm", "dumb"} {
		x := r.open(c, name, "", 80, 24)
		x.out.until(t, "warroom: nothing was typed for 300ms, so this session was ended; log in again\r\n")
		if code := x.wait(); code != 1 {
			t.Errorf("exit code %d", code)
		}
	}
}

// TestBrokenOff: a text whose connection breaks is not treated as complete.
func TestBrokenOff(t *testing.T) {
	r := start(t, usual())
	for _, c := range []struct{ term, end, want string }{
		{end: "eof", want: `store "half a" <nil>`}, {end: "drop", want: `" the client is gone`},
		{end: "close", want: `" the client is gone`},
		{"xterm", "eof", `store "half a\n" <nil>`}, {"xterm", "drop", ` is gone`}, // the client, or first its terminal
	} {
		r.log.forget()
		conn := r.login("ana", ana)
		s, err := conn.NewSession()
		if err != nil {
			t.Fatalf("open an SSH session: %v", err)
		}
		in, err := s.StdinPipe()
		if err != nil {
			t.Fatalf("open stdin: %v", err)
		}
		text := "half a"
		if c.term != "" {
			text += "\r"
			if err := s.RequestPty(c.term, 24, 80, nil); err != nil {
				t.Fatalf("ask for a terminal: %v", err)
			}
		}
		out := newText()
		s.Stdout = out
		if err := s.Start("store"); err != nil {
			t.Fatalf("start: %v", err)
		}
		if _, err := io.WriteString(in, text); err != nil {
			t.Fatalf("write: %v", err)
		}
		out.until(t, "reading")
		switch {
		case c.end == "drop":
			_ = conn.Close()
		case c.end == "close":
			_ = s.Close()
		case c.term != "":
			_, _ = io.WriteString(in, "\x04")
		default:
			_ = in.Close()
		}
		r.log.until(t, c.want)
	}
}

// TestGoodbye: a server that stops sends a message to everybody, after their terminals were
// restored.
func TestGoodbye(t *testing.T) {
	r := start(t, usual())
	a := r.open(r.login("ana", ana), "xterm", "", 80, 24)
	b := r.open(r.login("bo", bo), "dumb", "hold", 80, 24)
	a.out.until(t, "Deploy key")
	b.out.until(t, "held")
	s, err := r.login("cy", cy).NewSession()
	if err != nil {
		t.Fatalf("open an SSH session: %v", err)
	}
	var errs bytes.Buffer
	held := newText()
	s.Stdout, s.Stderr = held, &errs
	if err := s.Start("hold"); err != nil {
		t.Fatalf("start: %v", err)
	}
	held.until(t, "held")
	r.close()
	for _, x := range []*term{a, b} {
		if code := x.wait(); code != 1 {
			t.Errorf("exit code %d", code)
		}
		if got := x.out.String(); !strings.HasSuffix(got,
			"warroom: this server is stopping; nothing that was stored is lost; log in again when it is back\r\n") {
			t.Errorf("%q", got)
		}
	}
	if got := a.out.String(); strings.Index(got, "\x1b[?1049l") > strings.Index(got, "this server is stopping") {
		t.Error("the goodbye came before the terminal was given back")
	}
	if err := s.Wait(); err == nil || !strings.HasPrefix(errs.String(), "warroom: this server is stopping") {
		t.Errorf("%v %q", err, errs.String())
	}
	if in, half := r.srv.Here(); in+half != 0 {
		t.Errorf("%d in, %d half in", in, half)
	}
}

// TestWelcome: the host key that the server prints is the one that clients see.
func TestWelcome(t *testing.T) {
	r := start(t, usual())
	var seen ssh.PublicKey
	conf := config("ana", ssh.PublicKeys(ana))
	conf.HostKeyCallback = ssh.HostKeyCallback(func(_ string, _ net.Addr,
		k ssh.PublicKey) error {
		seen = k
		return nil
	})
	c, err := ssh.Dial("tcp", r.addr, conf)
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	defer c.Close()
	lines := r.srv.Welcome(r.addr)
	host, port, _ := strings.Cut(r.addr, ":")
	if want := fmt.Sprintf("known_hosts: [%s]:%s %s", host, port,
		strings.TrimSpace(string(ssh.MarshalAuthorizedKey(seen)))); len(lines) != 2 ||
		lines[0].String() != "host key: "+ssh.FingerprintSHA256(seen) || lines[1].String() != want {
		t.Errorf("%q, want %q", lines, want)
	}
}
