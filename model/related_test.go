package model_test

import (
	"testing"

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
		{":duplicate inc-3 same key", "inc-3 is a duplicate itself, of inc-2: :duplicate inc-2 REASON"},
		{":duplicate inc-2", "give a reason: :duplicate inc-2 REASON, or :link inc-2 REASON"},
		{":link inc-3 the same attacker", ""},
		{":link inc-3 the same attacker", "that is already recorded: related to inc-3, by ana"},
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
