package connlimit

// reservedFiles are reserved for the store, the local socket and outgoing connections.
const reservedFiles = 512

// Budget returns how many connections a TCP port may admit and how many may be pending, so
// that file descriptors are left for everything else. Ports is the number of ports that
// share the process. Admitted is at most limit.
func Budget(files, ports, limit int) (admitted, pending int) {
	if files <= 0 {
		return limit, 256
	}
	share := max(files-min(reservedFiles, files/2), 0) / max(ports, 1)
	pending = min(256, max(share/8, 8))
	return min(limit, max(share-pending, 8)), pending
}
