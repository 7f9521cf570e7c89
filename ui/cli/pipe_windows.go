package cli

import "syscall"

// errsPipe are the errors of writing to a closed pipe. The last is ERROR_NO_DATA, which
// package syscall does not define.
var errsPipe = []error{syscall.EPIPE, syscall.ERROR_BROKEN_PIPE, syscall.Errno(232)}

// ignorePipe does nothing, because writing to a closed stdout is an error here.
func ignorePipe() (restore func()) { return func() {} }
