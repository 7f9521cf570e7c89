package feed_test

import (
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

// insideVar is set in the process that may mount a disk.
const insideVar = "WARROOM_TEST_INSIDE"

// TestRealFullDisk fills the disk of a hub's store while two terminals write. Their lines
// wait in the outboxes, they show why, and the lines are sent when there is space. The
// test runs in its own mount namespace, which leaves nothing of the disk behind.
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
		t.Fatalf("run: %v", err)
	}
	if strings.Contains(string(out), "--- SKIP") {
		t.Skip("no disk was filled")
	}
}

// filling is a room whose hub has a small disk, with two terminals.
type filling struct {
	*testing.T
	disk     string
	short    string
	ana      *feed.Feed
	sessions []*feed.RoomSession
	ids      [2][]string
}

// smallDisk mounts the disk and opens the terminals.
func smallDisk(t *testing.T) *filling {
	t.Helper()
	x := &filling{T: t, disk: feedtest.Data(t)}
	if err := syscall.Mount("", "/", "", syscall.MS_REC|syscall.MS_PRIVATE, ""); err != nil {
		t.Skipf("mounts cannot be kept apart here (%v): no disk was filled", err)
	}
	if err := syscall.Mount("none", x.disk, "tmpfs", 0, "size=32m,mode=700"); err != nil {
		t.Skipf("no disk can be mounted here (%v): none was filled", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(x.disk, syscall.MNT_DETACH) }) // the namespace ends anyway
	data := feedtest.Data(t)
	must(t, os.Mkdir(filepath.Join(x.disk, "hub"), 0o700))
	must(t, os.Symlink(filepath.Join(x.disk, "hub"), filepath.Join(data, "hub")))
	x.ana = feedtest.With(t, feedtest.Options(t, data, "ana"))
	x.short = feedtest.Declare(t, x.ana)
	bo := feedtest.With(t, feedtest.Options(t, data, "bo"))
	x.sessions = []*feed.RoomSession{feedtest.Enter(t, x.ana, x.short), feedtest.Enter(t, bo, x.short)}
	for i, s := range x.sessions {
		feedtest.Append(t, s, fmt.Sprint("before ", i))
	}
	return x
}

// submitAll submits a line on both terminals.
func (x *filling) submitAll(text string) {
	x.Helper()
	for i, s := range x.sessions {
		r, err := s.Submit(soon(x.T), feedtest.Note(text))
		if err != nil {
			x.Fatalf("I9 violated: while the hub's disk is full a terminal does not take a line: %v", err)
		}
		x.ids[i] = append(x.ids[i], r.ID)
	}
}

// realFullDisk runs the test in the mount namespace.
func realFullDisk(t *testing.T) {
	x := smallDisk(t)
	ballast := filepath.Join(x.disk, "ballast")
	fill(t, ballast)
	for k := range 10 {
		x.submitAll(fmt.Sprint("full ", k))
	}
	for i, s := range x.sessions {
		v := feedtest.UntilWithin(t, s, feedtest.LongTimeout, "the terminal says that the disk is full",
			func(v *model.View) bool { return strings.Contains(v.Link.Problem.String(), "disk is full") })
		t.Logf("terminal %d: %s", i, v.Link.Problem)
	}
	x.submitAll("while everybody knows")
	if len(x.sessions[1].Latest().Waiting) == 0 {
		t.Error("on a full disk nothing waits")
	}
	must(t, os.Remove(ballast))
	start := time.Now()
	for _, s := range x.sessions {
		feedtest.UntilWithin(t, s, feedtest.LongTimeout, "all is sent",
			func(v *model.View) bool { return s.Unsent() == 0 && len(v.Waiting) == 0 })
	}
	t.Logf("all was stored %v after there was space", time.Since(start))
	at := map[string]int{}
	for _, e := range events(t, x.ana, x.short) {
		if e.Fault != "" {
			t.Errorf("I2 violated: entry %d: %s", e.Seq, e.Fault)
		}
		at[e.ID]++
	}
	for i, ids := range x.ids {
		for _, id := range ids {
			if at[id] != 1 {
				t.Errorf("I1 violated: %s of terminal %d is in the log %d times", id, i, at[id])
			}
		}
	}
}

// fill writes a file until its disk is full.
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
		t.Fatalf("write: %v", err)
	}
}
