//go:build unix

package cli

import (
	"os"
	"os/signal"
	"time"

	"golang.org/x/sys/unix"
)

// maxStop is how long the process waits to be stopped. If no shell could continue the
// process, as in a window that was opened only for it, the system does not stop it.
const maxStop = time.Second

// stopProcess stops the processes of this job, as Ctrl-Z does. It returns when they are continued,
// or soon if they cannot be stopped.
func stopProcess() {
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	defer signal.Stop(continued)
	if unix.Kill(0, unix.SIGTSTP) != nil {
		return
	}
	late := time.NewTimer(maxStop)
	defer late.Stop()
	select {
	case <-continued:
	case <-late.C:
	}
}
