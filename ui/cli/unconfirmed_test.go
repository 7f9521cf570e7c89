package cli

import (
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/model/playbook"
	"warroom/ui/cli/jsonform"
	"warroom/ui/present"
)

// TestStatusNamesUnconfirmedRoles: the JSON and the text of status name the people whose
// powers are not confirmed.
func TestStatusNamesUnconfirmedRoles(t *testing.T) {
	p, err := playbook.Load("", "security")
	if err != nil {
		t.Fatalf("load the plan: got %v, want no error", err)
	}
	s := &stage{t: t, room: model.NewRoom(), now: time.Date(2026, 10, 31, 22, 0, 0, 0, time.UTC)}
	d := model.Declaration{Title: "x", Severity: "SEV-1", Plan: p}
	declared, adopted := d.Declare("")
	s.do("ana", declared)
	s.do("ana", adopted)
	s.do("ana",
		model.Act{Body: &model.KeyAdmitted{Key: "key-bo", Handle: "bo", Right: model.Write, Origin: "invitation"}})
	s.do("bo", model.Act{Body: &model.RoleAssumed{Role: "security-lead", Person: "bo"}})
	look := func(want []string, wantRun bool) {
		t.Helper()
		st := jsonform.Status(&model.View{Room: s.room}, s.now)
		for _, r := range st.Roles {
			if r.ID == "security-lead" && !slices.Equal(r.Unconfirmed, want) {
				t.Errorf("unconfirmed: got %v, want %v", r.Unconfirmed, want)
			}
		}
		if len(st.RoleRuns) != 1 || st.RoleRuns[0].Unconfirmed != wantRun {
			t.Errorf("the run of the role: got %+v, want one with unconfirmed %v", st.RoleRuns, wantRun)
		}
		words := present.Role(s.room, *p.Role("security-lead"), s.now).String()
		if got := strings.Contains(words, ":confirm security-lead @bo"); got != wantRun {
			t.Errorf("got the line %q, want what waits in it: %v", words, wantRun)
		}
	}
	look([]string{"bo"}, true)
	s.do("ana", model.Act{Body: &model.RoleConfirmed{Role: "security-lead", Person: "bo"}})
	look([]string{}, false)
}
