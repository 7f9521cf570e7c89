package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// TestValidationIsTwoFacts: a validation verifies that the alert is real, and its
// severity only if that is stated.
func TestValidationIsTwoFacts(t *testing.T) {
	for line, severity := range map[string]string{":check 1": "", ":check 1 the key works": "",
		":check 1 SEV-2":            "SEV-2",
		":check 1 P1 the key works": "SEV-2", ":milestone validated": "",
		":milestone validated SEV-2 @14:00": "SEV-2", ":check 1 @13:59 SEV-2 real": "SEV-2",
		":check 1 SEV-2 @13:59 real": "SEV-2", ":check 1 SEV-2 real @13:59": "SEV-2", ":check 1 -1m SEV-2": "SEV-2",
		":milestone validated @13:59 SEV-2 real": "SEV-2", ":milestone validated SEV-2 @13:59 real": "SEV-2"} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
		k.mustType("ana", line)
		v := k.room.Validated
		if v == nil || v.Severity != severity || v.By != "ana" {
			t.Errorf("%s: got %+v, want severity %q by ana", line, v, severity)
		}
		text := k.room.Line(3).Text.String()
		if got := strings.Contains(text, "the severity is SEV-2"); got != (severity != "") {
			t.Errorf("%s: got the line %q, want it to name a severity: %v", line, text, severity != "")
		}
	}
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.refused("ana", ":check 1 SEV-1",
		"the severity is SEV-2; set it first: :sev SEV-1 data-breach, active-exploit, master-key")
	a, err := k.typed("ana", ":check 1 SEV-2")
	if err != nil {
		t.Fatalf(":check 1 SEV-2: got %v, want it read", err)
	}
	k.mustType("ana", ":sev SEV-1 data-breach")
	if l := k.do("ana", a); l.Refused.String() != "the severity is SEV-1 now, not SEV-2; validate that one" {
		t.Errorf("got %q, want it refused for the severity", l.Refused)
	}
}

// TestSeverityIsVerifiedLater: somebody else can verify the severity after the alert
// was found to be real. The validation keeps its author, time and clock.
func TestSeverityIsVerifiedLater(t *testing.T) {
	k := newStaffedRoom(t, model.Declaration{Severity: "SEV-2"})
	k.wait(5 * min)
	k.mustType("ana", ":check 1 the key works")
	first := *k.room.Validated
	reached := k.room.Milestones[model.MilestoneValidated]
	k.wait(5 * min)
	k.mustType("ana", ":role scribe @bo")
	k.mustType("bo", ":milestone validated SEV-2 the bucket is public")
	v := k.room.Validated
	if v.By != "ana" || !v.At.Equal(first.At) || v.Seq != first.Seq || v.Severity != "SEV-2" {
		t.Errorf("got %+v, want ana's validation of %s with SEV-2", v, model.FormatTime(first.At))
	}
	if by, at, seq := v.Verified(); by != "bo" || !at.Equal(k.now) || seq != k.room.Seq {
		t.Errorf("got the severity by %s at %s in %d, want bo at %s in %d", by, model.FormatTime(at), seq,
			model.FormatTime(k.now), k.room.Seq)
	}
	if got := k.room.Milestones[model.MilestoneValidated]; got != reached {
		t.Errorf("got the milestone %+v, want %+v", got, reached)
	}
	k.verdictIs("validate", model.VerdictMet, 1)
	if got := k.room.Line(k.room.Seq).Text.String(); got != "the severity is verified: SEV-2: the bucket is public" {
		t.Errorf("got the line %q", got)
	}
	k.refused("ana", ":milestone validated SEV-2", "SEV-2 was already verified, by bo")
	// the time changes, the severity stays verified
	k.mustType("ana", ":milestone validated @14:01 the mail was of then")
	if by, _, _ := k.room.Validated.Verified(); by != "bo" || k.room.Validated.Severity != "SEV-2" {
		t.Errorf("got %+v after its time moved, want SEV-2 verified by bo", k.room.Validated)
	}
}

// TestCorrectedValidation: correcting the entry of a validation changes its time.
func TestCorrectedValidation(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.wait(10 * min)
	k.mustType("ana", ":check 1 SEV-2")
	k.mustType("ana", model.Safef(":time %d @14:05 the call was then", k.room.Seq).String())
	want := time.Date(2026, 11, 21, 14, 5, 0, 0, time.UTC)
	if got := k.room.Validated.At; !got.Equal(want) {
		t.Errorf("got %s, want %s", model.FormatTime(got), model.FormatTime(want))
	}
}
