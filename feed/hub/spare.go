package hub

import (
	"os"
	"sync"
)

// spareFiles is the number of file descriptors that are reserved, to be released one by one
// for peers at the local socket when the process has none left.
const spareFiles = 16

// spare is a reserve of file descriptors: even if clients of other ports use up all others,
// this machine's own user can connect.
type spare struct {
	mu   sync.Mutex
	held []*os.File
}

// fill fills the reserve, as far as descriptors are available.
func (s *spare) fill() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for len(s.held) < spareFiles {
		f, err := os.Open(os.DevNull)
		if err != nil {
			return
		}
		s.held = append(s.held, f)
	}
}

// give releases one descriptor of the reserve. It reports whether there was one.
func (s *spare) give() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.held)
	if n == 0 {
		return false
	}
	_ = s.held[n-1].Close() // nothing was written to it
	s.held = s.held[:n-1]
	return true
}

// empty releases the whole reserve.
func (s *spare) empty() {
	for s.give() {
	}
}
