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

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// guest lets somebody in by SSH, and out at the end of the test.
func guest(t *testing.T, f *feed.Feed, handle string, right model.Right) *feed.Feed {
	t.Helper()
	g, err := f.Guest(soon(t), guestOf(handle, "one", right))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Error(err)
		}
	})
	return g
}

// guestOf is a guest by one of their keys.
func guestOf(handle, key string, right model.Right) feed.Guest {
	return feed.Guest{Handle: handle, Via: "ssh", Dir: filepath.Join("ssh", handle+key, handle+"-"+string(right)), Right: right,
		Door: "ssh SHA256:" + handle + key, Name: strings.ToUpper(handle), Job: "SRE"}
}

// act has a composer line said, and waits until it is stored.
func act(t *testing.T, s model.Seat, line string) {
	t.Helper()
	v := s.Latest()
	a, err := model.Parse(line, model.Ctx{Room: v.Room, Who: s.Who(), Now: time.Now(), Zone: time.UTC, Knocks: v.Knocks})
	if err == nil {
		_, err = s.Append(soon(t), a)
	}
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
}

// shown are the rooms in a list.
func shown(t *testing.T, f *feed.Feed) []string {
	t.Helper()
	list, err := f.List(soon(t))
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, i := range list {
		out = append(out, i.Short)
	}
	return out
}

// asAbsent demands that a room answers a person, at every door, as one that is
// not there.
func asAbsent(t *testing.T, f *feed.Feed, short string) {
	t.Helper()
	if slices.Contains(shown(t, f), short) {
		t.Errorf("%s is in the list of %s", short, f.Who().Handle)
	}
	none := func(*model.Event) error { t.Error("an event came through"); return nil }
	for name, try := range map[string]func(string) error{
		"enter":  func(s string) error { _, err := f.Enter(soon(t), s); return err },
		"events": func(s string) error { return f.Events(soon(t), s, 1, none) },
		"follow": func(s string) error { return f.Follow(soon(t), s, 1, none) },
	} {
		got, want := try(short), try("inc-999")
		if got == nil || want == nil || model.CodeOf(got) != model.CodeOf(want) || strings.ReplaceAll(got.Error(), short, "inc-999") != want.Error() {
			t.Errorf("%s: %v, and a room that is not there: %v", name, got, want)
		}
	}
}

func TestRestrictedRoomIsNotThereForOthers(t *testing.T) {
	f := feedtest.Open(t, "ana")
	open := feedtest.Declare(t, f)
	short, err := f.Declare(soon(t), model.Declaration{Title: "An insider", Severity: "SEV-1", Plan: feedtest.Plan(), Restricted: []string{"bo"}})
	if err != nil {
		t.Fatal(err)
	}
	bo, cy := guest(t, f, "bo", model.Write), guest(t, f, "cy", model.Command)
	asAbsent(t, cy, short)
	if got := shown(t, cy); !slices.Equal(got, []string{open}) {
		t.Errorf("cy is shown %v", got)
	}
	feedtest.Append(t, feedtest.Enter(t, bo, short), "by bo")
	list, err := f.List(soon(t))
	if err != nil || len(list) != 2 || !list[0].Restricted || list[1].Restricted {
		t.Errorf("ana, at the hub's machine, is shown %v, %v", list, err)
	}
	act(t, feedtest.Enter(t, f, short), ":restrict off")
	feedtest.Append(t, feedtest.Enter(t, cy, short), "by cy")
}

func TestWhoIsInsideIsPutOut(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	bo, cy := guest(t, f, "bo", model.Write), guest(t, f, "cy", model.Command)
	sa, sb, sc := feedtest.Enter(t, f, short), feedtest.Enter(t, bo, short), feedtest.Enter(t, cy, short)
	feedtest.Append(t, sc, "by cy")
	here := func(v *model.View) bool {
		return slices.ContainsFunc(v.Here, func(p model.Presence) bool { return p.Handle == "cy" })
	}
	feedtest.Until(t, sa, "cy is here", here)
	followed := make(chan error, 1)
	started := make(chan struct{})
	go func() {
		var once sync.Once
		followed <- cy.Follow(soon(t), short, 1, func(e *model.Event) error {
			once.Do(func() { close(started) })
			if e.Kind == model.KindRoomRestricted || strings.Contains(string(e.Body), "secret") {
				t.Errorf("cy read %s", e.Body)
			}
			return nil
		})
	}()
	<-started
	act(t, sa, ":restrict @bo an insider")
	feedtest.Append(t, sa, "the secret")
	v := feedtest.Until(t, sc, "cy's seat has ended", func(v *model.View) bool { return !v.Over.IsEmpty() })
	if has("the secret")(v) || v.Room.IsRestricted() || len(v.Here) != 0 {
		t.Errorf("cy sees the room after the end: %v, %v", feedtest.Notes(v.Room), v.Here)
	}
	if want := short + " was restricted to certain people, and you are not one of them; what you wrote is kept there, goodbye"; v.Over.String() != want {
		t.Errorf("cy is told %q", v.Over)
	}
	if err := <-followed; model.CodeOf(err) != model.Forbidden || err.Error() != v.Over.String() {
		t.Errorf("reading on ended with %v", err)
	}
	if _, err := sc.Append(soon(t), feedtest.Note("still here")); model.CodeOf(err) != model.Forbidden {
		t.Errorf("cy writes: %v", err)
	}
	feedtest.Until(t, sa, "cy is not here any more", func(v *model.View) bool { return !here(v) })
	feedtest.Until(t, sb, "bo sees all", has("the secret"))
	asAbsent(t, cy, short)
}

// TestStruckInTheRoom: what the room said of a person holds for another key of
// theirs.
func TestStruckInTheRoom(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	sa := feedtest.Enter(t, f, short)
	s := feedtest.Enter(t, guest(t, f, "bo", model.Write), short)
	feedtest.Append(t, s, "by bo")
	act(t, sa, ":right @bo watch")
	again, err := f.Guest(soon(t), guestOf("bo", "two", model.Write))
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	s2 := feedtest.Enter(t, again, short)
	v := feedtest.Until(t, s2, "the new key is in", func(v *model.View) bool { return v.Room.Knows(again.Who().Key) })
	if m, _ := v.Room.Member(again.Who().Key); m.Right != model.Watch || m.Name != "BO" || m.Job != "SRE" || m.Since.IsZero() {
		t.Errorf("the new key came as %+v", m)
	}
	act(t, sa, ":strike @bo")
	feedtest.Until(t, s2, "bo is out", func(v *model.View) bool { return strings.Contains(v.Over.String(), "bo was struck from "+short) })
	third, err := f.Guest(soon(t), guestOf("bo", "three", model.Command))
	if err != nil {
		t.Fatal(err)
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

// TestCraftedWatcher: who may only watch writes nothing, whatever their program
// does.
func TestCraftedWatcher(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	sa, wu := feedtest.Enter(t, f, short), feedtest.Enter(t, guest(t, f, "wu", model.Watch), short)
	feedtest.Until(t, wu, "wu is let in", func(v *model.View) bool { return v.Room.Knows(wu.Who().Key) })
	before := sa.Latest().Room
	for _, b := range []model.Body{model.NewEntry(model.KindEntryNoted, "x"), &model.RoleAssumed{Role: "commander", Person: "wu"},
		&model.RightChanged{Handle: "wu", Right: model.Command}, &model.IncidentRenamed{Title: "theirs"}} {
		if _, err := wu.Append(soon(t), model.Act{Body: b}); model.CodeOf(err) != model.Forbidden || !strings.HasPrefix(err.Error(), "wu may only watch here") {
			t.Errorf("%s at the door: %v", b.Kind(), err)
		}
		seq, err := feed.Force(soon(t), wu, model.Act{Body: b})
		if err != nil {
			t.Fatal(err)
		}
		v := feedtest.Until(t, sa, "it is folded", func(v *model.View) bool { return v.Room.Seq >= seq })
		if why, no := v.Room.Refusal(seq); !no || !strings.HasPrefix(why.String(), "wu may only watch here") {
			t.Errorf("%s in the log: %q", b.Kind(), why)
		}
	}
	if r := sa.Latest().Room; r.Title != before.Title || r.Entries != before.Entries || len(r.RolesOf("wu")) != 0 {
		t.Errorf("wu changed the room: %q, %d entries", r.Title, r.Entries)
	}
}

// watcher is a guard that keeps what it was told.
type watcher struct {
	mu     sync.Mutex
	rooms  map[string][]string
	struck []string
	news   chan struct{}
}

func newWatcher() *watcher {
	return &watcher{rooms: map[string][]string{}, news: make(chan struct{}, 100)}
}

func (w *watcher) told(fn func()) {
	w.mu.Lock()
	fn()
	w.mu.Unlock()
	w.news <- struct{}{}
}

// Restrict implements feed.Guard.
func (w *watcher) Restrict(short string, names []string) { w.told(func() { w.rooms[short] = names }) }

// Strike implements feed.Guard.
func (w *watcher) Strike(handle string) int {
	w.told(func() { w.struck = append(w.struck, handle) })
	return 3
}

// Lift implements feed.Guard.
func (w *watcher) Lift(handle string) {
	w.told(func() { w.struck = slices.DeleteFunc(w.struck, func(h string) bool { return h == handle }) })
}

// until waits until the guard was told something.
func (w *watcher) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	late := time.After(feedtest.Patience)
	for {
		w.mu.Lock()
		ok := is()
		w.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-w.news:
		case <-late:
			t.Fatalf("waited in vain until %s; told %v, %v", what, w.rooms, w.struck)
		}
	}
}

func TestGuardsAreTold(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	other := feedtest.With(t, feedtest.Options(t, data, "dee"))
	one, err := f.Declare(soon(t), model.Declaration{Title: "An insider", Severity: "SEV-1", Plan: feedtest.Plan(), Restricted: []string{"bo"}})
	if err != nil {
		t.Fatal(err)
	}
	w := newWatcher()
	f.Guard(w)
	w.until(t, "the room that was there is known", func() bool { return slices.Equal(w.rooms[one], []string{"ana", "bo"}) })
	two := feedtest.Declare(t, other)
	s := feedtest.Enter(t, other, two)
	act(t, s, ":restrict @cy")
	w.until(t, "the other room is known", func() bool { return slices.Equal(w.rooms[two], []string{"cy", "dee"}) })
	act(t, s, ":restrict off")
	w.until(t, "it is open again", func() bool { names, ok := w.rooms[two]; return ok && len(names) == 0 })
	out, err := other.Strike(soon(t), "bo", "a stolen laptop")
	if err != nil || out.Ended != 3 || !out.Serving {
		t.Errorf("struck: %+v %v", out, err)
	}
	w.until(t, "bo is struck", func() bool { return slices.Equal(w.struck, []string{"bo"}) })
	late := newWatcher()
	f.Guard(late)
	late.until(t, "a later guard knows it too", func() bool { return slices.Equal(late.struck, []string{"bo"}) && late.rooms[one] != nil })
	if _, err := other.Lift(soon(t), "bo"); err != nil {
		t.Fatal(err)
	}
	w.until(t, "bo is lifted", func() bool { return len(w.struck) == 0 })
}

func TestStrikeEndsThePersonInEveryRoom(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	one, two, three := feedtest.Declare(t, f), feedtest.Declare(t, f), feedtest.Declare(t, f)
	bo, err := f.Guest(soon(t), guestOf("bo", "one", model.Command))
	if err != nil {
		t.Fatal(err)
	}
	s := feedtest.Enter(t, bo, one)
	act(t, s, ":role commander @bo")
	feedtest.Append(t, feedtest.Enter(t, bo, two), "by bo")
	out, err := f.Strike(soon(t), "bo", "a stolen laptop")
	if err != nil || len(out.Rooms) != 2 || out.Rooms[0].Short != one || out.Rooms[0].Keys != 1 || !slices.Equal(out.Rooms[0].Roles, []string{"commander"}) || out.Serving {
		t.Fatalf("struck: %+v %v", out, err)
	}
	if !slices.Equal(out.SSHKeys, []string{"SHA256:boone"}) || !f.Struck("other", "SHA256:boone") || !f.Struck("bo", "") || f.Struck("cy", "SHA256:x") {
		t.Errorf("the list has not what it should: %+v", out)
	}
	feedtest.Until(t, s, "bo is out", func(v *model.View) bool { return !v.Over.IsEmpty() })
	r := feedtest.Enter(t, f, one).Latest().Room
	if len(r.Holders("commander")) != 0 || !strings.Contains(r.Line(r.Seq).Text.String(), "every key of bo: a stolen laptop") {
		t.Errorf("the room does not show it: %v, %s", r.Holders("commander"), r.Line(r.Seq).Text)
	}
	if err := bo.Close(); err != nil {
		t.Fatal(err)
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
		if _, err := f.Strike(soon(t), c.handle, ""); model.CodeOf(err) != c.code {
			t.Errorf("%s: %v", c.handle, err)
		}
	}
	if _, err := f.Lift(soon(t), "bo"); model.CodeOf(err) != model.NotFound {
		t.Errorf("lifted twice: %v", err)
	}
}

func TestStruckListByHand(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	path := filepath.Join(data, "struck")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path+".new", []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(path+".new", path); err != nil {
			t.Fatal(err)
		}
	}
	write("# by hand\n\nhandle bo\nnonsense\nkey SHA256:abc cy 2026-01-01\n")
	if !f.Struck("bo", "") || !f.Struck("cy", "SHA256:abc") || f.Struck("cy", "") {
		t.Error("what was written by hand does not hold")
	}
	if _, err := f.Strike(context.Background(), "dee", ""); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(raw), "handle bo\nnonsense\nkey SHA256:abc cy 2026-01-01\nhandle dee ") {
		t.Errorf("what was there is gone: %q %v", raw, err)
	}
	write("handle dee\n")
	if f.Struck("bo", "") || !f.Struck("dee", "") {
		t.Error("a line that was taken away still holds")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if f.Struck("dee", "") {
		t.Error("a file that was taken away still holds")
	}
}

// TestWhatGuestsLeftIsSent: a server that died has left lines of a guest; the
// next one sends them, and lets nobody in by that.
func TestWhatGuestsLeftIsSent(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	short, other := feedtest.Declare(t, f), feedtest.Declare(t, f)
	sa, so := feedtest.Enter(t, f, short), feedtest.Enter(t, f, other)
	bo, err := f.Guest(soon(t), guestOf("bo", "one", model.Write))
	if err != nil {
		t.Fatal(err)
	}
	feedtest.Append(t, feedtest.Enter(t, bo, short), "before")
	who := bo.Who()
	if err := bo.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := feed.LeaveInBox(data, so, who, "not let in there", time.Now()); err != nil {
		t.Fatal(err)
	}
	if _, err := feed.LeaveInBox(data, sa, who, "left behind", time.Now()); err != nil {
		t.Fatal(err)
	}
	f.Sweep()
	v := feedtest.Until(t, sa, "what bo left is there", has("left behind"))
	once(t, v.Room, []string{"before", "left behind"})
	if l := v.Room.Line(v.Room.Seq); l.By != "bo" || l.Via != "ssh" {
		t.Errorf("it is by %s via %s", l.By, l.Via)
	}
	feedtest.Append(t, so, "after")
	if r := so.Latest().Room; r.Knows(who.Key) {
		t.Error("bo was let into another room")
	}
}

// TestWhereGuestsComeFrom is seen in the room while they are there.
func TestWhereGuestsComeFrom(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	sa := feedtest.Enter(t, f, short)
	bo := guest(t, f, "bo", model.Write)
	gone := bo.At("192.0.2.7")
	s := feedtest.Enter(t, bo, short)
	from := func(want string) func(*model.View) bool {
		return func(v *model.View) bool {
			return slices.ContainsFunc(v.Here, func(p model.Presence) bool { return p.Handle == "bo" && p.Via == "ssh" && p.From == want })
		}
	}
	feedtest.Until(t, sa, "bo is seen", from("192.0.2.7"))
	bo.At("198.51.100.1")
	s.Here(true)
	feedtest.Until(t, sa, "both are seen", from("192.0.2.7, 198.51.100.1"))
	gone()
	gone()
	s.Here(false)
	feedtest.Until(t, sa, "one is seen", from("198.51.100.1"))
	s.Close()
	v := feedtest.Until(t, sa, "bo has left", func(v *model.View) bool { return len(v.Left) == 1 })
	if p := v.Left[0]; p.Handle != "bo" || p.From != "198.51.100.1" || p.LastSeen.IsZero() {
		t.Errorf("left: %+v", p)
	}
}
