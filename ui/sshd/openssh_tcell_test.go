//go:build ssh && linux

package sshd_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/sshd"
)

// TestOpenSSHSameAsTcell: a complete room looks the same with this server and package
// screen as with stock tcell on a bare server. OpenSSH's client runs in two terminals of
// tmux, which get the same keys and sizes; text, colors and cursor are compared after each
// step.
func TestOpenSSHSameAsTcell(t *testing.T) {
	for name, value := range map[string]string{"NO_COLOR": "", "COLORTERM": "", "LINES": "", "COLUMNS": "",
		"TCELL_TRUECOLOR": "", "TCELL_ALTSCREEN": "", "LC_CTYPE": "", "LANG": "", "LC_ALL": "C.UTF-8"} {
		t.Setenv(name, value) // stock tcell reads the server's environment
	}
	for _, size := range []struct{ w, h int }{{120, 40}, {80, 24}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			p := newTerminalPair(t, size.w, size.h)
			p.room()
			p.typing()
			p.pages()
			p.sizes()
			p.mouse()
		})
	}
}

// terminalPair has two terminals of one person: ours and stock.
type terminalPair struct {
	*rig
	w, h int
	sock string
	dir  string
}

// mouseHandler is the handler with the mouse enabled.
type mouseHandler struct{ testHandler }

func (f mouseHandler) Screen(h sshd.Hub, v sshd.Visit) ui.Options {
	o := f.testHandler.Screen(h, v)
	o.Mouse = true
	return o
}

func newTerminalPair(t *testing.T, w, h int) *terminalPair {
	t.Helper()
	dir, err := os.MkdirTemp("", "wrt") // short: it has a socket
	if err != nil {
		t.Fatalf("mkdir temp: %v", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &terminalPair{w: w, h: h, dir: dir, sock: filepath.Join(dir, "t")}
	p.run(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, "key"))
	key, err := os.ReadFile(filepath.Join(dir, "key.pub"))
	if err != nil {
		t.Fatalf("read a file: %v", err)
	}
	p.rig = start(t, fmt.Sprintf("handle=%q,right=%q %s", "ana", "command", key), func(o *sshd.Options) {
		o.Handler = mouseHandler{o.Handler.(testHandler)}
	})
	conf := filepath.Join(dir, "conf")
	if err := os.WriteFile(conf,
		[]byte("set -g status off\nset -g escape-time 0\nset -g default-terminal tmux-256color\nset -g mouse off\n"),
		0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	p.open(conf, "ours", p.addr)
	p.open(conf, "stock", p.startTheirs())
	t.Cleanup(func() { p.tmux("kill-server") })
	return p
}

func (p *terminalPair) run(t testing.TB, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "HOME="+p.dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, out)
	}
	return string(out)
}

func (p *terminalPair) tmux(args ...string) string {
	p.t.Helper()
	return p.run(p.t, "tmux", append([]string{"-u", "-S", p.sock}, args...)...)
}

// open logs in from a new terminal.
func (p *terminalPair) open(conf, name, addr string) {
	p.t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		p.t.Fatalf("split an address: %v", err)
	}
	p.tmux("-f", conf, "new-session", "-d", "-s", name, "-x", fmt.Sprint(p.w), "-y", fmt.Sprint(p.h),
		fmt.Sprintf("ssh -F none -t -q -p %s -i %s/key -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes "+
			"-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null ana@%s inc-1; echo ended; exec sleep 300",
			port, p.dir, host))
}

// startTheirs serves the same hub with stock tcell, on a bare server.
func (p *terminalPair) startTheirs() string {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatalf("listen: %v", err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	_ = acceptBare(l, func(_ string, ch *bareTerm) { // never fails
		s, err := newTcellScreen(ch)
		if err != nil {
			done <- err
			return
		}
		go func() {
			o := mouseHandler{testHandler{p.hub, p.log}}.Screen(testHub{p.hub.As("ana").(memory),
				sshd.Who{Handle: "ana", Right: model.Command}},
				sshd.Visit{Who: sshd.Who{Handle: "ana"}, Room: "inc-1", Getenv: func(string) string { return "" }})
			done <- ui.Run(ctx, s, o)
		}()
	})
	p.t.Cleanup(func() {
		stop()
		_ = l.Close()
		select {
		case err := <-done:
			if err != nil {
				p.t.Errorf("stock: %v", err)
			}
		case <-time.After(defaultTimeout):
			p.t.Error("stock does not end")
		}
	})
	return l.Addr().String()
}

// keys presses keys in both, with the names of tmux.
func (p *terminalPair) keys(keys ...string) {
	p.t.Helper()
	for _, name := range []string{"ours", "stock"} {
		p.tmux(append([]string{"send-keys", "-t", name}, keys...)...)
	}
}

// raw sends bytes to both, as a terminal would.
func (p *terminalPair) raw(s string) {
	p.t.Helper()
	args := []string{"-H"}
	for _, b := range []byte(s) {
		args = append(args, fmt.Sprintf("%02x", b))
	}
	p.keys(args...)
}

// text types a text in both.
func (p *terminalPair) text(s string) { p.t.Helper(); p.keys("-l", s) }

// picture returns what a terminal shows, cell by cell with its style, and its cursor.
func (p *terminalPair) picture(name string) string {
	p.t.Helper()
	return cells(p.tmux("capture-pane", "-p", "-e", "-t", name)) + p.tmux("display-message", "-p", "-t", name,
		"cursor #{cursor_flag} #{?cursor_flag,#{cursor_x} #{cursor_y},}")
}

// plain returns what a terminal shows, without colors.
func (p *terminalPair) plain(name string) string {
	p.t.Helper()
	return p.tmux("capture-pane", "-p", "-t", name)
}

// same waits until both show the texts, and the same picture.
func (p *terminalPair) same(step string, want ...string) {
	p.t.Helper()
	p.sameWithout(step, "\x00", want...)
}

// sameWithout waits until both show the texts, no longer show gone, and show the same
// picture. What is gone shows that the keys before have been processed.
func (p *terminalPair) sameWithout(step, gone string, want ...string) {
	p.t.Helper()
	late := time.Now().Add(defaultTimeout)
	for {
		ours, text := p.picture("ours"), p.plain("ours")
		theirs := p.picture("stock")
		ok := ours == theirs && !strings.Contains(text, gone)
		for _, w := range want {
			ok = ok && strings.Contains(text, w)
		}
		if ok {
			return
		}
		if time.Now().After(late) {
			p.t.Fatalf("%s: want %q and not %q; they differ at\n%s\nours:\n%s\nstock:\n%s", step, want, gone,
				firstDifference(ours, theirs), text, p.plain("stock"))
		}
	}
}

// mustSubmit writes a line as somebody else.
func (p *terminalPair) mustSubmit(handle, line string) {
	p.t.Helper()
	if err := p.hub.SubmitLine(handle, "inc-1", line); err != nil {
		p.t.Fatalf("submit line: %v", err)
	}
}

// room covers a room with wide and combining characters.
func (p *terminalPair) room() {
	p.same("the first screen", "Deploy key in a public log", "Triage 0/2")
	p.mustSubmit("bo", "key ..7Q seen in job 8841")
	p.same("a note", "key ..7Q seen")
	p.mustSubmit("bo", "!rotate now, isolate after")
	p.mustSubmit("dan", "?the runner was taken over")
	p.mustSubmit("ana", "TODO: tell the customers")
	p.same("a decision, a question, a task", "rotate now", "taken over", "tell the customers")
	p.mustSubmit("bo", "日本語のログ 世界 한국어 と ｆｕｌｌ")
	p.mustSubmit("bo", "cafe\u0301 n\u0303\u0302 Z\u0308a zu\u0308rich \u0e01\u0e33 done")
	p.same("wide and combining", "日本語のログ", "cafe\u0301", "done")
	p.mustSubmit("ana", ":sev SEV-2 calmer than it looked")
	p.same("another severity", "SEV-2", "calmer than it looked")
	p.mustSubmit("ana", ":role scribe @bo")
	p.mustSubmit("ana", ":check 1")
	p.same("a role and an item", "bo is Scribe")
	p.hub.Clock.Add(31 * time.Minute)
	p.mustSubmit("dan", strings.Repeat("a long line that is wrapped 世界 ", 12))
	p.same("a wrapped line, clocks gone on", "a long line that is wrapped")
	for i := range 2 * p.h {
		p.mustSubmit([]string{"bo", "dan", "fay"}[i%3], fmt.Sprintf("line %d of many, %s", i,
			strings.Repeat("界x", i%9)))
	}
	p.same("a screen full and more", fmt.Sprintf("line %d of many", 2*p.h-1))
}

// typing covers typing.
func (p *terminalPair) typing() {
	p.text("half a 日本 thou")
	p.same("typing", "half a 日本 thou")
	p.keys("BSpace", "BSpace", "Left", "Left", "Left")
	p.same("editing", "half a 日本 th")
	p.mustSubmit("bo", "in between")
	p.same("a line while typing", "in between", "half a 日本 th")
	p.keys("C-u")
	p.keys("C-k")
	p.text(":sev SEV-1 b")
	p.same("a command and its hint", ":sev SEV-1 b")
	p.keys("C-u")
	p.text("said by both")
	p.same("before it is said", "said by both")
	p.tmux("send-keys", "-t", "ours", "Enter")
	p.tmux("send-keys", "-t", "stock", "C-u")
	p.sameWithout("said", "> said by both", "said by both")
}

// pages covers pages over the room, and a scrolled timeline.
func (p *terminalPair) pages() {
	p.keys("PPage")
	p.sameWithout("scrolled up", "said by both")
	p.mustSubmit("dan", "not seen yet")
	p.same("news below", "1 new")
	p.keys("PPage")
	p.keys("PPage")
	p.same("scrolled further")
	p.keys("C-End")
	p.same("back", "not seen yet")
	p.keys("F1")
	p.same("help", "help")
	p.keys("NPage")
	p.same("help, further")
	p.keys("Escape")
	p.same("without help", "not seen yet")
	p.keys("Tab")
	p.same("another pane")
	p.keys("Down")
	p.keys("Down")
	p.same("chosen")
	p.keys("Escape")
	p.same("at the prompt")
}

// sizes covers changes of size.
func (p *terminalPair) sizes() {
	for _, s := range []struct{ w, h int }{{100, 30}, {61, 16}, {50, 10}, {140, 45}, {p.w, p.h}} {
		for _, name := range []string{"ours", "stock"} {
			p.tmux("resize-window", "-t", name, "-x", fmt.Sprint(s.w), "-y", fmt.Sprint(s.h))
		}
		want := "not seen yet"
		if s.h == 10 {
			want = "50x10. Make it larger"
		}
		p.same(fmt.Sprintf("%dx%d", s.w, s.h), want)
	}
	p.mustSubmit("bo", "after all sizes")
	p.same("a line after all sizes", "after all sizes")
}

// mouse covers wheel and clicks.
func (p *terminalPair) mouse() {
	for range 5 {
		p.raw(fmt.Sprintf("\x1b[<64;10;%dM", p.h-4))
	}
	p.same("the wheel up")
	if strings.Contains(p.plain("ours"), "after all sizes") {
		p.t.Error("the wheel does nothing")
	}
	for range 6 {
		p.raw(fmt.Sprintf("\x1b[<65;10;%dM", p.h-4))
	}
	p.same("the wheel down", "after all sizes")
	p.raw("\x1b[<0;5;4M\x1b[<0;5;4m")
	p.same("a click on a pane")
	p.raw(fmt.Sprintf("\x1b[<0;5;%dM\x1b[<0;5;%dm", p.h, p.h))
	p.text("typed after a click")
	p.same("a click on the prompt", "typed after a click")
}
