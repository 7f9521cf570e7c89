package hub_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"warroom/feed/hub"
	"warroom/model"
)

func contextOf(t *testing.T, ms int) (context.Context, context.CancelFunc) {
	return context.WithTimeout(soon(t), time.Duration(ms)*time.Millisecond)
}

func remove(t testing.TB, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		t.Fatalf("remove a file: %v", err)
	}
}

func TestNewerForm(t *testing.T) {
	o := testOptions(t)
	h := open(t, o)
	form := filepath.Join(o.Dir, "form")
	for content, want := range map[string]string{
		strconv.Itoa(hub.Form+1) + "\n": "install a newer warroom",
		"x":                             "does not hold a number",
		"":                              "does not hold a number",
	} {
		must(t, os.WriteFile(form, []byte(content), 0o600))
		_, err := hub.Open(soon(t), o) // joining is refused too
		if model.CodeOf(err) != model.Conflict || !strings.Contains(err.Error(), want) {
			t.Errorf("form %q: %v", content, err)
		}
	}
	h.Close()
	must(t, os.WriteFile(form, []byte("9\n"), 0o600))
	if _, err := hub.Open(soon(t), o); model.CodeOf(err) != model.Conflict {
		t.Errorf("form 9, no host: %v", err)
	}
	if _, err := os.Lstat(h.Socket()); err == nil {
		t.Error("a refused hub left a socket")
	}
}

func TestReadOnlyDir(t *testing.T) {
	o := testOptions(t)
	o.Dir = readOnly(t)
	_, err := hub.Open(soon(t), o)
	if model.CodeOf(err) != model.Internal || !strings.Contains(err.Error(), o.Dir) ||
		!strings.Contains(err.Error(), "with --data") {
		t.Errorf("read-only directory: %v", err)
	}
}

func TestNoDirectory(t *testing.T) {
	o := testOptions(t)
	must(t, os.MkdirAll(filepath.Dir(o.Dir), 0o700))
	must(t, os.WriteFile(o.Dir, nil, 0o600))
	if _, err := hub.Open(soon(t), o); model.CodeOf(err) != model.Internal {
		t.Errorf("a file instead of the directory: %v", err)
	}
}

func TestWritableByOthers(t *testing.T) {
	o := testOptions(t)
	must(t, os.MkdirAll(o.Dir, 0o700))
	must(t, os.Chmod(o.Dir, 0o777))
	_, err := hub.Open(soon(t), o)
	if model.CodeOf(err) != model.Forbidden || !strings.Contains(err.Error(), "others may write to "+o.Dir) {
		t.Errorf("mode 777: %v", err)
	}
	must(t, os.Chmod(o.Dir, 0o700))
	must(t, os.MkdirAll(o.Runtime, 0o700))
	must(t, os.Chmod(o.Runtime, 0o770))
	if _, err := hub.Open(soon(t), o); model.CodeOf(err) != model.Forbidden {
		t.Errorf("runtime with mode 770: %v", err)
	}
	remove(t, o.Runtime)
	must(t, os.Symlink(o.Dir, o.Runtime))
	if _, err := hub.Open(soon(t), o); model.CodeOf(err) != model.Forbidden {
		t.Errorf("runtime is a link: %v", err)
	}
	if os.Geteuid() == 0 {
		remove(t, o.Runtime)
		must(t, os.Chown(o.Dir, 65534, 65534))
		_, err := hub.Open(soon(t), o)
		if model.CodeOf(err) != model.Forbidden || !strings.Contains(err.Error(), "belongs to user 65534") {
			t.Errorf("somebody else's: %v", err)
		}
	}
}

// TestLimit fills a store up to its limit: publishing is refused at once, with an
// explanation.
func TestLimit(t *testing.T) {
	o := prepared(t, hub.WithLimit(testOptions(t), 1<<20), 5*time.Millisecond)
	h := open(t, o)
	js, _ := stream(t, dial(t, h))
	err := flood(t, js, 64)
	if err == nil || !strings.Contains(err.Error(), "10023") && !strings.Contains(err.Error(), "resource") {
		t.Errorf("over the limit: %v", err)
	}
	until(t, "the trouble is said", func() bool {
		return strings.Contains(h.Problem().String(), "nothing more can be stored in "+o.Dir)
	})
	<-h.Changed()
	if !h.Hosting() || h.Server() == nil {
		t.Error("stopped hosting")
	}
}

// TestFullDisk fills a real disk of 16 MiB while the hub runs, if the system permits.
// Elsewhere TestLimit must do.
func TestFullDisk(t *testing.T) {
	o := testOptions(t)
	disk, ok := smallDisk(t)
	if !ok {
		t.Log("no small disk to be had here: TestLimit and TestRestart stand for it")
		return
	}
	o.Dir = filepath.Join(disk, "hub")
	var mu sync.Mutex
	var warned []string
	o.Logf = func(s model.Safe) {
		mu.Lock()
		defer mu.Unlock()
		warned = append(warned, s.String())
	}
	h := open(t, prepared(t, o, 20*time.Millisecond))
	if got := h.Problem().String(); !strings.Contains(got, "MiB can still be stored") {
		t.Errorf("a disk of 16 MiB: trouble %q", got)
	}
	nc := dial(t, h)
	js, _ := stream(t, nc)
	publish(t, js, "before")
	ballast := filepath.Join(disk, "ballast")
	fillDisk(t, ballast)
	if err := flood(t, js, 64); err == nil {
		t.Error("published 4 MiB to a full disk")
	}
	until(t, "the trouble is said", func() bool { return strings.Contains(h.Problem().String(), "disk is full") })
	t.Log(h.Problem())
	before := stored(t, nc)
	if got := stored(t, dial(t, open(t, o))); got != before {
		t.Errorf("who joins a full disk reads up to %d, want %d", got, before)
	}
	remove(t, ballast)
	start := time.Now()
	publish(t, js, "after")
	t.Logf("stored again %v after there was room", time.Since(start))
	until(t, "the trouble is over", func() bool { return !strings.Contains(h.Problem().String(), "disk is full") })
	if got := stored(t, nc); got <= before-1 {
		t.Errorf("stored %d, before %d", got, before)
	}
	mu.Lock()
	defer mu.Unlock()
	if len(warned) == 0 || !strings.HasPrefix(warned[0], "hub: ") {
		t.Errorf("the log got %q", warned)
	}
}

// TestNoRoomToBegin opens a hub on a disk to which nothing can be written.
func TestNoRoomToBegin(t *testing.T) {
	o := testOptions(t)
	disk, ok := smallDisk(t)
	if !ok {
		t.Log("no small disk to be had here: TestReadOnlyDir stands for it")
		return
	}
	o.Dir = filepath.Join(disk, "hub")
	must(t, os.MkdirAll(o.Dir, 0o700))
	fillDisk(t, filepath.Join(disk, "ballast"))
	_, err := hub.Open(soon(t), o)
	if model.CodeOf(err) != model.Internal || !strings.Contains(err.Error(), "the disk is full; free some space") {
		t.Errorf("full from the start: %v", err)
	}
}

// flood publishes n messages of 64 KiB, until one is refused.
func flood(t *testing.T, js jetstream.JetStream, n int) error {
	t.Helper()
	b := bytes.Repeat([]byte("x"), 64<<10)
	for range n {
		ctx, cancel := context.WithTimeout(soon(t), 300*time.Millisecond)
		_, err := js.Publish(ctx, "room.a", b, jetstream.WithRetryAttempts(0))
		cancel()
		if err != nil {
			return err
		}
	}
	return nil
}

// TestRestart stops the server while it is used: the watch starts another one.
func TestRestart(t *testing.T) {
	o := prepared(t, testOptions(t), 5*time.Millisecond)
	h := open(t, o)
	guest := open(t, o)
	nc := dial(t, guest)
	js, _ := stream(t, nc)
	publish(t, js, "one")
	sick := h.Server()
	sick.Shutdown()
	publish(t, js, "two")
	if h.Server() == sick || guest.Hosting() {
		t.Error("the host did not restart its server")
	}
	if got := stored(t, nc); got < 2 {
		t.Errorf("stored %d, want 2", got)
	}
	until(t, "the trouble is over", func() bool { return h.Problem().IsEmpty() })
}
