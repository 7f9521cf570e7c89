//go:build unix

package cli

import (
	"context"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// whileRead returns a context that ends when nobody reads a pipe any more, as
// after `| head -3`: whoever waits for the next line would find that out only by
// writing it. The function gives everything back.
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
		return ctx, cancel // it ends with the next line then
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

// broken waits until the other end of out is gone, or that of stop.
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
			return false // POLLNVAL: it cannot be watched
		}
	}
}
