package screen

import (
	"fmt"
	"io"
	"sync"
	"time"
)

const (
	maxControl      = 256 << 10 // max bytes of control sequences for a slow client
	maxReusedBuffer = 1 << 10   // a larger frame buffer is not reused
)

// writer performs the writes to one terminal. Its callers never wait. It takes one frame at
// a time: a caller whose next frame comes too early is notified when it can be taken.
type writer struct {
	w     io.Writer
	limit time.Duration
	free  func()      // a frame was refused; called when one can be taken
	fail  func(error) // the terminal does not read; called once
	kick  chan struct{}
	done  chan struct{}

	mu      sync.Mutex
	ctl     []byte
	frame   []byte
	busy    bool // a frame is pending or being written
	refused bool
	writing bool
	closing bool
	dead    bool
}

func newWriter(w io.Writer, limit time.Duration, free func(), fail func(error)) *writer {
	return &writer{
		w: w, limit: limit, free: free, fail: fail,
		kick: make(chan struct{}, 1), done: make(chan struct{}),
	}
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
	w.mu.Unlock()
	w.wake()
}

// control queues bytes that do not change cells; they are sent before a pending frame. If
// the client lets too many accumulate, they are dropped.
func (w *writer) control(p string) {
	w.mu.Lock()
	if !w.closing && !w.dead && len(w.ctl)+len(p) <= maxControl {
		w.ctl = append(w.ctl, p...)
	}
	w.mu.Unlock()
	w.wake()
}

// close ends the writer after the farewell. A pending frame is not sent.
func (w *writer) close(farewell string) {
	w.mu.Lock()
	w.ctl = append(w.ctl, farewell...)
	w.closing, w.frame = true, nil
	w.mu.Unlock()
	w.wake()
}

func (w *writer) wake() {
	select {
	case w.kick <- struct{}{}:
	default:
	}
}

func (w *writer) loop() {
	defer close(w.done)
	defer func() {
		if p := recover(); p != nil {
			w.die(newPanic(p))
		}
	}()
	var timer *time.Timer
	if w.limit > 0 {
		timer = time.AfterFunc(w.limit, w.stuck)
		defer timer.Stop()
		timer.Stop()
	}
	for range w.kick {
		for p := w.next(); p != nil; p = w.next() {
			if timer != nil {
				timer.Reset(w.limit)
			}
			_, err := w.w.Write(p)
			if timer != nil {
				timer.Stop()
			}
			if err != nil {
				w.die(fmt.Errorf("write terminal: %w", err))
				return
			}
		}
		if w.settled() {
			return
		}
	}
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
	return p
}

// settled clears busy and reports whether the writer should end.
func (w *writer) settled() bool {
	w.mu.Lock()
	if len(w.ctl) > 0 || w.frame != nil { // queued since next: a kick is pending
		w.mu.Unlock()
		return false
	}
	notify := w.refused && !w.closing
	w.busy, w.refused = false, false
	end := w.closing
	w.mu.Unlock()
	if notify {
		w.free()
	}
	return end
}

// stuck runs when one write takes longer than the limit.
func (w *writer) stuck() {
	w.mu.Lock()
	late := w.writing
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
