package model_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestWorkForWhoCannotAct: a line that gives work to somebody who cannot act here, for whatever
// reason, is warned about or refused, whichever command it is.
func TestWorkForWhoCannotAct(t *testing.T) {
	lines := []string{":ask @WHO 3m is it off?", ":assign 1 @WHO", ":item triage @WHO look at it", ":todo look @WHO",
		":poll cut it off 60s executes @WHO", ":role scribe @WHO", ":handoff ic @WHO"}
	reasons := map[string]string{
		"eve": "may only watch here", "mal": "keys of mal were revoked", "zed": "nobody called", "out": "cannot see",
	}
	for _, line := range lines {
		for who, want := range reasons {
			k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
			k.admit("eve", model.Watch)
			k.admit("mal", model.Write)
			k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: keyOf("out"), Handle: "out", Right: model.Write,
				Origin: "invitation"}})
			k.mustType("ana", ":role ic @ana", ":strike @mal left the company")
			if who == "out" {
				k.mustType("ana", ":restrict @ana @eve @mal quietly")
			}
			text := strings.ReplaceAll(line, "WHO", who)
			h := model.HintOf(text, k.ctx("ana"))
			if got := h.Will.String() + h.Refusal.String(); !strings.Contains(got, want) && !isRefusal(h.Refusal, who) {
				t.Errorf("%s: got %q, %q; want a warning or refusal with %q", text, h.Will, h.Refusal, want)
			}
		}
	}
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.admit("bo", model.Write)
	for _, line := range lines[:6] {
		text := strings.ReplaceAll(line, "WHO", "bo")
		if h := model.HintOf(text, k.ctx("ana")); strings.Contains(h.Will.String(), "(bo ") {
			t.Errorf("%s: got %q, want no warning", text, h.Will)
		}
	}
}

// isRefusal reports whether a line is refused because of a person.
func isRefusal(why model.Safe, who string) bool { return strings.Contains(why.String(), who) }
