package hub

import (
	"net"
	"os"

	"golang.org/x/sys/unix"
)

// sameUser reports whether the peer's process belongs to this user.
func sameUser(c *net.UnixConn) bool {
	raw, err := c.SyscallConn()
	if err != nil {
		return false
	}
	var cred *unix.Xucred
	ctlErr := raw.Control(func(fd uintptr) {
		cred, err = unix.GetsockoptXucred(int(fd), unix.SOL_LOCAL, unix.LOCAL_PEERCRED)
	})
	return ctlErr == nil && err == nil && int(cred.Uid) == os.Geteuid()
}
