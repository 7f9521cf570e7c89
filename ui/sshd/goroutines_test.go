package sshd_test

import (
	"runtime"
	"strings"
	"testing"
)

// TestGoroutinesOfASession bounds what an idle session holds: each goroutine is 4 to 8 KiB.
// It does not count those of the SSH library.
func TestGoroutinesOfASession(t *testing.T) {
	const sessions = 10
	r := start(t, usual())
	for range sessions {
		r.open(r.login("ana", ana), "xterm", "", 80, 24).out.until(t, "Deploy key")
	}
	// The connection, the loop of the screen, and the reader.
	const want = 3 * sessions
	eventually(t, "idle sessions have three goroutines each", func() bool {
		buf := make([]byte, 8<<20)
		got := 0
		for one := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			begun := one[strings.LastIndex(one, "created by ")+1:]
			for _, of := range []string{"sshd.(*Server)", "sshd.(*conn)", "sshd.(*session)", "ui/screen.", "ui/shell.",
				"tview.(*Application)", "sync.(*WaitGroup)"} {
				if strings.Contains(begun, of) && (strings.Contains(one, "sshd.(*conn)") ||
					strings.Contains(one, "sshd.(*session)") || strings.Contains(one, "ui/screen.") ||
					strings.Contains(one, "ui/shell.")) {
					got++
					break
				}
			}
		}
		return got == want
	})
}
