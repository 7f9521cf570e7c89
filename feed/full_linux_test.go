package feed_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"warroom/feed/feedtest"
	"warroom/model"
)

// TestRealFullDisk fills a small disk behind the hub's back, to the last byte.
// Where the system does not let us mount one, TestFullDisk stands for it.
func TestRealFullDisk(t *testing.T) {
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	if err := syscall.Mount("none", o.Data, "tmpfs", 0, "size=64m,mode=700"); err != nil {
		t.Logf("no small disk to be had here (%v): TestFullDisk stands for it", err)
		return
	}
	t.Cleanup(func() { must(t, syscall.Unmount(o.Data, syscall.MNT_DETACH)) })
	o.Runtime = filepath.Join(feedtest.Data(t), "run")
	short := declared(t, o)
	o.Look(20 * time.Millisecond)
	a := feedtest.With(t, o)
	joined := feedtest.With(t, remote(t, a, feedtest.Data(t), "bo")) // whose own disk has room
	sa, sb := feedtest.Enter(t, a, short), feedtest.Enter(t, joined, short)
	feedtest.Append(t, sa, "before")
	feedtest.Append(t, sb, "before that")
	ballast := filepath.Join(o.Data, "ballast")
	fill(t, ballast)
	feedtest.Until(t, sb, "the full disk is said", func(v *model.View) bool { return strings.Contains(v.Link.Trouble.String(), "disk is full") })
	if _, err := sb.Append(soon(t), feedtest.Note("while it is full")); model.CodeOf(err) != model.Kept {
		t.Errorf("got %v, want it kept", err)
	}
	want := []string{"after", "before", "before that", "while it is full"}
	switch _, err := sa.Append(soon(t), feedtest.Note("on the full disk")); model.CodeOf(err) {
	case model.Kept: // in the rest of a block that the outbox has already
		want = append(want, "on the full disk")
	case model.Internal: // refused, as it could not be kept
		if !strings.Contains(err.Error(), "free space in") {
			t.Errorf("got %v", err)
		}
	default:
		t.Errorf("got %v, want it kept or refused", err)
	}
	must(t, os.Remove(ballast))
	feedtest.Until(t, sa, "what waited is there", has("while it is full"))
	feedtest.Append(t, sa, "after")
	v := feedtest.Until(t, sb, "the trouble is over", func(v *model.View) bool {
		return len(feedtest.Notes(v.Room)) >= len(want) && !strings.Contains(v.Link.Trouble.String(), "disk is full")
	})
	got := feedtest.Notes(v.Room)
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// fill writes until nothing more fits.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	must(t, err)
	defer f.Close()
	for size := 1 << 20; size > 0; size /= 2 {
		for err = nil; err == nil; {
			_, err = f.Write(make([]byte, size))
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}
