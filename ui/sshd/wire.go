package sshd

import (
	"context"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/ui/screen"
)

// wire is a channel whose Close ends the connection: the screen closes it only
// when the client takes nothing any more, and a message to close would then not
// be taken either.
type wire struct {
	ssh.Channel
	cut func() error

	idle  time.Duration
	timer *time.Timer // nil: nobody looks whether keys are pressed
}

// Close ends the connection.
func (w *wire) Close() error { return w.cut() }

// Read takes what was typed.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Channel.Read(p)
	if n > 0 && w.timer != nil {
		w.timer.Reset(w.idle)
	}
	return n, err
}

// watch ends the session when nothing was typed for long, until stop is called.
// It is called before the first Read.
func (w *wire) watch(idle time.Duration, end context.CancelCauseFunc) (stop func()) {
	if idle <= 0 {
		return func() {}
	}
	w.idle = idle
	w.timer = time.AfterFunc(idle, func() {
		end(model.Refuse(model.Conflict, "nothing was typed for %s, so this session was ended; log in again", idle))
	})
	return func() { w.timer.Stop() }
}

// resizeEvery is the least time between two sizes that a screen is told.
const resizeEvery = 100 * time.Millisecond

// resizer tells a screen its size, not more often than it is good for it; the
// last size always arrives.
type resizer struct {
	to *screen.Remote

	mu      sync.Mutex
	w, h    int
	pending bool
	timer   *time.Timer // runs after a size was told; nil: none was yet
	resting bool
	over    bool
}

func newResizer(to *screen.Remote) *resizer { return &resizer{to: to} }

func (r *resizer) set(w, h int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.w, r.h = w, h
	if r.resting || r.over {
		r.pending = true
		return
	}
	r.tell()
}

// tell is called with mu held.
func (r *resizer) tell() {
	r.pending, r.resting = false, true
	r.to.SetSize(r.w, r.h)
	if r.timer == nil {
		r.timer = time.AfterFunc(resizeEvery, r.rested)
		return
	}
	r.timer.Reset(resizeEvery)
}

func (r *resizer) rested() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending && !r.over {
		r.tell()
		return
	}
	r.resting = false
}

func (r *resizer) stop() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	if r.timer != nil {
		r.timer.Stop()
	}
}
