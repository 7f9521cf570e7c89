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

// terminal runs the program on a pseudo-terminal and signals when a text is drawn.
type terminal struct {
	cmd  *exec.Cmd
	tty  *os.File
	mu   sync.Mutex
	want []byte
	seen chan struct{}
	tail []byte // the newest output
	all  []byte // all output, up to a limit
	sum  int
}

// startTerminal starts warroom on a terminal of 120x40.
func startTerminal(b testing.TB, home string, args ...string) *terminal {
	b.Helper()
	return startOn(b, home, exec.Command(binary, args...))
}

// startOn starts a program on a terminal of 120x40.
func startOn(b testing.TB, home string, cmd *exec.Cmd) *terminal {
	b.Helper()
	g := &terminal{cmd: cmd, seen: make(chan struct{}, 1)}
	g.cmd.Env = []string{"HOME=" + home, "XDG_RUNTIME_DIR=" + home, "USER=ana", "TERM=xterm-256color", "LC_ALL=C.UTF-8",
		"TZ=UTC"}
	var err error
	if g.tty, err = pty.StartWithSize(g.cmd, &pty.Winsize{Cols: 120, Rows: 40}); err != nil {
		b.Fatalf("start with size: %v", err)
	}
	go g.read()
	return g
}

// expect makes seen receive a value when a text is drawn.
func (g *terminal) expect(text string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.want = []byte(text)
	g.look()
}

// forget discards what was drawn before.
func (g *terminal) forget() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.tail = nil
}

func (g *terminal) read() {
	buf := make([]byte, 64<<10)
	for {
		n, err := g.tty.Read(buf)
		if bytes.Contains(buf[:n], []byte("\x1b[c")) { // as every terminal answers
			_, _ = g.tty.WriteString("\x1b[?62;22c")
		}
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

func (g *terminal) look() {
	if g.want != nil && bytes.Contains(g.tail, g.want) {
		g.want = nil
		select {
		case g.seen <- struct{}{}:
		default:
		}
	}
}

// wait waits for the expected text.
func (g *terminal) wait(b testing.TB) {
	b.Helper()
	select {
	case <-g.seen:
	case <-time.After(30 * time.Second):
		g.mu.Lock()
		defer g.mu.Unlock()
		b.Fatalf("not drawn in 30 s; the end of what was drawn:\n%q", g.tail[max(0, len(g.tail)-2000):])
	}
}

func (g *terminal) close() {
	_ = g.cmd.Process.Signal(syscall.SIGTERM)
	_ = g.cmd.Wait()
	_ = g.tty.Close()
}

func (g *terminal) drawn() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.sum
}
