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
)

// TestPostedOnce: Slack takes a message, and the line is cut before it can say
// so. The next try finds the message and posts nothing.
func TestPostedOnce(t *testing.T) {
	ws := newWorkspace(t)
	var cuts atomic.Int32 // calls come side by side
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
	x := open(t, false, ws.bridge(SlackConfig{Announce: []string{"responders"}}))
	x.say(":update once is enough")
	d := x.sent("slack/update/", 1)[0]
	var texts []string
	for _, m := range ws.messages() {
		texts = append(texts, m["text"][:10])
	}
	if len(texts) != 2 || d.Attempt != 2 || !strings.HasPrefix(d.Ref, "C1/17") {
		t.Errorf("posted %q, %+v", texts, d)
	}
}

// nobody takes an answer that does not arrive.
type nobody struct{ h http.Header }

func (n nobody) Header() http.Header         { return n.h }
func (n nobody) Write(b []byte) (int, error) { return len(b), nil }
func (n nobody) WriteHeader(int)             {}

// TestTicketOnce: whoever made the ticket is not heard of any more after that and
// before it is in the log; the next one finds it.
func TestTicketOnce(t *testing.T) {
	h := newHouse(t, jiraHouse)
	made := make(chan struct{}, 4)
	track := func(after func()) *TrackerBridge {
		b, err := NewTrackerBridge(TrackerConfig{Name: "jira", Token: source("good"), Make: func(tok model.Secret) (Tracker, error) {
			j, err := NewJira(JiraOptions{URL: h.URL, Email: "bot@acme.example", Token: tok, Project: "OPS", Now: time.Now})
			return &dies{j, after}, err
		}})
		must(t, err)
		return b
	}
	data := feedtest.Data(t)
	hang := make(chan struct{})
	x := &room{t: t, f: feedtest.With(t, feedtest.Options(t, data, "ana")), told: make(chan string, 100)}
	x.short = feedtest.Declare(t, x.f)
	x.serve(track(func() { made <- struct{}{}; <-hang }))
	x.seat = feedtest.Enter(t, x.f, x.short)
	x.say(":todo rotate every key")
	<-made
	x.serve(track(func() {})) // what the first began is this one's: it has the same key
	t.Cleanup(func() { close(hang) })
	x.sent("jira/follow-up/", 1)
	if n := h.count("POST /rest/api/3/issue"); n != 1 {
		t.Errorf("made %d times", n)
	}
	if r := x.seat.Latest().Room; !slices.ContainsFunc(r.Deliveries, func(d model.Delivery) bool { return d.Ref == "OPS-1" }) {
		t.Errorf("%+v", r.Deliveries)
	}
}

// dies is a tracker after whose work something happens.
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
