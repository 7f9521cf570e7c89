package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// signals returns the kinds of the radar's signals in order.
func (k *testRoom) signals() string {
	var out []string
	for _, s := range k.room.Radar(k.now) {
		out = append(out, s.Kind)
	}
	return strings.Join(out, " ")
}

// TestRadar: each signal appears after its limit and disappears with its cause, the
// most urgent first.
func TestRadar(t *testing.T) {
	k := led(t)
	for _, it := range []string{"rotate"} {
		k.room.Plan.Item(it).Role = "" // so that no role counts as silent
	}
	if got := k.signals(); got != "" {
		t.Errorf("at the beginning: got %q, want nothing", got)
	}
	k.mustType("bo", ":page security", ":ask @di 3m who called?", ":start 3")
	k.wait(4 * time.Minute)
	if got, want := k.signals(), "ask"; got != want {
		t.Errorf("after 4m: got %q, want %q", got, want)
	}
	k.wait(2 * time.Minute)
	if got, want := k.signals(), "ask urgent page role_empty"; got != want {
		t.Errorf("after 6m: got %q, want %q", got, want)
	}
	k.mustType("di", ":answer 1 the vendor")
	k.mustType("cy", ":start 5", ":paged security acknowledged eve")
	k.mustType("ana", ":role seclead @cy")
	if got := k.signals(); got != "" {
		t.Errorf("after all was done: got %q, want nothing", got)
	}
	k.mustType("bo", ":block 4 legal sleeps")
	k.wait(7 * time.Minute)
	if got, want := k.signals(), "update"; got != want {
		t.Errorf("before the update: got %q, want %q", got, want)
	}
	k.mustType("di", ":update no news", ":update customers we look into it")
	k.wait(40 * time.Minute)
	got := k.signals()
	for _, want := range []string{"command", "update", "draft", "item_blocked", "item_silent", "no_entry"} {
		if !strings.Contains(got, want) {
			t.Errorf("after 40m of silence: got %q, want %s in it", got, want)
		}
	}
	if !strings.HasPrefix(got, "command") {
		t.Errorf("got %q, want command in front", got)
	}
	k.wait(10 * time.Minute) // the room is 63 minutes old
	k.now = k.room.DeclaredAt.Add(61 * time.Minute)
	if got := k.signals(); !strings.HasSuffix(got, " age") {
		t.Errorf("after an hour: got %q, want age in the end", got)
	}
	k.mustType("ana", ":resolve override over")
	if got := k.signals(); got != "" {
		t.Errorf("after the resolution: got %q, want nothing", got)
	}
}

// TestRadarIsOff: a plan without limits has no radar.
func TestRadarIsOff(t *testing.T) {
	k := led(t)
	k.room.Plan.Radar = nil
	k.wait(5 * time.Hour)
	if got := k.signals(); got != "" {
		t.Errorf("got %q, want nothing", got)
	}
	k.room.Plan.Radar = &model.Radar{AskOverdue: model.Duration(time.Minute)}
	if got := k.signals(); strings.Trim(got, " ") != "command" {
		t.Errorf("got %q, want only the gap in command, which the plan watches elsewhere", got)
	}
}

// TestAbsentCommander: the commander is absent as far as this client sees.
func TestAbsentCommander(t *testing.T) {
	k := led(t)
	v := &model.View{Room: k.room, Here: []model.Presence{{Handle: "di"}}}
	if got, ok := v.AbsentCommander(k.now); ok {
		t.Errorf("who was let in just now: got %q, want nothing", got.What)
	}
	k.wait(6 * time.Minute)
	want := "bo, Incident Commander, is not connected"
	if got, ok := v.AbsentCommander(k.now); !ok || got.What.String() != want {
		t.Errorf("got %q, want %q", got.What, want)
	}
	v.Here = append(v.Here, model.Presence{Handle: "bo"})
	if got, ok := v.AbsentCommander(k.now); ok {
		t.Errorf("with bo here: got %q, want nothing", got.What)
	}
}
