package screen

import (
	"fmt"
	"sync"
	"sync/atomic"
	"time"
)

// link is the side of the screen that faces the terminal.
type link struct {
	live atomic.Bool   // the terminal is in use, and the client is connected
	hup  chan struct{} // closed by Hangup
	done chan struct{} // closed when finished is set and running is zero

	hungUp func() // called after hup was closed

	mu       sync.Mutex // guards the fields below
	modes    modes
	out      *writer
	stop     chan struct{} // closed: the reader must not report events any more
	read     chan struct{} // closed: the reader has ended
	taken    bool
	hung     error
	running  int // number of goroutines
	finished bool
}

func newLink(hungUp func()) link {
	return link{hup: make(chan struct{}), done: make(chan struct{}), hungUp: hungUp}
}

// Done returns a channel that is closed when Fini was called and no goroutine of the screen
// is left. The reader of a Remote ends when the owner closes the stream.
func (l *link) Done() <-chan struct{} { return l.done }

// Err returns why the client is gone, or nil while it is connected.
func (l *link) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.hung
}

// Hangup notifies the screen that the client is gone. PollEvent reports that before any
// pending input, and nothing is drawn any more. It may be called from any goroutine.
func (l *link) Hangup(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.hung == nil {
		l.hung = fmt.Errorf("terminal gone: %w", err)
		l.live.Store(false)
		close(l.hup)
		l.hungUp()
	}
}

// leave records that a goroutine has ended, and finish that the screen has.
func (l *link) leave()  { l.settle(-1, false) }
func (l *link) finish() { l.settle(0, true) }

func (l *link) settle(n int, finished bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	before := l.finished && l.running == 0
	l.running += n
	l.finished = l.finished || finished
	if !before && l.finished && l.running == 0 {
		close(l.done)
	}
}

// engage takes over the terminal and starts the reader.
func (s *Screen) engage() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.taken || s.hung != nil {
		return s.hung
	}
	if m := s.term.Modes(); m != nil {
		if err := m.Start(); err != nil {
			return fmt.Errorf("start terminal: %w", err)
		}
	}
	s.term.Notify(s.Resized)
	s.out = newWriter(s.term, s.opts.Stuck, s.Wake, func(err error) {
		s.Hangup(err)
		if err == ErrStuck {
			s.shut()
		}
	})
	s.out.left = s.leave
	s.out.inline = s.term.Modes() == nil // who types at a local terminal may stop its output with a key
	s.stop, s.read = make(chan struct{}), make(chan struct{})
	s.taken, s.running = true, s.running+2
	s.live.Store(true)
	go func(stop, read chan struct{}) {
		defer s.leave()
		defer close(read)
		s.reader(stop)
	}(s.stop, s.read)
	s.out.control(s.enter())
	return nil
}

// disengage releases the terminal and waits for the writer, and for the reader if it can be
// interrupted. The wait is limited.
func (s *Screen) disengage() {
	s.mu.Lock()
	if !s.taken {
		s.mu.Unlock()
		return
	}
	s.taken = false
	s.live.Store(false)
	out, read := s.out, s.read
	farewell := s.farewell()
	close(s.stop)
	s.mu.Unlock()

	s.term.Notify(nil)
	m := s.term.Modes()
	if m != nil {
		m.Interrupt()
	}
	out.close(farewell)
	if !ended(out.done) {
		s.shut() // the client does not read: stop the writer
		ended(out.done)
	}
	if m != nil {
		s.drain(read)
		_ = m.Stop()
	}
}

// shut closes the terminal without waiting, because even that may block.
func (s *Screen) shut() {
	s.mu.Lock()
	s.running++
	s.mu.Unlock()
	go func() {
		defer s.leave()
		_ = s.term.Close()
	}()
}

// ended waits briefly for a goroutine, and reports whether it ended.
func ended(c <-chan struct{}) bool {
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-c:
		return true
	case <-t.C:
		return false
	}
}

// drain empties the input queue, so that a reader within a chunk has space for the rest. If
// until is not nil, drain continues until that is closed.
func (s *Screen) drain(until <-chan struct{}) {
	if until == nil {
		for {
			select {
			case <-s.input:
			default:
				return
			}
		}
	}
	t := time.NewTimer(grace)
	defer t.Stop()
	for {
		select {
		case <-s.input:
		case <-until:
			return
		case <-t.C:
			return
		}
	}
}
