package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
)

// newExposedRoom returns a room with ana (command) and with bo, cy and di (write).
func newExposedRoom(t testing.TB) *testRoom {
	t.Helper()
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	for _, who := range []string{"bo", "cy", "di"} {
		k.admit(who, model.Write)
	}
	k.mustType("ana", "!a decision", ":exposure confirmed customers")
	return k
}

// olderRules returns the same room under older rules.
func olderRules(t testing.TB) *testRoom {
	t.Helper()
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load the plan: got %v, want no error", err)
	}
	k := &testRoom{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	d := model.Declaration{Title: "an older room", Severity: "SEV-1", Plan: p}
	one, two := d.Declare("")
	two.Body.(*model.PlanAdopted).Rules = 0
	k.do("ana", one)
	k.do("ana", two)
	for _, who := range []string{"bo", "cy", "di"} {
		k.admit(who, model.Write)
	}
	k.mustType("ana", "!a decision", ":exposure confirmed customers")
	return k
}

// lawClock starts a legal clock and returns its id.
func lawClock(t testing.TB, k *testRoom) string {
	t.Helper()
	for _, c := range k.room.ClockViews(k.now) {
		if c.Def.Law && !c.Run.StartedAt.IsZero() {
			return c.Def.ID
		}
	}
	t.Fatal("legal clocks: got none that runs, want one")
	return ""
}

// sensitiveActs returns one act for each sensitive power, by the description of the
// power.
func sensitiveActs(t testing.TB, k *testRoom) map[string]model.Body {
	law := lawClock(t, k)
	var waive, later model.Body
	for line, to := range map[string]*model.Body{":clock waive " + law + " not needed": &waive, ":clock move " + law +
		" @now later": &later} {
		act, err := model.Parse(strings.Replace(line, "@now", k.now.Format("@15:04"), 1), k.ctx("ana"))
		if err != nil {
			t.Fatalf("%s: got %v, want no error", line, err)
		}
		*to = act.Body
	}
	return map[string]model.Body{
		"redact":   &model.EntryRedacted{Entry: k.room.Line(6).ID, Seq: 6, Reason: "a password"},
		"channel":  &model.ChannelJudged{Channel: "slack", State: model.Compromised, Reason: "x"},
		"waive":    waive,
		"later":    later,
		"strike":   &model.KeyRevoked{Handle: "di", Reason: "x"},
		"right":    &model.RightChanged{Handle: "bo", Right: model.Command},
		"admit":    &model.KeyAdmitted{Key: "key-eve", Handle: "eve", Right: model.Command, Origin: model.OriginPerson},
		"restrict": &model.RoomRestricted{Mode: model.RestrictTo, Handles: []string{"bo"}},
		"close":    &model.IncidentClosed{},
	}
}

// may returns which of the given acts a person may do now.
func (k *testRoom) may(who string, acts map[string]model.Body) []string {
	var out []string
	for name, b := range acts {
		err := model.Decide(k.room, model.Actor{Handle: who, Key: keyOf(who)}, model.Act{Body: b}, k.now)
		if err == nil || model.CodeOf(err) != model.Forbidden {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// takes lets a person take a role; cy confirms that they take command.
func (k *testRoom) takes(who, role string) {
	k.t.Helper()
	k.mustType(who, ":role "+role+" @"+who)
	if role == "commander" {
		k.mustType("cy", ":confirm commander @"+who)
	}
}

// TestTakenRolesWait: a person who takes a role has its duties at once, and its
// sensitive powers when somebody who has them confirms the role.
func TestTakenRolesWait(t *testing.T) {
	all := []string{"admit", "channel", "close", "later", "redact", "restrict", "right", "strike", "waive"}
	for role, want := range map[string][]string{
		"commander": all, "security-lead": {"channel", "later", "redact", "waive"}, "scribe": {"later"}, "comms": nil,
		"sre": nil,
	} {
		k := newExposedRoom(t)
		k.wait(time.Minute)
		acts := sensitiveActs(t, k)
		if got := k.may("bo", acts); got != nil {
			t.Fatalf("before: got %v, want none", got)
		}
		k.takes("bo", role)
		if got := k.may("bo", acts); got != nil {
			t.Errorf("%s took %s: got powers %v, want none", "bo", role, got)
		}
		if got := k.room.Unconfirmed(role); (len(got) > 0) != (want != nil) {
			t.Errorf("%s: got unconfirmed %v, want %v", role, got, want != nil)
		}
		if want == nil {
			continue
		}
		if got := k.refusedAs("bo", model.RoleConfirmed{Role: role, Person: "bo"}); got == "" {
			t.Errorf("%s: bo confirms bo: got stored, want refused", role)
		}
		if got := k.refusedAs("cy", model.RoleConfirmed{Role: role, Person: "bo"}); got == "" {
			t.Errorf("%s: cy, who has no role, confirms bo: got stored, want refused", role)
		}
		k.mustType("ana", ":confirm "+role)
		if got := k.may("bo", acts); !slices.Equal(got, want) {
			t.Errorf("%s is confirmed: got powers %v, want %v", role, got, want)
		}
		k.refused("ana", ":confirm "+role+" @bo", "bo has all powers of "+k.room.Plan.Role(role).Label+
			"; there is nothing to confirm")
	}
}

// refusedAs stores an act as a modified client would and returns why it has no
// effect.
func (k *testRoom) refusedAs(who string, b model.RoleConfirmed) string {
	k.t.Helper()
	return k.do(who, model.Act{Body: &b}).Refused.String()
}

// TestTakenRolesDoTheirDuties: an incident can be run if all people took their roles
// themselves.
func TestTakenRolesDoTheirDuties(t *testing.T) {
	k := newExposedRoom(t)
	law := lawClock(t, k)
	k.takeTogether("bo", "di")
	k.mustType("bo", ":sev SEV-2 calm", ":role scribe @cy", ":phase containment")
	k.mustType("cy", ":update executives rotating the key", ":notify "+law+" the authority, by phone")
	k.mustType("di", ":role seclead @di", ":exposure suspected customers")
	if got := k.room.Unconfirmed("scribe"); !slices.Equal(got, []string{"cy"}) {
		t.Errorf("a role given by one who waits: got unconfirmed %v, want cy", got)
	}
	k.mustType("bo", ":resolve override done")
	want := `bo took commander without being given it, and a decision of the commander needs a confirmation by ` +
		`someone with the right "command" or that power: :confirm commander @bo`
	k.refused("bo", ":strike @cy", want)
}

// TestRolesAreNotLaundered: no combination of events gives the sensitive powers
// without a confirmation.
func TestRolesAreNotLaundered(t *testing.T) {
	for name, do := range map[string]func(k *testRoom){
		"handed on and back": func(k *testRoom) {
			k.mustType("bo", ":handoff seclead @cy")
			k.mustType("cy", ":accept seclead", ":handoff seclead @bo")
			k.mustType("bo", ":accept seclead")
		},
		"given up and taken again": func(k *testRoom) { k.mustType("bo", ":renounce seclead", ":role seclead @bo") },
		"given by one who took command": func(k *testRoom) {
			k.takeTogether("cy", "di")
			k.mustType("cy", ":role seclead @bo for payments")
		},
		"confirmed by one who took command": func(k *testRoom) {
			k.takeTogether("cy", "di")
			_ = k.do("cy", model.Act{Body: &model.RoleConfirmed{Role: "security-lead", Person: "bo"}})
		},
	} {
		k := newExposedRoom(t)
		k.wait(time.Minute)
		acts := sensitiveActs(t, k)
		if name != "given by one who took command" {
			k.mustType("bo", ":role seclead @bo")
		}
		do(k)
		for _, who := range []string{"bo", "cy"} {
			if got := k.may(who, acts); got != nil {
				t.Errorf("%s: %s has powers %v, want none", name, who, got)
			}
		}
	}
}

// TestGivenRolesAreConfirmed: a role that somebody with its powers gives, and a
// handoff of such a role, need no confirmation. Confirming a role confirms the
// offers of its holder.
func TestGivenRolesAreConfirmed(t *testing.T) {
	k := newExposedRoom(t)
	k.wait(time.Minute)
	acts := sensitiveActs(t, k)
	want := []string{"channel", "later", "redact", "waive"}
	k.mustType("ana", ":role seclead @bo")
	if got := k.may("bo", acts); !slices.Equal(got, want) {
		t.Errorf("given by command: got %v, want %v", got, want)
	}
	k.mustType("bo", ":handoff seclead @cy")
	k.mustType("cy", ":accept seclead")
	if got := k.may("cy", acts); !slices.Equal(got, want) || k.may("bo", acts) != nil {
		t.Errorf("handed on: got %v, and %v for who gave it; want %v and none", got, k.may("bo", acts), want)
	}
	k.mustType("cy", ":renounce seclead")
	k.mustType("di", ":role seclead @di", ":handoff seclead @bo")
	k.mustType("ana", ":confirm seclead @di")
	k.mustType("bo", ":accept seclead")
	if got := k.may("bo", acts); !slices.Equal(got, want) {
		t.Errorf("an offer whose author is confirmed before it is accepted: got %v, want %v", got, want)
	}
	k.mustType("ana", ":role ic @ana")
	if got := k.room.Unconfirmed("commander"); got != nil {
		t.Errorf(`taken by the right "command": got unconfirmed %v, want none`, got)
	}
}

// TestConfirmedHoldersStay: a person who took command cannot remove a confirmed
// holder of a role.
func TestConfirmedHoldersStay(t *testing.T) {
	k := newExposedRoom(t)
	k.mustType("ana", ":role seclead @di")
	k.takeTogether("bo", "cy")
	for _, line := range []string{":role seclead @cy", ":renounce seclead @di", ":handoff seclead @cy"} {
		if err := k.try("bo", line); model.CodeOf(err) != model.Forbidden {
			t.Errorf("bo: %s: got %v, want it forbidden", line, err)
		}
	}
	if err := k.try("cy", ":role ic @cy"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("cy takes a role that is held: got %v, want it forbidden", err)
	}
	k.mustType("di", ":renounce seclead")
	k.mustType("bo", ":role seclead @cy", ":renounce seclead @cy")
}

// TestRaceOfConfirmations: the second of two confirmations is shown as refused, and
// a role that was renounced in the meantime is not confirmed.
func TestRaceOfConfirmations(t *testing.T) {
	k := newExposedRoom(t)
	k.mustType("bo", ":role seclead @bo")
	b := model.RoleConfirmed{Role: "security-lead", Person: "bo"}
	if got := k.refusedAs("ana", b); got != "" {
		t.Errorf("the first: got refused %q, want stored", got)
	}
	if got := k.refusedAs("ana", b); !strings.Contains(got, "there is nothing to confirm") {
		t.Errorf("the second: got %q, want it refused", got)
	}
	k.mustType("bo", ":renounce seclead", ":role seclead @bo")
	if got := k.room.Unconfirmed("security-lead"); !slices.Equal(got, []string{"bo"}) {
		t.Errorf("taken again after that: got unconfirmed %v, want bo", got)
	}
}

// TestOlderRoomsFoldAsBefore: under older rules, a role that was taken has its
// powers, the Commander's role has to be given, and there are no confirmations.
func TestOlderRoomsFoldAsBefore(t *testing.T) {
	k := olderRules(t)
	k.wait(time.Minute)
	acts := sensitiveActs(t, k)
	if err := k.try("bo", ":role ic @bo"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("taking command: got %v, want it forbidden", err)
	}
	k.mustType("bo", ":role seclead @bo")
	if got, want := k.may("bo", acts), []string{"channel", "later", "redact", "waive"}; !slices.Equal(got, want) {
		t.Errorf("taken: got %v, want %v", got, want)
	}
	if got := k.refusedAs("ana", model.RoleConfirmed{Role: "security-lead", Person: "bo"}); !strings.Contains(got,
		"there is nothing to confirm") {
		t.Errorf("confirm: got %q, want it refused", got)
	}
	k.mustType("ana", ":role ic @cy")
	k.mustType("cy", ":role seclead @di", ":strike @bo")
}

// TestTakenRoleIsShown: the line, the preview and the room state what needs a
// confirmation and who can give it.
func TestTakenRoleIsShown(t *testing.T) {
	k := newExposedRoom(t)
	act, err := model.Parse(":role scribe @bo", k.ctx("bo"))
	if err != nil {
		t.Fatalf("parse: got %v, want no error", err)
	}
	want := `no waiving legal deadlines or starting them later until somebody with the right "command" or these ` +
		"powers confirms the role: :confirm scribe @bo"
	if got := k.room.Impact(model.Actor{Handle: "bo", Key: keyOf("bo")}, act, k.now).String(); got != want {
		t.Errorf("preview: got %q, want %q", got, want)
	}
	k.mustType("bo", ":role scribe @bo")
	if got, want := k.room.Line(k.room.Seq).Text.String(),
		"bo is Scribe; some powers need :confirm scribe"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	k.mustType("ana", ":confirm scribe")
	if got, want := k.room.Line(k.room.Seq).Text.String(), "bo is confirmed as Scribe"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	if got := k.room.Impact(model.Actor{Handle: "ana", Key: keyOf("ana")}, act,
		k.now); got.String() != "takes Scribe from bo" {
		t.Errorf(`preview for the right "command": got %q, want only whose the role was`, got)
	}
}
