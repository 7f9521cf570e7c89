//go:build unix

package connlimit

import "golang.org/x/sys/unix"

// outOfFiles are the errors of Accept that go away when file descriptors are closed.
var outOfFiles = []error{unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM}

// Files raises the limit of open files to what the system allows and returns it, or 0 if
// the system does not report one.
func Files() int {
	var r unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_NOFILE, &r) != nil {
		return 0
	}
	if r.Cur < r.Max {
		more := r
		more.Cur = r.Max
		if unix.Setrlimit(unix.RLIMIT_NOFILE, &more) == nil {
			r = more
		}
	}
	return int(min(uint64(r.Cur), 1<<30))
}
