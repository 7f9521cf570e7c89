package connlimit

// reservedFiles are kept for the store, the local socket and outgoing
// connections.
const reservedFiles = 512

// Budget returns how many connections a TCP port may admit and how many may be
// pending, so that files are left for everything else. Ports is how many ports
// share the process. Admitted is never above most.
func Budget(files, ports, most int) (admitted, pending int) {
	if files <= 0 {
		return most, 256
	}
	share := max(files-min(reservedFiles, files/2), 0) / max(ports, 1)
	pending = min(256, max(share/8, 8))
	return min(most, max(share-pending, 8)), pending
}
