package view

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
)

// TestPromptShowsRoles: the prompt shows the role of a person, or the short labels of several
// in the order of the plan.
func TestPromptShowsRoles(t *testing.T) {
	r := model.NewRoom()
	r.Plan = &model.Plan{Roles: []model.RoleDef{
		{ID: "commander", Label: "Incident Commander", Short: "IC", Powers: []model.Power{model.PowerAll}},
		{ID: "scribe", Label: "Scribe"}}}
	r.Roles = []model.Assignment{{Role: "scribe", Person: "bo"}, {Role: "commander", Person: "bo"},
		{Role: "scribe", Person: "cy"}}
	for handle, want := range map[string]string{"bo": " IC+Scribe bo > ", "cy": " scribe cy > ", "di": " di > "} {
		if got := Prompt(r, model.Actor{}, handle).String(); got != want {
			t.Errorf("%s: got the prompt %q, want %q", handle, got, want)
		}
	}
}

// TestRolePaneKeepsWhoIsHere: with three panes the row of people is always shown. Vacant
// optional roles are dropped for it, and counted.
func TestRolePaneKeepsWhoIsHere(t *testing.T) {
	now, th := time.Date(2026, 11, 27, 14, 2, 0, 0, time.UTC), theme.Of(theme.Mono, 0, true)
	r := model.NewRoom()
	r.Plan, r.Status = new(model.Plan), model.Open
	for i := range 7 {
		r.Plan.Roles = append(r.Plan.Roles, model.RoleDef{ID: fmt.Sprintf("r%d", i), Label: fmt.Sprintf("Role %d", i),
			Mandatory: i < 2})
	}
	r.Roles = []model.Assignment{{Role: "r6", Person: "bo", From: now.Add(-time.Hour)}}
	v := &model.View{Room: r, Here: []model.Presence{{Handle: "ana"}, {Handle: "bo"}}}
	for _, c := range []struct {
		h    int
		want string
	}{
		{9, "Role 0 Role 1 Role 2 Role 3 Role 4 Role 5 Role 6 here:"},
		{8, "Role 0 Role 1 Role 2 Role 3 Role 4 Role 5 Role 6 here:"},
		{7, "Role 0 Role 1 Role 2 Role 3 Role 6 +2 more roles: F4 here:"},
		{5, "Role 0 Role 1 Role 6 +4 more roles: F4 here:"},
		{4, "Role 0 Role 1 +5 more roles: F4 here:"},
	} {
		_, rows := paneLines(v, now, 2, 3, 36, c.h, th)
		var got []string
		for _, l := range rows {
			s := draw.PlainText(l).String()
			if strings.HasPrefix(s, "Role") {
				s = s[:len("Role 0")]
			}
			got = append(got, strings.TrimSuffix(strings.TrimSpace(s), " ana bo"))
		}
		if s := strings.Join(got, " "); s != c.want {
			t.Errorf("%d rows: got %q, want %q", c.h, s, c.want)
		}
		if len(rows) > c.h {
			t.Errorf("%d rows: got %d rows, want no more", c.h, len(rows))
		}
	}
}

// TestPrompt: the prompt has the role of the person, or the short labels of several in the order of the plan.
func TestPrompt(t *testing.T) {
	r := model.NewRoom()
	r.Plan = &model.Plan{Roles: []model.RoleDef{{ID: "commander", Short: "IC"}, {ID: "scribe", Label: "Scribe"}}}
	r.Roles = []model.Assignment{{Role: "scribe", Person: "bo"}, {Role: "commander", Person: "bo"},
		{Role: "scribe", Person: "cy"}}
	for who, want := range map[string]string{"bo": " IC+Scribe bo > ", "cy": " scribe cy > ", "ana": " ana > "} {
		if got := Prompt(r, model.Actor{Handle: who}, who).String(); got != want {
			t.Errorf("%s: got %q, want %q", who, got, want)
		}
	}
}
