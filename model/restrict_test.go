package model_test

import (
	"slices"
	"strings"
	"testing"

	"warroom/model"
)

// office is a room with ana (command), bo and cy (write) and wu (watch).
func office(t *testing.T, d model.Declaration) *desk {
	k := declared(t, "security", d)
	k.admit("bo", model.Write)
	k.admit("cy", model.Write)
	k.admit("wu", model.Watch)
	return k
}

// refusedLine is why an act that a crafted client stores has no effect.
func (k *desk) refusedLine(who string, b model.Body) string {
	k.t.Helper()
	return k.do(who, model.Act{Body: b}).Refused.String()
}

func TestRestrictedRoomNamesPeople(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	if k.room.IsRestricted() || !k.room.Names("eve") {
		t.Fatal("a room is open until somebody says otherwise")
	}
	k.say("ana", ":role scribe @cy", ":handoff scribe @bo", ":restrict @bo an insider may be the one")
	if want := []string{"ana", "bo"}; !slices.Equal(k.room.Restricted, want) {
		t.Errorf("names %v, want %v", k.room.Restricted, want)
	}
	if got := k.room.Line(k.room.Seq).Text.String(); got != "RESTRICTED: only @ana @bo may see the room: an insider may be the one; vacant now: Scribe" {
		t.Errorf("the line is %q", got)
	}
	if len(k.room.Holders("scribe")) != 0 {
		t.Error("who may not see the room holds a role")
	}
	k.say("bo", "I am still in")
	k.refused("cy", "so am I", "the room is restricted and does not name cy")
	k.refused("ana", ":role scribe @cy", "the room is restricted and does not name cy; :restrict add @cy does")
	k.say("ana", ":role scribe @bo")
	k.refused("ana", ":handoff scribe @cy", "the room is restricted and does not name cy; :restrict add @cy does")
	k.say("ana", ":restrict add @cy", ":restrict remove @bo they did it")
	if want := []string{"ana", "cy"}; !slices.Equal(k.room.Restricted, want) {
		t.Errorf("names %v, want %v", k.room.Restricted, want)
	}
	k.say("cy", "back")
	k.say("ana", ":restrict off")
	k.say("bo", "everybody is")
}

func TestWhoMayRestrict(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	if h := model.HintOf(":restrict @bo @cyy", k.ctx("ana")); !strings.HasSuffix(h.Will.String(), "(nobody called cyy was here yet)") || !h.Refusal.IsEmpty() {
		t.Errorf("the hint is %q, %q", h.Will, h.Refusal)
	}
	k.refused("bo", ":restrict @bo", "bo may not do that (a matter of command); it takes the right \"command\" or one of these roles: Incident Commander")
	k.say("ana", ":role ic @bo")
	k.refused("bo", ":restrict off", "the room is not restricted; :restrict @WHO makes it so")
	k.refused("bo", ":restrict", "say to whom, each with an @: :restrict @bo @WHO [REASON]")
	k.refused("bo", ":restrict @Hub", "hub is no handle for a person; handles are 1 to 32 of a-z 0-9 _ -")
	k.say("bo", ":restrict @ana, @bo because")
	k.refused("bo", ":restrict remove @bo", "you cannot take yourself out of the room; somebody else who is named has to")
	k.refused("bo", ":restrict remove @eve", "eve is not named here")
	if got := k.refusedLine("cy", &model.RoomRestricted{Mode: model.RestrictAdd, Handles: []string{"cy"}}); got != "the room is restricted and does not name cy" {
		t.Errorf("cy let themselves in: %q", got)
	}
	if got := k.refusedLine("bo", &model.RoomRestricted{Mode: "all"}); got != "a room is restricted to people, add, remove or off, not all" {
		t.Errorf("got %q", got)
	}
}

// TestNotNamedWithCommand: the right command does not help who is not named,
// unless they are at the hub's own machine.
func TestNotNamedWithCommand(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	for who, door := range map[string]string{"far": "ssh SHA256:x", "near": "socket"} {
		k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: keyOf(who), Handle: who, Right: model.Command, Door: door}})
	}
	k.say("ana", ":restrict @bo")
	k.say("near", "the hub's own user")
	k.refused("far", ":restrict add @far", "the room is restricted and does not name far")
	late := &model.KeyAdmitted{Key: "k", Handle: "late", Right: model.Command, Door: model.DoorPerson}
	if got := k.refusedLine("ana", late); got != "the room is restricted and does not name late; :restrict add @late does" {
		t.Errorf("let in by hand: %q", got)
	}
}

func TestDeclaredRestricted(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1", Restricted: []string{"cy", "bo"}})
	if want := []string{"ana", "bo", "cy"}; !slices.Equal(k.room.Restricted, want) {
		t.Errorf("names %v, want %v", k.room.Restricted, want)
	}
	if got := k.room.Line(1).Text.String(); got != "SEV-1 Deploy key in a public CI log RESTRICTED to @ana @cy @bo" {
		t.Errorf("the line is %q", got)
	}
	admit := &model.KeyAdmitted{Key: "k", Handle: "eve", Right: model.Write, Door: "ssh SHA256:x"}
	if got := k.refusedLine("ana", admit); got != "the room is restricted and does not name eve; :restrict add @eve does" {
		t.Errorf("eve: %q", got)
	}
}

// TestNewKeyOfAPerson: what the room said of a person holds for a key that they
// come with later.
func TestNewKeyOfAPerson(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	come := func(who string, offer model.Right, want model.Right) {
		t.Helper()
		if got, err := k.room.RightOf(who, offer); got != want || err != nil {
			t.Errorf("%s with %s: %s %v, want %s", who, offer, got, err, want)
		}
	}
	come("bo", model.Write, model.Write)
	k.say("ana", ":right @bo watch")
	come("bo", model.Write, model.Watch)
	come("bo", model.Command, model.Watch)
	more := &model.KeyAdmitted{Key: "new", Handle: "bo", Right: model.Write, Door: "ssh SHA256:x"}
	if got := k.refusedLine("ana", more); got != "bo may only watch here; a new key cannot come with write" {
		t.Errorf("a new key came with more: %q", got)
	}
	k.say("ana", ":right @bo command")
	come("bo", model.Write, model.Command) // the same door as before
	come("bo", model.Watch, model.Watch)   // lowered at the door
}

func TestStruckPersonDoesNotComeBack(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	k.say("ana", ":strike @bo a stolen laptop")
	if _, err := k.room.RightOf("bo", model.Write); err == nil || !k.room.IsStruck("bo") {
		t.Errorf("struck: %v, %v", k.room.IsStruck("bo"), err)
	}
	again := &model.KeyAdmitted{Key: "new", Handle: "bo", Right: model.Write, Door: "ssh SHA256:x"}
	if got := k.refusedLine("ana", again); got != "bo was struck from this room, and a new key does not change that; :right @bo write lets new keys in" {
		t.Errorf("bo came again: %q", got)
	}
	k.say("ana", ":right @bo write")
	k.refused("bo", "the old key", "this key of bo was struck from the room; ask the Commander for a new one")
	if got := k.refusedLine("ana", again); got != "" {
		t.Errorf("a new key after the word of command: %q", got)
	}
	k.say("ana", ":strike @bo again")
	byHand := &model.KeyAdmitted{Key: "newer", Handle: "bo", Right: model.Watch, Door: model.DoorPerson}
	if got := k.refusedLine("ana", byHand); got != "" || k.room.IsStruck("bo") {
		t.Errorf("let in by hand: %q, struck %v", got, k.room.IsStruck("bo"))
	}
}

// TestWhoWatchesHoldsNoRole: also where it was given before their key came.
func TestWhoWatchesHoldsNoRole(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.say("ana", ":role scribe @wu")
	k.admit("wu", model.Watch)
	if h := k.room.Holders("scribe"); len(h) != 0 {
		t.Errorf("the Scribe is %v", h)
	}
	k.say("ana", ":role scribe @bo", ":strike @bo was never here")
	if h := k.room.Holders("scribe"); len(h) != 0 {
		t.Errorf("the Scribe is %v", h)
	}
	for _, b := range []model.Body{model.NewEntry(model.KindEntryNoted, "x"), &model.RoleAssumed{Role: "scribe", Person: "wu"}, &model.RightChanged{Handle: "wu", Right: model.Command}} {
		if got := k.refusedLine("wu", b); got != "wu may only watch here; somebody with command can change that: :right wu write" {
			t.Errorf("%s: %q", b.Kind(), got)
		}
	}
}
