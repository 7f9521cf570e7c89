package model_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestAFollowUpIsChanged: what a line about a follow-up names replaces what it had, and is not
// taken for its title.
func TestAFollowUpIsChanged(t *testing.T) {
	for line, want := range map[string]string{
		":todo 1 @cy":                         "rotate, cy, 2026-11-27, prevent",
		":todo 1 due 2026-12-01":              "rotate, bo, 2026-12-01, prevent",
		":todo 1 detect":                      "rotate, bo, 2026-11-27, detect",
		":todo 1 @cy due 2026-12-01 detect":   "rotate, cy, 2026-12-01, detect",
		":todo 1 rotate every key @cy":        "rotate every key, cy, 2026-11-27, prevent",
		":todo 1 detect rotate it due friday": "rotate it, bo, 2026-11-27, detect",
	} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-1"})
		k.mustType("ana", ":todo rotate @bo due 2026-11-27 prevent", line)
		f := k.room.Followups[0]
		if got := strings.Join([]string{f.Title, f.Owner, f.Due, f.Type}, ", "); got != want {
			t.Errorf("%s: got %q, want %q", line, got, want)
		}
	}
}

// TestOddWordsAreRefused: a time is not part of who was notified or how, and a second person
// is not the name of the first.
func TestOddWordsAreRefused(t *testing.T) {
	for line, want := range map[string]string{
		":notify executives the board -10m phone": `"-10m" is a time, not part of WHO or HOW; write it before the ` +
			"command, as in -10m :notify executives WHO, HOW",
		":notify executives the board, phone -10m": `"-10m" is a time, not part of WHO or HOW; write it before the ` +
			"command, as in -10m :notify executives WHO, HOW",
		":notify gdpr @bo phone -10m": `"-10m" is a time, not part of WHO or HOW; write it before the command, as ` +
			"in -10m :notify gdpr WHO, HOW",
		":role scribe @bo @cy": `understood: role Scribe, person @bo; not understood: "@cy"; write :role`,
	} {
		k := declared(t, "security", model.Declaration{Severity: "SEV-1", Kind: "breach"})
		k.admit("bo", model.Write)
		k.admit("cy", model.Write)
		if _, err := k.typed("ana", line); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s:\n got %v\nwant %s", line, err, want)
		}
	}
}
