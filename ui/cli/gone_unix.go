//go:build unix

package cli

import (
	"context"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// whileRead returns a context that ends when the reader of a pipe closes it, as with `|
// head -3`. Without it, a command that waits for the next line would notice only when it
// writes. The returned function releases the resources.
func whileRead(ctx context.Context, w io.Writer) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	f, ok := w.(*os.File)
	if !ok {
		return ctx, cancel
	}
	fi, err := f.Stat()
	if err != nil || fi.Mode()&(os.ModeNamedPipe|os.ModeSocket) == 0 {
		return ctx, cancel
	}
	r, end, err := os.Pipe()
	if err != nil {
		return ctx, cancel // ends with the next write
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if broken(int32(f.Fd()), int32(r.Fd())) {
			cancel()
		}
	}()
	return ctx, func() {
		end.Close()
		<-done
		r.Close()
		cancel()
	}
}

// broken waits until the other end of out is closed, or that of stop. It reports whether
// it was out.
func broken(out, stop int32) bool {
	const gone = unix.POLLERR | unix.POLLHUP
	fds := []unix.PollFd{{Fd: out}, {Fd: stop}}
	for {
		_, err := unix.Poll(fds, -1)
		switch {
		case err == unix.EINTR:
		case err != nil || fds[1].Revents != 0:
			return false
		case fds[0].Revents&gone != 0:
			return true
		default:
			return false // POLLNVAL: it cannot be polled
		}
	}
}
