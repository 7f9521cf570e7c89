package notify

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/config"
)

// TestReplacedAppToken: an app token that Slack refuses is not sent again and again, and one that
// replaces it is used at once.
func TestReplacedAppToken(t *testing.T) {
	ws := newWorkspace(t)
	linked := make(chan struct{}, 10)
	var mu sync.Mutex
	asked := map[string]int{}
	ws.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch token := r.Header.Get("Authorization"); {
		case r.URL.Path == "/apps.connections.open":
			mu.Lock()
			asked[token]++
			mu.Unlock()
			if token != "Bearer xapp-good" {
				fmt.Fprint(w, `{"ok":false,"error":"invalid_auth"}`)
				return
			}
			fmt.Fprintf(w, `{"ok":true,"url":%q}`, "ws"+strings.TrimPrefix(ws.URL, "http")+"/link")
		case r.URL.Path == "/link":
			c, err := (&websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }}).Upgrade(w, r, nil)
			if err != nil {
				return
			}
			defer func() { _ = c.Close() }()
			linked <- struct{}{}
			_, _, _ = c.ReadMessage() // until the other end leaves
		default:
			ws.serve(w, r)
		}
	})
	app := feedtest.NewSecret("xapp-old")
	x := open(t, false, ws.bridge(SlackConfig{AppToken: app.Source()}))
	select {
	case s := <-x.logs:
		if !strings.Contains(s, "Slack rejects the token") {
			t.Errorf("logged: got %q, want that the token is rejected", s)
		}
	case <-time.After(feedtest.DefaultTimeout):
		t.Fatal("the refused token: got nothing logged, want why nothing arrives")
	}
	app.Set("xapp-good")
	select {
	case <-linked:
	case <-time.After(feedtest.DefaultTimeout):
		t.Fatal("the new token: got no connection, want one")
	}
	mu.Lock()
	defer mu.Unlock()
	if n := asked["Bearer xapp-old"]; n != 1 {
		t.Errorf("the refused token was sent %d times, want once", n)
	}
}

// TestReplacedSigningSecret: when the signing secret is replaced, what Slack signs with the new
// one is accepted.
func TestReplacedSigningSecret(t *testing.T) {
	ws := newWorkspace(t)
	sign := feedtest.NewSecret("old")
	x := open(t, false, ws.bridge(SlackConfig{Signing: sign.Source()}))
	if got := x.ask(signed("old", time.Now(), command("help", "a"))); !strings.HasPrefix(got, "200 ") {
		t.Errorf("signed with the secret: got %s, want 200", got)
	}
	sign.Set("new")
	if got := x.ask(signed("new", time.Now(), command("help", "b"))); !strings.HasPrefix(got, "200 ") {
		t.Errorf("signed with the new secret: got %s, want 200", got)
	}
	if got := x.ask(signed("old", time.Now(), command("help", "c"))); !strings.HasPrefix(got, "401 ") {
		t.Errorf("signed with the old secret: got %s, want 401", got)
	}
}

// TestHangingOldSecret: a program for the old secret of a webhook that does not end holds nobody
// whose context has ended.
func TestHangingOldSecret(t *testing.T) {
	asked := make(chan struct{}, 1)
	b, err := NewWebhookBridge(WebhookConfig{Webhook: config.Webhook{Name: "siem", URL: "https://siem.example"},
		Now: time.Now, Secret: source(longSecret),
		Old: bridge.NewSource(func(ctx context.Context) (model.Secret, error) {
			asked <- struct{}{}
			<-ctx.Done()
			return model.Secret{}, ctx.Err()
		})})
	must(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		_, err := b.Deliver(ctx, bridge.Job{Room: model.NewRoom(), Duty: bridge.Duty{Content: happened{}}})
		ended <- err
	}()
	<-asked
	cancel()
	select {
	case err := <-ended:
		if err == nil {
			t.Error("with a hanging program: got no error, want one")
		}
	case <-time.After(feedtest.DefaultTimeout):
		t.Fatal("with a hanging program: got no end, want one when the context ends")
	}
}
