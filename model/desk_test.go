package model_test

import (
	"fmt"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
)

// desk is a room with a clock of its own, into which tests type lines as
// people do. Every event goes over the wire form, as it would from a log.
type desk struct {
	t    testing.TB
	room *model.Room
	log  []*model.Event
	now  time.Time
}

const roomID = "01JD0000000000000000000000"

// keyOf is the key that a person writes with in these tests.
func keyOf(who string) string { return "key-" + who }

// declared returns a room of a plan, declared by ana at the beginning.
func declared(t testing.TB, plan string, d model.Declaration) *desk {
	t.Helper()
	p, err := playbook.Load("", plan)
	if err != nil {
		t.Fatal(err)
	}
	d.Plan = p
	if d.Title == "" {
		d.Title = "Deploy key in a public CI log"
	}
	k := &desk{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	one, two := d.Declare("")
	k.do("ana", one)
	k.do("ana", two)
	return k
}

// at is an act by a person as an event at this place of the log.
func (k *desk) event(who string, a model.Act) *model.Event {
	k.t.Helper()
	seq := k.room.Seq + 1
	d, err := model.NewDraft(fmt.Sprintf("01JD%022d", seq), model.Actor{Handle: who, Key: keyOf(who), Via: "test"}, a, k.now)
	if err != nil {
		k.t.Fatal(err)
	}
	e := d.Event(roomID)
	e.Key, e.N = keyOf(who), seq
	raw, err := e.Encode()
	if err != nil {
		k.t.Fatal(err)
	}
	got, err := model.DecodeEvent(raw)
	if err != nil {
		k.t.Fatal(err)
	}
	got.Seq, got.RecordedAt = seq, k.now
	return got
}

// do stores an act without asking whether it may be, as a crafted client would.
func (k *desk) do(who string, a model.Act) *model.Line {
	k.t.Helper()
	e := k.event(who, a)
	k.room, k.log = model.Apply(k.room, e), append(k.log, e)
	return k.room.Line(e.Seq)
}

func (k *desk) ctx(who string) model.Ctx {
	return model.Ctx{Room: k.room, Who: model.Actor{Handle: who, Key: keyOf(who), Via: "test"}, Now: k.now, Zone: time.UTC}
}

// try types a line; it returns the refusal.
func (k *desk) try(who, line string) error {
	k.t.Helper()
	c := k.ctx(who)
	a, err := model.Parse(line, c)
	if err == nil {
		err = model.Decide(k.room, c.Who, a, k.now)
	}
	if err == nil {
		if l := k.do(who, a); !l.Refused.IsEmpty() {
			k.t.Fatalf("%s: allowed at the door, refused in the fold: %s", line, l.Refused)
		}
	}
	return err
}

// say types lines that must be allowed.
func (k *desk) say(who string, lines ...string) {
	k.t.Helper()
	for _, l := range lines {
		if err := k.try(who, l); err != nil {
			k.t.Fatalf("%s: %s: %v", who, l, err)
		}
	}
}

// refused types a line that must be refused with a sentence.
func (k *desk) refused(who, line, want string) {
	k.t.Helper()
	if err := k.try(who, line); err == nil || err.Error() != want {
		k.t.Errorf("%s: %s\n got %v\nwant %s", who, line, err, want)
	}
}

// admit lets a person in.
func (k *desk) admit(who string, r model.Right) {
	k.t.Helper()
	k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: keyOf(who), Handle: who, Right: r, Door: "test"}})
}

// clock returns a clock as it stands now.
func (k *desk) clock(id string) model.ClockView {
	k.t.Helper()
	for _, v := range k.room.ClockViews(k.now) {
		if v.Def.ID == id {
			return v
		}
	}
	k.t.Fatalf("no clock %s", id)
	return model.ClockView{}
}

// clockIs checks state and time left of a clock.
func (k *desk) clockIs(id string, state model.ClockState, left time.Duration) {
	k.t.Helper()
	if v := k.clock(id); v.State != state || v.Remaining != left {
		k.t.Errorf("%s at %s: got %s %s, want %s %s", id, k.now.Format("15:04:05"), v.State, v.Remaining, state, left)
	}
}

func (k *desk) wait(d time.Duration) { k.now = k.now.Add(d) }
