package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"warroom/model"
)

// TestIngestOfAPipeEnds: Ctrl-C ends ingest while it waits for a named pipe: for somebody who
// opens it, or for more to read.
func TestIngestOfAPipeEnds(t *testing.T) {
	for _, opened := range []bool{false, true} {
		path := filepath.Join(t.TempDir(), "pipe")
		if err := syscall.Mkfifo(path, 0o600); err != nil {
			t.Fatalf("make a named pipe: %v", err)
		}
		if opened {
			w, err := os.OpenFile(path, os.O_RDWR, 0)
			if err != nil {
				t.Fatalf("open the pipe: %v", err)
			}
			defer w.Close()
		}
		ctx, cancel := context.WithCancel(t.Context())
		reading := make(chan struct{})
		read := func(_ context.Context, r io.Reader, _ string, _ func(*model.Alert) error) (model.Intake, error) {
			close(reading)
			_, err := io.Copy(io.Discard, r)
			return model.Intake{}, err
		}
		ended := make(chan int, 1)
		go func() {
			ended <- Run(ctx, Env{Args: []string{"--data", t.TempDir(), "ingest", "--dry-run", path},
				Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard,
				Getenv: func(string) string { return "" }, Clock: roomInMemory(t).Clock,
				Intake: func(string, bool) (model.AlertSource, error) { return read, nil }})
		}()
		if opened {
			<-reading
		}
		cancel()
		select {
		case code := <-ended:
			if code != exitFailed {
				t.Errorf("a pipe that somebody opened (%t): got exit %d, want %d", opened, code, exitFailed)
			}
		case <-time.After(30 * time.Second):
			t.Fatalf("a pipe that somebody opened (%t): got no end within 30 s of the interrupt, want one", opened)
		}
	}
}
