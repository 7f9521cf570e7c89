package pagerduty_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/feed/pagerduty"
	"warroom/model"
)

const hookSecret = "shared with PagerDuty"

func signature(secret string, body []byte) string {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write(body)
	return "v1=" + hex.EncodeToString(h.Sum(nil))
}

func hookBody(t *testing.T, id, kind, key, agent string, at time.Time) []byte {
	t.Helper()
	b, err := json.Marshal(m{"event": m{"id": id, "event_type": kind, "resource_type": "incident",
		"occurred_at": at.UTC().Format(time.RFC3339Nano), "agent": m{"summary": agent, "id": "P1"},
		"data": m{"id": "QINC1", "type": "incident", "incident_key": key, "assignees": []m{{"summary": "Ana K."}}}}})
	if err != nil {
		t.Fatalf("encode JSON: %v", err)
	}
	return b
}

// TestWebhook: a signed event is processed once, an unsigned one is refused, and one
// without a room is set aside.
func TestWebhook(t *testing.T) {
	f := newFake(t)
	ana := feedtest.Open(t, "ana")
	c := testConfig(t, f)
	c.Poll, c.Token = 0, nil
	r := start(t, ana, c)
	h := r.Hooks()[pagerduty.Name]
	s := feedtest.Enter(t, ana, declare(t, ana))
	v := feedtest.Until(t, s, "security is paged", is("page/security", model.DeliverySent))
	key := "warroom/" + v.Room.ID + "/security"
	post := func(body []byte, sig, id string) int {
		req := httptest.NewRequest(http.MethodPost, "/hooks/pagerduty", bytes.NewReader(body))
		req.Header.Set("X-PagerDuty-Signature", sig)
		req.Header.Set("X-Webhook-Id", id)
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		return w.Code
	}
	now := time.Now()
	ack := hookBody(t, "E1", "incident.acknowledged", key, "Bo\x1b[2J", now)
	big := append(bytes.Repeat([]byte(" "), 256<<10), ack...)
	for i, c := range []struct {
		body    []byte
		sig, id string
		want    int
	}{
		{ack, signature("another secret", ack), "W1", 403},
		{ack, "", "W1", 403},
		{ack, "v1=zz", "W1", 403},
		{big, signature(hookSecret, big), "W1", 413},
		{ack, signature("the old one", ack) + ", " + signature(hookSecret, ack), "W1", 202},
		{ack, signature(hookSecret, ack), "W1", 200}, // replayed
		{ack, signature(hookSecret, ack), "W2", 202}, // with another id of the request: the event is recognized
		{[]byte("nonsense"), signature(hookSecret, []byte("nonsense")), "W3", 202},
	} {
		if got := post(c.body, c.sig, c.id); got != c.want {
			t.Errorf("%d: %d, want %d", i, got, c.want)
		}
	}
	v = feedtest.Until(t, s, "bo answers",
		func(v *model.View) bool { p, _ := v.Room.Page("security"); return p.State == model.PageAcknowledged })
	if p, _ := v.Room.Page("security"); p.Words().String() != "Bo^[[2J answers" {
		t.Errorf("%s", p.Words())
	}
	old := hookBody(t, "E0", "incident.triggered", key, "", now.Add(-time.Minute))
	other := hookBody(t, "E9", "incident.triggered", "warroom/01JD0000000000000000000000/security", "", now)
	for _, b := range [][]byte{old, other} {
		if got := post(b, signature(hookSecret, b), ""); got != 202 {
			t.Errorf("%d", got)
		}
	}
	over := hookBody(t, "E2", "incident.resolved", key, "Bo", now.Add(time.Second))
	if got := post(over, signature(hookSecret, over), "W4"); got != 202 {
		t.Errorf("%d", got)
	}
	v = feedtest.Until(t, s, "it is over", page("security", model.PageOver, "Bo"))
	raw, err := os.ReadFile(filepath.Join(c.Dir, "pagerduty-aside.jsonl"))
	if err != nil || strings.Count(string(raw), "\n") != 2 || !strings.Contains(string(raw), "E9") {
		t.Errorf("%v %s", err, raw)
	}
	if v.Room.Rejected > 0 {
		t.Errorf("%d without effect", v.Room.Rejected)
	}
	submit(t, s, ":channel pagerduty compromised they read along")
	late := hookBody(t, "E3", "incident.triggered", key, "", now.Add(2*time.Second))
	if got := post(late, signature(hookSecret, late), "W5"); got != 202 {
		t.Errorf("%d", got)
	}
	if p, _ := s.Latest().Room.Page("security"); p.State != model.PageOver {
		t.Errorf("%+v", p)
	}
}

// TestForgedStorm: unsigned requests do not cause the secret to be read each time; a
// rotated secret is still read.
func TestForgedStorm(t *testing.T) {
	c := testConfig(t, newFake(t))
	c.Poll, c.Token = 0, nil
	reads, now := 0, time.Now()
	is := "the old one"
	c.Hook = bridge.NewSource(func(context.Context) (model.Secret, error) {
		reads++
		return model.NewSecret([]byte(is)),
			nil
	})
	c.Now = func() time.Time { return now }
	h := start(t, feedtest.Open(t, "ana"), c).Hooks()[pagerduty.Name]
	post := func(secret string) int {
		body := hookBody(t, "E1", "incident.acknowledged", "x", "Bo", now)
		req := httptest.NewRequest(http.MethodPost, "/hooks/pagerduty", bytes.NewReader(body))
		req.Header.Set("X-PagerDuty-Signature", signature(secret, body))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		return w.Code
	}
	for range 50 {
		if got := post("guessed"); got != 403 {
			t.Errorf("%d", got)
		}
	}
	if reads > 2 {
		t.Errorf("read %d times", reads)
	}
	is, now = hookSecret, now.Add(2*time.Minute)
	if got := post(hookSecret); got != 202 {
		t.Errorf("%d", got)
	}
}

// TestPublishedVector checks the signature in the tests of PagerDuty's own library.
func TestPublishedVector(t *testing.T) {
	dir := schemaDir()
	body, err := os.ReadFile(filepath.Join(dir, "webhook-v3-incident.priority_updated.json"))
	if dir == "" || err != nil {
		t.Log("the published webhook is not here")
		return
	}
	c := testConfig(t, newFake(t))
	c.Hook = secret("lDQHScfUeXUKaQRNF+8XIiDKZ7XX3itBAYzwU0TARw8lJqRnkKl2iB1anSb0Z+IK")
	r := start(t, feedtest.Open(t, "ana"), c)
	req := httptest.NewRequest(http.MethodPost, "/hooks/pagerduty", bytes.NewReader(body))
	req.Header.Set("X-PagerDuty-Signature", "v1=0c0b9495b893a39e70d1fea2fe11fbe0a825f88b9f67846f6cc07dd2bc5476cd")
	w := httptest.NewRecorder()
	r.Hooks()[pagerduty.Name].ServeHTTP(w, req)
	if w.Code != http.StatusAccepted {
		t.Errorf("%d %s", w.Code, w.Body)
	}
}

// TestUnreadableHookSecret: while the secret cannot be read, PagerDuty is asked to send the event
// again. Refusals as unsigned would disable the subscription.
func TestUnreadableHookSecret(t *testing.T) {
	for name, get := range map[string]func() (model.Secret, error){
		"an error": func() (model.Secret, error) { return model.Secret{}, errors.New("the disk is away") },
		"empty":    func() (model.Secret, error) { return model.Secret{}, nil },
	} {
		c := testConfig(t, newFake(t))
		c.Poll, c.Token = 0, nil
		c.Hook = bridge.NewSource(func(context.Context) (model.Secret, error) { return get() })
		h := start(t, feedtest.Open(t, "ana"), c).Hooks()[pagerduty.Name]
		body := hookBody(t, "E1", "incident.acknowledged", "x", "Bo", time.Now())
		req := httptest.NewRequest(http.MethodPost, "/hooks/pagerduty", bytes.NewReader(body))
		req.Header.Set("X-PagerDuty-Signature", signature(hookSecret, body))
		if err := h.Verify(t.Context(), req.Header, bytes.NewReader(body)); model.CodeOf(err) != model.Unreachable {
			t.Errorf("%s: got %v before it is parsed, want a refusal as unreachable", name, err)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, req)
		if w.Code != http.StatusServiceUnavailable {
			t.Errorf("%s: got %d %s, want 503", name, w.Code, w.Body)
		}
	}
}
