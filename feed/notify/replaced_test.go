package notify

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/config"
)

// TestReplacedSecretIsTriedNow: what Slack refused for its token, or what could not be sent
// as the token could not be read, goes out when there is another one, not minutes later.
func TestReplacedSecretIsTriedNow(t *testing.T) {
	for name, first := range map[string]func() (model.Secret, error){
		"refused":        func() (model.Secret, error) { return secret("xoxb-old"), nil },
		"cannot be read": func() (model.Secret, error) { return model.Secret{}, errors.New("others can read it") },
	} {
		t.Run(name, func(t *testing.T) {
			ws := newWorkspace(t)
			var mu sync.Mutex
			get := first
			b := NewSlackBridge(SlackConfig{Now: time.Now, Plan: plan,
				Slack: config.Slack{API: ws.URL, Channels: map[string]string{"responders": "C1"}},
				Token: bridge.NewSource(func(context.Context) (model.Secret, error) {
					mu.Lock()
					defer mu.Unlock()
					return get()
				})})
			x := open(t, false)
			x.run = bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: x.f},
				Bridges: []bridge.Bridge{b}, Now: time.Now,
				Logf: func(model.Safe) {}, Base: time.Hour, Look: 10 * time.Millisecond})
			t.Cleanup(x.run.Close)
			x.submit(":update responders we rotate the key")
			r := x.until("it is not taken", func(r *model.Room) bool {
				return len(r.Deliveries) > 0 && r.Deliveries[0].State == model.DeliveryFailed
			})
			if d := r.Deliveries[0]; d.Next.Sub(d.At) < permissionWait {
				t.Errorf("next try: got %s later, want %s or more", d.Next.Sub(d.At), permissionWait)
			}
			mu.Lock()
			get = func() (model.Secret, error) { return secret("xoxb-good"), nil }
			mu.Unlock()
			x.sent("slack/", 2) // the opening message too
			if all := ws.messages(); !strings.Contains(all[len(all)-1]["text"], "rotate the key") {
				t.Errorf("newest message: got %q, want the update", all[len(all)-1]["text"])
			}
		})
	}
}
