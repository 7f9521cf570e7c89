package pagerduty_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/feed/pagerduty"
	"warroom/model"
)

// updateIs reports whether the only update of a room has a state.
func updateIs(s model.DeliveryState) func(*model.View) bool {
	return func(v *model.View) bool {
		return slices.ContainsFunc(v.Room.Deliveries, func(d model.Delivery) bool {
			return strings.HasPrefix(d.Duty, "pagerduty/update/") && d.State == s
		})
	}
}

// down answers as a service that is away.
func down(w http.ResponseWriter, _ *http.Request, _ int) bool {
	http.Error(w, "down", http.StatusServiceUnavailable)
	return true
}

// TestUpdatesWhileAwayAreCaughtUp: what was written while the page itself could not be
// delivered goes to its incident behind it.
func TestUpdatesWhileAwayAreCaughtUp(t *testing.T) {
	f := newFake(t)
	f.bad = down
	ana := feedtest.Open(t, "ana")
	start(t, ana, testConfig(t, f))
	s := feedtest.Enter(t, ana, declare(t, ana))
	feedtest.Until(t, s, "the page fails", is("page/security", model.DeliveryFailed))
	submit(t, s, ":update team written while it was away")
	f.with(func() { f.bad = nil })
	feedtest.Until(t, s, "security is paged", is("page/security", model.DeliverySent))
	feedtest.Until(t, s, "the update is there", updateIs(model.DeliverySent))
	f.with(func() {
		if i := f.incidents[0]; len(i.updates) != 1 || !strings.Contains(i.updates[0], "written while it was away") {
			t.Errorf("updates at the service: got %q, want the one that was written meanwhile", i.updates)
		}
	})
}

// TestReplacedTokenIsTriedNow: an update that the service refused for the token is tried
// again as soon as there is another one.
func TestReplacedTokenIsTriedNow(t *testing.T) {
	f := newFake(t)
	ana := feedtest.Open(t, "ana")
	token := feedtest.NewSecret(goodToken)
	c := testConfig(t, f)
	c.Token, c.Poll = token.Source(), 0
	r := bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: ana},
		Bridges: []bridge.Bridge{pagerduty.New(c)}, Now: time.Now,
		Logf: func(model.Safe) {}, Base: time.Hour, Look: 10 * time.Millisecond})
	t.Cleanup(r.Close)
	s := feedtest.Enter(t, ana, declare(t, ana))
	feedtest.Until(t, s, "security is paged", is("page/security", model.DeliverySent))
	f.with(func() { f.token = "u+token-two" })
	submit(t, s, ":update team with a token that is not known any more")
	feedtest.Until(t, s, "the token is refused", updateIs(model.DeliveryFailed))
	token.Set("u+token-two")
	feedtest.Until(t, s, "the update is there", updateIs(model.DeliverySent))
}

// TestRetractedWhileAway: a decision that was retracted while the service was away is not written
// there.
func TestRetractedWhileAway(t *testing.T) {
	f := newFake(t)
	f.bad = down
	ana := feedtest.Open(t, "ana")
	start(t, ana, testConfig(t, f))
	s := feedtest.Enter(t, ana, declare(t, ana))
	feedtest.Until(t, s, "the page fails", is("page/security", model.DeliveryFailed))
	submit(t, s, "!turn everything off")
	v := feedtest.Until(t, s, "the decision is there", func(v *model.View) bool {
		return slices.ContainsFunc(v.Room.Lines(), func(l *model.Line) bool { return l.Kind == model.KindDecisionMade })
	})
	for _, l := range v.Room.Lines() {
		if l.Kind == model.KindDecisionMade {
			submit(t, s, fmt.Sprintf(":retract %d not decided", l.Seq))
		}
	}
	submit(t, s, ":update team the next line")
	f.with(func() { f.bad = nil })
	feedtest.Until(t, s, "the update is there", updateIs(model.DeliverySent))
	f.with(func() {
		if i := f.incidents[0]; len(i.notes) != 0 {
			t.Errorf("notes at the service: got %q, want none", i.notes)
		}
	})
}
