package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestHandoffsAreKept: an offer of a role stays readable after it ended, with how, when and
// by whom.
func TestHandoffsAreKept(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":role ic @bo")
	k.mustType("bo", ":handoff ic @cy it is late")
	k.mustType("cy", ":decline ic I am ill")
	k.mustType("bo", ":handoff ic @ana it is late", ":withdraw ic", ":handoff ic @cy please", ":handoff ic @ana please")
	k.wait(time.Minute)
	k.mustType("ana", ":accept ic", ":handoff ic @cy for lunch", ":role ic @bo")
	k.mustType("bo", ":handoff ic @cy now")
	var got []string
	for _, h := range k.room.AllHandoffs() {
		got = append(got, strings.TrimSpace(h.From+" "+h.To+" "+string(h.State())+" "+h.EndedBy+" "+h.Reason))
		if h.State() != model.HandoffOpen && h.EndedAt.IsZero() {
			t.Errorf("got %+v, want when it ended", h)
		}
	}
	want := "bo cy declined cy I am ill; bo ana withdrawn bo; bo cy replaced bo; bo ana accepted ana; " +
		"ana cy lapsed ana; bo cy offered"
	if s := strings.Join(got, "; "); s != want {
		t.Errorf("got %q, want %q", s, want)
	}
}
