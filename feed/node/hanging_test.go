package node_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/node"
	"warroom/model"
	"warroom/model/backend"
	"warroom/model/config"
)

// TestHangingServiceHoldsNoCommand: a command ends although a service does not answer,
// and the room shows the pending delivery. The next process retries it at once.
func TestHangingServiceHoldsNoCommand(t *testing.T) {
	if node.CommandHold >= 500*time.Millisecond {
		t.Errorf("time that a command waits for services: got %s, want less than half a second", node.CommandHold)
	}
	asked, release := make(chan struct{}, 10), make(chan struct{})
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-release:
			w.WriteHeader(http.StatusAccepted)
			_, _ = w.Write([]byte(`{"status":"success","message":"Event processed","dedup_key":"x"}`))
		case <-r.Context().Done():
		}
	}))
	defer service.Close()
	i := newInstallation(t, "")
	key := filepath.Join(t.TempDir(), "key")
	check(t, "write a key", os.WriteFile(key, []byte("0123456789abcdef0123456789abcdef"), 0o600))
	i.loc.Bridges = config.Bridges{Getenv: os.Getenv, Plan: plan, PagerDuty: config.PagerDuty{Events: service.URL,
		API: service.URL, Poll: "30s",
		Pages: []config.PagerDutyPage{{Purpose: "security", Severity: "SEV-1", Key: config.SecretFrom{File: key}}}}}
	h, err := i.node.Open(t.Context(), i.loc)
	check(t, "open the hub", err)
	p, err := plan()
	check(t, "load the playbook", err)
	_, err = h.Declare(t.Context(), model.Declaration{Title: "A key in a log", Severity: "SEV-1", Plan: p})
	check(t, "declare a room", err)
	<-asked // it never answers
	check(t, "close the hub while the service hangs", h.Close())

	delivery := func() (d model.Delivery) {
		i.do(func(ctx context.Context, f *feed.Feed) {
			r, err := f.Glance(ctx, "inc-1")
			check(t, "fold the room", err)
			d, _ = r.Delivery("page/security")
		})
		return d
	}
	if d := delivery(); d.State != model.DeliveryFailed || !strings.Contains(d.Detail, "ended before") ||
		d.Next.After(d.At.Add(time.Second)) {
		t.Errorf("the page after the command: got %s, %q, next try %s later, want it failed, that the process ended, "+
			"and a try at once", d.State, d.Detail, d.Next.Sub(d.At))
	}
	close(release)
	h, err = i.node.Open(t.Context(), i.loc)
	check(t, "open the hub again", err)
	<-asked
	next := backend.Hub(h)
	rooms, err := next.List(t.Context())
	check(t, "list the rooms", err)
	room, err := next.Enter(t.Context(), rooms[0].Short)
	check(t, "enter the room", err)
	for {
		if d, _ := room.Latest().Room.Delivery("page/security"); d.State == model.DeliverySent {
			break
		}
		<-room.Changed()
	}
	room.Close()
	check(t, "close the hub", h.Close())
}
