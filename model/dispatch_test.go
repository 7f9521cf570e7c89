package model_test

import (
	"testing"

	"warroom/model"
)

// TestDispatches: every update is kept as it was sent, for the bridges.
func TestDispatches(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":update key revoked | ending sessions | legal on the line", ":update executives one",
		":update two")
	var got []string
	for _, d := range k.room.Dispatches {
		got = append(got, d.Audience, d.Conditions)
	}
	if len(got) != 6 || k.room.Dispatches[2].N != 2 || k.room.Dispatches[0].Actions != "ending sessions" ||
		k.room.Dispatches[1].N != 1 {
		t.Errorf("%+v", k.room.Dispatches)
	}
}
