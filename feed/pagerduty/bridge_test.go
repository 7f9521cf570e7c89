package pagerduty_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/feed/pagerduty"
	"warroom/model"
	"warroom/model/config"
)

// TestIncident covers everything that a room does at PagerDuty, from the declaration to the
// resolution.
func TestIncident(t *testing.T) {
	f := newFake(t)
	incidentAt(t, f, testConfig(t, f))
}

// incidentAt plays an incident with a service that is the fake, or forwards to it.
func incidentAt(t *testing.T, f *fake, c pagerduty.Config) {
	ana := feedtest.Open(t, "ana")
	start(t, ana, c)
	short := declare(t, ana)
	s := feedtest.Enter(t, ana, short)
	feedtest.Until(t, s, "security is paged", is("page/security", model.DeliverySent))
	feedtest.Until(t, s, "the first is called", page("security", model.PageRinging, "Ana K."))
	f.with(func() { f.incidents[0].assignee = "Bo Demir" })
	feedtest.Until(t, s, "the next is called", page("security", model.PageNext, "Bo Demir"))
	f.with(func() { f.incidents[0].status, f.incidents[0].ack = "acknowledged", "Bo Demir" })
	feedtest.Until(t, s, "bo answers", page("security", model.PageAcknowledged, "Bo Demir"))

	submit(t, s, ":page database the master hangs")
	submit(t, s, ":page forensics")
	submit(t, s, ":page catering")
	feedtest.Until(t, s, "database is paged", is("page/database", model.DeliverySent))
	feedtest.Until(t, s, "cy is asked", page("forensics", model.PageRinging, "Cy"))
	v := feedtest.Until(t, s, "nobody is there for catering", is("page/catering", model.DeliveryGivenUp))
	if d, _ := v.Room.Delivery("page/catering"); !strings.Contains(d.Detail, "security, database, forensics") {
		t.Errorf("%+v", d)
	}
	f.with(func() { f.incidents[0].responders[0]["state"] = "joined" })
	feedtest.Until(t, s, "cy joins", page("forensics", model.PageAcknowledged, "Cy"))

	submit(t, s, ":update team key revoked | ending sessions")
	submit(t, s, ":update legal this is for legal alone")
	submit(t, s, "!rotate now")
	feedtest.Until(t, s, "both are mirrored", func(v *model.View) bool {
		n := 0
		for _, d := range v.Room.Deliveries {
			if (strings.HasPrefix(d.Duty, "pagerduty/update/") || strings.HasPrefix(d.Duty, "pagerduty/note/")) &&
				d.State == model.DeliverySent {
				n++
			}
		}
		return n == 2
	})
	submit(t, s, ":resolve override it is over")
	v = feedtest.Until(t, s, "both are resolved", func(v *model.View) bool {
		return is("pagerduty/resolve/security", model.DeliverySent)(v) &&
			is("pagerduty/resolve/database", model.DeliverySent)(v)
	})
	f.with(func() {
		for _, i := range f.incidents {
			if i.status != "resolved" || i.triggers != 1 {
				t.Errorf("%+v", i)
			}
		}
		if len(f.incidents) != 2 || len(f.incidents[0].updates) != 1 ||
			!strings.HasPrefix(f.incidents[0].updates[0], "key revoked | actions: ending sessions") ||
			len(f.incidents[0].notes) != 1 || !strings.HasPrefix(f.incidents[0].notes[0], "ana decided: rotate now") {
			t.Errorf("%+v", f.incidents[0])
		}
	})
	if v.Room.Rejected+v.Room.Bad > 0 {
		t.Errorf("%d without effect, %d bad", v.Room.Rejected, v.Room.Bad)
	}
	if got := pagerduty.Cached(c.Dir, nil); len(got.For("security")) != 2 ||
		got.For("security")[0].Words(time.Now()).String() != "1 Ana K., +90 5550100, pana@example.org" ||
		got.For("forensics")[0].Name != "Cy" {
		t.Errorf("%+v", got)
	}
}

// TestCrashPagesOnce: the process dies after it paged and before it could record that. The
// next one pages again, and PagerDuty has one incident.
func TestCrashPagesOnce(t *testing.T) {
	f := newFake(t)
	data := feedtest.Data(t)
	ana, err := feed.Open(t.Context(), feedtest.Options(t, data, "ana"))
	if err != nil {
		t.Fatalf("open the feed: %v", err)
	}
	short := declare(t, ana)
	gone := make(chan struct{})
	var once sync.Once
	release := make(chan struct{})
	f.with(func() {
		f.after = func(_ http.ResponseWriter, r *http.Request) bool { // executed, but the answer is lost
			if r.URL.Path != "/v2/enqueue" {
				return false
			}
			once.Do(func() { close(gone) })
			select {
			case <-r.Context().Done():
			case <-release:
			}
			return true
		}
	})
	r := bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: ana},
		Bridges: []bridge.Bridge{pagerduty.New(testConfig(t, f))},
		Now:     time.Now, Logf: func(model.Safe) {}})
	<-gone
	r.Close()
	close(release)
	if err := ana.Close(); err != nil {
		t.Fatalf("close: %v", err)
	}
	f.with(func() { f.after = nil })
	ana = feedtest.With(t, feedtest.Options(t, data, "ana"))
	start(t, ana, testConfig(t, f))
	s := feedtest.Enter(t, ana, short)
	v := feedtest.Until(t, s, "it is paged", is("page/security", model.DeliverySent))
	f.with(func() {
		if len(f.incidents) != 1 || f.incidents[0].triggers != 2 {
			t.Errorf("%d incidents: %+v", len(f.incidents), f.incidents[0])
		}
	})
	if d, _ := v.Room.Delivery("page/security"); d.Attempt != 2 {
		t.Errorf("%+v", d)
	}
}

// TestNothingLeaves: neither a drill nor a room whose channel is compromised sends
// anything.
func TestNothingLeaves(t *testing.T) {
	f := newFake(t)
	ana := feedtest.Open(t, "ana")
	c := testConfig(t, f)
	c.Poll = 0
	c.Token = nil
	r := start(t, ana, c)
	drill := declare(t, ana, func(d *model.Declaration) { d.Drill = true })
	s := feedtest.Enter(t, ana, drill)
	submit(t, s, ":page database it is only a drill")
	low := declare(t, ana, func(d *model.Declaration) { d.Severity = "SEV-2" })
	two := feedtest.Enter(t, ana, low)
	submit(t, two, ":channel pagerduty compromised its tokens were in the log")
	submit(t, two, ":page security")
	feedtest.Until(t, two, "it is cut", is("page/security", model.DeliveryCut))
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.DefaultTimeout)
	defer cancel()
	r.Settle(ctx)
	f.with(func() {
		if f.asked > 0 {
			t.Errorf("%d requests: %v", f.asked, f.calls)
		}
	})
	submit(t, two, ":channel pagerduty trusted new tokens")
	feedtest.Until(t, two, "it goes out when the channel is trusted again", is("page/security", model.DeliverySent))
}

// TestBadDays: with many 429s, broken connections, truncated answers and a service that is
// down, there is one incident, and nothing is recorded twice.
func TestBadDays(t *testing.T) {
	f := newFake(t)
	ana := feedtest.Open(t, "ana")
	f.bad = func(w http.ResponseWriter, r *http.Request, n int) bool {
		if n > 24 {
			return false
		}
		switch n % 6 {
		case 0:
			w.Header().Set("ratelimit-reset", "0")
			refuse(w, 429, "Rate Limit Exceeded")
		case 1:
			w.WriteHeader(http.StatusTooManyRequests)
		case 2:
			panic(http.ErrAbortHandler)
		case 3:
			w.Header().Set("Content-Length", "900")
			_, _ = w.Write([]byte(`{"incident`))
		case 4:
			w.WriteHeader(http.StatusOK)
		case 5:
			http.Error(w, "<html>bad gateway", http.StatusBadGateway)
		}
		return true
	}
	c := testConfig(t, f)
	c.Pages = []pagerduty.Target{{
		PagerDutyPage: config.PagerDutyPage{Purpose: "security", Service: "PSERVICE", Severity: "SEV-1"}}}
	start(t, ana, c)
	short := declare(t, ana)
	s := feedtest.Enter(t, ana, short)
	feedtest.Until(t, s, "it fails", func(v *model.View) bool { return len(v.Room.BridgeProblems(time.Now())) == 1 })
	f.with(func() { f.bad = nil })
	feedtest.Until(t, s, "it is paged", is("page/security", model.DeliverySent))
	submit(t, s, ":update team first")
	done := func(v *model.View) bool {
		return slices.ContainsFunc(v.Room.Deliveries, func(d model.Delivery) bool {
			return strings.HasPrefix(d.Duty, "pagerduty/update/") && d.State == model.DeliverySent
		})
	}
	feedtest.Until(t, s, "the update is there", done)
	f.with(func() {
		if len(f.incidents) != 1 || f.incidents[0].triggers != 1 || len(f.incidents[0].updates) != 1 {
			t.Errorf("%+v", f.incidents)
		}
	})
}

// TestUnknownOutcome: an update whose answer was lost is searched for before it is sent
// again.
func TestUnknownOutcome(t *testing.T) {
	f := newFake(t)
	ana := feedtest.Open(t, "ana")
	var lost atomic.Int32 // calls are concurrent
	f.after = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/incidents/") && lost.Add(1) <= 2 {
			w.WriteHeader(http.StatusOK) // with an empty body
			return true
		}
		return false
	}
	start(t, ana, testConfig(t, f))
	s := feedtest.Enter(t, ana, declare(t, ana))
	feedtest.Until(t, s, "security is paged", is("page/security", model.DeliverySent))
	submit(t, s, ":update team once")
	submit(t, s, "!once too")
	feedtest.Until(t, s, "both are there", func(v *model.View) bool {
		n := 0
		for _, d := range v.Room.Deliveries {
			if strings.HasPrefix(d.Duty, "pagerduty/") && d.State == model.DeliverySent {
				n++
			}
		}
		return n == 2
	})
	f.with(func() {
		if i := f.incidents[0]; len(i.updates) != 1 || len(i.notes) != 1 || lost.Load() < 2 {
			t.Errorf("%d lost: %+v", lost.Load(), i)
		}
	})
}

// TestRotation: a token and a key that are refused are read again, and used if they have
// changed.
func TestRotation(t *testing.T) {
	f := newFake(t)
	f.routing, f.token = strings.Repeat("b", 32), "u+token-two"
	ana := feedtest.Open(t, "ana")
	token, key := feedtest.NewSecret(goodToken), feedtest.NewSecret(goodRouting)
	c := testConfig(t, f)
	c.Token, c.Pages[0].Key = token.Source(), key.Source()
	b := pagerduty.New(c)
	for _, k := range []*bridge.Source{c.Token, c.Pages[0].Key} { // cache them before they change
		if _, err := k.Get(t.Context()); err != nil {
			t.Fatalf("get: %v", err)
		}
	}
	if got := b.Check(t.Context()); got[0].OK ||
		!strings.Contains(got[0].What.String(), "rejects the token (401)") {
		t.Errorf("%+v", got[0])
	}
	token.Set("u+token-two")
	key.Set(strings.Repeat("b", 32))
	r := bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: ana},
		Bridges: []bridge.Bridge{b}, Now: time.Now,
		Logf: func(s model.Safe) { t.Log(s) }, Base: 20 * time.Millisecond})
	t.Cleanup(r.Close)
	s := feedtest.Enter(t, ana, declare(t, ana))
	feedtest.Until(t, s, "security is paged", is("page/security", model.DeliverySent))
	feedtest.Until(t, s, "who is called is known", page("security", model.PageRinging, "Ana K."))
	for _, f := range b.Check(t.Context()) {
		if !f.OK {
			t.Errorf("%s", f.What)
		}
	}
}

// TestOverdue: an expired clock pages only if nobody is in the room.
func TestOverdue(t *testing.T) {
	f := newFake(t)
	ana := feedtest.Open(t, "ana")
	c := testConfig(t, f)
	c.Overdue, c.Pages[0].Severity = []string{"soon"}, ""
	start(t, ana, c)
	declare(t, ana)
	feedtest.Soon(t, "it is paged", func() (ok bool) {
		f.with(func() {
			ok = len(f.incidents) == 1 &&
				strings.Contains(f.incidents[0].title, "Update is overdue, and nobody is in the room")
		})
		return ok
	})
}
