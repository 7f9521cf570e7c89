package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// leaderless returns a room without commander and deputy, in which bo, cy and di may write.
func leaderless(t testing.TB) *testRoom {
	k := led(t)
	k.mustType("ana", ":renounce ic @bo", ":renounce deputy @cy")
	return k
}

// takeTogether lets a person take vacant command together with another who may write.
func (k *testRoom) takeTogether(who, other string) {
	k.t.Helper()
	k.mustType(who, ":takeover ic nobody leads")
	k.mustType(other, ":confirm ic @"+who)
}

// proposal returns the number of the only open proposal.
func (k *testRoom) proposal() uint64 {
	k.t.Helper()
	list := k.room.OpenProposals()
	if len(list) != 1 {
		k.t.Fatalf("open proposals: got %+v, want one", list)
	}
	return list[0].Seq
}

// confirmN returns the command that confirms the only open proposal.
func (k *testRoom) confirmN() string { return model.Safef(":confirm %d", k.proposal()).String() }

// TestCommandIsProposed: a person who may only write takes vacant command together with
// a second one. Until then the role is vacant and the first has none of its powers.
func TestCommandIsProposed(t *testing.T) {
	for _, line := range []string{":takeover ic nobody leads", ":role ic @bo", ":role ic @bo Bo B., SRE"} {
		k := leaderless(t)
		k.mustType("bo", line)
		if got := k.room.Commanders(); len(got) != 0 {
			t.Errorf("%s: commanders: got %v, want none before a second person confirms", line, got)
		}
		if err := k.try("bo", ":sev SEV-1 it is bad"); model.CodeOf(err) != model.Forbidden {
			t.Errorf("%s: bo uses the powers: got %v, want it forbidden", line, err)
		}
		n := k.proposal()
		want := model.Safef("another person confirms with :confirm %d", n).String()
		if got := k.last(); !strings.HasSuffix(got, want) || !strings.HasPrefix(got, "bo proposes to take Incident ") {
			t.Errorf("%s: line: got %q, want who proposes what, and %q", line, got, want)
		}
		k.refused("bo", k.confirmN(), "bo proposed to take Incident Commander; another person confirms it")
		k.refused("bo", ":role ic @bo", model.Safef(
			"bo proposed to take Incident Commander already; another person confirms with :confirm %d", n).String())
		k.mustType("cy", k.confirmN())
		if got := k.room.Commanders(); len(got) != 1 || got[0] != "bo" {
			t.Errorf("%s: commanders: got %v, want bo", line, got)
		}
		a := k.room.Roles[len(k.room.Roles)-1]
		if a.By != "bo" || a.SecondBy != "cy" || !a.Unconfirmed {
			t.Errorf("%s: got by %q, second %q, unconfirmed %t; want bo, cy, true", line, a.By, a.SecondBy,
				a.Unconfirmed)
		}
		want = "bo is Incident Commander, confirmed by cy; some powers need :confirm commander"
		if got := k.last(); got != want {
			t.Errorf("%s: line: got %q, want %q", line, got, want)
		}
		k.mustType("bo", ":sev SEV-1 it is bad")
		k.mustType("ana", ":confirm ic")
		if got := k.room.Unconfirmed("commander"); len(got) != 0 {
			t.Errorf("%s: confirmed by command: got unconfirmed %v, want nobody", line, got)
		}
	}
}

// TestCommandIsConfirmedWithItsPowers: the right "command" that confirms a proposal gives
// all powers of the role.
func TestCommandIsConfirmedWithItsPowers(t *testing.T) {
	k := leaderless(t)
	k.mustType("bo", ":takeover ic nobody leads")
	k.mustType("ana", ":confirm ic @bo")
	a := k.room.Roles[len(k.room.Roles)-1]
	if a.Person != "bo" || a.Unconfirmed || a.ConfirmedBy != "ana" || a.Takeover != "nobody leads" {
		t.Errorf("got %+v, want bo, confirmed by ana, with the reason", a)
	}
	if got, want := k.last(), "bo is Incident Commander, confirmed by ana"; got != want {
		t.Errorf("line: got %q, want %q", got, want)
	}
}

// TestWhoTakesCommandAlone: the deputy and the right "command" take vacant command at once,
// and other roles are not proposed.
func TestWhoTakesCommandAlone(t *testing.T) {
	for who, lines := range map[string][]string{
		"ana": {":role ic @ana", ":takeover ic nobody leads"},
		"cy":  {":role ic @cy", ":takeover ic nobody leads"},
	} {
		for _, line := range lines {
			k := led(t)
			k.mustType("ana", ":renounce ic @bo")
			k.mustType(who, line)
			if got := k.room.Commanders(); len(got) != 1 || got[0] != who {
				t.Errorf("%s: commanders: got %v, want %s", line, got, who)
			}
			if got := k.room.Unconfirmed("commander"); len(got) != 0 {
				t.Errorf("%s: unconfirmed: got %v, want nobody", line, got)
			}
		}
	}
	k := leaderless(t)
	k.mustType("bo", ":role seclead @bo")
	if got := k.room.Holders("security-lead"); len(got) != 1 {
		t.Errorf("another role: got holders %v, want bo at once", got)
	}
}

// TestProposalsRace: the order of the log decides; what came too late states why.
func TestProposalsRace(t *testing.T) {
	k := leaderless(t)
	one, err := k.typed("bo", ":takeover ic nobody leads")
	if err != nil {
		t.Fatalf("type a line: %v", err)
	}
	two, err := k.typed("cy", ":takeover ic I was here first")
	if err != nil {
		t.Fatalf("type a line: %v", err)
	}
	first, second := k.do("bo", one), k.do("cy", two)
	if !first.Refused.IsEmpty() || !second.Refused.IsEmpty() {
		t.Fatalf("two proposals: got refused %q and %q, want both stand", first.Refused, second.Refused)
	}
	k.refused("di", ":confirm ic", "several wait for a confirmation as Incident Commander; name one: "+
		":confirm commander @bo, :confirm commander @cy")
	ofBo, err := k.typed("di", model.Safef(":confirm %d", first.Seq).String())
	if err != nil {
		t.Fatalf("type a line: %v", err)
	}
	ofCy, err := k.typed("di", model.Safef(":confirm %d", second.Seq).String())
	if err != nil {
		t.Fatalf("type a line: %v", err)
	}
	again, err := k.typed("cy", model.Safef(":confirm %d", first.Seq).String())
	if err != nil {
		t.Fatalf("type a line: %v", err)
	}
	k.wait(time.Minute)
	if l := k.do("di", ofBo); !l.Refused.IsEmpty() {
		t.Fatalf("the first confirmation: got refused %q, want stored", l.Refused)
	}
	at := model.FormatTime(k.now).String()
	if got, want := k.do("di", ofCy).Refused.String(),
		"cy's proposal to take Incident Commander ended at "+at+": bo is Incident Commander"; got != want {
		t.Errorf("a confirmation of the other: got %q, want %q", got, want)
	}
	if got, want := k.do("cy", again).Refused.String(), "bo and di already took Incident Commander together; its "+
		"other powers still need to be confirmed by someone who has them"; got != want {
		t.Errorf("a second confirmation: got %q, want %q", got, want)
	}
	k.mustType("bo", ":renounce ic")
	if got, want := k.do("cy", again).Refused.String(),
		"bo's proposal to take Incident Commander ended at "+at+": di confirmed it"; got != want {
		t.Errorf("after bo gave it up: got %q, want %q", got, want)
	}
}

// TestProposalsEnd: a proposal ends when the role is given, when it is taken back, when its
// author is removed, and when the room is closed.
func TestProposalsEnd(t *testing.T) {
	for name, c := range map[string]struct {
		who, line, want string
	}{
		"given":     {"ana", ":role ic @di", "di is Incident Commander"},
		"to bo":     {"ana", ":role ic @bo", "bo is Incident Commander already"},
		"withdrawn": {"bo", ":withdraw ic", "bo withdrew it"},
		"renounced": {"bo", ":renounce ic", "bo withdrew it"},
		"rejected":  {"ana", ":renounce ic @bo", "ana rejected it"},
		"revoked":   {"ana", ":strike @bo gone", "bo may not write here any more"},
		"watches":   {"ana", ":right @bo watch", "bo may not write here any more"},
		"shut out":  {"ana", ":restrict @cy @di", "bo may not write here any more"},
		"closed":    {"ana", ":close override all a test", "the room was closed"},
	} {
		k := leaderless(t)
		k.mustType("bo", ":takeover ic nobody leads")
		confirm, err := k.typed("cy", k.confirmN())
		if err != nil {
			t.Fatalf("%s: type a line: %v", name, err)
		}
		k.mustType(c.who, c.line)
		if got := k.room.OpenProposals(); len(got) != 0 {
			t.Errorf("%s: open proposals: got %+v, want none", name, got)
		}
		if name == "to bo" {
			continue
		}
		want := "bo's proposal to take Incident Commander ended at " + model.FormatTime(k.now).String() + ": " + c.want
		l := k.do("cy", confirm)
		if got := l.Refused.String(); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}

// TestANewProposalIsAnotherOne: a confirmation of a proposal that was taken back does not
// confirm the next one.
func TestANewProposalIsAnotherOne(t *testing.T) {
	k := leaderless(t)
	k.mustType("bo", ":takeover ic nobody leads")
	confirm, err := k.typed("cy", k.confirmN())
	if err != nil {
		t.Fatalf("type a line: %v", err)
	}
	k.mustType("bo", ":withdraw ic", ":takeover ic for another reason")
	want := "that proposal by bo has ended; confirm the present one with " + k.confirmN()
	if got := k.do("cy", confirm).Refused.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestAProposalIsNoSecondKey: another key of the same person does not confirm.
func TestAProposalIsNoSecondKey(t *testing.T) {
	k := leaderless(t)
	k.mustType("bo", ":takeover ic nobody leads")
	k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-bo-2", Handle: "bo", Right: model.Write, Origin: "test"}})
	act, err := model.Parse(k.confirmN(), k.ctx("cy"))
	if err != nil {
		t.Fatalf("parse: got %v, want no error", err)
	}
	err = model.Decide(k.room, model.Actor{Handle: "bo", Key: "key-bo-2"}, act, k.now)
	if want := "bo proposed to take Incident Commander; another person confirms it"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	k.admit("eve", model.Watch)
	if err := k.try("eve", k.confirmN()); model.CodeOf(err) != model.Forbidden {
		t.Errorf("a person who may only watch: got %v, want it forbidden", err)
	}
}

// TestAProposalIsPreviewed: the preview states that the line only proposes, and the gap
// names who proposed.
func TestAProposalIsPreviewed(t *testing.T) {
	k := leaderless(t)
	h := model.HintOf(":takeover ic nobody leads", k.ctx("bo"))
	if got, want := h.Impact.String(),
		"only proposes it: Incident Commander stays vacant until another person who may write confirms"; got != want {
		t.Errorf("preview: got %q, want %q", got, want)
	}
	k.mustType("bo", ":takeover ic nobody leads")
	h = model.HintOf(":takeover ic I do", k.ctx("cy"))
	if got, want := h.Impact.String(), "; bo has proposed it too: "+k.confirmN()+" agrees to that"; !strings.HasSuffix(
		got, want) {
		t.Errorf("preview of a second proposal: got %q, want ...%q", got, want)
	}
	h = model.HintOf(k.confirmN(), k.ctx("cy"))
	if got, want := h.Impact.String(), "bo becomes Incident Commander, without"; !strings.HasPrefix(got, want) {
		t.Errorf("preview of the confirmation: got %q, want %q...", got, want)
	}
	if got, want := k.gap(), "the role of Incident Commander has been vacant for 00:00"; got != want {
		t.Errorf("gap: got %q, want %q: no other proposal is suggested", got, want)
	}
	p := k.room.OpenProposals()[0]
	if got, want := p.Words(k.room).String(), "bo proposes to take Incident Commander: nobody leads; another person "+
		"confirms with "+k.confirmN(); got != want {
		t.Errorf("proposal: got %q, want %q", got, want)
	}
	o := model.OverviewOf(model.RoomInfo{Room: k.room}, k.now)
	want := "NO COMMANDER, bo proposes: " + k.confirmN() + ","
	if got := o.Words(k.now).String(); !strings.HasPrefix(got, want) {
		t.Errorf("the list of rooms: got %q, want %q...", got, want)
	}
}

// TestConfirmNumbers: a number that is an item and an entry with a proposal is asked
// about.
func TestConfirmNumbers(t *testing.T) {
	k := leaderless(t)
	k.mustType("bo", ":takeover ic nobody leads")
	n := int(k.proposal())
	if k.room.ItemByN(n) == nil {
		t.Fatalf("proposal %d: got no item with that number, want one", n)
	}
	k.room.ItemByN(n).Asked = &model.Override{By: "di", Reason: "x"}
	k.refused("cy", k.confirmN(), model.Safef("%d is the number of an override and of a proposal that need "+
		"confirmation; confirm the proposal with :confirm commander @bo", n).String())
}
