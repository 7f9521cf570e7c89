package httpin_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
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

// TestQueryThatCannotBeRead: alerts for a room whose name is lost in a malformed query are
// refused, and do not go to the lobby. So is a name that looks like another one.
func TestQueryThatCannotBeRead(t *testing.T) {
	x := newSite(t, httpin.Options{Token: model.NewSecret([]byte(token))})
	for _, path := range []string{"/ingest?room=inc-2;x", "/ingest?room=%zz", "/ingest?room=inc-2&room=inc-3",
		"/ingest?source=a&source=b", "/ingest/%e2%80%ae", "/ingest/prod%e2%80%8b"} {
		if status, out := x.post(path, disk(1, "firing"), "Authorization", "Bearer "+token); status != 422 {
			t.Errorf("%s: got %d %v, want 422", path, status, out)
		}
	}
}

// TestChunkedEndsItsConnection: a request with a Content-Length and in chunks is the last one of
// its connection, so that what a proxy takes for its body is not read as another request.
func TestChunkedEndsItsConnection(t *testing.T) {
	x := newSite(t, httpin.Options{Token: model.NewSecret([]byte(token))})
	c, err := net.Dial("tcp", strings.TrimPrefix(x.url, "http://"))
	if err != nil {
		t.Fatalf("dial: %v", err)
	}
	defer c.Close()
	fmt.Fprintf(c, "POST /ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %[1]s\r\nContent-Length: 5\r\n"+
		"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nPOST /ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %[1]s"+
		"\r\nContent-Length: 0\r\n\r\n", token)
	r := bufio.NewReader(c)
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatalf("read the answer: %v", err)
	}
	_, _ = io.Copy(io.Discard, resp.Body)
	if more, _ := io.ReadAll(r); resp.StatusCode != 200 || !resp.Close || len(more) > 0 {
		t.Errorf("got status %d, closed %v, and %q after it; want 200, true and nothing", resp.StatusCode, resp.Close,
			more)
	}
}
