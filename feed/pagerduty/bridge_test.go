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
)

// hub is a feed as a runner has it.
type hub struct{ *feed.Feed }

func (h hub) Open(ctx context.Context, short string) (bridge.Office, error) {
	return h.Office(ctx, short)
}

// vault is a secret that can be changed.
type vault struct {
	mu sync.Mutex
	s  string
}

func (v *vault) set(s string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.s = s
}

func (v *vault) source() *bridge.Source {
	return bridge.NewSource(func(context.Context) (model.Secret, error) {
		v.mu.Lock()
		defer v.mu.Unlock()
		return model.NewSecret([]byte(v.s)), nil
	})
}

func secret(s string) *bridge.Source { return (&vault{s: s}).source() }

// config pages by an integration key for security, by a service for database, and
// asks cy to join for forensics.
func config(t testing.TB, f *fake) pagerduty.Config {
	return pagerduty.Config{Token: secret(goodToken), Hook: secret(hookSecret), API: f.api.URL, Events: f.api.URL, Poll: 50 * time.Millisecond, Dir: t.TempDir(), Now: time.Now,
		Updates: []string{"team"}, Notes: true,
		Pages: []pagerduty.Target{
			{Purpose: "security", Key: secret(goodRouting), Policy: "PPOLICY", Severity: "SEV-1"},
			{Purpose: "database", Service: "PSERVICE"},
			{Purpose: "forensics", User: "PCY"},
		}}
}

func start(t testing.TB, f *feed.Feed, c pagerduty.Config) *bridge.Runner {
	t.Helper()
	r := bridge.Start(bridge.Options{Hub: hub{f}, Bridges: []bridge.Bridge{pagerduty.New(c)}, Now: time.Now, Logf: func(s model.Safe) { t.Log("bridge:", s) }, Base: 20 * time.Millisecond})
	t.Cleanup(r.Close)
	return r
}

// declare declares a room whose plan has an audience and a clock.
func declare(t testing.TB, f *feed.Feed, change ...func(*model.Declaration)) string {
	t.Helper()
	p := feedtest.Plan()
	p.Audiences = []model.Audience{{ID: "team", Label: "Team"}, {ID: "legal", Label: "Legal"}}
	p.Clocks = []model.ClockDef{{ID: "soon", Label: "Update", Start: model.StartDeclared, After: model.Duration(time.Second), Audience: "team"}}
	d := model.Declaration{Title: "Deploy key in a public log", Severity: "SEV-1", Reason: "test", Plan: p}
	for _, c := range change {
		c(&d)
	}
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.Patience)
	defer cancel()
	short, err := f.Declare(ctx, d)
	if err != nil {
		t.Fatal(err)
	}
	return short
}

// say types a line.
func say(t testing.TB, s model.Seat, line string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.Patience)
	defer cancel()
	v := s.Latest()
	act, err := model.Parse(line, model.Ctx{Room: v.Room, Who: s.Who(), Now: time.Now(), Zone: time.UTC})
	if err == nil {
		_, err = s.Append(ctx, act)
	}
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
}

func is(duty string, s model.DeliveryState) func(*model.View) bool {
	return func(v *model.View) bool {
		d, ok := v.Room.Delivery(duty)
		return ok && d.State == s
	}
}

func page(purpose, state, who string) func(*model.View) bool {
	return func(v *model.View) bool {
		p, ok := v.Room.Page(purpose)
		return ok && p.State == state && p.Who == who
	}
}

// TestIncident: from the declaration to the resolution, with everything a room
// does at PagerDuty.
func TestIncident(t *testing.T) {
	f := newFake(t)
	incidentAt(t, f, config(t, f))
}

// incidentAt is an incident at a service that is the fake, or has it behind it.
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

	say(t, s, ":page database the master hangs")
	say(t, s, ":page forensics")
	say(t, s, ":page catering")
	feedtest.Until(t, s, "database is paged", is("page/database", model.DeliverySent))
	feedtest.Until(t, s, "cy is asked", page("forensics", model.PageRinging, "Cy"))
	v := feedtest.Until(t, s, "nobody is there for catering", is("page/catering", model.DeliveryGivenUp))
	if d, _ := v.Room.Delivery("page/catering"); !strings.Contains(d.Detail, "security, database, forensics") {
		t.Errorf("%+v", d)
	}
	f.with(func() { f.incidents[0].responders[0]["state"] = "joined" })
	feedtest.Until(t, s, "cy joins", page("forensics", model.PageAcknowledged, "Cy"))

	say(t, s, ":update team key revoked | ending sessions")
	say(t, s, ":update legal this is for legal alone")
	say(t, s, "!rotate now")
	feedtest.Until(t, s, "both are mirrored", func(v *model.View) bool {
		n := 0
		for _, d := range v.Room.Deliveries {
			if (strings.HasPrefix(d.Duty, "pagerduty/update/") || strings.HasPrefix(d.Duty, "pagerduty/note/")) && d.State == model.DeliverySent {
				n++
			}
		}
		return n == 2
	})
	say(t, s, ":resolve it is over")
	v = feedtest.Until(t, s, "both are resolved", func(v *model.View) bool {
		return is("pagerduty/resolve/security", model.DeliverySent)(v) && is("pagerduty/resolve/database", model.DeliverySent)(v)
	})
	f.with(func() {
		for _, i := range f.incidents {
			if i.status != "resolved" || i.triggers != 1 {
				t.Errorf("%+v", i)
			}
		}
		if len(f.incidents) != 2 || len(f.incidents[0].updates) != 1 || !strings.HasPrefix(f.incidents[0].updates[0], "key revoked | actions: ending sessions") ||
			len(f.incidents[0].notes) != 1 || !strings.HasPrefix(f.incidents[0].notes[0], "ana decided: rotate now") {
			t.Errorf("%+v", f.incidents[0])
		}
	})
	if v.Room.Void+v.Room.Bad > 0 {
		t.Errorf("%d without effect, %d bad", v.Room.Void, v.Room.Bad)
	}
	if got := pagerduty.Cached(c.Dir, nil); len(got.For("security")) != 2 || got.For("security")[0].Words(time.Now()).String() != "1 Ana K., +90 5550100, pana@example.org" || got.For("forensics")[0].Name != "Cy" {
		t.Errorf("%+v", got)
	}
}

// TestCrashPagesOnce: who paged dies before it could say so; the next one pages
// again, and PagerDuty has one incident.
func TestCrashPagesOnce(t *testing.T) {
	f := newFake(t)
	data := feedtest.Data(t)
	ana, err := feed.Open(t.Context(), feedtest.Options(t, data, "ana"))
	if err != nil {
		t.Fatal(err)
	}
	short := declare(t, ana)
	gone := make(chan struct{})
	var once sync.Once
	release := make(chan struct{})
	f.with(func() {
		f.after = func(_ http.ResponseWriter, r *http.Request) bool { // it is done, and the answer never comes
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
	r := bridge.Start(bridge.Options{Hub: hub{ana}, Bridges: []bridge.Bridge{pagerduty.New(config(t, f))}, Now: time.Now, Logf: func(model.Safe) {}})
	<-gone
	r.Close()
	close(release)
	if err := ana.Close(); err != nil {
		t.Fatal(err)
	}
	f.with(func() { f.after = nil })
	ana = feedtest.With(t, feedtest.Options(t, data, "ana"))
	start(t, ana, config(t, f))
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

// TestNothingLeavesADrill, nor over a channel that is compromised.
func TestNothingLeaves(t *testing.T) {
	f := newFake(t)
	ana := feedtest.Open(t, "ana")
	c := config(t, f)
	c.Poll = 0
	c.Token = nil
	r := start(t, ana, c)
	drill := declare(t, ana, func(d *model.Declaration) { d.Drill = true })
	s := feedtest.Enter(t, ana, drill)
	say(t, s, ":page database it is only a drill")
	low := declare(t, ana, func(d *model.Declaration) { d.Severity = "SEV-2" })
	two := feedtest.Enter(t, ana, low)
	say(t, two, ":channel pagerduty compromised its tokens were in the log")
	say(t, two, ":page security")
	feedtest.Until(t, two, "it is cut", is("page/security", model.DeliveryCut))
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.Patience)
	defer cancel()
	r.Settle(ctx)
	f.with(func() {
		if f.asked > 0 {
			t.Errorf("%d requests: %v", f.asked, f.calls)
		}
	})
	say(t, two, ":channel pagerduty trusted new tokens")
	feedtest.Until(t, two, "it goes out when the channel is trusted again", is("page/security", model.DeliverySent))
}

// TestBadDays: a storm of 429, connections that end, halves of answers, and a
// service that is down: one incident comes of it, and nothing is said twice.
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
	c := config(t, f)
	c.Pages = []pagerduty.Target{{Purpose: "security", Service: "PSERVICE", Severity: "SEV-1"}}
	start(t, ana, c)
	short := declare(t, ana)
	s := feedtest.Enter(t, ana, short)
	feedtest.Until(t, s, "it fails", func(v *model.View) bool { return len(v.Room.BridgeTroubles(time.Now())) == 1 })
	f.with(func() { f.bad = nil })
	feedtest.Until(t, s, "it is paged", is("page/security", model.DeliverySent))
	say(t, s, ":update team first")
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

// TestUnknownOutcome: an update whose answer was lost is looked for before it is
// sent again.
func TestUnknownOutcome(t *testing.T) {
	f := newFake(t)
	ana := feedtest.Open(t, "ana")
	var lost atomic.Int32 // calls come side by side
	f.after = func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/incidents/") && lost.Add(1) <= 2 {
			w.WriteHeader(http.StatusOK) // with nothing in it
			return true
		}
		return false
	}
	start(t, ana, config(t, f))
	s := feedtest.Enter(t, ana, declare(t, ana))
	feedtest.Until(t, s, "security is paged", is("page/security", model.DeliverySent))
	say(t, s, ":update team once")
	say(t, s, "!once too")
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

// TestRotation: a token and a key that are refused are read again, and used where
// they are others.
func TestRotation(t *testing.T) {
	f := newFake(t)
	f.routing, f.token = strings.Repeat("b", 32), "u+token-two"
	ana := feedtest.Open(t, "ana")
	token, key := &vault{s: goodToken}, &vault{s: goodRouting}
	c := config(t, f)
	c.Token, c.Pages[0].Key = token.source(), key.source()
	b := pagerduty.New(c)
	for _, k := range []*bridge.Source{c.Token, c.Pages[0].Key} { // they were read when they were right
		if _, err := k.Get(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if got := b.Check(t.Context()); got[0].OK || !strings.Contains(got[0].What.String(), "does not know the token (401)") {
		t.Errorf("%+v", got[0])
	}
	token.set("u+token-two")
	key.set(strings.Repeat("b", 32))
	r := bridge.Start(bridge.Options{Hub: hub{ana}, Bridges: []bridge.Bridge{b}, Now: time.Now, Logf: func(s model.Safe) { t.Log(s) }, Base: 20 * time.Millisecond})
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

// TestOverdue: a clock that runs out pages where nobody is in the room, and only
// there.
func TestOverdue(t *testing.T) {
	f := newFake(t)
	ana := feedtest.Open(t, "ana")
	c := config(t, f)
	c.Overdue, c.Pages[0].Severity = []string{"soon"}, ""
	start(t, ana, c)
	declare(t, ana)
	feedtest.Soon(t, "it is paged", func() (ok bool) {
		f.with(func() {
			ok = len(f.incidents) == 1 && strings.Contains(f.incidents[0].title, "Update ran out, and nobody is in the room")
		})
		return ok
	})
}
