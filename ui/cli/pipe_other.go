//go:build !windows

package cli

import (
	"os"
	"os/signal"
	"syscall"
)

// errsPipe are the errors of writing to a closed pipe.
var errsPipe = []error{syscall.EPIPE}

// ignorePipe makes writing to a closed stdout an error, where it otherwise ends the process
// without its cleanup. restore undoes it.
func ignorePipe() (restore func()) {
	pipe := make(chan os.Signal, 1)
	signal.Notify(pipe, syscall.SIGPIPE)
	return func() { signal.Stop(pipe) }
}
