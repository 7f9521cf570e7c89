package screen

import "io"

const (
	readSize  = 2048 // max bytes of one read
	keysSize  = 128  // bytes of a read while somebody types
	inputSize = 8    // reads that wait to be decoded
)

// reader passes on the client's input, one read at a time, until the client or the screen
// is gone. It blocks while the queue of the decoder is full, which slows down a client that
// types faster than the screen draws.
func (s *Screen) reader(stop <-chan struct{}) {
	defer func() {
		if p := recover(); p != nil {
			s.Hangup(newPanic(p))
		}
	}()
	keys, idle := make([]byte, keysSize), 0
	for buf := keys; ; {
		n, err := s.term.Read(buf)
		select {
		case <-stop:
			return
		default:
		}
		if n > 0 {
			idle = 0
			select {
			case s.input <- append([]byte(nil), buf[:n]...):
			case <-stop:
				return
			}
		} else if idle++; err == nil && idle > 100 {
			err = io.ErrNoProgress
		}
		if err != nil {
			s.Hangup(err)
			return
		}
		switch { // memory for a paste is held as long as it takes
		case n < keysSize:
			buf = keys
		case n == len(buf) && n < readSize:
			buf = make([]byte, readSize)
		}
	}
}
