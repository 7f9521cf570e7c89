package feed_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/feed/feedtest"
	"warroom/model"
)

// TestRevokedInTheRoom: a ruling of the room about a person applies to their other keys.
func TestRevokedInTheRoom(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	sa := feedtest.Enter(t, f, short)
	s := feedtest.Enter(t, guest(t, f, "bo", model.Write), short)
	feedtest.Append(t, s, "by bo")
	act(t, sa, ":right @bo watch")
	reopened, err := f.Guest(soon(t), guestOf("bo", "two", model.Write))
	if err != nil {
		t.Fatalf("guest: %v", err)
	}
	defer reopened.Close()
	s2 := feedtest.Enter(t, reopened, short)
	v := feedtest.Until(t, s2, "the new key is in",
		func(v *model.View) bool { return v.Room.Knows(reopened.Who().Key) })
	if m, _ := v.Room.Member(reopened.Who().Key); m.Right != model.Watch || m.Name != "BO" || m.Job != "SRE" ||
		m.Since.IsZero() {
		t.Errorf("the new key came as %+v", m)
	}
	act(t, sa, ":strike @bo")
	feedtest.Until(t, s2, "bo is out",
		func(v *model.View) bool { return strings.Contains(v.Over.String(), "bo was revoked in "+short) })
	third, err := f.Guest(soon(t), guestOf("bo", "three", model.Command))
	if err != nil {
		t.Fatalf("guest: %v", err)
	}
	defer third.Close()
	if _, err := third.Enter(soon(t), short); model.CodeOf(err) != model.Forbidden {
		t.Errorf("a struck person came in: %v", err)
	}
	if slices.Contains(shown(t, third), short) {
		t.Error("a struck person is shown the room")
	}
	act(t, sa, ":right @bo write")
	feedtest.Append(t, feedtest.Enter(t, third, short), "with a new key")
}

// watcher is an enforcer that records its calls.
type watcher struct {
	mu      sync.Mutex
	rooms   map[string][]string
	revoked []string
	changed chan struct{}
}

func newWatcher() *watcher {
	return &watcher{rooms: map[string][]string{}, changed: make(chan struct{}, 100)}
}

func (w *watcher) record(fn func()) {
	w.mu.Lock()
	fn()
	w.mu.Unlock()
	w.changed <- struct{}{}
}

// Restrict implements [access.Enforcer].
func (w *watcher) Restrict(short string, names []string) { w.record(func() { w.rooms[short] = names }) }

// Revoke implements [access.Enforcer].
func (w *watcher) Revoke(handle string) int {
	w.record(func() { w.revoked = append(w.revoked, handle) })
	return 3
}

// Lift implements [access.Enforcer].
func (w *watcher) Lift(handle string) {
	w.record(func() { w.revoked = slices.DeleteFunc(w.revoked, func(h string) bool { return h == handle }) })
}

// until waits for a recorded call.
func (w *watcher) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	late := time.After(feedtest.DefaultTimeout)
	for {
		w.mu.Lock()
		ok := is()
		w.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-w.changed:
		case <-late:
			t.Fatalf("waited in vain until %s; told %v, %v", what, w.rooms, w.revoked)
		}
	}
}

func TestAccessEnforcersAreNotified(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	other := feedtest.With(t, feedtest.Options(t, data, "dee"))
	one, err := f.Declare(soon(t),
		model.Declaration{Title: "An insider", Severity: "SEV-1", Plan: feedtest.Plan(), Restricted: []string{"bo"}})
	if err != nil {
		t.Fatalf("declare a room: %v", err)
	}
	w := newWatcher()
	f.Guard(w)
	w.until(t, "the room that was there is known",
		func() bool { return slices.Equal(w.rooms[one], []string{"ana", "bo"}) })
	two := feedtest.Declare(t, other)
	s := feedtest.Enter(t, other, two)
	act(t, s, ":restrict @cy")
	w.until(t, "the other room is known", func() bool { return slices.Equal(w.rooms[two], []string{"cy", "dee"}) })
	act(t, s, ":restrict off")
	w.until(t, "it is open again", func() bool { names, ok := w.rooms[two]; return ok && len(names) == 0 })
	out, err := other.Revoke(soon(t), "bo", "a stolen laptop")
	if err != nil || out.Ended != 3 || !out.Serving {
		t.Errorf("struck: %+v %v", out, err)
	}
	w.until(t, "bo is struck", func() bool { return slices.Equal(w.revoked, []string{"bo"}) })
	late := newWatcher()
	f.Guard(late)
	late.until(t, "a later guard knows it too",
		func() bool { return slices.Equal(late.revoked, []string{"bo"}) && late.rooms[one] != nil })
	if _, err := other.Lift(soon(t), "bo"); err != nil {
		t.Fatalf("lift: %v", err)
	}
	w.until(t, "bo is lifted", func() bool { return len(w.revoked) == 0 })
}

func TestRevokeEndsThePersonInEveryRoom(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	one, two, three := feedtest.Declare(t, f), feedtest.Declare(t, f), feedtest.Declare(t, f)
	bo, err := f.Guest(soon(t), guestOf("bo", "one", model.Command))
	if err != nil {
		t.Fatalf("guest: %v", err)
	}
	s := feedtest.Enter(t, bo, one)
	act(t, s, ":role commander @bo")
	feedtest.Append(t, feedtest.Enter(t, bo, two), "by bo")
	out, err := f.Revoke(soon(t), "bo", "a stolen laptop")
	if err != nil || len(out.Rooms) != 2 || out.Rooms[0].Short != one || out.Rooms[0].Keys != 1 ||
		!slices.Equal(out.Rooms[0].Roles, []string{"commander"}) || out.Serving {
		t.Fatalf("struck: %+v %v", out, err)
	}
	if !slices.Equal(out.SSHKeys, []string{"SHA256:boone"}) || !f.IsRevoked("other", "SHA256:boone") ||
		!f.IsRevoked("bo", "") || f.IsRevoked("cy", "SHA256:x") {
		t.Errorf("the list has not what it should: %+v", out)
	}
	feedtest.Until(t, s, "bo is out", func(v *model.View) bool { return !v.Over.IsEmpty() })
	r := feedtest.Enter(t, f, one).Latest().Room
	if len(r.Holders("commander")) != 0 ||
		!strings.Contains(r.Line(r.Seq).Text.String(), "every key of bo: a stolen laptop") {
		t.Errorf("the room does not show it: %v, %s", r.Holders("commander"), r.Line(r.Seq).Text)
	}
	if err := bo.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if _, err := f.Guest(soon(t), guestOf("bo", "new", model.Write)); model.CodeOf(err) != model.Forbidden {
		t.Errorf("bo came again: %v", err)
	}
	out, err = f.Lift(soon(t), "bo")
	if err != nil || len(out.Rooms) != 2 || !slices.Equal(out.SSHKeys, []string{"SHA256:boone"}) {
		t.Errorf("lifted: %+v %v", out, err)
	}
	feedtest.Append(t, feedtest.Enter(t, guest(t, f, "bo", model.Write), three), "in a room that never struck them")
	for _, c := range []struct {
		handle string
		code   model.Code
	}{{"ana", model.Conflict}, {"hub", model.Invalid}, {"B O", model.Invalid}} {
		if _, err := f.Revoke(soon(t), c.handle, ""); model.CodeOf(err) != c.code {
			t.Errorf("%s: %v", c.handle, err)
		}
	}
	if _, err := f.Lift(soon(t), "bo"); model.CodeOf(err) != model.NotFound {
		t.Errorf("lifted twice: %v", err)
	}
}

func TestRevocationListEditedByHand(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	path := filepath.Join(data, "struck")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
			t.Fatalf("write a file: %v", err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatalf("rename a file: %v", err)
		}
	}
	write("# by hand\n\nhandle bo\nnonsense\nkey SHA256:abc cy 2026-01-01\n")
	if !f.IsRevoked("bo", "") || !f.IsRevoked("cy", "SHA256:abc") || f.IsRevoked("cy", "") {
		t.Error("what was written by hand does not hold")
	}
	if _, err := f.Revoke(context.Background(), "dee", ""); err != nil {
		t.Fatalf("revoke: %v", err)
	}
	raw, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(raw), "handle bo\nnonsense\nkey SHA256:abc cy 2026-01-01\nhandle dee ") {
		t.Errorf("what was there is gone: %q %v", raw, err)
	}
	write("handle dee\n")
	if f.IsRevoked("bo", "") || !f.IsRevoked("dee", "") {
		t.Error("a line that was taken away still holds")
	}
	if err := os.Remove(path); err != nil {
		t.Fatalf("remove a file: %v", err)
	}
	if f.IsRevoked("dee", "") {
		t.Error("a file that was taken away still holds")
	}
}
