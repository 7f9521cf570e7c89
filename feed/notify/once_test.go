package notify

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/model"
	"warroom/model/config"
)

// TestPostedOnce: Slack accepts a message, and the connection breaks before the answer. The
// next attempt finds the message and does not post again.
func TestPostedOnce(t *testing.T) {
	ws := newWorkspace(t)
	var cuts atomic.Int32 // calls are concurrent
	cuts.Store(2)
	ws.answer(nil)
	inner := ws.Config.Handler
	ws.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/chat.postMessage" || cuts.Add(-1) < 0 {
			inner.ServeHTTP(w, r)
			return
		}
		inner.ServeHTTP(nobody{http.Header{}}, r)
		panic(http.ErrAbortHandler)
	})
	x := open(t, false, ws.bridge(SlackConfig{Slack: config.Slack{Announce: []string{"responders"}}}))
	x.submit(":update once is enough")
	d := x.sent("slack/update/", 1)[0]
	var texts []string
	for _, m := range ws.messages() {
		texts = append(texts, m["text"][:10])
	}
	if len(texts) != 2 || d.Attempt != 2 || !strings.HasPrefix(d.Ref, "C1/17") {
		t.Errorf("posted %q, %+v", texts, d)
	}
}

// nobody is a ResponseWriter whose connection is broken.
type nobody struct{ h http.Header }

func (n nobody) Header() http.Header         { return n.h }
func (n nobody) Write(b []byte) (int, error) { return len(b), nil }
func (n nobody) WriteHeader(int)             {}

// TestTicketOnce: the process dies after it created the ticket and before that is in the
// log. The next one finds the ticket.
func TestTicketOnce(t *testing.T) {
	h := newFakeService(t, fakeJira)
	made := make(chan struct{}, 4)
	track := func(after func()) *TrackerBridge {
		b, err := NewTrackerBridge(TrackerConfig{Name: "jira", Token: source("good"),
			Make: func(tok model.Secret) (Tracker, error) {
				j, err := NewJira(JiraOptions{URL: h.URL, Email: "bot@acme.example", Token: tok, Project: "OPS",
					Now: time.Now})
				return &dies{j, after}, err
			}})
		must(t, err)
		return b
	}
	data := feedtest.Data(t)
	hang := make(chan struct{})
	x := &room{t: t, f: feedtest.With(t, feedtest.Options(t, data, "ana")), logs: make(chan string, 100)}
	x.short = feedtest.Declare(t, x.f)
	x.serve(track(func() { made <- struct{}{}; <-hang }))
	x.session = feedtest.Enter(t, x.f, x.short)
	x.submit(":todo rotate every key")
	<-made
	x.serve(track(func() {})) // has the same key, so it takes over what was begun
	t.Cleanup(func() { close(hang) })
	x.sent("jira/follow-up/", 1)
	if n := h.count("POST /rest/api/3/issue"); n != 1 {
		t.Errorf("made %d times", n)
	}
	if r := x.session.Latest().Room; !slices.ContainsFunc(r.Deliveries,
		func(d model.Delivery) bool { return d.Ref == "OPS-1" }) {
		t.Errorf("%+v", r.Deliveries)
	}
}

// dies is a tracker that calls a function after its work.
type dies struct {
	Tracker
	after func()
}

func (d *dies) Put(ctx context.Context, r Record) (Placed, error) {
	p, err := d.Tracker.Put(ctx, r)
	d.after()
	return p, err
}

var _ bridge.Bridge = (*TrackerBridge)(nil)
