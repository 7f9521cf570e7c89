package feedtest

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
)

// The ports that [Port] returns. Systems choose the ports of connections, and those of
// listeners that ask for any port, from 32768 or from 49152 up.
const firstPort, ports = 20_000, 10_000

var givenPorts sync.Map // the ports that Port returned in this process

// Port returns a free TCP port of 127.0.0.1 for a server that listens at a port which has to be
// known before, or again after a restart. No connection of another test takes it meanwhile.
func Port(t testing.TB) int {
	t.Helper()
	port, err := FindPort()
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// FindPort is [Port] for scripts.
func FindPort() (int, error) {
	for range 100 {
		port := firstPort + rand.IntN(ports)
		if _, given := givenPorts.LoadOrStore(port, true); given {
			continue
		}
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			continue // it is in use
		}
		return port, l.Close()
	}
	return 0, errors.New("got no free port of 127.0.0.1, want one")
}
