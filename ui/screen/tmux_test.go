package screen_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"warroom/ui/screen"
)

// TestSameInTmux compares with a real terminal: the output of stock and of this package
// goes through tmux, which must show the same text in the same colors. Without tmux only
// the interpreter of TestSameAsTcell checks that.
func TestSameInTmux(t *testing.T) {
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Log("no tmux here")
		return
	}
	cleanEnv(t, "C.UTF-8")
	const w, h = 40, 10
	var want, got bytes.Buffer
	p, q := newPipe(w, h), newPipe(w, h)
	p.sink, q.sink = &want, &got
	theirs := mustTcell(t, p, "tmux-256color", screen.TrueColor)
	ours := mustScreen(t, q, screen.Options{Term: "tmux-256color", Colors: screen.TrueColor})
	theirs.Clear()
	ours.Clear()
	r := rand.New(rand.NewPCG(7, 7))
	for range 60 {
		for range 10 { // without emoji, whose width tmux does not know
			scribble(r, w, h, alphabet[:20], theirs, ours)
		}
		theirs.Show()
		ours.Show()
		until(t, "the frame is out", ours.Idle)
	}
	for _, b := range []*bytes.Buffer{&want, &got} {
		b.WriteString("\x1b[m\x1b[10;1HEND")
	}
	a := startTmux(t, "a", w, h, want.Bytes())
	b := startTmux(t, "b", w, h, got.Bytes())
	last := ""
	defer func() {
		if t.Failed() {
			t.Log(last)
		}
	}()
	until(t, "tmux shows the same", func() bool {
		x, y := a(), b()
		last = fmt.Sprintf("stock:\n%s\nours:\n%s", x, y)
		return bytes.Contains(x, []byte("END")) && bytes.Equal(x, y)
	})
}

// startTmux shows the bytes in a new tmux and returns a function that captures it.
func startTmux(t *testing.T, name string, w, h int, data []byte) (capture func() []byte) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "out")
	if err := os.WriteFile(file, data, 0o600); err != nil {
		t.Fatalf("write a file: %v", err)
	}
	socket := fmt.Sprintf("warroom-screen-%d-%s", os.Getpid(), name)
	tmux := func(args ...string) []byte {
		cmd := exec.Command("tmux", append([]string{"-L", socket, "-f", os.DevNull}, args...)...)
		cmd.Env = append(os.Environ(), "TERM=xterm-256color")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("tmux %q: %v: %s", args, err, out)
		}
		return out
	}
	tmux("new-session", "-d", "-x", fmt.Sprint(w), "-y", fmt.Sprint(h+1),
		"stty raw -echo; cat '"+file+"'; cat")
	t.Cleanup(func() { tmux("kill-server") })
	return func() []byte { return tmux("capture-pane", "-p", "-e") }
}
