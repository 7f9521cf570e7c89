package feed_test

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"warroom/feed"
	"warroom/feed/feedtest"
	"warroom/model"
)

// relations returns the relations of a room according to the hub.
func relations(t *testing.T, f *feed.Feed, short string) []string {
	t.Helper()
	r, err := f.Glance(unhurried(t), short)
	if err != nil {
		t.Fatalf("fold %s: got %v, want none", short, err)
	}
	var out []string
	for _, x := range r.Related {
		out = append(out, fmt.Sprint(x.Words(), " by ", x.By))
	}
	return out
}

// twoRooms returns a feed with two rooms, a session in the second one, and the first one's state.
func twoRooms(t *testing.T) (f *feed.Feed, one, two string, seat model.RoomSession, other *model.Room) {
	t.Helper()
	f = feedtest.Open(t, "ana")
	one, two = feedtest.Declare(t, f), feedtest.Declare(t, f)
	seat, err := f.Enter(unhurried(t), two)
	if err != nil {
		t.Fatalf("enter: got %v, want none", err)
	}
	t.Cleanup(seat.Close)
	first, err := f.Enter(unhurried(t), one)
	if err != nil {
		t.Fatalf("enter: got %v, want none", err)
	}
	defer first.Close()
	return f, one, two, seat, first.Latest().Room
}

// TestCounterparts: the hub writes the counterpart of a relation into the related room,
// once.
func TestCounterparts(t *testing.T) {
	f, one, two, seat, other := twoRooms(t)
	if _, err := seat.Append(unhurried(t),
		model.Act{Body: model.NewRelated(model.RelationDuplicate, one, other, "the same key")}); err != nil {
		t.Fatalf("duplicate: got %v, want none", err)
	}
	for range 3 { // the counterpart is not written again
		feed.Relate(unhurried(t), f)
	}
	if got, want := relations(t, f, one), []string{"duplicated by " + two + " by hub"}; !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", one, got, want)
	}
	if got, want := relations(t, f, two), []string{"duplicate of " + one + " by ana"}; !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", two, got, want)
	}
}

// TestCounterpartOfAnImport: a relation to a room that this hub does not have, as an imported room
// has it, does not keep the hub from writing the other counterparts.
func TestCounterpartOfAnImport(t *testing.T) {
	f, one, two, seat, other := twoRooms(t)
	gone := model.NewRoom()
	gone.ID = "01JD0000000000000000000099"
	for _, b := range []*model.IncidentLinked{model.NewRelated(model.RelationLinked, "inc-99", gone, "the same "+
		"attacker"),
		model.NewRelated(model.RelationDuplicate, one, other, "the same key")} {
		if _, err := seat.Append(unhurried(t), model.Act{Body: b}); err != nil {
			t.Fatalf("%s: got %v, want none", b.Relation, err)
		}
	}
	feed.Relate(unhurried(t), f)
	if got, want := relations(t, f, one), []string{"duplicated by " + two + " by hub"}; !slices.Equal(got, want) {
		t.Errorf("%s: got %q, want %q", one, got, want)
	}
}

// TestCounterpartEnds: the hub ends the counterpart of a relation that was undone, once.
func TestCounterpartEnds(t *testing.T) {
	f := feedtest.Open(t, "ana")
	one, two := feedtest.Declare(t, f), feedtest.Declare(t, f)
	s, err := f.Enter(unhurried(t), two)
	must(t, err)
	defer s.Close()
	other, err := f.Glance(unhurried(t), one)
	must(t, err)
	dup := model.NewRelated(model.RelationDuplicate, one, other, "the same key")
	off := &model.IncidentUnlinked{Relation: dup.Relation, Room: one, RoomID: dup.RoomID, Reason: "another key"}
	for _, b := range []model.Body{dup, off} {
		if _, err := s.Append(unhurried(t), model.Act{Body: b}); err != nil {
			t.Fatalf("%s: got %v, want none", model.KindOf(b), err)
		}
		for range 2 {
			feed.Relate(unhurried(t), f)
		}
	}
	r, err := f.Glance(unhurried(t), one)
	must(t, err)
	if len(r.Related) != 0 || len(r.Unrelated) != 1 || r.Unrelated[0].EndedBy != "hub" ||
		r.Unrelated[0].Why != "another key" {
		t.Errorf("%s: got %+v and the ended relations %+v, want one that the hub ended", one, r.Related, r.Unrelated)
	}
	if _, err := s.Append(unhurried(t), model.Act{Body: dup}); err != nil {
		t.Fatalf("a duplicate again: got %v, want none", err)
	}
	feed.Relate(unhurried(t), f)
	if got, want := relations(t, f, one), []string{"duplicated by " + two + " by hub"}; !slices.Equal(got, want) {
		t.Errorf("again: got %q, want %q", got, want)
	}
}

// closed declares a room whose plan wants its report, and closes it.
func closed(t *testing.T, f *feed.Feed) (string, model.RoomSession) {
	t.Helper()
	plan := feedtest.Plan()
	plan.StoreReport = true
	short, err := f.Declare(unhurried(t), model.Declaration{Title: "Deploy key in a public log", Severity: "SEV-1",
		Reason: "test", Plan: plan})
	must(t, err)
	s, err := f.Enter(unhurried(t), short)
	must(t, err)
	for _, b := range []model.Body{&model.IncidentResolved{Override: "a test"},
		&model.IncidentClosed{Override: "a test"}} {
		if _, err := s.Append(unhurried(t), model.Act{Body: b}); err != nil {
			t.Fatalf("%s: got %v, want none", model.KindOf(b), err)
		}
	}
	return short, s
}

// TestReportOfAClosedRoomFollows: a hub that runs stores the report when the room is closed,
// without waiting for its next round.
func TestReportOfAClosedRoomFollows(t *testing.T) {
	f := feedtest.Open(t, "ana")
	_, s := closed(t, f)
	defer s.Close()
	feedtest.Until(t, s, "the report in the evidence", func(v *model.View) bool {
		return len(v.Room.Evidence) == 1 && v.Room.Evidence[0].Whole() && !v.Room.ReportDue()
	})
}

// TestOneCommandStoresTheReport: a process that hosts the hub for one command, with nobody
// else there, stores the report of the room that it closed before it ends.
func TestOneCommandStoresTheReport(t *testing.T) {
	o := feedtest.Options(t, feedtest.Data(t), "ana")
	o.Via = "cli"
	f := feedtest.With(t, o)
	short, s := closed(t, f)
	s.Close()
	must(t, f.Close())
	next := feedtest.With(t, o)
	r, err := next.Glance(unhurried(t), short)
	must(t, err)
	if len(r.Evidence) != 1 || !r.Evidence[0].Report || r.ReportDue() {
		t.Errorf("got the evidence %+v, want one report", r.Evidence)
	}
}

// TestReportOfAClosedRoom: the hub adds the report of a closed room to its evidence,
// once.
func TestReportOfAClosedRoom(t *testing.T) {
	f := feedtest.Open(t, "ana")
	plan := feedtest.Plan()
	plan.StoreReport = true
	short, err := f.Declare(unhurried(t), model.Declaration{Title: "Deploy key in a public log", Severity: "SEV-1",
		Reason: "test", Plan: plan})
	if err != nil {
		t.Fatalf("declare: got %v, want none", err)
	}
	s, err := f.Enter(unhurried(t), short)
	if err != nil {
		t.Fatalf("enter: got %v, want none", err)
	}
	defer s.Close()
	feed.Relate(unhurried(t), f)
	for _, b := range []model.Body{&model.IncidentResolved{Override: "a test"},
		&model.IncidentClosed{Override: "a test"}} {
		if _, err := s.Append(unhurried(t), model.Act{Body: b}); err != nil {
			t.Fatalf("%s: got %v, want none", model.KindOf(b), err)
		}
	}
	for range 3 { // the report is not stored again
		feed.Relate(unhurried(t), f)
	}
	r, err := f.Glance(unhurried(t), short)
	if err != nil {
		t.Fatalf("fold %s: got %v, want none", short, err)
	}
	got := r.Evidence
	if len(got) != 1 || !got[0].Report || got[0].By != "hub" || !got[0].Whole() {
		t.Fatalf("evidence: got %+v, want one report by the hub", got)
	}
	var text bytes.Buffer
	if _, err := f.Fetch(unhurried(t), short, 1, "a test reads it", &text, nil); err != nil {
		t.Fatalf("fetch: got %v, want none", err)
	}
	if !strings.HasPrefix(text.String(), "# Review draft: ") || !strings.Contains(text.String(), "The room is closed") {
		t.Errorf("got a report that begins with %.200q, want that of the closed room", text.String())
	}
}
