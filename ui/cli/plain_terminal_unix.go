//go:build unix

package cli

import (
	"context"
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// noEcho makes a terminal deliver each byte as it is typed, without an echo; keys that
// send signals still do. After Ctrl-Z and fg it does so again, and calls resumed. restore
// restores the previous state.
func noEcho(ctx context.Context, fd int, resumed func()) (restore func(), err error) {
	before, err := unix.IoctlGetTermios(fd, getTermios)
	if err != nil {
		return nil, err
	}
	ours := *before
	ours.Lflag &^= unix.ECHO | unix.ICANON | unix.IEXTEN
	ours.Cc[unix.VMIN], ours.Cc[unix.VTIME] = 1, 0
	if err := unix.IoctlSetTermios(fd, setTermios, &ours); err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	continued := make(chan os.Signal, 1)
	signal.Notify(continued, unix.SIGCONT)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-continued:
				_ = unix.IoctlSetTermios(fd, setTermios, &ours) // otherwise it would echo twice
				resumed()
			case <-ctx.Done():
				return
			}
		}
	}()
	return func() {
		signal.Stop(continued)
		stop()
		<-done
		_ = unix.IoctlSetTermios(fd, setTermios, before) // the terminal may be gone
	}, nil
}
