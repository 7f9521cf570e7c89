package screen

import (
	"io"
	"sync"
	"sync/atomic"

	"github.com/gdamore/tcell/v2"
)

// Terminal is what a screen needs from a terminal. Close must make a pending Read and Write
// return. Read must return an error when the client is gone.
type Terminal interface {
	io.ReadWriteCloser
	// Size returns the current size in cells; zero means unknown.
	Size() (w, h int)
	// Notify sets the function that is called when the size changes, from any goroutine;
	// nil: none.
	Notify(func())
	// Modes returns the modes of the terminal, or nil for one whose client sets them.
	Modes() Moder
}

// Moder sets the modes of a Terminal: raw while the screen uses it, the previous mode
// otherwise. Only a screen on such a terminal can be suspended.
type Moder interface {
	// Start switches to raw mode.
	Start() error
	// Interrupt makes Read return soon, until the next Start.
	Interrupt()
	// Stop restores the mode before Start.
	Stop() error
}

var (
	_ Terminal = (*Tty)(nil)
	_ Moder    = (*Tty)(nil)
	_ Terminal = (*Remote)(nil)
)

// Tty is the terminal of this process as a Terminal.
type Tty struct{ tcell.Tty }

// NewTty returns a Terminal for a tcell.Tty.
func NewTty(t tcell.Tty) *Tty { return &Tty{t} }

// Size implements Terminal.
func (t *Tty) Size() (w, h int) {
	ws, err := t.WindowSize()
	if err != nil {
		return 0, 0
	}
	return ws.Width, ws.Height
}

// Interrupt implements Moder.
func (t *Tty) Interrupt() { _ = t.Drain() }

// Notify implements Terminal.
func (t *Tty) Notify(f func()) { t.NotifyResize(f) }

// Modes implements Terminal.
func (t *Tty) Modes() Moder { return t }

// chunk is the max size of one write to a remote client: an SSH library keeps a buffer of
// the largest packet that it ever sent.
const chunk = 1024

// Remote is a Terminal over a byte stream, such as an SSH channel.
// SetSize may be called from any goroutine.
type Remote struct {
	rw io.ReadWriteCloser

	size   atomic.Uint64 // the width, and the height in the lower half
	mu     sync.Mutex
	notify func()
	once   sync.Once
	err    error
}

// NewRemote returns a Terminal for a stream whose client has w by h cells.
func NewRemote(rw io.ReadWriteCloser, w, h int) *Remote {
	r := &Remote{rw: rw}
	r.setSize(w, h)
	return r
}

func (r *Remote) setSize(w, h int) { r.size.Store(uint64(uint32(w))<<32 | uint64(uint32(h))) }

// SetSize stores the client's size and notifies the screen.
func (r *Remote) SetSize(w, h int) {
	r.setSize(w, h)
	r.mu.Lock()
	f := r.notify
	r.mu.Unlock()
	if f != nil {
		f()
	}
}

// Size implements Terminal.
func (r *Remote) Size() (w, h int) {
	size := r.size.Load()
	return int(int32(size >> 32)), int(int32(size))
}

// Modes implements Terminal: the client sets them.
func (r *Remote) Modes() Moder { return nil }

// Notify implements Terminal.
func (r *Remote) Notify(f func()) {
	r.mu.Lock()
	r.notify = f
	r.mu.Unlock()
}

// Read implements Terminal.
func (r *Remote) Read(p []byte) (int, error) { return r.rw.Read(p) }

// Write implements Terminal. Long frames are split.
func (r *Remote) Write(p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = r.rw.Write(p[n:min(n+chunk, len(p))])
		n += k
	}
	return n, err
}

// Close closes the stream once. A screen calls it only if its client is stuck or gone;
// otherwise the owner of the stream closes it after Fini.
func (r *Remote) Close() error {
	r.once.Do(func() { r.err = r.rw.Close() })
	return r.err
}
