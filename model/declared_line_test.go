package model_test

import (
	"testing"

	"warroom/model"
)

// TestDeclaredLineHasItsCriterion: the line of a declaration has the criterion of the severity, as
// the line of a change of severity has.
func TestDeclaredLineHasItsCriterion(t *testing.T) {
	for want, d := range map[string]model.Declaration{
		"SEV-1 Deploy key in a public CI log, criterion master-key: a root key": {Severity: "SEV-1",
			Criterion: "master-key", Reason: "a root key"},
		"SEV-1 Deploy key in a public CI log (credential leak), criterion master-key": {Severity: "SEV-1",
			Criterion: "master-key", Kind: "credential_leak"},
		"SEV-2 Deploy key in a public CI log: odd": {Severity: "SEV-2", Reason: "odd"},
	} {
		k := declared(t, "security", d)
		if got := k.room.Line(1).Text.String(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
