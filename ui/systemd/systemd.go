// Package systemd reports the state of a service to the service manager over its
// notification socket (sd_notify(3)). Without a socket, every method does nothing.
package systemd

import (
	"context"
	"net"
	"strconv"
	"strings"
	"time"
)

// Notifier sends notifications to the service manager.
type Notifier struct {
	addr  string // address of the socket; if "", there is none
	every time.Duration
}

// New reads the address of the socket from the environment. Watchdog notifications are
// enabled only for the process that the manager names.
func New(getenv func(string) string, pid int) *Notifier {
	n := &Notifier{addr: getenv("NOTIFY_SOCKET")}
	if strings.HasPrefix(n.addr, "@") { // an abstract socket
		n.addr = "\x00" + n.addr[1:]
	}
	usec, err := strconv.ParseInt(getenv("WATCHDOG_USEC"), 10, 64)
	if p := getenv("WATCHDOG_PID"); err == nil && usec > 0 && (p == "" || p == strconv.Itoa(pid)) {
		n.every = time.Duration(usec) * time.Microsecond / 2
	}
	return n
}

// Ready reports that the service is ready.
func (n *Notifier) Ready() { n.send("READY=1") }

// Stopping reports that the service is stopping.
func (n *Notifier) Stopping() { n.send("STOPPING=1") }

// Watch sends watchdog notifications at half the requested interval until ctx ends. It
// calls alive before each, so a blocked alive stops them.
func (n *Notifier) Watch(ctx context.Context, alive func()) {
	if n.addr == "" || n.every <= 0 {
		return
	}
	t := time.NewTicker(n.every)
	defer t.Stop()
	for {
		alive()
		n.send("WATCHDOG=1")
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
	}
}

// send sends one notification. Errors are ignored: the manager restarts a service that it
// gets no notifications from.
func (n *Notifier) send(state string) {
	if n.addr == "" {
		return
	}
	c, err := net.DialUnix("unixgram", nil, &net.UnixAddr{Name: n.addr, Net: "unixgram"})
	if err != nil {
		return
	}
	defer c.Close()
	_, _ = c.Write([]byte(state))
}
