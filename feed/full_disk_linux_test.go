package feed_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// insideVar says that the test runs where it may mount a disk of its own.
const insideVar = "WARROOM_TEST_INSIDE"

// TestRealFullDisk fills the disk of a hub's store while two terminals write: what
// they take waits in their outboxes, they say why, and go on by themselves when
// there is space again. It runs in a mount namespace of its own, so that nothing
// is left of its disk.
func TestRealFullDisk(t *testing.T) {
	if os.Getenv(insideVar) != "" {
		realFullDisk(t)
		return
	}
	t.Parallel()
	cmd := exec.Command(os.Args[0], "-test.run=^TestRealFullDisk$", "-test.v")
	cmd.Env = append(os.Environ(), insideVar+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}}
	}
	out, err := cmd.CombinedOutput()
	if err != nil && !errors.As(err, new(*exec.ExitError)) {
		t.Skipf("a disk of its own is not to be had here (%v): no disk was filled", err)
	}
	t.Logf("%s", out)
	if err != nil {
		t.Fatal(err)
	}
}

// realFullDisk is the test.
func realFullDisk(t *testing.T) {
	disk := feedtest.Data(t)
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Skipf("mounts cannot be kept apart here (%v): no disk was filled", err)
	}
	if err := syscall.Mount("none", disk, "tmpfs", 0, "size=32m,mode=700"); err != nil {
		t.Skipf("no disk can be mounted here (%v): none was filled", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(disk, syscall.MNT_DETACH) }) // the namespace ends anyway
	data := feedtest.Data(t)
	must(t, os.Mkdir(filepath.Join(disk, "hub"), 0o700))
	must(t, os.Symlink(filepath.Join(disk, "hub"), filepath.Join(data, "hub")))
	ana := feedtest.With(t, feedtest.Options(t, data, "ana"))
	short := feedtest.Declare(t, ana)
	seats := []*feed.Seat{feedtest.Enter(t, ana, short), feedtest.Enter(t, feedtest.With(t, feedtest.Options(t, data, "bo")), short)}
	for i, s := range seats {
		feedtest.Append(t, s, fmt.Sprint("before ", i))
	}
	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)
	var ids [2][]string
	say := func(text string) {
		for i, s := range seats {
			r, err := s.Submit(soon(t), feedtest.Note(text))
			if err != nil {
				t.Fatalf("on a full disk of the hub a terminal does not take a line: %v", err)
			}
			ids[i] = append(ids[i], r.ID)
		}
	}
	for k := range 10 {
		say(fmt.Sprint("full ", k))
	}
	for i, s := range seats {
		v := patient(t, s, "the terminal says that the disk is full", func(v *model.View) bool { return strings.Contains(v.Link.Trouble.String(), "disk is full") })
		t.Logf("terminal %d: %s", i, v.Link.Trouble)
	}
	say("while everybody knows")
	if s := seats[1]; len(s.Latest().Waiting) == 0 {
		t.Error("on a full disk nothing waits")
	}
	must(t, os.Remove(ballast))
	start := time.Now()
	for _, s := range seats {
		patient(t, s, "all is sent", func(v *model.View) bool { return s.Unsent() == 0 && len(v.Waiting) == 0 })
	}
	t.Logf("all was stored %v after there was space", time.Since(start))
	at := map[string]int{}
	must(t, ana.Events(context.Background(), short, 1, func(e *model.Event) error {
		if e.Fault != "" {
			t.Errorf("I2 violated: entry %d: %s", e.Seq, e.Fault)
		}
		at[e.ID]++
		return nil
	}))
	for i := range ids {
		for _, id := range ids[i] {
			if at[id] != 1 {
				t.Errorf("I1 violated: %s of terminal %d is in the log %d times", id, i, at[id])
			}
		}
	}
}

// fill writes a file until not one byte more fits on its disk.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
	}
	if !errors.Is(err, syscall.ENOSPC) {
		t.Fatal(err)
	}
}
