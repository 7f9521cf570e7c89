package model_test

import (
	"slices"
	"testing"
	"time"

	"warroom/model"
)

func hourMinute(t time.Time) model.Safe { return model.Safef("%s", t.Format("15:04")) }

// TestAssetRuns: each period in which an asset was compromised is a run of its own, and a
// containment ends only a run that began before it.
func TestAssetRuns(t *testing.T) {
	k := scoped(t) // 15:00
	k.mustType("bo", ":asset host h1 confirmed @-30m", ":asset 1 contained @-20m", ":asset 1 confirmed @-10m again")
	k.refused("bo", ":asset 1 contained @-25m earlier", "asset 1 (host h1) was compromised again from 2026-11-21 "+
		"14:50:00 UTC on, so it cannot have been contained at 2026-11-21 14:35:00 UTC; correct when that was with "+
		":time 6 @TIME REASON")
	a := k.room.AssetN(1)
	if got, want := a.Facts(hourMinute).String(), "compromised since 14:30, contained at 14:40; again compromised "+
		"since 14:50, by bo: again"; got != want {
		t.Errorf("facts: got %q, want %q", got, want)
	}
	if got := a.ContainedAt(); !got.IsZero() {
		t.Errorf("contained: got %s, want no time", got)
	}
	k.mustType("bo", ":asset 1 contained @-5m")
	a = k.room.AssetN(1)
	var got []time.Duration
	for _, v := range a.Runs() {
		d, _ := v.Lasted()
		got = append(got, d)
	}
	if want := []time.Duration{10 * time.Minute, 5 * time.Minute}; !slices.Equal(got, want) {
		t.Errorf("runs: got %v, want %v", got, want)
	}
	k.refused("bo", ":time 7 @14:35 mistyped", "the containment of asset 1 (2026-11-21 14:35:00 UTC) is before it "+
		"was compromised (2026-11-21 14:50:00 UTC); correct one of them, or give a reason to keep both in the "+
		"report: :time 7 @TIME because REASON")
}

// TestClearedIsNotCompromised: an asset that is cleared was neither compromised nor
// contained, so it leaves the count; one that is suspected is not compromised.
func TestClearedIsNotCompromised(t *testing.T) {
	k := scoped(t)
	k.mustType("bo", ":asset credential key-1 confirmed", ":asset credential key-2 suspected @-20m",
		":asset credential key-3 confirmed", ":asset 2 cleared @-5m never real", ":asset 1 contained")
	if got, want := k.room.Containment(k.item(2)).Words().String(), "1 of 2 contained, 1 cleared"; got != want {
		t.Errorf("item 2: got %q, want %q", got, want)
	}
	if got, want := k.room.ScopeLine().String(), "credentials 1 of 2 contained, 1 cleared"; got != want {
		t.Errorf("scope: got %q, want %q", got, want)
	}
	a := k.room.AssetN(2)
	got, want := a.Facts(hourMinute).String(), "suspected since 14:40, cleared at 14:55, by bo: never real"
	if got != want {
		t.Errorf("facts: got %q, want %q", got, want)
	}
	if got := a.CompromisedAt(); !got.IsZero() {
		t.Errorf("compromised: got %s, want no time", got)
	}
	k = scoped(t)
	k.mustType("bo", ":asset credential key-1 suspected", ":asset 1 cleared it is a test key")
	if got := k.item(2).State; got != model.ItemTodo {
		t.Errorf("item 2 with nothing to contain: got %s, want todo", got)
	}
}
