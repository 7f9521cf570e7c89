//go:build !windows

package cli

import "syscall"

// errsPipe are the errors of writing to a closed pipe.
var errsPipe = []error{syscall.EPIPE}
