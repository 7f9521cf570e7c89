package main

import (
	"context"
	"path/filepath"
	"time"

	"warroom/feed"
	"warroom/feed/bridge"
	"warroom/feed/pagerduty"
	"warroom/model"
	"warroom/ui/cli"
)

// lastDuties is how long a process that leaves waits for what is due: what was
// declared a moment ago should be on its way, and a service that is down should
// keep nobody.
const lastDuties = 5 * time.Second

// bridgeDir is where bridges keep what they know.
func bridgeDir(data string) string { return filepath.Join(data, "bridges") }

// bridges makes the bridges that are configured.
func bridges(data string, c cli.Bridges, box model.Sealer) []bridge.Bridge {
	var out []bridge.Bridge
	if c.PagerDuty.Used() {
		out = append(out, pagerDuty(data, c, box))
	}
	return append(out, notifiers(c)...)
}

// source is a secret of the configuration, nil where there is none.
func source(c cli.Bridges, key string, from cli.SecretFrom) *bridge.Source {
	if from.IsEmpty() {
		return nil
	}
	return bridge.NewSource(c.Secret(key, from))
}

func pagerDuty(data string, c cli.Bridges, box model.Sealer) *pagerduty.Bridge {
	p := c.PagerDuty
	o := pagerduty.Config{Token: source(c, "pagerduty.token", p.Token), Hook: source(c, "pagerduty.webhook", p.Webhook), From: p.From, API: p.API, Events: p.Events,
		Overdue: p.Overdue, Updates: p.Updates, Notes: p.Notes, Poll: p.Every(), Dir: bridgeDir(data), Box: box, Now: clock{}.Now}
	for _, t := range p.Pages {
		o.Pages = append(o.Pages, pagerduty.Target{Purpose: t.Purpose, Key: source(c, "pagerduty.page.routing_key of "+t.Purpose, t.Key),
			Service: t.Service, Policy: t.Policy, User: t.User, Severity: t.Severity})
	}
	return pagerduty.New(o)
}

// contacts are the people to call, as they were known last.
func contacts(data string, box model.Sealer) model.Contacts {
	return pagerduty.Cached(bridgeDir(data), box)
}

// checkBridges asks every service that is configured what we may do there.
func checkBridges(ctx context.Context, data string, c cli.Bridges) []cli.BridgeFinding {
	var out []cli.BridgeFinding
	for _, b := range bridges(data, c, nil) {
		for _, f := range b.Check(ctx) {
			out = append(out, cli.BridgeFinding(f))
		}
	}
	return out
}

// serve has the bridges do what they have to, wherever this process speaks for
// the hub. A demonstration calls nobody.
func serve(f *feed.Feed, p cli.Place, logf func(model.Safe)) *bridge.Runner {
	if p.Via == "demo" {
		return nil
	}
	if logf == nil {
		logf = func(model.Safe) {}
	}
	return bridge.Start(bridge.Options{Hub: rooms{f}, Bridges: bridges(p.Data, p.Bridges, f.Sealer()), Now: clock{}.Now, Logf: logf})
}

// rooms is a feed as bridges have it.
type rooms struct{ *feed.Feed }

// Open opens the hub's place in a room.
func (r rooms) Open(ctx context.Context, short string) (bridge.Office, error) {
	o, err := r.Office(ctx, short)
	if err != nil {
		return nil, err
	}
	return o, nil
}

// Close lets what is due go out, and closes the feed.
func (h hub) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), lastDuties)
	defer cancel()
	h.door.Close()
	h.Settle(ctx)
	h.Runner.Close()
	return h.Feed.Close()
}
