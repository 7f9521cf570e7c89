//go:build !unix

package connlimit

// outOfFiles are the errors of Accept that go away when file descriptors are closed.
var outOfFiles []error

// Files returns 0: the system does not limit the open files of a process.
func Files() int { return 0 }
