package hub

import (
	"os"
	"sync"
)

// spareFiles is how many files are held open for nothing, to be given up one by
// one for peers at the local socket when the process has no files left.
const spareFiles = 16

// spare holds files in reserve: whatever strangers at other ports take, this
// machine's own user still gets in.
type spare struct {
	mu   sync.Mutex
	held []*os.File
}

// fill opens what is missing of the reserve, as far as there are files for it.
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

// give closes one file of the reserve, so that another one can be opened in its
// place. It reports whether there was one.
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

// empty closes all of the reserve.
func (s *spare) empty() {
	for s.give() {
	}
}
