package model_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestNamesAreMeant: the beginning of a word of a name is enough in a command, without Tab,
// where it fits one thing of the plan only.
func TestNamesAreMeant(t *testing.T) {
	for line, want := range map[string]string{
		":role inc @ana":      "ana is Incident Commander",
		":role Incident @ana": "ana is Incident Commander",
		":role comm @bo":      `"comm" matches more than one role: commander, comms`,
		":role c @bo":         `there is no role "c" in the plan; it has: commander, deputy, scribe`,
		":role @bo":           "name the role: commander, deputy, scribe",
		":sev 2 no use":       "SEV-2, was SEV-1: no use",
		":phase cont":         "Containment",
		":phase + erad":       "Eradication",
		":phase +erad":        "Eradication",
		":clock waive exec x": "Executives",
		":kind vuln":          "ulnerab",
	} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-1", Kind: "credential_leak"})
		a, err := model.Parse(line, k.ctx("ana"))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = k.do("ana", a).Text.String()
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q in it", line, got, want)
		}
	}
}

// TestNoSuchNumber: without any such thing, the error does not offer "1 to 0".
func TestNoSuchNumber(t *testing.T) {
	k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
	for line, want := range map[string]string{
		":approve 3":   "there is no draft 3: this room has none",
		":approve":     "there is no draft of an update in this room; `:update AUDIENCE draft` makes one",
		":object 2 x":  "this room has no polls to object to; open one with :poll TEXT 60s",
		":ack 4":       "there is no ask 4: this room has none",
		":ack":         "there is no open ask for you",
		":todo done 5": "there is no follow-up 5: this room has none",
		":ioc block 6": "there is no indicator 6: this room has none",
		":check 999":   "there is no item 999; the checklist has 1 to ",
	} {
		_, err := model.Parse(line, k.ctx("ana"))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", line, err, want)
		}
	}
}
