//go:build unix

package config

import (
	"io/fs"
	"os"
	"syscall"
)

// overflow is the user id that Linux shows for users of another namespace.
const overflow = 65534

// othersWrite reports whether other users may write to a file. This user's own group and
// root's count as this user. A character device has no content that they could change.
func othersWrite(fi fs.FileInfo) bool {
	if fi.Mode()&fs.ModeCharDevice != 0 {
		return false
	}
	st, ok := fi.Sys().(*syscall.Stat_t)
	own := ok && (int(st.Gid) == os.Getegid() || st.Gid == 0)
	return fi.Mode().Perm()&0o002 != 0 || fi.Mode().Perm()&0o020 != 0 && !own
}

// otherOwner returns the user to whom a file belongs, unless that is this user or root.
func otherOwner(fi fs.FileInfo) (uid int, other bool) {
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok || fi.Mode()&fs.ModeCharDevice != 0 {
		return 0, false
	}
	uid = int(st.Uid)
	return uid, uid != os.Geteuid() && uid != 0 && uid != overflow
}
