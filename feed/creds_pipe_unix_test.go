//go:build unix

package feed_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// TestCredsFromPipes: credentials come from a pipe that a shell opened, as in --creds <(COMMAND), and a
// named pipe is refused at once.
func TestCredsFromPipes(t *testing.T) {
	x := newTeam(t)
	short := feedtest.Declare(t, x.host)
	text, err := os.ReadFile(x.file(feed.Invite{Handle: "bo", Right: model.Write}))
	if err != nil {
		t.Fatalf("read an invitation: %v", err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatalf("make a pipe: %v", err)
	}
	defer r.Close()
	if _, err := w.Write(text); err != nil {
		t.Fatalf("write to a pipe: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Fatalf("close a pipe: %v", err)
	}
	path := fmt.Sprintf("/dev/fd/%d", r.Fd())
	if feed.IsTool(path) {
		t.Error("got the invitation of a tool, want that of a person")
	}
	bo := feedtest.With(t, x.as(path))
	feedtest.Append(t, feedtest.Enter(t, bo, short), "from a pipe")
	fifo := filepath.Join(t.TempDir(), "fifo")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatalf("make a named pipe: %v", err)
	}
	if feed.IsTool(fifo) {
		t.Error("a named pipe: got the invitation of a tool, want none")
	}
	if _, err := feed.Open(soon(t), x.as(fifo)); err == nil || !strings.Contains(err.Error(), "named pipe") {
		t.Errorf("a named pipe: got %v, want it refused by what it is", err)
	}
}
