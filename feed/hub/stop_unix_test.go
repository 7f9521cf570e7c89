//go:build unix

package hub_test

import (
	"fmt"
	"syscall"
	"testing"
	"time"
	"warroom/feed/hub"
	"warroom/model"
)

// freeze stops p, and waits until it has stopped; thaw continues it.
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

func TestHungHost(t *testing.T) {
	o := testOptions(t)
	p := spawn(t, o)
	p.open()
	h := open(t, o)
	freeze(t, p)
	want := fmt.Sprintf("the warroom process %d holds the hub but does not answer; end it (kill %[1]d) and try again",
		p.cmd.Process.Pid)

	start := time.Now()
	_, err := hub.Open(soon(t), o)
	if model.CodeOf(err) != model.Unreachable || err.Error() != want {
		t.Errorf("Open: %v", err)
	}
	if took := time.Since(start); took < time.Second || took > 15*time.Second {
		t.Errorf("that took %v, want 2 s", took)
	}
	for range 2 { // the second time sooner
		start = time.Now()
		if _, err = h.Dial("tcp", ""); err == nil || err.Error() != want {
			t.Errorf("Dial: %v", err)
		}
	}
	if took := time.Since(start); took > 3*time.Second { // both would take 4 s if they were not sooner
		t.Errorf("two more calls of Dial: got them after %v, want them sooner than the first", took)
	}
	thaw(t, p)
	until(t, "the host answers again", func() bool {
		c, err := h.Dial("tcp", "")
		if err == nil {
			_ = c.Close()
		}
		return err == nil
	})
	p.kill()
	until(t, "this process hosts", func() bool {
		_, _ = h.Dial("tcp", "")
		return h.Hosting()
	})
}
