package model_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestRelatedHere: a room that was imported names related rooms as the reader's hub does, and not
// by the numbers of the hub that it came from.
func TestRelatedHere(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	other := func(id string) *model.Room {
		r := model.NewRoom()
		r.ID = id
		return r
	}
	known, gone := other("01JD0000000000000000000098"), other("01JD0000000000000000000099")
	k.do("ana", model.Act{Body: model.NewRelated(model.RelationDuplicate, "inc-7", known, "the same key")})
	k.do("ana", model.Act{Body: model.NewRelated(model.RelationLinked, "inc-8", gone, "the same attacker")})
	rooms := []model.RoomInfo{{Short: "inc-1", Room: k.room}, {Short: "inc-2", Room: known},
		{Short: "inc-7", Room: other("01JD0000000000000000000097")}}
	hash := k.room.StateHash()
	for isAll, want := range map[bool]string{
		true:  "duplicate of inc-2, related to inc-8 on another hub",
		false: "duplicate of inc-2, related to inc-8", // it may be missing in the list
	} {
		r := k.room.RelatedHere(rooms, isAll)
		var got []string
		for i := range r.Related {
			got = append(got, r.Related[i].Words().String())
		}
		if got := strings.Join(got, ", "); got != want {
			t.Errorf("complete list %t: got %q, want %q", isAll, got, want)
		}
	}
	if got := k.room.StateHash(); got != hash || k.room.Related[0].Here != "" {
		t.Errorf("the room of the log: got %+v, want it as it was", k.room.Related[0])
	}
	o := model.Overviews(append(rooms, model.RoomInfo{Short: "inc-8", Room: other("01JD0000000000000000000096")}),
		k.now)
	for _, row := range o {
		if got, want := row.Words(k.now).String(), "duplicate of inc-2: its clocks do not "+
			"count"; row.Short == "inc-1" &&
			got != want {
			t.Errorf("list of rooms: got %q, want %q", got, want)
		}
	}
	c := k.ctx("ana")
	c.Rooms = func(short string) (*model.Room, error) {
		for _, i := range rooms {
			if i.Short == short {
				return i.Room, nil
			}
		}
		return nil, nil
	}
	k.do("ana", model.Act{Body: model.NewRelated(model.RelationLinked, "inc-9", known, "the same key")})
	c.Room = k.room
	for line, id := range map[string]string{":link off inc-2 it is not": known.ID, ":link off inc-8 it is " +
		"not": gone.ID} {
		a, err := model.Parse(line, c)
		if b, ok := a.Body.(*model.IncidentUnlinked); err != nil || !ok || b.RoomID != id {
			t.Errorf("%s: got %+v, %v; want the end of the link to %s", line, a.Body, err, id)
		}
	}
}
