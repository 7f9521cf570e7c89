package screen

import (
	"fmt"
	"io"
	"sync"
	"time"

	"warroom/ui/elapsed"
)

const (
	maxControl      = 256 << 10 // max bytes of control sequences for a slow client
	maxReusedBuffer = 1 << 10   // a larger frame buffer is not reused
)

// writer performs the writes to one terminal. It takes one frame at a time: a caller whose
// next frame comes too early is notified when it can be taken. It has no goroutine while
// there is nothing to write.
type writer struct {
	w      io.Writer
	limit  time.Duration
	inline bool        // a frame may be written by the goroutine that shows it
	free   func()      // a frame was refused; called when one can be taken
	fail   func(error) // the terminal does not read; called once
	left   func()      // called once, when nothing is written any more
	done   chan struct{}

	mu      sync.Mutex
	ctl     []byte
	frame   []byte
	timer   *time.Timer   // ends a write that takes too long; if nil, there was none
	timed   bool          // the timer runs, perhaps still from an earlier write
	began   time.Duration // when the write began, see package elapsed
	busy    bool          // a frame is pending or being written
	refused bool
	running bool // somebody writes
	writing bool
	closing bool
	dead    bool // a write failed or took too long
	over    bool // end was called
}

func newWriter(w io.Writer, limit time.Duration, free func(), fail func(error)) *writer {
	return &writer{w: w, limit: limit, free: free, fail: fail, left: func() {}, done: make(chan struct{})}
}

// ready reports whether a frame would be taken now. If not, free is called later.
func (w *writer) ready() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused = w.busy
	return !w.busy && !w.closing && !w.dead
}

// show takes a frame. The bytes belong to the writer until ready returns true.
func (w *writer) show(frame []byte) {
	w.mu.Lock()
	w.frame, w.busy = frame, true
	begin := w.begin()
	w.mu.Unlock()
	switch {
	case begin && w.inline:
		w.run()
	case begin:
		go w.run()
	}
}

// control queues bytes that do not change cells; they are sent before a pending frame. If
// the client lets too many accumulate, they are dropped.
func (w *writer) control(p string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closing || w.dead || len(w.ctl)+len(p) > maxControl {
		return
	}
	w.ctl = append(w.ctl, p...)
	if w.begin() {
		go w.run()
	}
}

// close ends the writer after the farewell. A pending frame is not sent.
func (w *writer) close(farewell string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ctl = append(w.ctl, farewell...)
	w.closing, w.frame = true, nil
	if w.begin() {
		go w.run()
	}
}

// begin reports whether the caller has to start run. mu must be held.
func (w *writer) begin() bool {
	if w.running || w.over {
		return false
	}
	w.running = true
	return true
}

// run writes what is queued.
func (w *writer) run() {
	defer func() {
		if p := recover(); p != nil {
			w.die(newPanic(p))
			w.end()
		}
	}()
	for {
		for p := w.next(); p != nil; p = w.next() {
			if _, err := w.w.Write(p); err != nil {
				w.die(fmt.Errorf("write terminal: %w", err))
				w.end()
				return
			}
		}
		if w.settled() {
			return
		}
	}
}

// end is called when nothing is written any more.
func (w *writer) end() {
	w.mu.Lock()
	w.over = true
	if w.timer != nil {
		w.timer.Stop()
	}
	w.mu.Unlock()
	close(w.done)
	w.left()
}

// next returns the next bytes to write, or nil.
func (w *writer) next() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	p := w.frame
	if len(w.ctl) > 0 {
		p = append(w.ctl, w.frame...)
	}
	w.ctl, w.frame = nil, nil
	w.writing = len(p) > 0
	if !w.writing {
		return nil
	}
	w.limitWrite()
	return p
}

// limitWrite makes stuck run when the write that begins has taken longer than the limit. A
// timer that runs already is not set again: most writes are done long before. mu must be
// held.
func (w *writer) limitWrite() {
	if w.limit <= 0 {
		return
	}
	w.began = elapsed.Now()
	switch {
	case w.timed:
	case w.timer == nil:
		w.timer, w.timed = time.AfterFunc(w.limit, w.stuck), true
	default:
		w.timer.Reset(w.limit)
		w.timed = true
	}
}

// settled clears busy, and reports false if something was queued since next.
func (w *writer) settled() bool {
	w.mu.Lock()
	if len(w.ctl) > 0 || w.frame != nil {
		w.mu.Unlock()
		return false
	}
	notify, end := w.refused && !w.closing, w.closing
	w.busy, w.refused, w.running, w.over = false, false, false, w.over || end
	w.mu.Unlock()
	if notify {
		w.free()
	}
	if end {
		w.end()
	}
	return true
}

// stuck runs when the limit has passed since a write began: that one, or a later one.
func (w *writer) stuck() {
	w.mu.Lock()
	left := w.limit - (elapsed.Now() - w.began)
	late := w.writing && left <= 0
	if w.timed = w.writing && !late && !w.over; w.timed {
		w.timer.Reset(left)
	}
	w.mu.Unlock()
	if late {
		w.die(ErrStuck)
	}
}

func (w *writer) die(err error) {
	w.mu.Lock()
	first := !w.dead
	w.dead = true
	w.mu.Unlock()
	if first {
		w.fail(err)
	}
}
