//go:build !linux && !darwin

package hub

import "net"

// sameUser trusts the mode of the socket and of the directory it lies in.
func sameUser(*net.UnixConn) bool { return true }
