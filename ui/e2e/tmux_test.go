//go:build tmux

package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// testEnv is an empty home with its own tmux server. Each of its windows is a real
// terminal.
type testEnv struct {
	t      *testing.T
	dir    string
	socket string
}

// newTestEnv creates one. Its tmux server ends with the test.
func newTestEnv(t *testing.T) *testEnv {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{"home", "run"} {
		if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatalf("make a directory: %v", err)
		}
	}
	h := &testEnv{t: t, dir: dir, socket: fmt.Sprintf("warroom-%d-%s", os.Getpid(), filepath.Base(dir))}
	t.Cleanup(h.close)
	return h
}

// close closes every terminal and waits until the programs have ended, so that none
// writes to the home any more.
func (h *testEnv) close() {
	out, _ := exec.Command("tmux", "-L", h.socket, "list-panes", "-a", "-F", "#{pane_pid}").Output()
	var pids []string
	for _, shell := range strings.Fields(string(out)) {
		kids, _ := exec.Command("pgrep", "-P", shell).Output()
		pids = append(pids, strings.Fields(string(kids))...)
	}
	_ = exec.Command("tmux", "-L", h.socket, "kill-server").Run()
	end := time.After(10 * time.Second)
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for _, pid := range pids {
		for n, _ := strconv.Atoi(pid); syscall.Kill(n, 0) == nil; {
			select {
			case <-tick.C:
			case <-end:
				h.t.Errorf("process %s did not end after its terminal did", pid)
				return
			}
		}
	}
}

// env returns the environment of all commands.
func (h *testEnv) env(more ...string) []string {
	return append([]string{"HOME=" + h.dir + "/home", "XDG_RUNTIME_DIR=" + h.dir + "/run", "PATH=" + os.Getenv("PATH"),
		"USER=ana", "TZ=UTC",
		"LC_ALL=C.UTF-8", "SHELL=/bin/sh"}, more...)
}

// run runs warroom without a terminal and returns its stdout.
func (h *testEnv) run(args ...string) string {
	h.t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = h.env()
	out, err := cmd.Output()
	if err != nil {
		h.t.Fatalf("warroom %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// pane is one real terminal.
type pane struct {
	*testEnv
	name string
}

// open runs a shell command in a terminal of a size. The terminal stays open when the
// command has ended, so that its screen can be read.
func (h *testEnv) open(name string, w, hgt int, line string, env ...string) *pane {
	h.t.Helper()
	args := []string{"-L", h.socket, "-f", "/dev/null", "new-session", "-d", "-s", name, "-x", strconv.Itoa(w), "-y",
		strconv.Itoa(hgt),
		"env", "-i"}
	term := "TERM=screen-256color"
	for _, e := range env {
		if strings.HasPrefix(e, "TERM=") {
			term = e
		}
	}
	args = append(args, h.env(append(env, term)...)...)
	args = append(args, "sh", "-c", strings.ReplaceAll(line, "warroom", binary)+
		`; echo "ended with $?"; exec sleep 600`)
	if out, err := exec.Command("tmux", args...).CombinedOutput(); err != nil {
		h.t.Fatalf("tmux: %v\n%s", err, out)
	}
	return &pane{h, name}
}

// tmux runs a tmux command on the pane.
func (p *pane) tmux(args ...string) string {
	p.t.Helper()
	cmd := exec.Command("tmux", append([]string{"-L", p.socket}, args...)...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("tmux %v: %v\n%s", args, err, out)
	}
	return string(out)
}

// keys presses keys by tmux's names; text types literally.
func (p *pane) keys(k ...string) { p.tmux(append([]string{"send-keys", "-t", p.name}, k...)...) }
func (p *pane) text(s string)    { p.tmux("send-keys", "-t", p.name, "-l", s) }

// line types a line and Enter.
func (p *pane) line(s string) { p.text(s); p.keys("Enter") }

// screen returns the screen of the terminal.
func (p *pane) screen() string { return p.tmux("capture-pane", "-p", "-t", p.name) }

// pid returns the process id of the terminal's program, the child of its shell.
func (p *pane) pid() int {
	p.t.Helper()
	shell := strings.TrimSpace(p.tmux("list-panes", "-t", p.name, "-F", "#{pane_pid}"))
	var pid int
	p.wait("a process", 10*time.Second, func() bool {
		out, _ := exec.Command("pgrep", "-P", shell).Output()
		pid, _ = strconv.Atoi(strings.TrimSpace(string(out)))
		return pid != 0
	})
	return pid
}

// sees waits until the screen has all of the texts. Consecutive blanks count as one,
// because columns move.
func (p *pane) sees(texts ...string) {
	p.t.Helper()
	p.wait(strings.Join(texts, " | "), 15*time.Second, func() bool {
		s := strings.Join(strings.Fields(p.screen()), " ")
		for _, t := range texts {
			if !strings.Contains(s, strings.Join(strings.Fields(t), " ")) {
				return false
			}
		}
		return true
	})
}

// wait polls until ok, with a deadline.
func (p *pane) wait(what string, limit time.Duration, ok func() bool) {
	p.t.Helper()
	end := time.After(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		if ok() {
			return
		}
		select {
		case <-tick.C:
		case <-end:
			p.t.Fatalf("%s: not seen in %s: %s\n%s", p.name, limit, what, p.screen())
		}
	}
}
