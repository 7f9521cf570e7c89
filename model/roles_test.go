package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestTakingARole: the preview names the holder from whom the role is taken, the
// line mentions them, and the second of two people who take it at once is refused.
func TestTakingARole(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.do("ana", model.Act{Body: &model.RightChanged{Handle: "bo", Right: model.Command}})
	k.do("ana", model.Act{Body: &model.RightChanged{Handle: "cy", Right: model.Command}})
	k.mustType("ana", ":role ic @ana")
	if h := model.HintOf(":role ic @bo", k.ctx("bo")); !strings.Contains(h.Impact.String(),
		"takes Incident Commander from ana") {
		t.Errorf("got preview %q, want it to say from whom it is taken", h.Impact)
	}
	one, err := k.typed("bo", ":role ic @bo")
	if err != nil {
		t.Fatalf("type a line: %v", err)
	}
	two, err := k.typed("cy", ":role ic @cy")
	if err != nil {
		t.Fatalf("type a line: %v", err)
	}
	first, second := k.do("bo", one), k.do("cy", two)
	if !first.Refused.IsEmpty() || !first.Mentions("ana") {
		t.Errorf("the first: got %q, refused %q; want it to name @ana", first.Text, first.Refused)
	}
	if want := "bo is Incident Commander now; it was ana when this was decided"; second.Refused.String() != want {
		t.Errorf("the second: got %q, want %q", second.Refused, want)
	}
	k.refused("ana", ":handoff ic @cy b",
		"bo is Incident Commander; only they or the Commander can hand it off; to give it to somebody: :role "+
			"commander @WHO")
	k.mustType("bo", ":role scribe @cy", ":handoff scribe @ana b")
	if err := k.try("ana", ":accept scribe"); err != nil {
		t.Fatalf("type a line: %v", err)
	}
	if got, want := k.room.Line(k.room.Seq).Text.String(), "ana is Scribe, was @cy (offered by bo)"; got != want {
		t.Errorf("got %q, want %q: who held the role", got, want)
	}
}

// TestVacantRoleRace: the second of two people who take a vacant role at once is
// refused.
func TestVacantRoleRace(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	one, err := k.typed("bo", ":role scribe @bo")
	if err != nil {
		t.Fatalf("type a line: %v", err)
	}
	two, err := k.typed("ana", ":role scribe @cy")
	if err != nil {
		t.Fatalf("type a line: %v", err)
	}
	k.do("bo", one)
	if l := k.do("ana", two); l.Refused.String() != "bo is Scribe now; it was nobody yet when this was decided" {
		t.Errorf("got %q", l.Refused)
	}
	if got := k.room.Holders("scribe"); len(got) != 1 || got[0] != "bo" {
		t.Errorf("got holders %v, want bo", got)
	}
}

// TestWhoCanBeGivenSomething: every command about a person refuses the hub and
// revoked people, and warns about strangers.
func TestWhoCanBeGivenSomething(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":strike @cy gone")
	for _, line := range []string{":role scribe @%s", ":assign 3 @%s", ":item triage @%s look", "TODO: look @%s",
		":ask @%s 1m look", ":handoff scribe @%s"} {
		for who, want := range map[string]string{"hub": "the hub's own key", "cy": "was revoked in this room"} {
			if line == ":handoff scribe @%s" {
				k.try("ana", ":role scribe @ana")
			}
			l := strings.Replace(line, "%s", who, 1)
			err := k.try("ana", l)
			if err == nil || !strings.Contains(err.Error(), want) && !strings.Contains(err.Error(), "nobody called") {
				t.Errorf("%s: got %v, want a refusal with %q", l, err, want)
			}
		}
	}
	for _, line := range []string{":role comms @bobb", ":assign 3 @bobb", ":item triage @bobb look",
		"TODO: look @bobb", ":strike @bobb a stolen laptop"} {
		a, err := k.typed("ana", line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if got := k.room.Warning(model.Actor{}, a).String(); got != "nobody called bobb has been here yet" {
			t.Errorf("%s: got the warning %q", line, got)
		}
	}
	a, err := k.typed("ana", ":strike @bo a stolen laptop")
	if got := k.room.Warning(model.Actor{}, a).String(); err != nil || got != "" {
		t.Errorf("the revocation of a person who was here: got the warning %q, %v, want none", got, err)
	}
}

// TestNamesTravel: name and job come from the key and stay with the role.
func TestNamesTravel(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.do("ana",
		model.Act{Body: &model.KeyAdmitted{Key: keyOf("bo"), Handle: "bo", Right: model.Write, Origin: "invitation",
			Name: "Bo B.", Job: "SRE"}})
	k.admit("cy", model.Write)
	k.mustType("ana", ":role scribe @bo")
	if got := k.room.Roles[0].Who().String(); got != "bo (Bo B., SRE)" {
		t.Errorf("got %q", got)
	}
	k.mustType("ana", ":role sme @cy Cy Doe, DBA")
	k.mustType("bo", ":handoff scribe @cy")
	k.mustType("cy", ":accept")
	if got := k.room.Roles[2].Who().String(); got != "cy (Cy Doe, DBA)" {
		t.Errorf("got %q", got)
	}
}

// TestWaivingTakesThePlansRole: monitoring and legal clocks can be waived by the
// role that the plan names, by the Commander, and with the right "command".
func TestWaivingTakesThePlansRole(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":role scribe @bo", ":exposure suspected gdpr", ":resolve override over")
	k.refused("bo", ":clock waive watch tired",
		`bo may not waive Watch; only the SRE Representative (nobody yet), the Commander or somebody with the `+
			`right "command" may`)
	if err := k.try("bo", ":clock waive gdpr no"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("the scribe waives a legal clock: got %v, want it forbidden", err)
	}
	k.mustType("bo", ":clock waive update quiet")
	k.mustType("ana", ":role sre @cy", ":role security-lead @bo")
	k.mustType("cy", ":clock waive watch the host is gone")
	k.mustType("bo", ":clock waive gdpr test data")
}

// TestStaleItems: items that were done after one that is reopened have to be done
// again.
func TestStaleItems(t *testing.T) {
	k := declared(t, "security-playbook", model.Declaration{Severity: "P1", Kind: "credential_leak"})
	k.mustType("ana", ":role sme @ana")
	var fix int
	for _, id := range []string{"patch", "scan", "staging", "deploy"} {
		it := k.room.ItemByID(id)
		if it == nil {
			t.Fatalf("no item %s in the plan: %v", id, k.room.Items)
		}
		if id == "patch" {
			fix = it.N
		}
		if err := k.try("ana", model.Safef(":check %d", it.N).String()); err != nil {
			k.mustType("ana", model.Safef(":check %d override test", it.N).String())
		}
	}
	k.wait(time.Minute)
	k.mustType("ana", model.Safef(":uncheck %d bad", fix).String())
	var got []int
	for _, it := range k.room.StaleItems() {
		got = append(got, it.N)
	}
	if len(got) != 3 || got[0] != fix+2 && got[0] != fix+1 {
		t.Errorf("got stale items %v, want the three behind item %d", got, fix)
	}
	if h := model.HintOf(":resolve override x", k.ctx("ana")); !strings.Contains(h.Impact.String(),
		"are stale: done before item") {
		t.Errorf("got %q before resolving", h.Impact)
	}
	k.mustType("ana", model.Safef(":check %d", fix).String())
	k.wait(time.Minute)
	k.collect("other", 1) // a new scan after patching again
	for _, n := range got {
		if err := k.try("ana", model.Safef(":check %d", n).String()); err != nil {
			t.Errorf("check %d again: %v", n, err)
		}
	}
	if n := len(k.room.StaleItems()); n != 0 {
		t.Errorf("got %d stale items after all were done again", n)
	}
}

// TestCloseNamesWhatIsMissing: checking off items does not write the review.
func TestCloseNamesWhatIsMissing(t *testing.T) {
	k := declared(t, "security-playbook", model.Declaration{Severity: "P2", Kind: "other"})
	k.mustType("ana", ":resolve override x")
	for i := range k.room.Items {
		it := &k.room.Items[i]
		if k.room.Settled(it) {
			continue
		}
		if err := k.try("ana", model.Safef(":check %d", it.N).String()); err != nil {
			k.mustType("ana", model.Safef(":check %d override held", it.N).String())
		}
	}
	k.verdictIs("review", model.VerdictRunning, 1)
	err := k.try("ana", ":close")
	for _, want := range []string{"the root cause is not written", "the blast radius is not written",
		"the detection efficacy is not written", "nobody was Incident Commander"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to name %q", err, want)
		}
	}
	k.mustType("ana", ":review summary a", ":review cause b", ":review radius c", ":review detection d")
	k.verdictIs("review", model.VerdictMet, 1)
}

// TestCorrectedTimes: the author of an event corrects its time with a reason.
// Verdicts by the reported time change, the record does not.
func TestCorrectedTimes(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
	k.mustType("ana", ":role comms @bo")
	k.wait(45 * min)
	k.mustType("bo", ":notify legal Mei, phone")
	seq := k.room.Seq
	k.verdictIs("legal", model.VerdictMissed, 1)
	k.refused("cy", model.Safef(":time %d @14:20 no", seq).String(),
		`cy may not do that (changing entries of others); it needs the right "command" or one of these roles: `+
			"Incident Commander, Scribe")
	k.refused("bo", model.Safef(":time %d @14:20", seq).String(),
		model.Safef("give a reason: :time %d @TIME REASON", seq).String())
	k.mustType("bo", model.Safef(":time %d @14:20 the call was then, see the phone", seq).String())
	h := k.verdictIs("legal", model.VerdictRecordedLate, 1)
	if v := h.Decisive(); v.WordLate != -10*min || v.Late != 15*min || h.State != model.ClockMissed {
		t.Errorf("got %s by word, %s by the record, state %s", v.WordLate, v.Late, h.State)
	}
	if n := k.room.Notices[0]; !n.At.Equal(k.now.Add(-25*min)) || !n.RecordedAt.Equal(k.now) {
		t.Errorf("got notice at %s, recorded %s", n.At, n.RecordedAt)
	}
	k.mustType("ana", ":exposure suspected gdpr @10:00 a mail")
	aware := k.room.Seq
	k.mustType("ana", model.Safef(":time %d @13:00 the mail was of 13:00", aware).String())
	if x := k.room.Exposure; !x.Aware.Equal(time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC)) {
		t.Errorf("got aware %s, want 13:00", x.Aware)
	}
	k.clockIs("gdpr", model.ClockRunning, 72*time.Hour-105*min)
}

// TestLimitsCountCharacters: limits are in characters, and the refusal states them.
func TestLimitsCountCharacters(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2", Title: strings.Repeat("Ы", 200)})
	if k.room.Title == "" {
		t.Fatalf("200 Cyrillic letters: got %q", k.room.Line(1).Refused)
	}
	k.mustType("ana", ":rename "+strings.Repeat("ж", 200))
	k.refused("ana", ":rename "+strings.Repeat("ж", 201),
		"the title has 201 characters, and up to 200 are allowed: shorten it")
	k.refused("ana", strings.Repeat("ж", 5000),
		"the entry has 5000 characters, and an entry holds up to 4096 (8 KiB): split it, or put it into a file and "+
			"note where that is")
}

// TestOffersOfWhoIsPutOut: a person who was revoked, or may only watch, cannot hand
// over a role, and cannot accept one.
func TestOffersOfWhoIsPutOut(t *testing.T) {
	for _, out := range []string{":strike @bo stolen", ":right @bo watch"} {
		k := newStaffedRoom(t, model.Declaration{Severity: "SEV-1"})
		k.mustType("ana", ":role ic @bo")
		k.mustType("bo", ":handoff ic @cy it is late")
		k.mustType("ana", out)
		k.refused("cy", ":accept ic", "nobody has offered the role commander")
		if got := k.room.Holders("commander"); len(got) > 0 {
			t.Errorf("%s: got the Commander %v, want nobody", out, got)
		}
		k.mustType("ana", ":role ic @ana", ":handoff ic @cy b")
		k.mustType("ana", ":strike @cy gone")
		if n := len(k.room.Handoffs); n > 0 {
			t.Errorf("%s: got %d offers to one who was struck, want none", out, n)
		}
	}
}
