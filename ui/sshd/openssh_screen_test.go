//go:build ssh && linux

package sshd_test

import (
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// tmux runs a line in a real terminal.
func (b *bastion) tmux(name, line string) (keys func(...string), sees func(...string), end func()) {
	b.t.Helper()
	tm := "tmux -L " + filepath.Base(b.dir) + " -f /dev/null "
	b.sh("%snew-session -d -s %s -x 110 -y 32 \"%s; echo ended with \\$?; exec sleep 300\"", tm, name, line)
	keys = func(k ...string) { b.sh("%ssend-keys -t %s %s", tm, name, strings.Join(k, " ")) }
	sees = func(want ...string) {
		b.t.Helper()
		var got string
		late := time.Now().Add(defaultTimeout)
		for ok := false; !ok; {
			got, ok = b.sh("%scapture-pane -p -t %s", tm, name), true
			for _, w := range want {
				ok = ok && strings.Contains(got, w)
			}
			if !ok && time.Now().After(late) {
				b.t.Fatalf("%s does not show %q:\n%s", name, want, got)
			}
		}
	}
	return keys, sees, func() { _, _ = b.try("%skill-server", tm) }
}

func TestOpenSSHScreen(t *testing.T) {
	b := newBastion(t)
	keys, sees, end := b.tmux("ana", b.ssh("-t -i ana ana@127.0.0.1"))
	defer end()
	sees("SEV-1  TRIAGE  inc-1  Deploy key in a public log", "┌ Clocks", "1 here")
	other, otherSees, _ := b.tmux("bo", "LC_ALL=C "+b.ssh("-t -o SendEnv=LC_ALL -i bo bo@127.0.0.1 inc-1"))
	otherSees("inc-1  Deploy key", "+ Clocks ---", "2 here")
	sees("2 here")
	keys("-l", "'seen in job 8841'")
	keys("Enter")
	otherSees("note       seen in job 8841")
	b.sh("tmux -L %s resize-window -t ana -x 80 -y 24", filepath.Base(b.dir))
	sees("SEV-1  TRIAGE  inc-1  Deploy key", "seen in job 8841")
	b.sh("tmux -L %s resize-window -t ana -x 50 -y 10", filepath.Base(b.dir))
	sees("needs a terminal of 60x15; this one is", "50x10. Make it larger")
	b.sh("tmux -L %s resize-window -t ana -x 110 -y 32", filepath.Base(b.dir))
	sees("┌ Clocks")
	other("C-c")
	otherSees("ended with 0")
	sees("1 here")

	_, thirdSees, _ := b.tmux("cy", b.ssh("-t -i cy cy@127.0.0.1"))
	thirdSees("2 here")
	begun := time.Now()
	b.keys("ana", "bo")
	thirdSees("warroom: your key was revoked; ask the server's administrator", "ended with 1")
	if d := time.Since(begun); d > 5*time.Second {
		t.Errorf("striking a key out took %s", d)
	} else {
		t.Logf("striking a key out took %s", d.Round(10*time.Millisecond))
	}
	_, dropSees, _ := b.tmux("drop", b.ssh("-t -i bo bo@127.0.0.1"))
	dropSees("2 here")
	b.sh("kill -9 $(pgrep -P $(tmux -L %s list-panes -t drop -F '#{pane_pid}'))", filepath.Base(b.dir))
	b.log.until(t, "bo left")
	sees("1 here")
	b.stop()
	sees("warroom: this server is stopping; nothing that was stored is lost; log in again when it is back", "ended "+
		"with 1")
}
