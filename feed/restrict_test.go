package feed_test

import (
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/feed/subjects"
	"warroom/model"
)

// guest opens the feed of a guest and closes it at the end of the test.
func guest(t *testing.T, f *feed.Feed, handle string, right model.Right) *feed.Feed {
	t.Helper()
	g, err := f.Guest(soon(t), guestOf(handle, "one", right))
	if err != nil {
		t.Fatalf("guest: %v", err)
	}
	t.Cleanup(func() {
		if err := g.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return g
}

// guestOf returns a guest with an SSH key.
func guestOf(handle, key string, right model.Right) feed.Guest {
	return feed.Guest{Handle: handle, Via: "ssh", Dir: filepath.Join("ssh", handle+key, handle+"-"+string(right)),
		Right:  right,
		Origin: "ssh SHA256:" + handle + key, Name: strings.ToUpper(handle), Job: "SRE"}
}

// act runs a composer line and waits until it is stored.
func act(t testing.TB, s model.RoomSession, line string) {
	t.Helper()
	v := s.Latest()
	a, err := model.Parse(line,
		model.Ctx{Room: v.Room, Who: s.Who(), Now: time.Now(), Zone: time.UTC, JoinRequests: v.JoinRequests})
	if err == nil {
		_, err = s.Append(soon(t), a)
	}
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
}

// shown returns the rooms in a list.
func shown(t *testing.T, f *feed.Feed) []string {
	t.Helper()
	list, err := f.List(soon(t))
	if err != nil {
		t.Fatalf("list the rooms: %v", err)
	}
	var out []string
	for _, i := range list {
		out = append(out, i.Short)
	}
	return out
}

// asAbsent checks that every method treats a room like one that does not exist.
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
		if got == nil || want == nil || model.CodeOf(got) != model.CodeOf(want) ||
			strings.ReplaceAll(got.Error(), short, "inc-999") != want.Error() {
			t.Errorf("%s: %v, and a room that is not there: %v", name, got, want)
		}
	}
}

func TestRestrictedRoomIsNotThereForOthers(t *testing.T) {
	f := feedtest.Open(t, "ana")
	open := feedtest.Declare(t, f)
	short, err := f.Declare(soon(t),
		model.Declaration{Title: "An insider", Severity: "SEV-1", Plan: feedtest.Plan(), Restricted: []string{"bo"}})
	if err != nil {
		t.Fatalf("declare a room: %v", err)
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

// TestRestrictedRoomLeavesNoGap: rooms that are declared restricted are not numbered, by
// whomever and however, so neither the list nor an attempt to take a number reveals them.
func TestRestrictedRoomLeavesNoGap(t *testing.T) {
	x := newTeam(t)
	bo, eve := x.comes("bo", model.Write), x.comes("eve", model.Write)
	first := feedtest.Declare(t, x.host)
	for i, f := range []*feed.Feed{x.host, bo, x.host} {
		d := model.Declaration{Title: "An insider", Severity: "SEV-1", Plan: feedtest.Plan(),
			Restricted: []string{"bo", "ana"}}
		short, err := f.Declare(soon(t), d)
		must(t, err)
		if !subjects.IsUnnumbered(short) {
			t.Errorf("declaration %d: got the name %s, want one without a number", i, short)
		}
		feedtest.Append(t, feedtest.Enter(t, bo, short), "the name of the insider")
	}
	list, err := bo.List(soon(t))
	if err != nil || len(list) != 4 {
		t.Errorf("the list of bo: got %d rooms, %v, want 4", len(list), err)
	}
	next := feedtest.Declare(t, eve)
	if got, want := shown(t, eve), []string{next, first}; !slices.Equal(got, want) || next != "inc-2" {
		t.Errorf("the list of eve: got %v, want inc-2 and inc-1", got)
	}
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
	want := short + " was restricted to certain people, and you are not one of them; what you wrote stays in it"
	if got := v.Over.String(); got != want {
		t.Errorf("cy's session ended with %q, want %q", got, want)
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

// TestCraftedWatcher: a person with the right "watch" cannot write, whatever their program
// does.
func TestCraftedWatcher(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	sa, wu := feedtest.Enter(t, f, short), feedtest.Enter(t, guest(t, f, "wu", model.Watch), short)
	feedtest.Until(t, wu, "wu is let in", func(v *model.View) bool { return v.Room.Knows(wu.Who().Key) })
	before := sa.Latest().Room
	for _, b := range []model.Body{model.NewEntry(model.KindEntryNoted, "x"),
		&model.RoleAssumed{Role: "commander", Person: "wu"},
		&model.RightChanged{Handle: "wu", Right: model.Command}, &model.IncidentRenamed{Title: "theirs"}} {
		if _, err := wu.Append(soon(t), model.Act{Body: b}); model.CodeOf(err) != model.Forbidden ||
			!strings.HasPrefix(err.Error(), "wu may only watch here") {
			t.Errorf("%s at the door: %v", model.KindOf(b), err)
		}
		seq, err := feed.Force(soon(t), wu, model.Act{Body: b})
		if err != nil {
			t.Fatalf("force: %v", err)
		}
		v := feedtest.Until(t, sa, "it is folded", func(v *model.View) bool { return v.Room.Seq >= seq })
		if why, no := v.Room.Refusal(seq); !no || !strings.HasPrefix(why.String(), "wu may only watch here") {
			t.Errorf("%s in the log: %q", model.KindOf(b), why)
		}
	}
	if r := sa.Latest().Room; r.Title != before.Title || r.Entries != before.Entries || len(r.RolesOf("wu")) != 0 {
		t.Errorf("wu changed the room: %q, %d entries", r.Title, r.Entries)
	}
}

// TestWhatGuestsLeftIsSent: the next server sends the lines that a guest left on a server
// that ended, and admits nobody by that.
func TestWhatGuestsLeftIsSent(t *testing.T) {
	data := feedtest.Data(t)
	f := feedtest.With(t, feedtest.Options(t, data, "ana"))
	short, other := feedtest.Declare(t, f), feedtest.Declare(t, f)
	sa, so := feedtest.Enter(t, f, short), feedtest.Enter(t, f, other)
	bo, err := f.Guest(soon(t), guestOf("bo", "one", model.Write))
	if err != nil {
		t.Fatalf("guest: %v", err)
	}
	feedtest.Append(t, feedtest.Enter(t, bo, short), "before")
	who := bo.Who()
	if err := bo.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	if _, err := feed.LeaveInBox(data, so, who, "not let in there", time.Now()); err != nil {
		t.Fatalf("leave in box: %v", err)
	}
	if _, err := feed.LeaveInBox(data, sa, who, "left behind", time.Now()); err != nil {
		t.Fatalf("leave in box: %v", err)
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

// TestWhereGuestsComeFrom: the room shows the address of a guest who is connected.
func TestWhereGuestsComeFrom(t *testing.T) {
	f := feedtest.Open(t, "ana")
	short := feedtest.Declare(t, f)
	sa := feedtest.Enter(t, f, short)
	bo := guest(t, f, "bo", model.Write)
	gone := bo.At("192.0.2.7")
	s := feedtest.Enter(t, bo, short)
	from := func(want string) func(*model.View) bool {
		return func(v *model.View) bool {
			return slices.ContainsFunc(v.Here,
				func(p model.Presence) bool { return p.Handle == "bo" && p.Via == "ssh" && p.From == want })
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
