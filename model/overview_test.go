package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
)

func TestDrills(t *testing.T) {
	k := scoped(t)
	k.refused("ana", ":drill", "write on or off: :drill on|off REASON")
	k.refused("ana", ":drill off it is real", "the room is not a drill")
	k.refused("ana", ":drill on", "give a reason: :drill on REASON")
	if err := k.try("bo", ":drill on a game day"); err == nil {
		t.Errorf("bo: got no refusal, want one: it is a decision of the commander")
	}
	k.mustType("ana", ":drill on a game day")
	k.refused("ana", ":drill on again", "the room is already a drill")
	if l := k.room.Line(k.room.Seq); !k.room.Drill || l.Text.String() != "this is a DRILL: a game day" {
		t.Errorf("got drill %v, %q; want a drill", k.room.Drill, l.Text)
	}
	k.mustType("ana", ":drill off an attacker was found")
	if k.room.Drill {
		t.Errorf("after :drill off: got a drill, want none")
	}
}

// TestOverviewsAreSorted: the worst room first, drills and closed rooms last.
func TestOverviewsAreSorted(t *testing.T) {
	info := func(short string, lines ...string) model.RoomInfo {
		k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
		k.mustType("ana", lines...)
		return model.RoomInfo{Short: short, Room: k.room, LastAt: k.room.RecordedAt}
	}
	list := []model.RoomInfo{
		info("closed", ":resolve override done", ":close override of the test"),
		info("drill", ":sev SEV-1 because", ":drill on a game day"),
		info("calm", ":role ic @ana"), info("bad", ":sev SEV-1 because"), info("resolved", ":resolve override done"),
	}
	now := list[0].LastAt.Add(10 * time.Minute)
	var got []string
	for _, o := range model.Overviews(list, now) {
		got = append(got, o.Short)
	}
	if want := []string{"bad", "calm", "drill", "resolved", "closed"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	o := model.OverviewOf(list[2], now)
	if got, want := o.Words(now).String(), "commander ana, Validate in 05:00, no update yet"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	later := now.Add(8 * 24 * time.Hour)
	if s := model.StaleLine(list, later).String(); !strings.Contains(s, "calm "+
		"(8d") || strings.Contains(s, "closed (") {
		t.Errorf("stale rooms: got %q, want those that are not closed", s)
	}
	if s := model.StaleLine(list, now); !s.IsEmpty() {
		t.Errorf("stale rooms at once: got %q, want none", s)
	}
	if o := model.OverviewOf(list[0], later); o.ClosedAt.IsZero() || o.Overdue != 0 {
		t.Errorf("closed: got %s and %d overdue, want a time and none", o.ClosedAt, o.Overdue)
	}
}
