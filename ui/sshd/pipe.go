package sshd

import (
	"bytes"
	"io"
	"sync"
	"time"
)

// probeAfter is the delay of the last line break. Meanwhile a client that has written the
// output detects whether anybody reads it.
const probeAfter = 200 * time.Millisecond

// pipe is the output of a client without a terminal. If the reader has gone, it returns the
// error of a broken pipe.
//
// OpenSSH's client only detects that nobody reads its output any more when it writes, as in
// ssh HOST tail inc-1 | head -3; its shell would hang until somebody writes in the room.
// Therefore, of several lines at once, the very last byte, the final line break, is sent a
// moment after the rest.
type pipe struct {
	w io.Writer

	mu    sync.Mutex
	held  bool        // a line break has still to be written
	burst bool        // something was written a moment ago
	timer *time.Timer // nil: nothing was written yet
	over  bool
}

// Write writes to the client.
func (p *pipe) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	out, n := b, len(b)
	if p.held {
		out = append([]byte{'\n'}, b...)
		p.held = false
	}
	if !p.over && n > 1 && b[n-1] == '\n' && (p.burst || bytes.IndexByte(b, '\n') < n-1) {
		out, p.held = out[:len(out)-1], true
	}
	if _, err := p.w.Write(out); err != nil {
		p.held = false
		return 0, io.ErrClosedPipe
	}
	p.wait()
	return n, nil
}

// wait must be called with mu held.
func (p *pipe) wait() {
	switch {
	case p.over:
	case p.timer == nil:
		p.burst, p.timer = true, time.AfterFunc(probeAfter, p.rested)
	default:
		p.burst = true
		p.timer.Reset(probeAfter)
	}
}

func (p *pipe) rested() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.burst = false
	p.release()
}

// release must be called with mu held.
func (p *pipe) release() {
	if p.held {
		p.held = false
		_, _ = p.w.Write([]byte{'\n'}) // the next write fails too
	}
}

// end writes the bytes that are held back. None are held back afterwards.
func (p *pipe) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.over = true
	if p.timer != nil {
		p.timer.Stop()
	}
	p.release()
}
