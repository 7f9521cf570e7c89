//go:build unix

package connlimit

import "golang.org/x/sys/unix"

// outOfFiles are the errors of Accept that pass when files are closed.
var outOfFiles = []error{unix.EMFILE, unix.ENFILE, unix.ENOBUFS, unix.ENOMEM}

// Files raises the limit on open files to what the system allows and returns
// it; 0 where the system does not report one.
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
