//go:build ssh && linux

package sshd_test

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/sshd"
)

// TestOpenSSHSameAsStock: a whole room looks through our server and our screen
// as it does through stock tcell over a bare server: OpenSSH's client in two
// terminals of tmux, which get the same keys and sizes, and whose text, colours
// and cursor are compared after each step.
func TestOpenSSHSameAsStock(t *testing.T) {
	for name, value := range map[string]string{"NO_COLOR": "", "COLORTERM": "", "LINES": "", "COLUMNS": "", "TCELL_TRUECOLOR": "", "TCELL_ALTSCREEN": "", "LC_CTYPE": "", "LANG": "", "LC_ALL": "C.UTF-8"} {
		t.Setenv(name, value) // stock tcell asks the server's environment
	}
	for _, size := range []struct{ w, h int }{{120, 40}, {80, 24}} {
		t.Run(fmt.Sprintf("%dx%d", size.w, size.h), func(t *testing.T) {
			p := newTwins(t, size.w, size.h)
			p.room()
			p.typing()
			p.pages()
			p.sizes()
			p.mouse()
		})
	}
}

// twins are two terminals of one person: ours, and stock.
type twins struct {
	*rig
	w, h int
	sock string
	dir  string
}

// mouseFace is the face with the mouse.
type mouseFace struct{ testFace }

func (f mouseFace) Screen(h sshd.Hub, v sshd.Visit) ui.Options {
	o := f.testFace.Screen(h, v)
	o.Mouse = true
	return o
}

func newTwins(t *testing.T, w, h int) *twins {
	t.Helper()
	dir, err := os.MkdirTemp("", "wrt") // short: a socket lies in it
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	p := &twins{w: w, h: h, dir: dir, sock: filepath.Join(dir, "t")}
	p.run(t, "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, "key"))
	key, err := os.ReadFile(filepath.Join(dir, "key.pub"))
	if err != nil {
		t.Fatal(err)
	}
	p.rig = start(t, fmt.Sprintf("handle=%q,right=%q %s", "ana", "command", key), func(o *sshd.Options) {
		o.Face = mouseFace{o.Face.(testFace)}
	})
	conf := filepath.Join(dir, "conf")
	if err := os.WriteFile(conf, []byte("set -g status off\nset -g escape-time 0\nset -g default-terminal tmux-256color\nset -g mouse off\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.open(conf, "ours", p.addr)
	p.open(conf, "stock", p.stock())
	t.Cleanup(func() { p.tmux("kill-server") })
	return p
}

func (p *twins) run(t testing.TB, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "TERM=xterm-256color", "HOME="+p.dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %q: %v: %s", name, args, err, out)
	}
	return string(out)
}

func (p *twins) tmux(args ...string) string {
	p.t.Helper()
	return p.run(p.t, "tmux", append([]string{"-u", "-S", p.sock}, args...)...)
}

// open logs in from a terminal of its own.
func (p *twins) open(conf, name, addr string) {
	p.t.Helper()
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		p.t.Fatal(err)
	}
	p.tmux("-f", conf, "new-session", "-d", "-s", name, "-x", fmt.Sprint(p.w), "-y", fmt.Sprint(p.h),
		fmt.Sprintf("ssh -F none -t -q -p %s -i %s/key -o IdentitiesOnly=yes -o IdentityAgent=none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null ana@%s inc-1; echo ended; exec sleep 300", port, p.dir, host))
}

// stock serves the same house by stock tcell, over a bare server.
func (p *twins) stock() string {
	p.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	_ = acceptBare(l, func(_ string, ch *bareTerm) { // never fails
		s, err := stockScreen(ch)
		if err != nil {
			done <- err
			return
		}
		go func() {
			o := mouseFace{testFace{p.house, p.log}}.Screen(testHub{p.house.As("ana").(memory), sshd.Who{Handle: "ana", Right: model.Command}}, sshd.Visit{Who: sshd.Who{Handle: "ana"}, Room: "inc-1", Getenv: func(string) string { return "" }})
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
		case <-time.After(patience):
			p.t.Error("stock does not end")
		}
	})
	return l.Addr().String()
}

// keys presses keys in both, as tmux names them.
func (p *twins) keys(keys ...string) {
	p.t.Helper()
	for _, name := range []string{"ours", "stock"} {
		p.tmux(append([]string{"send-keys", "-t", name}, keys...)...)
	}
}

// raw sends bytes to both, as a terminal would.
func (p *twins) raw(s string) {
	p.t.Helper()
	args := []string{"-H"}
	for _, b := range []byte(s) {
		args = append(args, fmt.Sprintf("%02x", b))
	}
	p.keys(args...)
}

// text types a text in both.
func (p *twins) text(s string) { p.t.Helper(); p.keys("-l", s) }

// picture is what a terminal shows, cell by cell with its pen, and its cursor.
func (p *twins) picture(name string) string {
	p.t.Helper()
	return cells(p.tmux("capture-pane", "-p", "-e", "-t", name)) + p.tmux("display-message", "-p", "-t", name, "cursor #{cursor_flag} #{?cursor_flag,#{cursor_x} #{cursor_y},}")
}

// plain is what a terminal shows, without colours.
func (p *twins) plain(name string) string {
	p.t.Helper()
	return p.tmux("capture-pane", "-p", "-t", name)
}

// same waits until both show the texts, and the same.
func (p *twins) same(step string, want ...string) {
	p.t.Helper()
	late := time.Now().Add(patience)
	for {
		ours, text := p.picture("ours"), p.plain("ours")
		stock := p.picture("stock")
		ok := ours == stock
		for _, w := range want {
			ok = ok && strings.Contains(text, w)
		}
		if ok {
			return
		}
		if time.Now().After(late) {
			p.t.Fatalf("%s: want %q; they differ at\n%s\nours:\n%s\nstock:\n%s", step, want, firstDifference(ours, stock), text, p.plain("stock"))
		}
	}
}

// cells are the rows of a terminal, each rune behind the pen that it is written
// with, where that changes. A blank that was written and one that was not are the
// same where nobody can see it.
func cells(captured string) string {
	var out strings.Builder
	var now pen
	for row := range strings.Lines(captured) {
		shown, last, line := 0, pen{}, strings.Builder{}
		for i := 0; i < len(row); {
			if rest, ok := strings.CutPrefix(row[i:], "\x1b["); ok {
				codes, _, _ := strings.Cut(rest, "m")
				now.set(codes)
				i += len("\x1b[") + len(codes) + len("m")
				continue
			}
			r, n := utf8.DecodeRuneInString(row[i:])
			i += n
			if r == '\n' {
				break
			}
			seen := now
			if r == ' ' {
				seen = now.blank()
			}
			if seen != last {
				fmt.Fprintf(&line, "<%v>", seen)
				last = seen
			}
			line.WriteRune(r)
			if r != ' ' || seen != (pen{}) {
				shown = line.Len()
			}
		}
		fmt.Fprintln(&out, line.String()[:shown])
	}
	return out.String()
}

// pen is how a cell is written.
type pen struct{ fg, bg, line, attrs string }

// blank is what of a pen is seen where it has written a blank.
func (p pen) blank() pen {
	if strings.ContainsAny(p.attrs, "479") { // underlined, reversed, struck through
		return p
	}
	return pen{bg: p.bg}
}

// set takes the codes of one sequence.
func (p *pen) set(codes string) {
	f := strings.Split(codes, ";")
	for i := 0; i < len(f); i++ {
		n := 1
		if c := f[i]; (c == "38" || c == "48" || c == "58") && i+1 < len(f) {
			n = map[string]int{"5": 3, "2": 5}[f[i+1]]
		}
		code := strings.Join(f[i:min(len(f), i+max(n, 1))], ";")
		i += max(n, 1) - 1
		switch {
		case code == "0" || code == "":
			*p = pen{}
		case code == "39":
			p.fg = ""
		case code == "49":
			p.bg = ""
		case code == "59":
			p.line = ""
		case code[0] == '3' && len(code) > 1 || code[0] == '9' && len(code) > 1:
			p.fg = code
		case code[0] == '4' && len(code) > 1 && code[1] != ':' || strings.HasPrefix(code, "10"):
			p.bg = code
		case strings.HasPrefix(code, "58"):
			p.line = code
		default:
			on := append(strings.Fields(p.attrs), code)
			slices.Sort(on)
			p.attrs = strings.Join(slices.Compact(on), " ")
		}
	}
}

func firstDifference(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return fmt.Sprintf("row %d\n%q\n%q", i, x[i], y[i])
		}
	}
	return "no row"
}

// say has somebody else say a line.
func (p *twins) say(handle, line string) {
	p.t.Helper()
	if err := p.house.Say(handle, "inc-1", line); err != nil {
		p.t.Fatal(err)
	}
}

// room is what happens in a room, with wide and combining characters.
func (p *twins) room() {
	p.same("the first screen", "Deploy key in a public log", "Triage 0/2")
	p.say("bo", "key ..7Q seen in job 8841")
	p.same("a note", "key ..7Q seen")
	p.say("bo", "!rotate now, isolate after")
	p.say("dan", "?the runner was taken over")
	p.say("ana", "TODO: tell the customers")
	p.same("a decision, a question, a task", "rotate now", "taken over", "tell the customers")
	p.say("bo", "日本語のログ 世界 한국어 と ｆｕｌｌ")
	p.say("bo", "cafe\u0301 n\u0303\u0302 Z\u0308a zu\u0308rich \u0e01\u0e33 done")
	p.same("wide and combining", "日本語のログ", "cafe\u0301", "done")
	p.say("ana", ":sev SEV-2 calmer than it looked")
	p.same("another severity", "SEV-2", "calmer than it looked")
	p.say("ana", ":role scribe @bo")
	p.say("ana", ":check 1")
	p.same("a role and an item", "bo is Scribe")
	p.house.Clock.Add(31 * time.Minute)
	p.say("dan", strings.Repeat("a long line that is wrapped 世界 ", 12))
	p.same("a wrapped line, clocks gone on", "a long line that is wrapped")
	for i := range 2 * p.h {
		p.say([]string{"bo", "dan", "fay"}[i%3], fmt.Sprintf("line %d of many, %s", i, strings.Repeat("界x", i%9)))
	}
	p.same("a screen full and more", fmt.Sprintf("line %d of many", 2*p.h-1))
}

// typing is what one types oneself.
func (p *twins) typing() {
	p.text("half a 日本 thou")
	p.same("typing", "half a 日本 thou")
	p.keys("BSpace", "BSpace", "Left", "Left", "Left")
	p.same("editing", "half a 日本 th")
	p.say("bo", "in between")
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
	p.same("said", "said by both")
}

// pages are what lies over the room, and a timeline scrolled up.
func (p *twins) pages() {
	p.keys("PPage")
	p.same("scrolled up")
	p.say("dan", "not seen yet")
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

// sizes go up and down.
func (p *twins) sizes() {
	for _, s := range []struct{ w, h int }{{100, 30}, {61, 16}, {50, 10}, {140, 45}, {p.w, p.h}} {
		for _, name := range []string{"ours", "stock"} {
			p.tmux("resize-window", "-t", name, "-x", fmt.Sprint(s.w), "-y", fmt.Sprint(s.h))
		}
		want := "not seen yet"
		if s.h == 10 {
			want = "this terminal is 50x10"
		}
		p.same(fmt.Sprintf("%dx%d", s.w, s.h), want)
	}
	p.say("bo", "after all sizes")
	p.same("a line after all sizes", "after all sizes")
}

// mouse turns the wheel and clicks.
func (p *twins) mouse() {
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
