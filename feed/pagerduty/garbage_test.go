package pagerduty_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/feed/pagerduty"
	"warroom/model"
	"warroom/model/config"
)

// TestReplacedKeyIsTriedNow: a page whose integration key PagerDuty does not know is not given
// up, and goes out as soon as there is another key.
func TestReplacedKeyIsTriedNow(t *testing.T) {
	f := newFake(t)
	ana := feedtest.Open(t, "ana")
	key := feedtest.NewSecret(strings.Repeat("b", 32))
	c := testConfig(t, f)
	c.Token, c.Poll, c.Pages[0].Key = nil, 0, key.Source()
	r := bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: ana},
		Bridges: []bridge.Bridge{pagerduty.New(c)}, Now: time.Now,
		Logf: func(model.Safe) {}, Base: time.Hour, Look: 10 * time.Millisecond})
	t.Cleanup(r.Close)
	s := feedtest.Enter(t, ana, declare(t, ana))
	v := feedtest.Until(t, s, "the key is refused", func(v *model.View) bool {
		d, ok := v.Room.Delivery("page/security")
		return ok && d.State != model.DeliverySending
	})
	if d, _ := v.Room.Delivery("page/security"); d.State != model.DeliveryFailed ||
		!strings.Contains(d.Detail, "Invalid routing key") {
		t.Errorf("the page with a key that is not known: got %s, %q, want it failed for now", d.State, d.Detail)
	}
	key.Set(goodRouting)
	feedtest.Until(t, s, "security is paged", is("page/security", model.DeliverySent))
}

// TestAnswersOfOthers: what a proxy, a login page or a broken service answers instead of
// PagerDuty is neither a success nor a reason to give up a page, an update or a resolution.
func TestAnswersOfOthers(t *testing.T) {
	answer := func(status int, body string) func(http.ResponseWriter) {
		return func(w http.ResponseWriter) {
			w.Header().Set("Location", "http://169.254.169.254/")
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	for name, c := range map[string]func(http.ResponseWriter){
		"an empty object":      answer(200, `{}`),
		"created, but nothing": answer(201, `{}`),
		"accepted, but what":   answer(202, `{"status":"invalid"}`),
		"null":                 answer(200, `null`),
		"a redirect":           answer(302, ""),
		"not found":            answer(404, "<html>"),
		"a method":             answer(405, ""),
		"a login of the proxy": answer(407, "<html>log in"),
		"too large":            answer(413, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFake(t)
			ana := feedtest.Open(t, "ana")
			c, broken := c, true
			f.bad = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
				f.mu.Lock()
				defer f.mu.Unlock()
				if broken {
					c(w)
				}
				return broken
			}
			cfg := testConfig(t, f)
			cfg.Poll = 0
			cfg.Pages = append(cfg.Pages[:1], pagerduty.Target{PagerDutyPage: config.PagerDutyPage{
				Purpose: "database", Service: "PSERVICE", Severity: "SEV-1"}})
			start(t, ana, cfg)
			s := feedtest.Enter(t, ana, declare(t, ana))
			waits := func(duty string) {
				t.Helper()
				v := feedtest.Until(t, s, duty+" has an end", func(v *model.View) bool {
					d, ok := v.Room.Delivery(duty)
					return ok && d.State != model.DeliverySending
				})
				if d, _ := v.Room.Delivery(duty); d.State != model.DeliveryFailed {
					t.Errorf("%s: got %s, %q, want %s", duty, d.State, d.Detail, model.DeliveryFailed)
				}
			}
			set := func(b bool) { f.with(func() { broken = b }) }
			waits("page/security")
			waits("page/database")
			set(false)
			feedtest.Until(t, s, "security is paged", is("page/security", model.DeliverySent))
			feedtest.Until(t, s, "database is paged", is("page/database", model.DeliverySent))
			set(true)
			submit(t, s, ":update team the key is revoked")
			v := feedtest.Until(t, s, "the update has an end", func(v *model.View) bool {
				return len(v.Room.Deliveries) > 2 && v.Room.Deliveries[2].State != model.DeliverySending
			})
			waits(v.Room.Deliveries[2].Duty)
			set(false)
			feedtest.Until(t, s, "the update is there", updateIs(model.DeliverySent))
			set(true)
			submit(t, s, ":resolve override it is over")
			waits("pagerduty/resolve/security")
			waits("pagerduty/resolve/database")
			set(false)
			feedtest.Until(t, s, "security is resolved", is("pagerduty/resolve/security", model.DeliverySent))
			feedtest.Until(t, s, "database is resolved", is("pagerduty/resolve/database", model.DeliverySent))
			f.with(func() {
				if len(f.incidents) != 2 || len(f.incidents[0].updates)+len(f.incidents[1].updates) != 1 {
					t.Errorf("got the incidents %+v, want two, and one update", f.incidents)
				}
				for _, i := range f.incidents {
					if i.status != "resolved" {
						t.Errorf("got %s %s, want it resolved", i.key, i.status)
					}
				}
			})
		})
	}
}

// TestLongestReset: a limit of the rate delays a page by a minute at most: that is PagerDuty's
// longest, and more than that came from elsewhere.
func TestLongestReset(t *testing.T) {
	f := newFake(t)
	f.bad = func(w http.ResponseWriter, _ *http.Request, _ int) bool {
		w.Header().Set("Retry-After", "3600")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}
	ana := feedtest.Open(t, "ana")
	start(t, ana, testConfig(t, f))
	s := feedtest.Enter(t, ana, declare(t, ana))
	v := feedtest.Until(t, s, "the page waits", is("page/security", model.DeliveryFailed))
	if d, _ := v.Room.Delivery("page/security"); d.Next.Sub(d.At) > time.Minute+time.Second {
		t.Errorf("next try: got %s later, want a minute", d.Next.Sub(d.At))
	}
}
