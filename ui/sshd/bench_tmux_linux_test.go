package sshd_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/gdamore/tcell/v2"

	"warroom/ui"
	"warroom/ui/screen"
)

// tmuxPeer is the alternative without warroom: people log in with sshd and attach to one
// session of tmux, which shows a line that is typed, or the dashboard of one of them. Its
// usage is that of its processes.
type tmuxPeer struct {
	board string // draws the dashboard in the pane; if "", cat, no dashboard
	sock  string
	begun []*exec.Cmd
}

func init() {
	for name, board := range map[string]string{"tmux-line": "", "tmux-board": "ours", "tmux-stock": "stock"} {
		benchPeers[name] = func(int) benchPeer { return &tmuxPeer{board: board} }
	}
	benchRoles["board"] = func() error { return runBoard(os.Getenv(boardEnv), os.Getenv(boardDirEnv)) }
}

// errNoTalk is the error for a peer that is not a room, in which nobody else can write.
var errNoTalk = errors.New("lines in tmux are typed by a client")

// start implements benchPeer.
func (p *tmuxPeer) start(dir string, l net.Listener) error {
	addr := l.Addr().String()
	if err := l.Close(); err != nil { // sshd listens itself
		return err
	}
	p.sock = filepath.Join(dir, "t")
	if err := p.session(dir); err != nil {
		return err
	}
	return p.sshd(dir, addr)
}

// session starts tmux with what everybody sees.
func (p *tmuxPeer) session(dir string) error {
	conf := filepath.Join(dir, "tmux.conf")
	if err := os.WriteFile(conf,
		[]byte("set -g status off\nset -g escape-time 0\nset -g default-terminal tmux-256color\n"), 0o600); err != nil {
		return err
	}
	if err := p.begin("tmux", "-D", "-u", "-S", p.sock, "-f", conf); err != nil {
		return err
	}
	pane := "echo ready; exec cat"
	if p.board != "" {
		pane = fmt.Sprintf("%s=board %s=%s %s=%s exec %s", roleEnv, boardEnv, p.board, boardDirEnv, dir, os.Args[0])
	}
	for late := time.Now().Add(defaultTimeout); ; <-time.After(20 * time.Millisecond) {
		out, err := exec.Command("tmux", "-N", "-u", "-S", p.sock, "new-session", "-d", "-s", "room", "-x", "120", "-y",
			"40", pane).CombinedOutput()
		if err == nil {
			return nil
		}
		if time.Now().After(late) {
			return fmt.Errorf("tmux: %w: %s", err, out)
		}
	}
}

// sshd starts an unprivileged server that only attaches to the session.
func (p *tmuxPeer) sshd(dir, addr string) error {
	if os.Geteuid() == 0 { // as root it needs this directory for privilege separation
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			return err
		}
	}
	host, authorized, conf := filepath.Join(dir, "host"), filepath.Join(dir, "authorized"),
		filepath.Join(dir, "sshd.conf")
	if out, err := exec.Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f",
		host).CombinedOutput(); err != nil {
		return fmt.Errorf("ssh-keygen: %w: %s", err, out)
	}
	var keys strings.Builder
	for i := range maxBenched {
		fmt.Fprintln(&keys, pub(benchKey(i)))
	}
	if err := os.WriteFile(authorized, []byte(keys.String()), 0o600); err != nil {
		return err
	}
	lines := []string{"ListenAddress " + addr, "HostKey " + host, "AuthorizedKeysFile " + authorized, "StrictModes no",
		"UsePAM no",
		"PermitRootLogin prohibit-password", "PasswordAuthentication no", "KbdInteractiveAuthentication no",
		"MaxStartups 2000", "PidFile none",
		"PrintMotd no", "PrintLastLog no", "UseDNS no", "ForceCommand exec tmux -u -S " + p.sock + " attach -t room",
		""}
	if err := os.WriteFile(conf, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
		return err
	}
	if err := p.begin(sshdPath(), "-D", "-q", "-f", conf); err != nil {
		return err
	}
	for late := time.Now().Add(defaultTimeout); ; <-time.After(20 * time.Millisecond) {
		c, err := net.Dial("tcp", addr)
		if err == nil {
			return c.Close()
		}
		if time.Now().After(late) {
			return fmt.Errorf("sshd does not listen: %w", err)
		}
	}
}

// begin starts a program that ends with this process.
func (p *tmuxPeer) begin(name string, args ...string) error {
	cmd := exec.Command(name, args...)
	cmd.Stderr = os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	if err := cmd.Start(); err != nil {
		return err
	}
	p.begun = append(p.begun, cmd)
	return nil
}

// stop implements benchEnder.
func (p *tmuxPeer) stop() {
	for _, c := range p.begun {
		_ = c.Process.Signal(syscall.SIGTERM) // or it has ended
		_ = c.Wait()                          // it was killed
	}
}

// used implements benchEnder: the usage of the programs and their descendants, with shared
// memory counted once.
func (p *tmuxPeer) used(u *Used) error {
	tree, err := descendants(os.Getpid())
	if err != nil {
		return err
	}
	*u = Used{Goroutines: len(tree)}
	for _, pid := range tree {
		kib, cpu := usedBy(pid)
		u.RSS += kib
		u.CPU += cpu
	}
	return nil
}

// descendants returns the descendants of a process, without itself.
func descendants(of int) (tree []int, err error) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil, err
	}
	children := map[int][]int{}
	for _, name := range stats {
		var pid, parent int
		if _, err := fmt.Sscanf(name, "/proc/%d/stat", &pid); err != nil {
			return nil, err
		}
		if f := statOf(pid); f != nil {
			if _, err := fmt.Sscan(f[1], &parent); err != nil {
				return nil, err
			}
			children[parent] = append(children[parent], pid)
		}
	}
	tree = slices.Clone(children[of])
	for i := 0; i < len(tree); i++ {
		tree = append(tree, children[tree[i]]...)
	}
	return tree, nil
}

// statOf returns the fields of /proc/PID/stat after the name, or nil if the process has
// ended.
func statOf(pid int) []string {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	_, rest, ok := strings.Cut(string(raw), ") ")
	if err != nil || !ok {
		return nil
	}
	return strings.Fields(rest)
}

// usedBy returns the proportional memory of a process, and its processor time including
// that of children that have ended.
func usedBy(pid int) (kib int64, cpu time.Duration) {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
	if err != nil {
		return 0, 0 // it has ended
	}
	for line := range strings.Lines(string(raw)) {
		_, _ = fmt.Sscanf(line, "Pss: %d kB", &kib) // one of the lines
	}
	f := statOf(pid)
	for i := 11; i < 15 && f != nil; i++ {
		var ticks int64
		_, _ = fmt.Sscan(f[i], &ticks) // the kernel writes numbers
		cpu += time.Duration(ticks) * time.Second / 100
	}
	return kib, cpu
}

// send implements benchPeer.
func (p *tmuxPeer) send(string) (time.Time, error) { return time.Time{}, errNoTalk }

const (
	boardEnv    = "WARROOM_BENCH_BOARD"
	boardDirEnv = "WARROOM_BENCH_DIR"
)

// runBoard is the program in the pane: complete with hub and log, on the terminal of tmux,
// drawn by package screen or by stock tcell.
func runBoard(name, dir string) error {
	var p wholePeer
	if err := p.openRoom(dir); err != nil {
		return err
	}
	s, err := boardScreen(name)
	if err != nil {
		return err
	}
	return ui.Run(context.Background(), s,
		ui.Options{Rooms: p.feed, Clock: wall{}, Handle: "host", Room: "inc-1", Zone: time.UTC, Colors: 256})
}

func boardScreen(name string) (ui.Screen, error) {
	if name == "stock" {
		s, err := tcell.NewScreen()
		if err != nil {
			return nil, err
		}
		return ui.Basic(s), nil
	}
	return screen.Local(screen.Options{Term: os.Getenv("TERM"), Colors: 256})
}
