//go:build linux || darwin || freebsd

package hub

import (
	"io/fs"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// owner returns the user id that owns a file, if the system provides it.
func owner(fi fs.FileInfo) (int, bool) {
	st, ok := fi.Sys().(*syscall.Stat_t)
	if !ok {
		return 0, false
	}
	return int(st.Uid), true
}

// ownGroup reports whether a file belongs to this user's own group, or to root's.
func ownGroup(fi fs.FileInfo) bool {
	st, ok := fi.Sys().(*syscall.Stat_t)
	return ok && (int(st.Gid) == os.Getegid() || st.Gid == 0)
}

// FreeBytes returns how many bytes this user may still write to the disk of dir.
func FreeBytes(dir string) (int64, bool) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return 0, false
	}
	return max(int64(st.Bavail)*int64(st.Bsize), 0), true
}
