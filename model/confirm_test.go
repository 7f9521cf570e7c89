package model_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
)

// office2 is a room with ana (command), and bo, cy and di who may write.
func office2(t testing.TB) *desk {
	t.Helper()
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	for _, who := range []string{"bo", "cy", "di"} {
		k.admit(who, model.Write)
	}
	k.say("ana", "!a decision", ":exposure confirmed customers")
	return k
}

// olderRules is the same room by the rules of older logs.
func olderRules(t testing.TB) *desk {
	t.Helper()
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load the plan: got %v, want no error", err)
	}
	k := &desk{t: t, room: model.NewRoom(), now: time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)}
	d := model.Declaration{Title: "an older room", Severity: "SEV-1", Plan: p}
	one, two := d.Declare("")
	two.Body.(*model.PlanAdopted).Rules = 0
	k.do("ana", one)
	k.do("ana", two)
	for _, who := range []string{"bo", "cy", "di"} {
		k.admit(who, model.Write)
	}
	k.say("ana", "!a decision", ":exposure confirmed customers")
	return k
}

// lawClock is a clock of law that runs.
func lawClock(t testing.TB, k *desk) string {
	t.Helper()
	for _, c := range k.room.ClockViews(k.now) {
		if c.Def.Law && !c.Run.StartedAt.IsZero() {
			return c.Def.ID
		}
	}
	t.Fatal("clocks of law: got none that runs, want one")
	return ""
}

// graveActs are the acts whose powers wait, by the words for the power.
func graveActs(t testing.TB, k *desk) map[string]model.Body {
	law := lawClock(t, k)
	var waive, later model.Body
	for line, to := range map[string]*model.Body{":clock waive " + law + " not needed": &waive, ":clock move " + law + " @now later": &later} {
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
		"strike":   &model.KeyStruck{Handle: "di", Reason: "x"},
		"right":    &model.RightChanged{Handle: "bo", Right: model.Command},
		"admit":    &model.KeyAdmitted{Key: "key-eve", Handle: "eve", Right: model.Command, Door: model.DoorPerson},
		"restrict": &model.RoomRestricted{Mode: model.RestrictTo, Handles: []string{"bo"}},
		"close":    &model.IncidentClosed{},
	}
}

// may reports which of the grave acts a person may do now.
func (k *desk) may(who string, acts map[string]model.Body) []string {
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

// TestTakenRolesWait: a role that somebody takes for themselves brings its duties
// at once, and its grave powers when somebody who has them confirms it.
func TestTakenRolesWait(t *testing.T) {
	all := []string{"admit", "channel", "close", "later", "redact", "restrict", "right", "strike", "waive"}
	for role, want := range map[string][]string{
		"commander": all, "security-lead": {"channel", "later", "redact", "waive"}, "scribe": {"later"}, "comms": nil, "sre": nil,
	} {
		k := office2(t)
		k.wait(time.Minute)
		acts := graveActs(t, k)
		if got := k.may("bo", acts); got != nil {
			t.Fatalf("before: got %v, want none", got)
		}
		k.say("bo", ":role "+role+" @bo")
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
		k.say("ana", ":confirm "+role)
		if got := k.may("bo", acts); !slices.Equal(got, want) {
			t.Errorf("%s is confirmed: got powers %v, want %v", role, got, want)
		}
		k.refused("ana", ":confirm "+role+" @bo", "bo has the powers of "+k.room.Plan.Role(role).Label+" already; nothing waits for a confirmation")
	}
}

// refusedAs does an act as a crafted client and returns why it has no effect.
func (k *desk) refusedAs(who string, b model.RoleConfirmed) string {
	k.t.Helper()
	return k.do(who, model.Act{Body: &b}).Refused.String()
}

// TestTakenRolesDoTheirDuties: a room whose people all took their roles runs.
func TestTakenRolesDoTheirDuties(t *testing.T) {
	k := office2(t)
	law := lawClock(t, k)
	k.say("bo", ":role ic @bo", ":sev SEV-2 calm", ":role scribe @cy", ":phase containment")
	k.say("cy", ":update executives rotating the key", ":clock met "+law+" told by phone")
	k.say("di", ":role seclead @di", ":exposure suspected customers")
	if got := k.room.Unconfirmed("scribe"); !slices.Equal(got, []string{"cy"}) {
		t.Errorf("a role given by one who waits: got unconfirmed %v, want cy", got)
	}
	k.say("bo", ":resolve")
	want := `bo took commander without being given it, and a matter of command waits for a confirmation; someone with the right "command" or that power can give it: :confirm commander @bo`
	k.refused("bo", ":strike @cy", want)
}

// TestRolesAreNotLaundered: no way round brings the grave powers.
func TestRolesAreNotLaundered(t *testing.T) {
	for name, do := range map[string]func(k *desk){
		"handed on and back": func(k *desk) {
			k.say("bo", ":handoff seclead @cy")
			k.say("cy", ":accept seclead", ":handoff seclead @bo")
			k.say("bo", ":accept seclead")
		},
		"given up and taken again": func(k *desk) { k.say("bo", ":renounce seclead", ":role seclead @bo") },
		"given by one who took command": func(k *desk) {
			k.say("cy", ":role ic @cy", ":role seclead @bo for payments")
		},
		"confirmed by one who took command": func(k *desk) {
			k.say("cy", ":role ic @cy")
			_ = k.do("cy", model.Act{Body: &model.RoleConfirmed{Role: "security-lead", Person: "bo"}})
		},
	} {
		k := office2(t)
		k.wait(time.Minute)
		acts := graveActs(t, k)
		if name != "given by one who took command" {
			k.say("bo", ":role seclead @bo")
		}
		do(k)
		for _, who := range []string{"bo", "cy"} {
			if got := k.may(who, acts); got != nil {
				t.Errorf("%s: %s has powers %v, want none", name, who, got)
			}
		}
	}
}

// TestGivenRolesAreConfirmed: who is given a role by somebody with its powers, and
// whom they hand it to, need no confirmation; an offer is confirmed with its
// author.
func TestGivenRolesAreConfirmed(t *testing.T) {
	k := office2(t)
	k.wait(time.Minute)
	acts := graveActs(t, k)
	want := []string{"channel", "later", "redact", "waive"}
	k.say("ana", ":role seclead @bo")
	if got := k.may("bo", acts); !slices.Equal(got, want) {
		t.Errorf("given by command: got %v, want %v", got, want)
	}
	k.say("bo", ":handoff seclead @cy")
	k.say("cy", ":accept seclead")
	if got := k.may("cy", acts); !slices.Equal(got, want) || k.may("bo", acts) != nil {
		t.Errorf("handed on: got %v, and %v for who gave it; want %v and none", got, k.may("bo", acts), want)
	}
	k.say("cy", ":renounce seclead")
	k.say("di", ":role seclead @di", ":handoff seclead @bo")
	k.say("ana", ":confirm seclead @di")
	k.say("bo", ":accept seclead")
	if got := k.may("bo", acts); !slices.Equal(got, want) {
		t.Errorf("an offer whose author is confirmed before it is accepted: got %v, want %v", got, want)
	}
	k.say("ana", ":role ic @ana")
	if got := k.room.Unconfirmed("commander"); got != nil {
		t.Errorf("taken by the right command: got unconfirmed %v, want none", got)
	}
}

// TestConfirmedHoldersStay: who took command does not put out a holder whose role
// is confirmed.
func TestConfirmedHoldersStay(t *testing.T) {
	k := office2(t)
	k.say("ana", ":role seclead @di")
	k.say("bo", ":role ic @bo")
	for _, line := range []string{":role seclead @cy", ":renounce seclead @di", ":handoff seclead @cy"} {
		if err := k.try("bo", line); model.CodeOf(err) != model.Forbidden {
			t.Errorf("bo: %s: got %v, want it forbidden", line, err)
		}
	}
	if err := k.try("cy", ":role ic @cy"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("cy takes a role that is held: got %v, want it forbidden", err)
	}
	k.say("di", ":renounce seclead")
	k.say("bo", ":role seclead @cy", ":renounce seclead @cy")
}

// TestRaceOfConfirmations: of two the second is shown as refused, and who gave
// the role up meanwhile is not confirmed.
func TestRaceOfConfirmations(t *testing.T) {
	k := office2(t)
	k.say("bo", ":role seclead @bo")
	b := model.RoleConfirmed{Role: "security-lead", Person: "bo"}
	if got := k.refusedAs("ana", b); got != "" {
		t.Errorf("the first: got refused %q, want stored", got)
	}
	if got := k.refusedAs("ana", b); !strings.Contains(got, "nothing waits") {
		t.Errorf("the second: got %q, want it refused", got)
	}
	k.say("bo", ":renounce seclead", ":role seclead @bo")
	if got := k.room.Unconfirmed("security-lead"); !slices.Equal(got, []string{"bo"}) {
		t.Errorf("taken again after that: got unconfirmed %v, want bo", got)
	}
}

// TestOlderRoomsFoldAsBefore: there a role that was taken has its powers, the
// Commander's has to be given, and nothing is confirmed.
func TestOlderRoomsFoldAsBefore(t *testing.T) {
	k := olderRules(t)
	k.wait(time.Minute)
	acts := graveActs(t, k)
	if err := k.try("bo", ":role ic @bo"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("taking command: got %v, want it forbidden", err)
	}
	k.say("bo", ":role seclead @bo")
	if got, want := k.may("bo", acts), []string{"channel", "later", "redact", "waive"}; !slices.Equal(got, want) {
		t.Errorf("taken: got %v, want %v", got, want)
	}
	if got := k.refusedAs("ana", model.RoleConfirmed{Role: "security-lead", Person: "bo"}); !strings.Contains(got, "nothing waits") {
		t.Errorf("confirm: got %q, want it refused", got)
	}
	k.say("ana", ":role ic @cy")
	k.say("cy", ":role seclead @di", ":strike @bo")
}

// TestTakenRoleIsShown: the line, the preview and the room say what waits and who
// can give it.
func TestTakenRoleIsShown(t *testing.T) {
	k := office2(t)
	act, err := model.Parse(":role scribe @bo", k.ctx("bo"))
	if err != nil {
		t.Fatalf("parse: got %v, want no error", err)
	}
	want := "waiving clocks of law and moving them to a later start await :confirm scribe @bo by someone with command or these powers"
	if got := k.room.Toll(model.Actor{Handle: "bo", Key: keyOf("bo")}, act, k.now).String(); got != want {
		t.Errorf("preview: got %q, want %q", got, want)
	}
	k.say("bo", ":role scribe @bo")
	if got, want := k.room.Line(k.room.Seq).Text.String(), "bo is Scribe; some powers await :confirm scribe"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	k.say("ana", ":confirm scribe")
	if got, want := k.room.Line(k.room.Seq).Text.String(), "bo is confirmed as Scribe"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
	if got := k.room.Toll(model.Actor{Handle: "ana", Key: keyOf("ana")}, act, k.now); got.String() != "takes Scribe from bo" {
		t.Errorf("preview for the right command: got %q, want only whose the role was", got)
	}
}
