package sshd

import (
	"context"
	"sync"
	"time"

	"golang.org/x/crypto/ssh"

	"warroom/model"
	"warroom/ui/screen"
)

// terminalChannel is a channel whose Close ends the connection: the screen closes it only
// if the client does not read, and then a message that closes the channel would not be read
// either.
type terminalChannel struct {
	ssh.Channel
	cut func() error

	idle  time.Duration
	timer *time.Timer // nil: idling is not limited
}

// Close ends the connection.
func (w *terminalChannel) Close() error { return w.cut() }

// Read reads input.
func (w *terminalChannel) Read(p []byte) (int, error) {
	n, err := w.Channel.Read(p)
	if n > 0 && w.timer != nil {
		w.timer.Reset(w.idle)
	}
	return n, err
}

// watch ends the session when nothing is typed for the idle time, until stop is called. It
// must be called before the first Read.
func (w *terminalChannel) watch(idle time.Duration, end context.CancelCauseFunc) (stop func()) {
	if idle <= 0 {
		return func() {}
	}
	w.idle = idle
	w.timer = time.AfterFunc(idle, func() {
		end(model.Refuse(model.Conflict, "nothing was typed for %s, so this session was ended; log in again", idle))
	})
	return func() { w.timer.Stop() }
}

// resizeEvery is the min interval of size changes that are passed to a screen.
const resizeEvery = 100 * time.Millisecond

// resizer passes size changes to a screen at a limited rate; the last size always arrives.
type resizer struct {
	to *screen.Remote

	mu      sync.Mutex
	w, h    int
	pending bool
	timer   *time.Timer // runs after a size was passed; if nil, none was yet
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
	r.send()
}

// send must be called with mu held.
func (r *resizer) send() {
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
		r.send()
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
