package report_test

import (
	"strings"
	"testing"

	"warroom/model"
)

// TestBlamelessRoles: a line about a role and its holder, who is named by that role, has the role
// once, and how it was taken, given or ended.
func TestBlamelessRoles(t *testing.T) {
	k := declared(t, model.Declaration{Title: "x", Severity: "SEV-2"})
	for _, h := range []string{"bo", "cy", "di"} {
		k.do("ana", model.Act{Body: &model.KeyAdmitted{Key: "key-" + h, Handle: h, Right: model.Write, Origin: "test"}})
	}
	k.typeAs("di", ":role sre @di", ":role security-lead @di")
	k.mustType(":renounce sre @di", ":confirm security-lead @di", ":role scribe @cy")
	k.typeAs("bo", ":takeover ic nobody leads")
	k.typeAs("di", ":confirm ic @bo")
	k.typeAs("cy", ":renounce scribe")
	k.mustType(":renounce security-lead @di")
	text := k.profiled("leadership")
	for _, want := range []string{
		"| the role Security Lead was taken",
		"| the role Security Lead was confirmed |",
		"| the role Scribe was given |",
		"| taking the role Incident Commander was proposed: nobody leads",
		"| the role Incident Commander was taken, confirmed by Security Lead",
		"| the role Scribe was given up |",
		"| the role Security Lead was ended |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("got no %q in the report, want it:\n%s", want, text[strings.Index(text, "## Timeline"):])
		}
	}
	if strings.Contains(text, "somebody ") {
		t.Errorf("got %q, want no nameless person", text[strings.Index(text, "somebody "):][:60])
	}
}
