package notify

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/config"
)

// evil has sequences that control a terminal, change the text direction, end a header or a
// string, or are not valid text.
var evil = "\x1b]0;x\a\x1b[2J \u202eabc\u2066 \u200b <!channel> \"}],{\" \r\nBcc: a@b.example\x00\xff \u0085 labels " +
	"= \"x\" OR 1=1"

// texted calls fn for every string of a JSON value.
func texted(v any, fn func(string)) {
	switch v := v.(type) {
	case string:
		fn(v)
	case []any:
		for _, e := range v {
			texted(e, fn)
		}
	case map[string]any:
		for k, e := range v {
			fn(k)
			texted(e, fn)
		}
	}
}

// TestHostileText: with such text in titles, follow-ups and updates, the requests to Jira,
// Notion and webhooks are valid JSON without control sequences.
func TestHostileText(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]int{}
	look := func(next http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			b, _ := io.ReadAll(r.Body)
			r.Body = io.NopCloser(strings.NewReader(string(b)))
			mu.Lock()
			defer mu.Unlock()
			var v any
			if len(b) > 0 {
				if err := json.Unmarshal(b, &v); err != nil {
					t.Errorf("%s: %q: %v", r.URL, b, err)
				}
				texted(v, func(s string) {
					if strings.Contains(s, "abc") {
						seen[r.URL.Path]++
					}
					if strings.ContainsFunc(s, func(c rune) bool {
						return c != '\n' && unicode.IsControl(c) || c >= 0x202a && c <= 0x202e || c >= 0x2066 &&
							c <= 0x2069
					}) {
						t.Errorf("%s: %q", r.URL, s)
					}
				})
			}
			next(w, r)
		}
	}
	serve := func(next http.HandlerFunc) *httptest.Server {
		s := httptest.NewServer(look(next))
		t.Cleanup(s.Close)
		return s
	}
	jira, notion := newFakeService(t, fakeJira), newFakeService(t, fakeNotion)
	j := newTestJira(t, &fakeService{Server: serve(jira.Config.Handler.ServeHTTP)}, "good")
	n := newTestNotion(t, &fakeService{Server: serve(notion.Config.Handler.ServeHTTP)}, "good")
	for _, ticket := range []bool{true, false} {
		r := Record{Key: "warroom:01JD:x", Title: evil, Ticket: ticket, Facts: []Fact{{"Owner", evil}},
			Text: []string{evil, "", evil}}
		if _, err := j.Put(t.Context(), r); err != nil {
			t.Errorf("put: %v", err)
		}
		if _, err := n.Put(t.Context(), r); err != nil {
			t.Errorf("put: %v", err)
		}
	}
	hook := serve(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	b, err := NewWebhookBridge(WebhookConfig{
		Webhook: config.Webhook{Name: "ops", URL: hook.URL + "/hook", AllowPrivate: true},
		Secret:  source(longSecret), Now: time.Now})
	if err != nil {
		t.Fatalf("make the webhook bridge: %v", err)
	}
	room := model.NewRoom()
	room.ID, room.Title, room.DeclaredAt = "01JD", evil, time.Now()
	room.Dispatches = []model.Dispatch{{ID: "u1", Audience: "responders", Conditions: evil, Actions: evil, Needs: evil}}
	for _, d := range b.Duties(room) {
		if _, err := b.Deliver(t.Context(), bridge.Job{Duty: d, Short: "inc-1", Room: room}); err != nil {
			t.Errorf("deliver: %v", err)
		}
	}
	for _, path := range []string{"/rest/api/3/issue", "/v1/pages", "/hook"} {
		if seen[path] == 0 {
			t.Errorf("nothing of it came to %s: %v", path, seen)
		}
	}
}

// TestHostilePlans: the ids of a plan come from whoever declares a room. What is sent has no control
// sequences of them, and no lines that they forge.
func TestHostilePlans(t *testing.T) {
	var bodies []string
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		bodies = append(bodies, string(b))
	}))
	t.Cleanup(srv.Close)
	b, err := NewWebhookBridge(WebhookConfig{
		Webhook: config.Webhook{Name: "ops", URL: srv.URL + "/hook", AllowPrivate: true},
		Secret:  source(longSecret), Now: time.Now})
	must(t, err)
	room := model.NewRoom()
	room.ID, room.Title, room.DeclaredAt, room.Plan = "01JD", "x", time.Now(), &model.Plan{}
	room.Severity, room.Kind, room.Phase, room.DeclaredBy = evil, evil, evil, evil
	room.Levels = []model.LevelSpan{{Severity: "SEV-1"}, {Severity: evil, By: evil}}
	room.Phases = []model.PhaseSpan{{Phase: "triage"}, {Phase: evil, By: evil}}
	room.Milestones = map[string]model.Milestone{model.MilestoneResolved: {Seq: 1, By: evil}}
	room.Dispatches = []model.Dispatch{{ID: evil, N: 1, Audience: evil, Conditions: "c", Severity: evil, By: evil,
		ApprovedBy: evil}}
	clean := func(what, s string, lines int) {
		t.Helper()
		if strings.ContainsFunc(s, func(c rune) bool {
			return c != '\n' && unicode.IsControl(c) || c >= 0x202a && c <= 0x202e || c >= 0x2066 && c <= 0x2069
		}) {
			t.Errorf("%s: got %q, want it without control characters", what, s)
		}
		if n := strings.Count(s, "\n") + 1; n > lines {
			t.Errorf("%s: got %d lines in %q, want %d", what, n, s, lines)
		}
	}
	duties := b.Duties(room)
	for _, d := range duties {
		clean("what is recorded", d.What, 1)
		_, err := b.Deliver(t.Context(), bridge.Job{Duty: d, Short: "inc-1", Room: room})
		must(t, err)
	}
	if len(bodies) != len(duties) || len(duties) < 5 {
		t.Errorf("got %d events for %d duties, want each, and 5 or more", len(bodies), len(duties))
	}
	for _, s := range bodies {
		var v any
		must(t, json.Unmarshal([]byte(s), &v))
		texted(v, func(s string) { clean("an event", s, 1) })
	}
	in := Incident{Room: room, Short: "inc-1"}
	clean("the opening message", in.Opening(), 2)
	clean("an update", in.Update(&room.Dispatches[0]), 2)
}
