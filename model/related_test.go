package model_test

import (
	"testing"
	"time"

	"warroom/model"
)

func TestRelatedRooms(t *testing.T) {
	k := scoped(t)
	other := model.NewRoom()
	other.ID = "01JD0000000000000000000099"
	dup := model.NewRoom()
	dup.ID = "01JD0000000000000000000098"
	dup.Related = []model.Related{{Relation: model.RelationDuplicate, Room: "inc-2", RoomID: other.ID}}
	rooms := map[string]*model.Room{"inc-1": k.room, "inc-2": other, "inc-3": dup}
	do := func(line string) error {
		c := k.ctx("ana")
		rooms["inc-1"] = k.room
		c.Rooms = func(short string) (*model.Room, error) { return rooms[short], nil }
		a, err := model.Parse(line, c)
		if err == nil {
			err = model.Decide(k.room, c.Who, a, k.now)
		}
		if err == nil {
			k.do("ana", a)
		}
		return err
	}
	for _, c := range []struct{ line, want string }{
		{":duplicate inc-9 same key", "there is no room inc-9 here; `warroom rooms` lists them"},
		{":duplicate inc-1 same key", "a room is not a duplicate of itself; name the other room"},
		{":link inc-1 same key", "a room is not linked to itself; name the other room"},
		{":duplicate inc-3 same key", "inc-3 is itself a duplicate of inc-2: :duplicate inc-2 REASON"},
		{":duplicate inc-2", "give a reason: :duplicate inc-2 REASON, or :link inc-2 REASON"},
		{":link inc-3 the same attacker", ""},
		{":link inc-3 the same attacker", "that relation is already recorded: related to inc-3, by ana"},
		{":duplicate inc-2 same key", ""},
		{":duplicate inc-1 same key", "a room is not a duplicate of itself; name the other room"},
		{":duplicate inc-2 same key", "the room is already a duplicate of inc-2, by ana: same key"},
	} {
		got := ""
		if err := do(c.line); err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s: got %q, want %q", c.line, got, c.want)
		}
	}
	if got, want := k.room.Line(k.room.Seq).Text.String(), "duplicate of inc-2: same key"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	b := k.room.Counterpart("inc-1", k.room.Related[1], other)
	if b == nil || b.Relation != model.RelationDuplicated || b.RoomID != k.room.ID {
		t.Errorf("counterpart: got %+v, want one of this room", b)
	}
	if l := k.do("ana", model.Act{Body: b}); l.Refused.IsEmpty() {
		t.Errorf("a person writes a counterpart: got no refusal, want one")
	}
	other.Related = []model.Related{{Relation: model.RelationDuplicated, Room: "inc-1", RoomID: k.room.ID}}
	if b := k.room.Counterpart("inc-1", k.room.Related[1], other); b != nil {
		t.Errorf("the second counterpart: got %+v, want none", b)
	}
	o := model.OverviewOf(model.RoomInfo{Short: "inc-1", Room: k.room, LastAt: k.now}, k.now)
	if o.Overdue != 0 || o.Words(k.now).String() != "duplicate of inc-2: its clocks do not count" {
		t.Errorf("overview: got %d overdue, %q; want none of its numbers", o.Overdue, o.Words(k.now))
	}
}

// TestDuplicateOff: a room that was marked as a duplicate by mistake counts again: its
// deadlines from their first start, its updates from now on. The hub ends the counterpart.
func TestDuplicateOff(t *testing.T) {
	k := led(t)
	other := model.NewRoom()
	other.ID = "01JD0000000000000000000099"
	k.wait(5 * time.Minute)
	k.do("ana", model.Act{Body: model.NewRelated(model.RelationDuplicate, "inc-2", other, "the same key")})
	k.do("ana", model.Act{Body: model.NewRelated(model.RelationLinked, "inc-2", other, "the same attacker")})
	k.wait(2 * time.Minute)
	k.clockIs("validate", model.ClockStopped, 0)
	k.refused("di", ":duplicate off no", "di may not do that (a decision of the commander); it needs the right "+
		"\"command\" or one of these roles: Incident Commander (bo)")
	k.refused("bo", ":duplicate off", "give a reason: :duplicate off REASON, or :link off ROOM REASON")
	k.mustType("bo", ":duplicate off another key")
	if got, want := k.last(), "no longer duplicate of inc-2: another key"; got != want {
		t.Errorf("got the line %q, want %q", got, want)
	}
	if x := k.room.DuplicateOf(); x != nil {
		t.Errorf("got the duplicate of %s, want none", x.Room)
	}
	k.clockIs("validate", model.ClockRunning, 8*time.Minute)
	k.clockIs("update", model.ClockRunning, 15*time.Minute)
	if u := k.room.Unrelated; len(u) != 1 || u[0].Why != "another key" || u[0].EndedBy != "bo" || u[0].Room != "inc-2" {
		t.Errorf("got the ended relations %+v, want that to inc-2, by bo", u)
	}
	other.Related = []model.Related{{Relation: model.RelationDuplicated, Room: "inc-1", RoomID: k.room.ID}}
	b := k.room.Ended("inc-1", k.room.Unrelated[0], other)
	if b == nil || b.Relation != model.RelationDuplicated || b.Room != "inc-1" || b.Reason != "another key" {
		t.Errorf("counterpart: got %+v, want the end of duplicated_by", b)
	}
	other.Related = nil
	if b := k.room.Ended("inc-1", k.room.Unrelated[0], other); b != nil {
		t.Errorf("a second counterpart: got %+v, want none", b)
	}
	k.refused("bo", ":duplicate off again", "the room is not a duplicate")
	k.refused("bo", ":link off inc-7 no", `the room is not linked to "inc-7"`)
	k.mustType("bo", ":link off inc-2 another attacker")
	if n := len(k.room.Related); n != 0 {
		t.Errorf("got %d relations, want none", n)
	}
	k.do("ana", model.Act{Body: model.NewRelated(model.RelationDuplicate, "inc-2", other, "it is after all")})
	if k.room.DuplicateOf() == nil || k.room.Ended("inc-1", k.room.Unrelated[0], other) != nil {
		t.Error("marked again: got no duplicate, or an end of it")
	}
}
