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

// TestCounterparts: the hub writes the counterpart of a relation into the related room,
// once.
func TestCounterparts(t *testing.T) {
	f := feedtest.Open(t, "ana")
	one, two := feedtest.Declare(t, f), feedtest.Declare(t, f)
	seat, err := f.Enter(unhurried(t), two)
	if err != nil {
		t.Fatalf("enter: got %v, want none", err)
	}
	defer seat.Close()
	first, err := f.Enter(unhurried(t), one)
	if err != nil {
		t.Fatalf("enter: got %v, want none", err)
	}
	other := first.Latest().Room
	first.Close()
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
