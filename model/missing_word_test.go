package model_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestAMissingWordIsNotCalledNothing: each command without its words, and with each number of its
// first words, is refused with what is missing, and not with a sentence about "nothing".
func TestAMissingWordIsNotCalledNothing(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2", Kind: "credential_leak"})
	k.mustType("ana", ":asset host web3 confirmed", ":ioc ip 203.0.113.9", "a note", ":todo x",
		"?the runner leaked it")
	first := map[string][]string{"asset": {"host", "1"}, "channel": {"slack"}, "cadence": {"update"}, "due": {"1"},
		"snooze": {"update"}, "assign": {"3"}, "ioc": {"ip"}, "drill": {""}, "poll": {"x"}, "clock": {"arm"},
		"judge": {"1"}, "custody": {"E1"}, "impact": {"start"}, "hyp": {"1"}, "duplicate": {"inc-9"}, "right": {"@ana"},
		"ask": {"@bo"}}
	for _, v := range model.Verbs() {
		for _, w := range append(first[v.Name], "") {
			line := strings.TrimSpace(":" + v.Name + " " + w)
			if err := k.try("ana", line); err != nil && (strings.Contains(err.Error(), "nothing") &&
				!strings.Contains(err.Error(), "nothing to withdraw") || strings.Contains(err.Error(), "  ") ||
				strings.Contains(err.Error(), " ;") || strings.Contains(err.Error(), `""`) ||
				strings.HasSuffix(err.Error(), " ")) {
				t.Errorf("%s: got %q, want what is missing", line, err)
			}
		}
	}
}

// TestCommandsInAnyCase: the name of a command may be in capital letters, as telephones begin a line,
// and letters that are swapped are noticed.
func TestCommandsInAnyCase(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.mustType("ana", ":Check 1 it is real", ":NOTE hello")
	k.refused("ana", ":chekc 2", "there is no command :chekc; did you mean :check? :help lists all")
	k.refused("ana", ":Nosuch", "there is no command :Nosuch; :help lists them")
}

// TestADueDateIsReadOrRefused: what looks like a date after "due" is never left in the title.
func TestADueDateIsReadOrRefused(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	for word, want := range map[string]string{"2026-12-99": "2026-12-99 is not a date; write 2026-11-30, fri or 3d",
		"30.11.": "30.11. is not a date; write 2026-11-30, fri or 3d",
		"11/30":  "11/30 is not a date; write 2026-11-30, fri or 3d"} {
		k.refused("ana", "TODO: rotate backups due "+word, want)
	}
	k.mustType("ana", "TODO: pay the invoice that is due soon", "TODO: rotate backups due 2026-12-01 @ana")
	if got, want := k.room.Followups[1].Due, "2026-12-01"; got != want {
		t.Errorf("due: got %q, want %q", got, want)
	}
	if got, want := k.room.Followups[0].Title, "pay the invoice that is due soon"; got != want {
		t.Errorf("title: got %q, want %q", got, want)
	}
}

// TestNamesWithoutHyphens: a severity or a role may be typed without the hyphen of its name.
func TestNamesWithoutHyphens(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	k.mustType("ana", ":sev sev1 the key was used", ":role securitylead @ana")
	if got, want := k.room.Severity, "SEV-1"; got != want {
		t.Errorf("severity: got %s, want %s", got, want)
	}
	if got := k.room.RolesOf("ana"); len(got) != 1 {
		t.Errorf("roles of ana: got %q, want Security Lead", got)
	}
	if got := k.room.Plan.Severity("sev3"); got == nil || got.ID != "SEV-3" {
		t.Errorf("severity sev3: got %v, want SEV-3", got)
	}
}

// TestOneIndicatorALine: a second address after an indicator is refused, and not its reason.
func TestOneIndicatorALine(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-2"})
	for line, second := range map[string]string{":ioc ip 203.0.113.9 203.0.113.10": "203.0.113.10",
		":ioc ip 203.0.113.9, 203.0.113.10, 203.0.113.11": "203.0.113.10",
		":ioc domain evil.example bad[.]example":          "bad[.]example"} {
		err := k.try("ana", line)
		if err == nil || !strings.Contains(err.Error(), "write one line for each indicator") &&
			!strings.Contains(err.Error(), "is not an IP address") {
			t.Errorf("%s: got %v, want %s refused", line, err, second)
		}
	}
	k.mustType("ana", ":ioc ip 203.0.113.9 seen at 203.0.113.10", ":ioc account svc-build used at night",
		":ioc domain evil.example first seen in mail")
}
