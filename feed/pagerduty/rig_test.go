package pagerduty_test

import (
	"context"
	"testing"
	"time"

	"warroom/feed"
	"warroom/feed/bridge"
	"warroom/feed/feedtest"
	"warroom/feed/pagerduty"
	"warroom/model"
	"warroom/model/config"
)

func secret(s string) *bridge.Source { return feedtest.NewSecret(s).Source() }

// testConfig returns a configuration that pages security with an integration key, database
// with a service, and asks cy to join for forensics.
func testConfig(t testing.TB, f *fake) pagerduty.Config {
	return pagerduty.Config{Token: secret(goodToken), Hook: secret(hookSecret),
		Poll: 50 * time.Millisecond, Dir: t.TempDir(), Now: time.Now,
		PagerDuty: config.PagerDuty{API: f.api.URL, Events: f.api.URL, Updates: []string{"team"}, Notes: true},
		Pages: []pagerduty.Target{
			{Key: secret(goodRouting),
				PagerDutyPage: config.PagerDutyPage{Purpose: "security", Policy: "PPOLICY", Severity: "SEV-1"}},
			{PagerDutyPage: config.PagerDutyPage{Purpose: "database", Service: "PSERVICE"}},
			{PagerDutyPage: config.PagerDutyPage{Purpose: "forensics", User: "PCY"}},
		}}
}

func start(t testing.TB, f *feed.Feed, c pagerduty.Config) *bridge.Runner {
	t.Helper()
	r := bridge.Start(bridge.Options{Hub: feedtest.BridgeHub{Feed: f},
		Bridges: []bridge.Bridge{pagerduty.New(c)}, Now: time.Now,
		Logf: func(s model.Safe) { t.Log("bridge:", s) }, Base: 20 * time.Millisecond})
	t.Cleanup(r.Close)
	return r
}

// declare declares a room whose plan has an audience and a clock.
func declare(t testing.TB, f *feed.Feed, change ...func(*model.Declaration)) string {
	t.Helper()
	p := feedtest.Plan()
	p.Audiences = []model.Audience{{ID: "team", Label: "Team"}, {ID: "legal", Label: "Legal"}}
	p.Clocks = []model.ClockDef{{ID: "soon", Label: "Update", Start: model.StartDeclared,
		After: model.Duration(time.Second), Audience: "team"}}
	d := model.Declaration{Title: "Deploy key in a public log", Severity: "SEV-1", Reason: "test", Plan: p}
	for _, c := range change {
		c(&d)
	}
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.DefaultTimeout)
	defer cancel()
	short, err := f.Declare(ctx, d)
	if err != nil {
		t.Fatalf("declare a room: %v", err)
	}
	return short
}

// submit types a line.
func submit(t testing.TB, s model.RoomSession, line string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), feedtest.DefaultTimeout)
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
