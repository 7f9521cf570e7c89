package sshd_test

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"regexp"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/ui/sshd"
)

// TestRoom: two people in one room, each in a terminal of their own.
func TestRoom(t *testing.T) {
	r := start(t, usual())
	a := r.open(r.login("ana", ana), "xterm-256color", "", 120, 40)
	b := r.open(r.login("bo", bo), "tmux-256color", "inc-1", 80, 24)
	a.out.until(t, "\x1b[?1049h", "Deploy key in a public log")
	b.out.until(t, "Deploy key in a public log")
	a.out.forget()
	b.keys("seen in job 8841\r")
	a.out.until(t, "seen in job 8841")
	b.keys("\x03")
	if code := b.wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if !strings.Contains(b.out.String(), "\x1b[?1049l") {
		t.Error("the terminal was not given back")
	}
	a.out.forget()
	a.keys("alone now\r")
	a.out.until(t, "alone now")
}

// TestWatcher sees everything and writes nothing.
func TestWatcher(t *testing.T) {
	r := start(t, usual())
	a := r.open(r.login("ana", ana), "xterm", "", 120, 40)
	c := r.open(r.login("cy", cy), "xterm", "", 120, 40)
	c.out.until(t, "Deploy key")
	a.keys("told to all\r")
	c.out.until(t, "told to all")
	c.keys("let me in\r")
	c.out.until(t, "cy may only watch here")
	if _, errs, code := r.run("cy", cy, "declare"); code != 1 || !strings.Contains(errs, "cy may only watch here, by the key of this login") {
		t.Errorf("%d %q", code, errs)
	}
}

// TestRoomsOfAKey: rooms that the key does not name are not there.
func TestRoomsOfAKey(t *testing.T) {
	r := start(t, usual()+`handle="dan",right="command",rooms="inc-2" `+pub(eve)+"\n")
	r.declare("The insider")
	if out, _, _ := r.run("cy", cy, "list"); out != "inc-1\n" {
		t.Errorf("cy sees %q", out)
	}
	if out, _, _ := r.run("ana", ana, "list"); out != "inc-2\ninc-1\n" {
		t.Errorf("ana sees %q", out)
	}
	_, there, _ := r.run("cy", cy, "enter inc-2")
	_, none, code := r.run("cy", cy, "enter inc-9")
	if strings.ReplaceAll(there, "inc-2", "inc-9") != none || code != 1 || none == "" {
		t.Errorf("a hidden room says %q, none says %q", there, none)
	}
	if _, errs, code := r.run("dan", eve, "declare"); code != 1 || !strings.Contains(errs, "for certain rooms only") {
		t.Errorf("%d %q", code, errs)
	}
	x := r.open(r.login("cy", cy), "xterm", "inc-2", 80, 24)
	if code := x.wait(); code != 1 || x.out.String() != "warroom: there is no room inc-2 here; `warroom rooms` lists them\r\n" {
		t.Errorf("%d %q", code, x.out)
	}
	y := r.open(r.login("dan", eve), "xterm", "", 80, 24) // the only one they see
	y.out.until(t, "The insider")
}

func TestCommands(t *testing.T) {
	r := start(t, usual())
	for _, c := range []struct {
		cmd, out, errs string
		code           int
	}{
		{`echo a 'b c' "d"`, "a|b c|d\n", "said\n", 0},
		{"warroom echo a", "a\n", "said\n", 0},
		{"fail", "", "", 7},
		{"boom", "", "warroom: this session failed, which is our fault; the room goes on: log in again\n", 1},
		{"inc-1", "plain inc-1\n", "", 0},
		{"", "plain \n", "", 0},
		{"/bin/sh -c id", "", "warroom: there is no command /bin/sh here; there are a room's name, as inc-1, and: echo, cat, who, env, fail, boom, hold, flood, list, enter, declare, store\n", 2},
		{"scp -t /tmp", "", "warroom: there is no command scp here; there are a room's name, as inc-1, and: echo, cat, who, env, fail, boom, hold, flood, list, enter, declare, store\n", 2},
		{"inc-1 inc-2", "", "warroom: there is no command inc-1 here; there are a room's name, as inc-1, and: echo, cat, who, env, fail, boom, hold, flood, list, enter, declare, store\n", 2},
		{"\x1b]0;pwned\a\x9b31m", "", "warroom: there is no command ^[]0;pwned^G<9B>31m here; there are a room's name, as inc-1, and: echo, cat, who, env, fail, boom, hold, flood, list, enter, declare, store\n", 2},
		{"echo 'a", "", "warroom: a quote in the command is not closed; your own shell takes one pair away: ssh HOST do inc-1 \"'!the decision'\"\n", 2},
		{"echo " + strings.Repeat("a", 40<<10), "", "warroom: the command has 40965 bytes, and 32768 are taken; send a long text by stdin: note ROOM -\n", 2},
	} {
		out, errs, code := r.run("ana", ana, c.cmd)
		if out != c.out || errs != c.errs || code != c.code {
			t.Errorf("%.40q: %q %q %d", c.cmd, out, errs, code)
		}
	}
	if !strings.Contains(r.log.String(), "secret of the server") {
		t.Error("the server's log does not say what failed")
	}
}

// TestRequests: nothing is taken but what a room needs.
func TestRequests(t *testing.T) {
	r := start(t, usual())
	c := r.login("ana", ana)
	for _, kind := range []string{"direct-tcpip", "forwarded-tcpip", "x11", "auth-agent@openssh.com", "direct-streamlocal@openssh.com", "tun@openssh.com", "nonsense"} {
		if _, _, err := c.OpenChannel(kind, nil); err == nil || !strings.Contains(err.Error(), "warroom has sessions only, nothing is forwarded") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for _, kind := range []string{"tcpip-forward", "streamlocal-forward@openssh.com", "hostkeys-prove-00@openssh.com", "keepalive@openssh.com"} {
		if ok, _, err := c.SendRequest(kind, true, nil); ok || err != nil {
			t.Errorf("%s: %v %v", kind, ok, err)
		}
	}
	ch, reqs, err := c.OpenChannel("session", nil)
	if err != nil {
		t.Fatal(err)
	}
	go ssh.DiscardRequests(reqs)
	str := func(s ...string) []byte {
		var b []byte
		for _, s := range s {
			b = append(b, ssh.Marshal(struct{ S string }{s})...)
		}
		return b
	}
	for _, q := range []struct {
		kind string
		with []byte
		want bool
	}{
		{"subsystem", str("sftp"), false}, {"x11-req", nil, false}, {"auth-agent-req@openssh.com", nil, false}, {"nonsense", nil, false},
		{"env", str("PATH", "/tmp"), false}, {"env", str("LD_PRELOAD", "/tmp/x.so"), false}, {"env", str("TERM", "xterm"), false},
		{"env", str("LANG", strings.Repeat("C", 65)), false}, {"env", str("LANG", "\x1b[31m"), false}, {"env", nil, false},
		{"env", str("LANG", "C.UTF-8"), true}, {"env", str("NO_COLOR", "1"), true},
		{"window-change", ssh.Marshal(struct{ A, B, C, D uint32 }{80, 24, 0, 0}), false},
		{"pty-req", []byte{1, 2}, false}, {"exec", []byte{0, 0, 0, 99}, false}, {"signal", nil, false},
		{"pty-req", ssh.Marshal(struct {
			T          string
			A, B, C, D uint32
			M          string
		}{"xterm", 80, 24, 0, 0, ""}), true},
		{"pty-req", ssh.Marshal(struct {
			T          string
			A, B, C, D uint32
			M          string
		}{"xterm", 80, 24, 0, 0, ""}), false},
		{"window-change", []byte{1}, false},
		{"window-change", ssh.Marshal(struct{ A, B, C, D uint32 }{80, 24, 0, 0}), true},
		{"exec", str("hold"), true}, {"exec", str("hold"), false}, {"shell", nil, false}, {"env", str("LANG", "C"), false},
		{"signal", str("WINCH"), false}, {"signal", str("INT"), true},
	} {
		if ok, err := ch.SendRequest(q.kind, true, q.with); ok != q.want || err != nil {
			t.Errorf("%s %.20q: %v %v", q.kind, q.with, ok, err)
		}
	}
	if _, err := io.Copy(io.Discard, ch); err != nil { // the signal has ended it
		t.Error(err)
	}
}

// TestSessions: two at a time in one connection.
func TestSessions(t *testing.T) {
	r := start(t, usual())
	c := r.login("ana", ana)
	one, two := r.open(c, "xterm", "", 80, 24), r.open(c, "xterm", "hold", 80, 24)
	one.out.until(t, "Deploy key")
	two.out.until(t, "held\r\n")
	if _, err := c.NewSession(); err == nil || !strings.Contains(err.Error(), "two sessions are the most") {
		t.Error(err)
	}
	two.keys("\x03")
	two.wait()
	eventually(t, "a third session", func() bool {
		s, err := c.NewSession()
		if err == nil {
			_ = s.Close()
		}
		return err == nil
	})
}

var colour = regexp.MustCompile(`\x1b\[([0-9]*;)*[34][0-9][0-9;]*m`)

func TestEnv(t *testing.T) {
	t.Setenv("LC_ALL", "C")
	t.Setenv("COLORTERM", "truecolor")
	t.Setenv("NO_COLOR", "1")
	t.Setenv("TERM", "dumb")
	r := start(t, usual())
	c := r.login("ana", ana)
	x := r.open(c, "xterm", "env", 80, 24, "LANG=tr_TR.UTF-8", "COLORTERM=24bit")
	x.wait()
	if want := "TERM=\"xterm\"\r\nLANG=\"tr_TR.UTF-8\"\r\nLC_ALL=\"\"\r\nLC_CTYPE=\"\"\r\nCOLORTERM=\"24bit\"\r\nNO_COLOR=\"\"\r\nPATH=\"\"\r\nHOME=\"\"\r\n"; x.out.String() != want {
		t.Errorf("%q", x.out)
	}
	for _, w := range []struct {
		env           []string
		boxes, colour bool
	}{{nil, true, true}, {[]string{"LANG=C"}, false, true}, {[]string{"NO_COLOR=1"}, true, false}} {
		x := r.open(r.login("ana", ana), "xterm-256color", "", 120, 40, w.env...)
		x.out.until(t, "Deploy key")
		x.keys("\x03")
		x.wait()
		if got := strings.Contains(x.out.String(), "─"); got != w.boxes {
			t.Errorf("%v: boxes %v", w.env, got)
		}
		if got := colour.MatchString(x.out.String()); got != w.colour {
			t.Errorf("%v: colours %v: %q", w.env, got, x.out)
		}
	}
}

// TestTerms: any name of a terminal does, and none reaches another program.
func TestTerms(t *testing.T) {
	r := start(t, usual())
	for _, name := range []string{"wezterm", "xterm-kitty", "-A/etc/passwd", "../../etc/passwd", "\x1b]52;c;AAAA\a", strings.Repeat("x", 5000), "$(id)", "nul\x00", "xterm\n"} {
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

// TestResize: the newest size arrives, and not each of a thousand is drawn.
func TestResize(t *testing.T) {
	r := start(t, usual())
	x := r.open(r.login("ana", ana), "xterm", "", 100000, 100000)
	x.out.until(t, "Deploy key")
	for i := range 1000 {
		if err := x.WindowChange(15+i%100, 60+i%100); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct{ w, h int }{{0, 0}, {1, 1}, {1 << 31, 1 << 31}, {59, 20}} {
		if err := x.WindowChange(c.h, c.w); err != nil {
			t.Fatal(err)
		}
	}
	x.out.until(t, "this terminal is 59x20")
	if n := len(x.out.String()); n > 4<<20 {
		t.Errorf("%d bytes were sent", n)
	}
	x.out.forget()
	if err := x.WindowChange(30, 100); err != nil {
		t.Fatal(err)
	}
	x.out.until(t, "Deploy key")
}

// TestBroken: a session that fails ends with a sentence, and no other does.
func TestBroken(t *testing.T) {
	r := start(t, usual())
	a := r.open(r.login("ana", ana), "xterm", "", 80, 24)
	a.out.until(t, "Deploy key")
	for _, cmd := range []string{"boom", "inc-666"} {
		x := r.open(r.login("bo", bo), "xterm", cmd, 80, 24)
		code := x.wait()
		if code != 1 || strings.Contains(x.out.String(), "goroutine") || strings.Contains(x.out.String(), "secret of the server") {
			t.Errorf("%s: %d %q", cmd, code, x.out)
		}
	}
	a.out.forget()
	a.keys("not felt\r")
	a.out.until(t, "not felt")
}

func TestIdle(t *testing.T) {
	t.Parallel()
	const idle = 300 * time.Millisecond
	r := start(t, usual(), func(o *sshd.Options) { o.Limits.Idle = idle })
	c := r.login("ana", ana)
	for _, name := range []string{"xterm", "dumb"} {
		x := r.open(c, name, "", 80, 24)
		begun := time.Now()
		slow := time.NewTicker(idle / 6)
		for range 12 { // somebody who types slowly
			<-slow.C
			x.keys("a")
		}
		slow.Stop()
		x.out.until(t, "warroom: nothing was typed for 300ms, so this session was ended; log in again\r\n")
		if d := time.Since(begun); d < 3*idle {
			t.Errorf("%s: ended after %s", name, d)
		}
		if code := x.wait(); code != 1 {
			t.Errorf("exit code %d", code)
		}
	}
}

// TestBrokenOff: a text whose connection breaks in the middle is not taken for
// one that has ended.
func TestBrokenOff(t *testing.T) {
	r := start(t, usual())
	for _, c := range []struct{ term, end, want string }{
		{"", "eof", `store "half a" <nil>`}, {"", "drop", `" the client is gone`}, {"", "close", `" the client is gone`},
		{"xterm", "eof", `store "half a\n" <nil>`}, {"xterm", "drop", `" the client is gone`},
	} {
		r.log.forget()
		conn := r.login("ana", ana)
		s, err := conn.NewSession()
		if err != nil {
			t.Fatal(err)
		}
		in, err := s.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		text := "half a"
		if c.term != "" {
			text += "\r"
			if err := s.RequestPty(c.term, 24, 80, nil); err != nil {
				t.Fatal(err)
			}
		}
		out := newText()
		s.Stdout = out
		if err := s.Start("store"); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(in, text); err != nil {
			t.Fatal(err)
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

// TestGoodbye: a server that ends parts from everybody, after their terminals
// were given back.
func TestGoodbye(t *testing.T) {
	r := start(t, usual())
	a := r.open(r.login("ana", ana), "xterm", "", 80, 24)
	b := r.open(r.login("bo", bo), "dumb", "hold", 80, 24)
	a.out.until(t, "Deploy key")
	b.out.until(t, "held")
	s, err := r.login("cy", cy).NewSession()
	if err != nil {
		t.Fatal(err)
	}
	var errs bytes.Buffer
	s.Stderr = &errs
	if err := s.Start("hold"); err != nil {
		t.Fatal(err)
	}
	r.close()
	for _, x := range []*term{a, b} {
		if code := x.wait(); code != 1 {
			t.Errorf("exit code %d", code)
		}
		if got := x.out.String(); !strings.HasSuffix(got, "warroom: this server ends; what was stored is stored, log in again when it is back\r\n") {
			t.Errorf("%q", got)
		}
	}
	if got := a.out.String(); strings.Index(got, "\x1b[?1049l") > strings.Index(got, "this server ends") {
		t.Error("the goodbye came before the terminal was given back")
	}
	if err := s.Wait(); err == nil || !strings.HasPrefix(errs.String(), "warroom: this server ends") {
		t.Errorf("%v %q", err, errs.String())
	}
	if in, half := r.srv.Here(); in+half != 0 {
		t.Errorf("%d in, %d half in", in, half)
	}
}

// TestWelcome: what the server tells is what clients see.
func TestWelcome(t *testing.T) {
	r := start(t, usual())
	var seen ssh.PublicKey
	conf := config("ana", ssh.PublicKeys(ana))
	conf.HostKeyCallback = ssh.HostKeyCallback(func(_ string, _ net.Addr, k ssh.PublicKey) error { seen = k; return nil })
	c, err := ssh.Dial("tcp", r.addr, conf)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	lines := r.srv.Welcome(r.addr)
	host, port, _ := strings.Cut(r.addr, ":")
	if want := fmt.Sprintf("known_hosts: [%s]:%s %s", host, port, strings.TrimSpace(string(ssh.MarshalAuthorizedKey(seen)))); len(lines) != 2 ||
		lines[0].String() != "host key: "+ssh.FingerprintSHA256(seen) || lines[1].String() != want {
		t.Errorf("%q, want %q", lines, want)
	}
}
