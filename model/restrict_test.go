package model_test

import (
	"slices"
	"strings"
	"testing"

	"warroom/model"
)

// newStaffedRoom returns a room with ana (command), bo and cy (write) and wu
// (watch).
func newStaffedRoom(t *testing.T, d model.Declaration) *testRoom {
	k := declared(t, "security", d)
	k.admit("bo", model.Write)
	k.admit("cy", model.Write)
	k.admit("wu", model.Watch)
	return k
}

// refusedLine stores an act as a modified client would and returns why it has no
// effect.
func (k *testRoom) refusedLine(who string, b model.Body) string {
	k.t.Helper()
	return k.do(who, model.Act{Body: b}).Refused.String()
}

func TestRestrictedRoomNamesPeople(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	if k.room.IsRestricted() || !k.room.Names("eve") {
		t.Fatal("a room is open until somebody says otherwise")
	}
	k.mustType("ana", ":role scribe @cy", ":handoff scribe @bo", ":restrict @bo an insider may be the one")
	if want := []string{"ana", "bo"}; !slices.Equal(k.room.Restricted, want) {
		t.Errorf("names %v, want %v", k.room.Restricted, want)
	}
	if got := k.room.Line(k.room.Seq).Text.String(); got !=
		"RESTRICTED: only @ana @bo may see the room: an insider may be the one; vacant now: Scribe" {
		t.Errorf("the line is %q", got)
	}
	if len(k.room.Holders("scribe")) != 0 {
		t.Error("who may not see the room holds a role")
	}
	k.mustType("bo", "I am still in")
	k.refused("cy", "so am I", "the room is restricted and cy is not on the list")
	k.refused("ana", ":role scribe @cy", "the room is restricted and cy is not on the list; add them with "+
		":restrict add @cy")
	k.mustType("ana", ":role scribe @bo")
	k.refused("ana", ":handoff scribe @cy", "the room is restricted and cy is not on the list; add them with "+
		":restrict add @cy")
	k.mustType("ana", ":restrict add @cy", ":restrict remove @bo they did it")
	if want := []string{"ana", "cy"}; !slices.Equal(k.room.Restricted, want) {
		t.Errorf("names %v, want %v", k.room.Restricted, want)
	}
	k.mustType("cy", "back")
	k.mustType("ana", ":restrict off")
	k.mustType("bo", "everybody is")
}

func TestWhoMayRestrict(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	if h := model.HintOf(":restrict @bo @cyy", k.ctx("ana")); !strings.HasSuffix(h.Will.String(),
		"(nobody called cyy has been here yet)") || !h.Refusal.IsEmpty() {
		t.Errorf("the hint is %q, %q", h.Will, h.Refusal)
	}
	k.refused("bo", ":restrict @bo",
		"bo may not do that (a decision of the commander); it needs the right \"command\" or one of these roles: "+
			"Incident Commander")
	k.mustType("ana", ":role ic @bo")
	k.refused("bo", ":restrict off", "the room is not restricted; restrict it with :restrict @WHO")
	k.refused("bo", ":restrict", "name the people, each with an @: :restrict @bo @WHO [REASON]")
	k.refused("bo", ":restrict @Hub", `"hub" is not a handle for a person; a handle is 1 to 32 characters from a-z `+
		"0-9 _ -")
	k.mustType("bo", ":restrict @ana, @bo because")
	k.refused("bo", ":restrict remove @bo",
		"you cannot remove yourself; ask another person on the list to do it")
	k.refused("bo", ":restrict remove @eve", "eve is not on the list")
	if got := k.refusedLine("cy",
		&model.RoomRestricted{Mode: model.RestrictAdd,
			Handles: []string{"cy"}}); got != "the room is restricted and cy is not on the list" {
		t.Errorf("cy let themselves in: %q", got)
	}
	if got := k.refusedLine("bo",
		&model.RoomRestricted{Mode: "all"}); got != "write add, remove or off, or people as @bo @cy, not all" {
		t.Errorf("got %q", got)
	}
}

// TestNotNamedWithCommand: the right "command" does not help a person who is not
// named, unless they are on the hub's own machine.
func TestNotNamedWithCommand(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	for who, origin := range map[string]string{"far": "ssh SHA256:x", "near": "socket"} {
		k.do("ana",
			model.Act{Body: &model.KeyAdmitted{Key: keyOf(who), Handle: who, Right: model.Command, Origin: origin}})
	}
	k.mustType("ana", ":restrict @bo")
	k.mustType("near", "the hub's own user")
	k.refused("far", ":restrict add @far", "the room is restricted and far is not on the list")
	late := &model.KeyAdmitted{Key: "k", Handle: "late", Right: model.Command, Origin: model.OriginPerson}
	if got := k.refusedLine("ana",
		late); got != "the room is restricted and late is not on the list; add them with :restrict add @late" {
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
	admit := &model.KeyAdmitted{Key: "k", Handle: "eve", Right: model.Write, Origin: "ssh SHA256:x"}
	if got := k.refusedLine("ana",
		admit); got != "the room is restricted and eve is not on the list; add them with :restrict add @eve" {
		t.Errorf("eve: %q", got)
	}
}

// TestNewKeyOfAPerson: rulings on a person hold for keys that they use later.
func TestNewKeyOfAPerson(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	come := func(who string, offer model.Right, want model.Right) {
		t.Helper()
		if got, err := k.room.RightOf(who, offer); got != want || err != nil {
			t.Errorf("%s with %s: %s %v, want %s", who, offer, got, err, want)
		}
	}
	come("bo", model.Write, model.Write)
	k.mustType("ana", ":right @bo watch")
	come("bo", model.Write, model.Watch)
	come("bo", model.Command, model.Watch)
	more := &model.KeyAdmitted{Key: "new", Handle: "bo", Right: model.Write, Origin: "ssh SHA256:x"}
	if got := k.refusedLine("ana", more); got != `bo has the right "watch" here; a new key cannot have the right `+
		`"write"` {
		t.Errorf("a new key came with more: %q", got)
	}
	k.mustType("ana", ":right @bo command")
	come("bo", model.Write, model.Command) // the same origin as before
	come("bo", model.Watch, model.Watch)   // lowered at the origin
}

func TestRevokedPersonDoesNotComeBack(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":strike @bo a stolen laptop")
	if _, err := k.room.RightOf("bo", model.Write); err == nil || !k.room.IsRevoked("bo") {
		t.Errorf("struck: %v, %v", k.room.IsRevoked("bo"), err)
	}
	newKey := &model.KeyAdmitted{Key: "new", Handle: "bo", Right: model.Write, Origin: "ssh SHA256:x"}
	if got := k.refusedLine("ana",
		newKey); got !=
		"bo was revoked in this room; new keys are admitted after :right @bo write" {
		t.Errorf("bo came again: %q", got)
	}
	k.mustType("ana", ":right @bo write")
	k.refused("bo", "the old key", "this key of bo was revoked in the room; ask the Commander to admit a new one")
	if got := k.refusedLine("ana", newKey); got != "" {
		t.Errorf("a new key after the word of command: %q", got)
	}
	k.mustType("ana", ":strike @bo again")
	byHand := &model.KeyAdmitted{Key: "newer", Handle: "bo", Right: model.Watch, Origin: model.OriginPerson}
	if got := k.refusedLine("ana", byHand); got != "" || k.room.IsRevoked("bo") {
		t.Errorf("let in by hand: %q, struck %v", got, k.room.IsRevoked("bo"))
	}
}

// TestWhoWatchesHoldsNoRole: not even a role that was given before their key was
// admitted.
func TestWhoWatchesHoldsNoRole(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":role scribe @wu")
	k.admit("wu", model.Watch)
	if h := k.room.Holders("scribe"); len(h) != 0 {
		t.Errorf("the Scribe is %v", h)
	}
	k.mustType("ana", ":role scribe @bo", ":strike @bo was never here")
	if h := k.room.Holders("scribe"); len(h) != 0 {
		t.Errorf("the Scribe is %v", h)
	}
	for _, b := range []model.Body{model.NewEntry(model.KindEntryNoted, "x"),
		&model.RoleAssumed{Role: "scribe", Person: "wu"}, &model.RightChanged{Handle: "wu", Right: model.Command}} {
		if got := k.refusedLine("wu",
			b); got != `wu may only watch here; somebody with the right "command" can change that: :right wu write` {
			t.Errorf("%s: %q", model.KindOf(b), got)
		}
	}
}
