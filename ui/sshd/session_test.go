package sshd_test

import (
	"io"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
)

// TestRoom: two people in one room, each in their own terminal.
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

// TestWatcher: a watcher sees everything and writes nothing.
func TestWatcher(t *testing.T) {
	r := start(t, usual())
	a := r.open(r.login("ana", ana), "xterm", "", 120, 40)
	c := r.open(r.login("cy", cy), "xterm", "", 120, 40)
	c.out.until(t, "Deploy key")
	a.keys("told to all\r")
	c.out.until(t, "told to all")
	c.keys("let me in\r")
	c.out.until(t, "cy may only watch here")
	if _, errs, code := r.run("cy", cy, "declare"); code != 1 ||
		!strings.Contains(errs, "cy may only watch here with this key") {
		t.Errorf("%d %q", code, errs)
	}
}

// TestRoomsOfAKey: rooms that the key does not name do not exist.
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
		t.Errorf("a hidden room: got %q, want %q as for a missing one", there, none)
	}
	if _, errs, code := r.run("dan", eve, "declare"); code != 1 || !strings.Contains(errs, "for certain rooms only") {
		t.Errorf("%d %q", code, errs)
	}
	x := r.open(r.login("cy", cy), "xterm", "inc-2", 80, 24)
	if code := x.wait(); code != 1 ||
		x.out.String() != "warroom: there is no room inc-2 here; `warroom rooms` lists them\r\n" {
		t.Errorf("%d %q", code, x.out)
	}
	y := r.open(r.login("dan", eve), "xterm", "", 80, 24) // the only one they may see
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
		{"boom", "", "warroom: this session failed because of an internal error; the room is not affected: log in " +
			"again\n", 1},
		{"inc-1", "plain inc-1\n", "", 0},
		{"", "plain \n", "", 0},
		{cmd: "/bin/sh -c id",
			errs: "warroom: there is no command /bin/sh here; give a room, such as inc-1, or one of the commands: " +
				"echo, cat, who, env, fail, boom, hold, flood, list, enter, declare, store\n", code: 2},
		{cmd: "scp -t /tmp",
			errs: "warroom: there is no command scp here; give a room, such as inc-1, or one of the commands: echo, " +
				"cat, who, env, fail, boom, hold, flood, list, enter, declare, store\n", code: 2},
		{cmd: "inc-1 inc-2",
			errs: "warroom: there is no command inc-1 here; give a room, such as inc-1, or one of the commands: " +
				"echo, cat, who, env, fail, boom, hold, flood, list, enter, declare, store\n", code: 2},
		{cmd: "\x1b]0;pwned\a\x9b31m",
			errs: "warroom: there is no command ^[]0;pwned^G<9B>31m here; give a room, such as inc-1, or one of the " +
				"commands: echo, cat, who, env, fail, boom, hold, flood, list, enter, declare, store\n", code: 2},
		{"echo 'a", "", "warroom: a quote in the command is not closed; close it, or remove it\n", 2},
		{cmd: "echo " + strings.Repeat("a", 40<<10),
			errs: "warroom: the command has 40965 bytes, and up to 32768 are accepted; send a long text by stdin: " +
				"note ROOM -\n",
			code: 2},
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

// request is a request that a client may send in a session, and whether it is accepted:
// only what a room needs is.
type request struct {
	kind string
	with []byte
	want bool
}

func sessionRequests() []request {
	str := func(s ...string) []byte {
		var b []byte
		for _, s := range s {
			b = append(b, ssh.Marshal(struct{ S string }{s})...)
		}
		return b
	}
	return []request{
		{kind: "subsystem", with: str("sftp")}, {kind: "x11-req"}, {kind: "auth-agent-req@openssh.com"},
		{kind: "nonsense"},
		{kind: "env", with: str("PATH", "/tmp")}, {kind: "env", with: str("LD_PRELOAD", "/tmp/x.so")},
		{kind: "env", with: str("TERM", "xterm")},
		{kind: "env", with: str("LANG", strings.Repeat("C", 65))}, {kind: "env", with: str("LANG", "\x1b[31m")},
		{kind: "env"},
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
		{kind: "exec", with: str("hold"), want: true}, {kind: "exec", with: str("hold")}, {kind: "shell"},
		{kind: "env", with: str("LANG", "C")},
		{"signal", str("WINCH"), false}, {"signal", str("INT"), true},
	}
}

func TestRequests(t *testing.T) {
	r := start(t, usual())
	c := r.login("ana", ana)
	for _, kind := range []string{"direct-tcpip", "forwarded-tcpip", "x11", "auth-agent@openssh.com",
		"direct-streamlocal@openssh.com", "tun@openssh.com", "nonsense"} {
		if _, _, err := c.OpenChannel(kind, nil); err == nil ||
			!strings.Contains(err.Error(), "warroom offers only sessions; nothing is forwarded") {
			t.Errorf("%s: %v", kind, err)
		}
	}
	for _, kind := range []string{"tcpip-forward", "streamlocal-forward@openssh.com", "hostkeys-prove-00@openssh.com",
		"keepalive@openssh.com"} {
		if ok, _, err := c.SendRequest(kind, true, nil); ok || err != nil {
			t.Errorf("%s: %v %v", kind, ok, err)
		}
	}
	ch, reqs, err := c.OpenChannel("session", nil)
	if err != nil {
		t.Fatalf("open channel: %v", err)
	}
	go ssh.DiscardRequests(reqs)
	for _, q := range sessionRequests() {
		if ok, err := ch.SendRequest(q.kind, true, q.with); ok != q.want || err != nil {
			t.Errorf("%s %.20q: %v %v", q.kind, q.with, ok, err)
		}
	}
	if _, err := io.Copy(io.Discard, ch); err != nil { // the signal has ended it
		t.Errorf("copy: %v", err)
	}
}

// TestSessions: a connection may have two sessions at a time.
func TestSessions(t *testing.T) {
	r := start(t, usual())
	c := r.login("ana", ana)
	one, two := r.open(c, "xterm", "", 80, 24), r.open(c, "xterm", "hold", 80, 24)
	one.out.until(t, "Deploy key")
	two.out.until(t, "held\r\n")
	if _, err := c.NewSession(); err == nil || !strings.Contains(err.Error(), "up to two sessions") {
		t.Errorf("open an SSH session: %v", err)
	}
	two.keys("\x03")
	two.wait()
	for i := range 60 { // one has ended before the next is asked for
		if _, errs, code := over(t, c, "list", nil); code != 0 {
			t.Fatalf("command %d: got %d %q, want 0", i, code, errs)
		}
	}
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
	if want := "TERM=\"xterm\"\r\nLANG=\"tr_TR.UTF-8\"\r\nLC_ALL=\"\"\r\nLC_CTYPE=\"\"\r\nCOLORTERM=\"24bit\"\r\nNO_" +
		"COLOR=\"\"\r\nPATH=\"\"\r\nHOME=\"\"\r\n"; x.out.String() != want {
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
