//go:build linux || darwin

package systemd_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"warroom/ui/systemd"
)

// manager listens like a service manager.
func manager(t *testing.T) (addr string, next func() string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "sd") // short enough for a socket path
	if err != nil {
		t.Fatalf("make a directory: got %v, want no error", err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	addr = filepath.Join(dir, "notify")
	c, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: addr, Net: "unixgram"})
	if err != nil {
		t.Fatalf("listen: got %v, want no error", err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return addr, func() string {
		_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
		b := make([]byte, 64)
		n, err := c.Read(b)
		if err != nil {
			t.Fatalf("read a message: got %v, want one", err)
		}
		return string(b[:n])
	}
}

func env(m map[string]string) func(string) string { return func(k string) string { return m[k] } }

// TestMessages: ready, watchdog and stopping notifications reach the manager.
func TestMessages(t *testing.T) {
	addr, next := manager(t)
	n := systemd.New(env(map[string]string{"NOTIFY_SOCKET": addr, "WATCHDOG_USEC": "2000", "WATCHDOG_PID": "7"}), 7)
	n.Ready()
	if got := next(); got != "READY=1" {
		t.Errorf("first message: got %q, want READY=1", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	looked := make(chan struct{}, 100)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.Watch(ctx, func() {
			select {
			case looked <- struct{}{}:
			default:
			}
		})
	}()
	for range 3 {
		if got := next(); got != "WATCHDOG=1" {
			t.Errorf("message while it is alive: got %q, want WATCHDOG=1", got)
		}
	}
	if len(looked) < 3 {
		t.Errorf("looks whether it is alive for 3 messages: got %d, want 3 or more", len(looked))
	}
	cancel()
	<-ended
}

// TestStuckServiceIsSilent: a blocked service sends no watchdog notifications.
func TestStuckServiceIsSilent(t *testing.T) {
	addr, next := manager(t)
	n := systemd.New(env(map[string]string{"NOTIFY_SOCKET": addr, "WATCHDOG_USEC": "2000"}), 7)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		n.Watch(ctx, func() { <-ctx.Done() })
	}()
	n.Stopping()
	if got := next(); got != "STOPPING=1" {
		t.Errorf("first message of a service that is stuck: got %q, want STOPPING=1", got)
	}
	cancel()
	<-ended
}

// TestNobodyListens: nothing runs without a manager, or with a watchdog for another
// process.
func TestNobodyListens(t *testing.T) {
	for name, m := range map[string]map[string]string{
		"no manager":      {"WATCHDOG_USEC": "2000"},
		"another process": {"NOTIFY_SOCKET": "@none", "WATCHDOG_USEC": "2000", "WATCHDOG_PID": "8"},
		"no watchdog":     {"NOTIFY_SOCKET": "@none"},
		"not a number":    {"NOTIFY_SOCKET": "@none", "WATCHDOG_USEC": "often"},
	} {
		n := systemd.New(env(m), 7)
		n.Ready()
		n.Watch(t.Context(), func() { t.Errorf("%s: got a look whether it is alive, want none", name) })
		n.Stopping()
	}
}
