package httpin_test

import (
	"fmt"
	"testing"

	"warroom/feed/alerts/httpin"
	"warroom/feed/feedtest"
	"warroom/model"
)

// disk is a webhook of Alertmanager about one alert.
func disk(n int, state string) []byte {
	return fmt.Appendf(nil, `{"version":"4","groupKey":"k","receiver":"w","alerts":[{"status":%q,"labels":`+
		`{"alertname":"Disk full","severity":"critical","instance":"db-%d"},"startsAt":"2026-03-01T00:00:00Z",`+
		`"fingerprint":"aa%d"}]}`, state, n, n)
}

// TestSenderChangesOnlyItsAlerts: whoever has the secret of one sender neither closes the alerts of
// another one, nor takes its place, also in a storm.
func TestSenderChangesOnlyItsAlerts(t *testing.T) {
	x := newSite(t, httpin.Options{Token: model.NewSecret([]byte(token)), GitHub: model.NewSecret([]byte(secret))})
	own := func(body []byte) map[string]any {
		t.Helper()
		status, out := x.post("/ingest/prod", body, "Authorization", "Bearer "+token)
		if status != 200 && status != 202 {
			t.Fatalf("the owner's alert: got %d %v, want 200 or 202", status, out)
		}
		return out
	}
	other := func(body []byte) {
		t.Helper()
		if status, out := x.post("/ingest/prod", body, httpin.GitHubHeader, github(body)); status >= 300 {
			t.Fatalf("the thief's alert: got %d %v, want 200 or 202", status, out)
		}
	}
	count := func(n int) func(v *model.View) bool {
		return func(v *model.View) bool { return len(v.Room.Alerts) >= n }
	}
	own(disk(1, "firing"))
	feedtest.Until(t, x.session, "the alert", count(1))
	other(disk(1, "resolved"))
	other(disk(2, "firing"))
	v := feedtest.Until(t, x.session, "the other sender's", count(2))
	if a := v.Room.AlertN(1); !a.Over.IsZero() || a.Settled() {
		t.Errorf("another sender's resolved: got an alert that is over since %s, want it open", a.Over)
	}
	if got := own(disk(2, "firing"))["new"]; got != 1.0 {
		t.Errorf("an alert that another sender sent before: got %v new, want 1", got)
	}
	feedtest.Until(t, x.session, "the owner's second", count(3))
	for n := 10; n < 30; n++ { // a storm of both
		own(disk(n, "firing"))
		other(disk(n, "resolved"))
	}
	own(disk(1, "resolved"))
	v = feedtest.Until(t, x.session, "the end of the storm", func(v *model.View) bool {
		n := 0
		for _, a := range v.Room.Alerts {
			if a.Sender == "http.token" {
				n += a.Findings
			}
		}
		return n >= 22 && !v.Room.AlertN(1).Over.IsZero()
	})
	for _, a := range v.Room.Alerts {
		if over := a.N == 1; a.Sender == "http.token" && !a.Over.IsZero() != over {
			t.Errorf("alert %d of %s: got over %v, want %v", a.N, a.Sender, !over, over)
		}
	}
}
