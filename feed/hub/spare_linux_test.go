package hub_test

import (
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"golang.org/x/sys/unix"

	"warroom/feed/hub"
	"warroom/model"
)

// TestSocketHasFilesLeft: when strangers use all file descriptors of the process, this
// machine's user can still connect to the socket.
func TestSocketHasFilesLeft(t *testing.T) {
	h := open(t, testOptions(t))
	var original unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &original))
	clients := make([]int, 8) // created first, because they use descriptors of this process too
	for i := range clients {
		fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		defer func() { _ = unix.Close(fd) }()
		clients[i] = fd
	}
	open, err := os.ReadDir("/proc/self/fd")
	must(t, err)
	low := original
	low.Cur = uint64(len(open) + 40)
	must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &low))
	defer func() { must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &original)) }()
	var taken []*os.File
	defer func() {
		for _, f := range taken {
			_ = f.Close()
		}
	}()
	for {
		f, err := os.Open(os.DevNull)
		if err != nil {
			break
		}
		taken = append(taken, f)
	}
	for i, fd := range clients {
		must(t, unix.Connect(fd, &unix.SockaddrUnix{Name: h.Socket()}))
		must(t, unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 10}))
		var b [512]byte
		n, err := syscall.Read(fd, b[:])
		for err == syscall.EINTR {
			n, err = syscall.Read(fd, b[:])
		}
		if err != nil || !strings.Contains(string(b[:max(n, 0)]), "INFO") && string(b[:max(n, 0)]) != "\n" {
			t.Errorf("peer %d without a file left: got %q, %v; want the hub's greeting within %s", i+1, b[:max(n, 0)],
				err, 10*time.Second)
		}
	}
}

// TestOneLoginLeavesConnectionsToOthers: even with few file descriptors, a login that opens
// as many connections as it can keeps out neither another login nor this machine's user.
func TestOneLoginLeavesConnectionsToOthers(t *testing.T) {
	var original unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &original))
	low := original
	low.Cur = 1024
	must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &low))
	defer func() { must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &original)) }()
	x := newPortHub(t)
	hog, bo := x.invite(hub.Login{Handle: "hog", Right: model.Watch}),
		x.invite(hub.Login{Handle: "bo", Right: model.Write})
	n := 0
	for n < 150 {
		if _, err := enter(t, hog, nats.NoReconnect(), nats.Timeout(5*time.Second)); err != nil {
			break
		}
		n++
	}
	if n < 4 || n > 64 {
		t.Errorf("one login got %d connections, want some and no more than 64", n)
	}
	mustEnter(t, bo)
	must(t, dial(t, x.h).FlushTimeout(5*time.Second))
}
