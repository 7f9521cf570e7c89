package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestTakingARole is case 10: the preview says from whom it is taken, the holder is
// named as one who is told, and of two at once the second is refused.
func TestTakingARole(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	k.do("ana", model.Act{Body: &model.RightChanged{Handle: "bo", Right: model.Command}})
	k.do("ana", model.Act{Body: &model.RightChanged{Handle: "cy", Right: model.Command}})
	k.say("ana", ":role ic @ana")
	if h := model.HintOf(":role ic @bo", k.ctx("bo")); !strings.Contains(h.Toll.String(), "takes Incident Commander from ana") {
		t.Errorf("got preview %q, want it to say from whom it is taken", h.Toll)
	}
	one, err := k.typed("bo", ":role ic @bo")
	if err != nil {
		t.Fatal(err)
	}
	two, err := k.typed("cy", ":role ic @cy")
	if err != nil {
		t.Fatal(err)
	}
	first, second := k.do("bo", one), k.do("cy", two)
	if !first.Refused.IsEmpty() || !first.Mentions("ana") {
		t.Errorf("the first: got %q, refused %q; want it to name @ana", first.Text, first.Refused)
	}
	if want := "bo is Incident Commander now; it was ana when this was decided"; second.Refused.String() != want {
		t.Errorf("the second: got %q, want %q", second.Refused, want)
	}
	// case 11
	k.refused("ana", ":handoff ic @cy b", "bo is Incident Commander, and hands it off, or the Commander does; to take it: :role commander @WHO")
	k.say("bo", ":role scribe @cy", ":handoff scribe @ana b")
	if err := k.try("ana", ":accept scribe"); err != nil {
		t.Fatal(err)
	}
	if got, want := k.room.Line(k.room.Seq).Text.String(), "ana takes Scribe from @cy"; got != want {
		t.Errorf("got %q, want %q: who held the role", got, want)
	}
}

// TestVacantRoleRace: of two who take a vacant role at once the second is refused.
func TestVacantRoleRace(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	one, err := k.typed("bo", ":role scribe @bo")
	if err != nil {
		t.Fatal(err)
	}
	two, err := k.typed("ana", ":role scribe @cy")
	if err != nil {
		t.Fatal(err)
	}
	k.do("bo", one)
	if l := k.do("ana", two); l.Refused.String() != "bo is Scribe now; it was nobody yet when this was decided" {
		t.Errorf("got %q", l.Refused)
	}
	if got := k.room.Holders("scribe"); len(got) != 1 || got[0] != "bo" {
		t.Errorf("got holders %v, want bo", got)
	}
}

// TestWhoCanBeGivenSomething: machines and people who were struck are refused, and
// strangers are warned about, for every command that is about a person.
func TestWhoCanBeGivenSomething(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	k.say("ana", ":strike @cy gone")
	for _, line := range []string{":role scribe @%s", ":assign 3 @%s", ":item triage @%s look", "TODO: look @%s", ":ask @%s 1m look", ":handoff scribe @%s"} {
		for who, want := range map[string]string{"hub": "the hub's own key", "cy": "was struck from this room"} {
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
	for _, line := range []string{":role comms @bobb", ":assign 3 @bobb", ":item triage @bobb look", "TODO: look @bobb"} {
		a, err := k.typed("ana", line)
		if err != nil {
			t.Errorf("%s: %v", line, err)
			continue
		}
		if got := k.room.Warning(a).String(); got != "nobody called bobb was here yet" {
			t.Errorf("%s: got the warning %q", line, got)
		}
	}
}

// TestNamesTravel: name and job come with the key, and stay with the role.
func TestNamesTravel(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: keyOf("bo"), Handle: "bo", Right: model.Write, Door: "invitation", Name: "Bo B.", Job: "SRE"}})
	k.admit("cy", model.Write)
	k.say("ana", ":role scribe @bo")
	if got := k.room.Roles[0].Who().String(); got != "bo (Bo B., SRE)" {
		t.Errorf("got %q", got)
	}
	k.say("ana", ":role sme @cy Cy Doe, DBA")
	k.say("bo", ":handoff scribe @cy")
	k.say("cy", ":accept")
	if got := k.room.Roles[2].Who().String(); got != "cy (Cy Doe, DBA)" {
		t.Errorf("got %q", got)
	}
}

// TestWaivingTakesThePlansRole: the 24 hours of watching and clocks of law are
// waived by the role that the plan names, the Commander or the right command.
func TestWaivingTakesThePlansRole(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	k.say("ana", ":role scribe @bo", ":exposure suspected gdpr", ":resolve over")
	k.refused("bo", ":clock waive watch tired", `bo may not waive Watch; the plan gives it to the SRE Representative (nobody yet), and it takes them, the Commander or the right "command"`)
	if err := k.try("bo", ":clock waive gdpr no"); model.CodeOf(err) != model.Forbidden {
		t.Errorf("the scribe waives a clock of law: got %v, want it forbidden", err)
	}
	k.say("bo", ":clock waive update quiet")
	k.say("ana", ":role sre @cy", ":role security-lead @bo")
	k.say("cy", ":clock waive watch the host is gone")
	k.say("bo", ":clock waive gdpr test data")
}

// TestStaleItems is case 20.
func TestStaleItems(t *testing.T) {
	k := declared(t, "security-playbook", model.Declaration{Severity: "P1", Kind: "credential_leak"})
	k.say("ana", ":role sme @ana")
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
			k.say("ana", model.Safef(":check %d override test", it.N).String())
		}
	}
	k.wait(time.Minute)
	k.say("ana", model.Safef(":uncheck %d bad", fix).String())
	var got []int
	for _, it := range k.room.StaleItems() {
		got = append(got, it.N)
	}
	if len(got) != 3 || got[0] != fix+2 && got[0] != fix+1 {
		t.Errorf("got stale items %v, want the three behind item %d", got, fix)
	}
	if h := model.HintOf(":resolve x", k.ctx("ana")); !strings.Contains(h.Toll.String(), "are stale: done before item") {
		t.Errorf("got %q before resolving", h.Toll)
	}
	k.say("ana", model.Safef(":check %d", fix).String())
	for _, n := range got {
		if err := k.try("ana", model.Safef(":check %d", n).String()); err != nil {
			t.Errorf("check %d again: %v", n, err)
		}
	}
	if n := len(k.room.StaleItems()); n != 0 {
		t.Errorf("got %d stale items after all were done again", n)
	}
}

// TestCloseNamesWhatIsMissing is case 15: ticks do not write a review.
func TestCloseNamesWhatIsMissing(t *testing.T) {
	k := declared(t, "security-playbook", model.Declaration{Severity: "P2", Kind: "other"})
	k.say("ana", ":resolve x")
	for i := range k.room.Items {
		it := &k.room.Items[i]
		if k.room.Settled(it) {
			continue
		}
		if err := k.try("ana", model.Safef(":check %d", it.N).String()); err != nil {
			k.say("ana", model.Safef(":check %d override held", it.N).String())
		}
	}
	k.verdictIs("review", model.VerdictRunning, 1)
	err := k.try("ana", ":close")
	for _, want := range []string{"the root cause is not written", "the blast radius is not written", "the detection efficacy is not written", "nobody was Incident Commander"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want it to name %q", err, want)
		}
	}
	k.say("ana", ":review summary a", ":review cause b", ":review radius c", ":review detection d")
	k.verdictIs("review", model.VerdictMet, 1)
}

// TestValidationIsTwoFacts: that the alert is real, and its severity.
func TestValidationIsTwoFacts(t *testing.T) {
	for _, line := range []string{":check 1", ":check 1 SEV-2", ":milestone validated", ":milestone validated SEV-2 @14:00"} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
		k.say("ana", line)
		v := k.room.Validated
		if v == nil || v.Severity != "SEV-2" || v.By != "ana" || !strings.Contains(k.room.Line(3).Text.String(), "the alert is real, the severity is SEV-2") {
			t.Errorf("%s: got %+v, %q", line, v, k.room.Line(3).Text)
		}
	}
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.refused("ana", ":check 1 SEV-1", "the severity is SEV-2; set it first: :sev SEV-1 data-breach, active-exploit, master-key")
	a, err := k.typed("ana", ":check 1")
	if err != nil {
		t.Fatal(err)
	}
	k.say("ana", ":sev SEV-1 data-breach")
	if l := k.do("ana", a); l.Refused.String() != "the severity is SEV-1 now, not SEV-2; validate that one" {
		t.Errorf("got %q", l.Refused)
	}
}

// TestCorrectedTimes: whoever wrote it corrects a time, with a reason, and verdicts
// by word follow while the record stays.
func TestCorrectedTimes(t *testing.T) {
	k := office(t, model.Declaration{Severity: "SEV-1"})
	k.say("ana", ":role comms @bo")
	k.wait(45 * min)
	k.say("bo", ":notify legal Mei, phone")
	seq := k.room.Seq
	k.verdictIs("legal", model.VerdictMissed, 1)
	k.refused("cy", model.Safef(":time %d @14:20 no", seq).String(), `cy may not do that (changing what others wrote); it takes the right "command" or one of these roles: Incident Commander, Scribe`)
	k.refused("bo", model.Safef(":time %d @14:20", seq).String(), model.Safef("say why: :time %d @TIME REASON", seq).String())
	k.say("bo", model.Safef(":time %d @14:20 the call was then, see the phone", seq).String())
	h := k.verdictIs("legal", model.VerdictRecordedLate, 1)
	if v := h.Decisive(); v.WordLate != -10*min || v.Late != 15*min || h.State != model.ClockMissed {
		t.Errorf("got %s by word, %s by the record, state %s", v.WordLate, v.Late, h.State)
	}
	if n := k.room.Notices[0]; !n.At.Equal(k.now.Add(-25*min)) || !n.RecordedAt.Equal(k.now) {
		t.Errorf("got notice at %s, recorded %s", n.At, n.RecordedAt)
	}
	k.say("ana", ":exposure suspected gdpr @10:00 a mail")
	aware := k.room.Seq
	k.say("ana", model.Safef(":time %d @13:00 the mail was of 13:00", aware).String())
	if x := k.room.Exposure; !x.Aware.Equal(time.Date(2026, 11, 21, 13, 0, 0, 0, time.UTC)) {
		t.Errorf("got aware %s, want 13:00", x.Aware)
	}
	k.clockIs("gdpr", model.ClockRunning, 72*time.Hour-105*min)
}

// TestLimitsCountCharacters is case 31.
func TestLimitsCountCharacters(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2", Title: strings.Repeat("Ы", 200)})
	if k.room.Title == "" {
		t.Fatalf("200 Cyrillic letters: got %q", k.room.Line(1).Refused)
	}
	k.say("ana", ":rename "+strings.Repeat("ж", 200))
	k.refused("ana", ":rename "+strings.Repeat("ж", 201), "the title has 201 characters; 200 are allowed: make it shorter")
	k.refused("ana", strings.Repeat("ж", 5000), "the entry has 5000 characters; an entry holds 4096 of these (8 KiB): split it, or keep it in a file and note where it is")
}
