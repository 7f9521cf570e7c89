package notify

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

const longSecret = "an old secret of enough bytes"

func TestWebhookSigns(t *testing.T) {
	type got struct {
		head http.Header
		body string
	}
	came := make(chan got, 1)
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		came <- got{r.Header, string(b)}
		w.WriteHeader(http.StatusNoContent)
	}))
	t.Cleanup(srv.Close)
	key := []byte("0123456789abcdef0123456789abcdef")
	at := time.Unix(1700000000, 0)
	w, err := NewWebhook(WebhookOptions{Name: "siem", URL: srv.URL + "/in?x=1", AllowPrivate: true,
		Now:     func() time.Time { return at },
		Secrets: secrets("whsec_"+base64.StdEncoding.EncodeToString(key), longSecret)})
	if err != nil {
		t.Fatalf("make a webhook bridge: %v", err)
	}
	if err := w.Send(t.Context(), "msg_1", "update.sent", at, map[string]string{"text": "<a> & \u2028"}); err != nil {
		t.Fatalf("send: %v", err)
	}
	g := <-came
	var sigs []string
	for _, k := range [][]byte{key, []byte(longSecret)} {
		h := hmac.New(sha256.New, k)
		fmt.Fprintf(h, "msg_1.1700000000.%s", g.body)
		sigs = append(sigs, "v1,"+base64.StdEncoding.EncodeToString(h.Sum(nil)))
	}
	if got := g.head.Get("webhook-signature"); got != strings.Join(sigs, " ") {
		t.Errorf("signed %s, want %s over %s", got, sigs, g.body)
	}
	if g.head.Get("webhook-id") != "msg_1" || g.head.Get("webhook-timestamp") != "1700000000" ||
		g.head.Get("Content-Type") != "application/json" {
		t.Errorf("%v", g.head)
	}
	if want := `{"type":"update.sent","timestamp":"2023-11-14T22:13:20Z","data":{"text":`; !strings.HasPrefix(g.body,
		want) {
		t.Errorf("the body is %s", g.body)
	}
}

func TestWebhookOptions(t *testing.T) {
	for _, c := range []struct {
		o    WebhookOptions
		want string
	}{
		{WebhookOptions{Name: "x", Secrets: secrets(longSecret)},
			"url of webhook x is missing; write the address, with https:// in front"},
		{WebhookOptions{Name: "x", URL: "http://example.org", Secrets: secrets(longSecret)},
			"url of webhook x has to begin with https://"},
		{WebhookOptions{Name: "x", URL: "https://u:p@example.org", Secrets: secrets(longSecret)},
			"url of webhook x contains a user name or a password; put it into a secret of the configuration"},
		{WebhookOptions{Name: "x", URL: "https://example.org"},
			"webhook x has no secret; without one the receiver cannot check that an event is from warroom"},
		{WebhookOptions{Name: "x", URL: "https://example.org", Secrets: secrets("short")},
			"the secret of webhook x is shorter than 24 bytes; make one with openssl rand -base64 32"},
		{WebhookOptions{Name: "x", URL: "https://example.org", Secrets: secrets("whsec_!")},
			"the secret of webhook x begins with whsec_, but what follows is not base64"},
	} {
		if _, err := NewWebhook(c.o); err == nil || err.Error() != c.want {
			t.Errorf("got %v, want %s", err, c.want)
		}
	}
}

// TestWebhookFaults: faults of the receiver, and invalid receivers.
func TestWebhookFaults(t *testing.T) {
	var status int
	var head [2]string
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hang-up" {
			panic(http.ErrAbortHandler)
		}
		w.Header().Set(head[0], head[1])
		w.WriteHeader(status)
	}))
	t.Cleanup(srv.Close)
	send := func(path string, private bool) *Fault {
		t.Helper()
		w, err := NewWebhook(WebhookOptions{Name: "siem", URL: srv.URL + path, AllowPrivate: private, Now: time.Now,
			Secrets: secrets(longSecret)})
		if err != nil {
			t.Fatalf("make a webhook bridge: %v", err)
		}
		return asIs(t, w.Send(t.Context(), "m", "k", time.Now(), nil))
	}
	for _, c := range []struct {
		status     int
		head, word string
		want       Fault
	}{
		{429, "Retry-After", "7", Fault{Message: "webhook siem limits the rate; warroom waits",
			After: 7 * time.Second}},
		{429, "Retry-After", "99999999999", Fault{Message: "webhook siem limits the rate; warroom waits",
			After: maxWait}},
		{429, "Retry-After", "soon", Fault{Message: "webhook siem limits the rate; warroom waits",
			After: minWait}},
		{503, "", "", Fault{Message: "webhook siem answers 503"}},
		{400, "", "", Fault{Message: "webhook siem refuses the request: 400", Final: true}},
		{410, "", "", Fault{Message: "webhook siem refuses the request: 410", Final: true}},
		{status: 302, head: "Location", word: "http://169.254.169.254/",
			want: Fault{Message: "webhook siem answers 302, a redirect; put the address that it redirects to " +
				"into the configuration", Final: true}},
	} {
		status, head = c.status, [2]string{c.head, c.word}
		if head[0] == "" {
			head[0] = "X-Nothing"
		}
		if f := send("/", true); *f != c.want {
			t.Errorf("%d: got %+v, want %+v", c.status, *f, c.want)
		}
	}
	if f := send("/hang-up", true); f.Final || !strings.HasPrefix(f.Message, "webhook siem cannot be reached: ") {
		t.Errorf("a hang-up: %+v", f)
	}
	if f := send("/", false); !f.Final ||
		!strings.Contains(f.Message, "inside this network; allow_private = true allows that") {
		t.Errorf("an address inside: %+v", f)
	}
}
