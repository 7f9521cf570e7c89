//go:build unix

package hub_test

import (
	"syscall"
	"testing"
)

// freeze makes p hang; thaw ends that.
func freeze(t *testing.T, p *process) { must(t, p.cmd.Process.Signal(syscall.SIGSTOP)) }

func thaw(t *testing.T, p *process) { must(t, p.cmd.Process.Signal(syscall.SIGCONT)) }
