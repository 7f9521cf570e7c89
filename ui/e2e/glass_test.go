//go:build unix

package e2e_test

import (
	"bytes"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// glass is a program on a terminal of its own; it says when a text is drawn.
type glass struct {
	cmd  *exec.Cmd
	tty  *os.File
	mu   sync.Mutex
	want []byte
	seen chan struct{}
	tail []byte // the newest of it
	all  []byte // all of it, up to a limit
	sum  int
}

// onGlass starts warroom on a terminal of 120x40.
func onGlass(b testing.TB, home string, args ...string) *glass {
	b.Helper()
	g := &glass{cmd: exec.Command(binary, args...), seen: make(chan struct{}, 1)}
	g.cmd.Env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "USER=ana", "TERM=xterm-256color", "LC_ALL=C.UTF-8", "TZ=UTC"}
	var err error
	if g.tty, err = pty.StartWithSize(g.cmd, &pty.Winsize{Cols: 120, Rows: 40}); err != nil {
		b.Fatal(err)
	}
	go g.read()
	return g
}

// expect makes seen fire when a text comes next.
func (g *glass) expect(text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.want = []byte(text)
	g.look()
}

// forget makes what was drawn before count no longer.
func (g *glass) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tail = nil
}

func (g *glass) read() {
	buf := make([]byte, 64<<10)
	for {
		n, err := g.tty.Read(buf)
		g.mu.Lock()
		g.sum += n
		if len(g.all) < 16<<20 {
			g.all = append(g.all, buf[:n]...)
		}
		g.tail = append(g.tail, buf[:n]...)
		if len(g.tail) > 256<<10 {
			g.tail = g.tail[len(g.tail)-64<<10:]
		}
		g.look()
		g.mu.Unlock()
		if err != nil {
			return
		}
	}
}

func (g *glass) look() {
	if g.want != nil && bytes.Contains(g.tail, g.want) {
		g.want = nil
		select {
		case g.seen <- struct{}{}:
		default:
		}
	}
}

// wait waits for what was expected.
func (g *glass) wait(b testing.TB) {
	b.Helper()
	select {
	case <-g.seen:
	case <-time.After(30 * time.Second):
		g.mu.Lock()
		defer g.mu.Unlock()
		b.Fatalf("not drawn in 30 s; the end of what was drawn:\n%q", g.tail[max(0, len(g.tail)-2000):])
	}
}

func (g *glass) close() {
	_ = g.cmd.Process.Signal(syscall.SIGTERM)
	_ = g.cmd.Wait()
	_ = g.tty.Close()
}

func (g *glass) drawn() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sum
}
