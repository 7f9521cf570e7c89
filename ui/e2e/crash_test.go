//go:build unix

package e2e_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestCrashGivesTheTerminalBack: after a crash outside the screen (of the hub in the same
// process) and after kill -9, the terminal is restored and shows one sentence, not a stack.
func TestCrashGivesTheTerminalBack(t *testing.T) {
	for name, c := range map[string]struct {
		signal syscall.Signal
		want   string
		files  int
	}{
		"crash": {syscall.SIGQUIT, "warroom: internal error: SIGQUIT: quit; where it happened is in ", 1},
		"kill": {syscall.SIGKILL, "warroom: warroom was killed; everything that was acknowledged is stored: start " +
			"it again", 0},
	} {
		t.Run(name, func(t *testing.T) {
			home := t.TempDir()
			declareAt(t, home)
			g := startOn(t, home, exec.Command("sh", "-c",
				`sh -c 'echo $$ > "$HOME/pid"; exec "$0" open inc-1' "$0"; echo "ended with $?"; `+
					"read -r line; stty -a", binary))
			g.expect("live")
			g.wait(t)
			g.expect("ended with ")
			if err := syscall.Kill(pidIn(t, filepath.Join(home, "pid")), c.signal); err != nil {
				t.Fatalf("signal: %v", err)
			}
			g.wait(t)
			g.expect(c.want)
			g.wait(t)
			g.expect(" icanon") // and not -icanon
			if _, err := g.tty.WriteString("\n"); err != nil {
				t.Fatalf("write: %v", err)
			}
			g.wait(t)
			g.mu.Lock()
			out := string(g.all)
			g.mu.Unlock()
			_, after, left := strings.Cut(out, "\x1b[?1049l")
			if !left || !strings.Contains(after, c.want) || strings.Contains(after, "goroutine ") {
				t.Errorf("got %q after the screen, want %q and no stack", after, c.want)
			}
			files, _ := filepath.Glob(filepath.Join(home, ".local/share/warroom/state/ana/fault-*"))
			if len(files) != c.files {
				t.Fatalf("got the files %v, want %d", files, c.files)
			}
			for _, f := range files {
				if b, _ := os.ReadFile(f); !strings.Contains(string(b), "goroutine ") {
					t.Errorf("got %.200s, want where it happened", b)
				}
			}
			g.close()
		})
	}
}

// pidIn is the process whose number is in a file.
func pidIn(t *testing.T, path string) int {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("find the program: %v", err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil {
		t.Fatalf("find the program: %v", err)
	}
	return pid
}
