package cli

import (
	"context"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/config"
	"warroom/ui/cli/jsonform"
)

// TestRelatedRoomsOutOfSight: a related room that is not in the list is on another hub only for a
// reader who sees every room of this one. For others it may be a room that is hidden from them.
func TestRelatedRoomsOutOfSight(t *testing.T) {
	mem := roomInMemory(t)
	h := memoryHub{Rooms: mem.As("ana"), who: "ana"}
	s, err := openSession(t.Context(), h, "inc-1")
	if err != nil {
		t.Fatalf("open inc-1: got %v, want a session", err)
	}
	defer s.Close()
	hidden := &model.Room{ID: "01JD0000000000000000000099"}
	act := model.Act{Body: model.NewRelated(model.RelationDuplicate, "inc-5", hidden, "the same key")}
	if _, err := s.Append(t.Context(), act); err != nil {
		t.Fatalf("relate inc-1 to inc-5: got %v, want it stored", err)
	}
	const known, elsewhere = "duplicate of inc-5", "duplicate of inc-5 on another hub"
	for name, c := range map[string]struct {
		cfg     config.Config
		visitor bool
		link    model.LinkState
		want    string
	}{
		"the hub's own machine":       {want: elsewhere},
		"a login":                     {cfg: config.Config{Server: "tls://hub.example:4222"}, want: known},
		"a login by its file":         {cfg: config.Config{Creds: "bo.creds"}, want: known},
		"a guest over SSH":            {visitor: true, want: known},
		"from copies on this machine": {link: model.Offline, want: known},
	} {
		v := *s.Latest()
		if c.link != "" {
			v.Link.State = c.link
		}
		a := &app{cfg: c.cfg, visitor: c.visitor, Env: Env{Clock: mem.Clock},
			listed: func() ([]model.RoomInfo, error) { return h.List(context.Background()) }}
		here, err := relatedHere(a, &v)
		if err != nil {
			t.Errorf("%s: got %v, want the related rooms", name, err)
			continue
		}
		if got := here.Room.Related[0].Words().String(); got != c.want {
			t.Errorf("%s: status: got %q, want %q", name, got, c.want)
		}
		if c.link != "" {
			continue // the hub in memory cannot be offline
		}
		d, err := reportOf(t.Context(), a, h, "inc-1", &model.Profiles[0], reportOptions{})
		if err != nil || len(d.Related) != 1 {
			t.Errorf("%s: report: got %+v, %v; want one related room", name, d.Related, err)
			continue
		}
		if got, want := "duplicate of "+d.Related[0].Room.String(), c.want; got != want {
			t.Errorf("%s: report: got %q, want %q", name, got, want)
		}
	}
}

// TestDuplicateInJSON: the field duplicate_of is an id, also of a room on another hub.
func TestDuplicateInJSON(t *testing.T) {
	r, same, other := model.NewRoom(), model.NewRoom(), model.NewRoom()
	r.ID, same.ID, other.ID = "01JD0000000000000000000001", "01JD0000000000000000000002", "01JD0000000000000000000003"
	r.Related = []model.Related{{Room: "inc-5", RoomID: same.ID, Relation: model.RelationDuplicate}}
	for want, beside := range map[string][]model.RoomInfo{
		"inc-7": {{Short: "inc-5", Room: other}, {Short: "inc-7", Room: same}},
		same.ID: {{Short: "inc-5", Room: other}},
		"inc-5": {},
	} {
		now := time.Date(2026, 11, 20, 14, 0, 0, 0, time.UTC)
		list := append(beside, model.RoomInfo{Short: "inc-1", Room: r})
		for _, row := range jsonform.Rooms(model.Overviews(list, now), now) {
			if row.ID == "inc-1" && row.Duplicate != want {
				t.Errorf("beside %d rooms: got the duplicate of %q, want %q", len(beside), row.Duplicate, want)
			}
		}
	}
}
