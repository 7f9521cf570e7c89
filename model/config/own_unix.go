//go:build unix

package config

import (
	"io/fs"
	"os"
	"syscall"
)

// othersWrite reports whether other users may write to a file. This user's own group and
// root's count as this user.
func othersWrite(fi fs.FileInfo) bool {
	st, ok := fi.Sys().(*syscall.Stat_t)
	own := ok && (int(st.Gid) == os.Getegid() || st.Gid == 0)
	return fi.Mode().Perm()&0o002 != 0 || fi.Mode().Perm()&0o020 != 0 && !own
}
