package e2e_test

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestDemoLeavesNothing: when nobody reads the demo's output any more, it ends, and nothing of
// it is left.
func TestDemoLeavesNothing(t *testing.T) {
	tmp := t.TempDir()
	cmd := exec.CommandContext(t.Context(), binary, "demo", "--speed", "20")
	cmd.Env = append(os.Environ(), "TMPDIR="+tmp, "TMP="+tmp, "HOME="+tmp)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatalf("pipe: got %v, want none", err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("start: got %v, want the demo", err)
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		t.Fatalf("read: got %q, %v, want a line", line, err)
	}
	out.Close()
	if err := cmd.Wait(); err != nil {
		t.Errorf("got %v, want exit 0", err)
	}
	left, err := filepath.Glob(filepath.Join(tmp, "warroom-demo-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("got %v, %v left in the directory for temporary files, want nothing", left, err)
	}
}
