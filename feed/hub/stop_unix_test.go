//go:build unix

package hub_test

import (
	"syscall"
	"testing"
)

// freeze makes p hang, and waits until it does; thaw ends that.
func freeze(t *testing.T, p *process) {
	t.Helper()
	must(t, p.cmd.Process.Signal(syscall.SIGSTOP))
	var ws syscall.WaitStatus
	_, err := syscall.Wait4(p.cmd.Process.Pid, &ws, syscall.WUNTRACED, nil)
	must(t, err)
	if !ws.Stopped() {
		t.Fatalf("the helper did not stop: %v", ws)
	}
}

func thaw(t *testing.T, p *process) { must(t, p.cmd.Process.Signal(syscall.SIGCONT)) }
