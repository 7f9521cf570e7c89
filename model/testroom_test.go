package model_test

import (
	"fmt"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
)

// testRoom is a room with its own clock, into which tests type lines as people do.
// Every event is encoded and decoded, as if it came from a log.
type testRoom struct {
	t    testing.TB
	room *model.Room
	log  []*model.Event
	now  time.Time
}

const roomID = "01JD0000000000000000000000"

// keyOf returns the key of a person in these tests.
func keyOf(who string) string { return "key-" + who }

// declared returns a room with a plan, declared by ana.
func declared(t testing.TB, plan string, d model.Declaration) *testRoom {
	t.Helper()
	p, err := playbook.Load("", plan)
	if err != nil {
		t.Fatalf("load a playbook: %v", err)
	}
	d.Plan = p
	if d.Title == "" {
		d.Title = "Deploy key in a public CI log"
	}
	k := &testRoom{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	one, two := d.Declare("")
	k.do("ana", one)
	k.do("ana", two)
	return k
}

// event returns an act by a person as the next event of the log.
func (k *testRoom) event(who string, a model.Act) *model.Event {
	k.t.Helper()
	seq := k.room.Seq + 1
	d, err := model.NewDraft(fmt.Sprintf("01JD%022d", seq), model.Actor{Handle: who, Key: keyOf(who), Via: "test"}, a,
		k.now)
	if err != nil {
		k.t.Fatalf("make a draft: %v", err)
	}
	e := d.Event(roomID)
	e.Key, e.N = keyOf(who), seq
	raw, err := e.Encode()
	if err != nil {
		k.t.Fatalf("encode: %v", err)
	}
	got, err := model.DecodeEvent(raw)
	if err != nil {
		k.t.Fatalf("decode an event: %v", err)
	}
	got.Seq, got.RecordedAt = seq, k.now
	return got
}

// do stores an act without checking it first, as a modified client would.
func (k *testRoom) do(who string, a model.Act) *model.Line {
	k.t.Helper()
	e := k.event(who, a)
	k.room, k.log = model.Apply(k.room, e), append(k.log, e)
	return k.room.Line(e.Seq)
}

func (k *testRoom) ctx(who string) model.Ctx {
	return model.Ctx{Room: k.room, Who: model.Actor{Handle: who, Key: keyOf(who), Via: "test"}, Now: k.now,
		Zone: time.UTC}
}

// try types a line and returns the refusal, if any.
func (k *testRoom) try(who, line string) error {
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

// mustType types lines that have to be accepted.
func (k *testRoom) mustType(who string, lines ...string) {
	k.t.Helper()
	for _, l := range lines {
		if err := k.try(who, l); err != nil {
			k.t.Fatalf("%s: %s: %v", who, l, err)
		}
	}
}

// refused types a line that has to be refused with the given sentence.
func (k *testRoom) refused(who, line, want string) {
	k.t.Helper()
	if err := k.try(who, line); err == nil || err.Error() != want {
		k.t.Errorf("%s: %s\n got %v\nwant %s", who, line, err, want)
	}
}

// admit admits a person.
func (k *testRoom) admit(who string, r model.Right) {
	k.t.Helper()
	k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: keyOf(who), Handle: who, Right: r, Origin: "test"}})
}

// clock returns a clock as of now.
func (k *testRoom) clock(id string) model.ClockView {
	k.t.Helper()
	for _, v := range k.room.ClockViews(k.now) {
		if v.Def.ID == id {
			return v
		}
	}
	k.t.Fatalf("no clock %s", id)
	return model.ClockView{}
}

// clockIs checks the state of a clock and its remaining time.
func (k *testRoom) clockIs(id string, state model.ClockState, left time.Duration) {
	k.t.Helper()
	if v := k.clock(id); v.State != state || v.Remaining != left {
		k.t.Errorf("%s at %s: got %s %s, want %s %s", id, k.now.Format("15:04:05"), v.State, v.Remaining, state, left)
	}
}

func (k *testRoom) wait(d time.Duration) { k.now = k.now.Add(d) }
