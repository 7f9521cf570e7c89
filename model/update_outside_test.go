package model_test

import (
	"strings"
	"testing"
	"time"

	"warroom/model"
)

// outsideRoom returns a room of a plan in which assets, people and texts are internal.
func outsideRoom(t *testing.T, plan string) *testRoom {
	k := declared(t, plan, model.Declaration{Severity: "SEV-1", Kind: "credential_leak", Title: "Incident"})
	k.admit("zelda", model.Write)
	k.mustType("ana", ":role ic @ana Ana Ferri, CTO", ":asset host build-7 confirmed", ":asset service payroll "+
		"confirmed",
		":impact start 1 the cache of build-7 is gone", ":impact start", ":asset 2 contained the proxy of payroll",
		":ioc ip 203.0.113.7 seen on build-7", ":ioc block 1 at edge-2", ":item triage look at build-8 too",
		":check 1 @zelda saw it on build-7", ":assign 4 @zelda", ":block 4 zelda waits for build-7",
		":ask @zelda 10m is build-7 off?")
	return k
}

// TestDraftOutsideIsFit: a draft to people outside the company has no name of an asset and no
// handle, in the plans of both seeds and with every field of the templates.
func TestDraftOutsideIsFit(t *testing.T) {
	all := ""
	for _, f := range model.UpdateFields() {
		all += "{" + f.Name + "}. "
	}
	internal := []string{"build-7", "payroll", "edge-2", "zelda", "@ana"}
	for _, plan := range []string{"security", "security-plan", "security-playbook"} {
		k := outsideRoom(t, plan)
		p := *k.room.Plan
		p.Audiences = append(p.Audiences, model.Audience{ID: "public", Label: "Everybody", Conditions: all},
			model.Audience{ID: "status-page", Label: "Status page"}) // the default templates
		k.room.Plan = &p
		for _, a := range p.Audiences {
			got := k.room.DraftUpdate(a.ID, k.now.Add(time.Minute)).Words()
			if !strings.Contains("customers public status-page regulator", a.ID) {
				continue
			}
			for _, name := range internal {
				if strings.Contains(got, name) {
					t.Errorf("%s, draft to %s: got %q in it, want no internal name: %s", plan, a.ID, name, got)
				}
			}
		}
	}
}

// TestDraftOutsideHasItsFacts: the words for people outside have the facts without the names.
func TestDraftOutsideHasItsFacts(t *testing.T) {
	k := outsideRoom(t, "security")
	got := k.room.DraftUpdate("regulator", k.now).Words()
	for _, want := range []string{"Impact: one host since 2026-11-21 14:00:00 UTC; the incident as a whole since",
		"Contact: Ana Ferri, CTO", "one indicator blocked", "done: Validate that the alert is real"} {
		if !strings.Contains(got, want) {
			t.Errorf("got %q, want %q in it", got, want)
		}
	}
	if got := k.room.DraftUpdate("executives", k.now).Words(); !strings.Contains(got, "asset 1 (host build-7)") {
		t.Errorf("executives: got %q, want the name of the asset for people inside", got)
	}
}

// TestInternalNamesAreNamed: before an update to people outside is sent, drafted or approved, the
// preview names the internal names in its text.
func TestInternalNamesAreNamed(t *testing.T) {
	k := outsideRoom(t, "security")
	want := "for people outside, the text names build-7 and zelda"
	for line, names := range map[string]bool{
		":update customers build-7 was off, zelda saw it":              true,
		":update customers draft build-7 was off, @zelda saw it":       true,
		":update customers draft rebuild-70 was off, and ana left us.": false,
		":update executives build-7 was off, zelda saw it":             false,
	} {
		got := model.HintOf(line, k.ctx("ana")).Impact.String()
		if strings.Contains(got, want) != names {
			t.Errorf("%s: got %q, want %q in it: %t", line, got, want, names)
		}
	}
	k.mustType("ana", ":update customers draft build-7 was off, zelda saw it")
	if got := model.HintOf(":approve 1", k.ctx("ana")).Impact.String(); !strings.Contains(got, want) {
		t.Errorf(":approve: got %q, want %q in it", got, want)
	}
}
