package cli

import (
	"context"
	"net/http"
	"time"

	"warroom/model"
)

// Bridges are the ways to services outside that are configured.
type Bridges struct {
	PagerDuty PagerDuty
	Notify    Notify
	Plan      func() (*model.Plan, error) // by which a service outside declares
	Getenv    func(string) string
}

// Secret returns what reads a secret, as often as it is called: a file or a
// command may have another one later. Key is where it stands in the
// configuration, for people.
func (b Bridges) Secret(key string, from SecretFrom) func(context.Context) (model.Secret, error) {
	return func(ctx context.Context) (model.Secret, error) { return from.Get(ctx, key, b.Getenv) }
}

// BridgeFinding is what was found out about a bridge, for doctor.
type BridgeFinding struct {
	OK       bool
	What, Do model.Safe
}

// Hooker is a hub with handlers for what services outside send, by the names of
// their bridges.
type Hooker interface {
	Hooks() map[string]http.Handler
}

// bridges are the bridges of the configuration.
func (a *app) bridges() Bridges {
	return Bridges{PagerDuty: a.cfg.PagerDuty, Notify: a.cfg.Notify, Plan: func() (*model.Plan, error) { return a.plan("") }, Getenv: a.Getenv}
}

// checkBridges asks every service that is configured what we may do there.
func (a *app) checkBridges(ctx context.Context) []finding {
	if a.CheckBridges == nil {
		return nil
	}
	var out []finding
	for _, f := range a.CheckBridges(ctx, a.cfg.Data, a.bridges()) {
		out = append(out, finding{ok: f.OK, what: f.What, do: f.Do})
	}
	return out
}

// contacts are whom to call for a purpose: whom a service named last, and whom
// the configuration names.
func (a *app) contacts(purpose string, now time.Time) []model.Safe {
	var out []model.Safe
	known := []model.Contacts{a.cfg.contacts()}
	if a.Contacts != nil {
		known = append([]model.Contacts{a.Contacts(a.cfg.Data, a.box)}, known...)
	}
	for _, c := range known {
		list := c.For(purpose)
		if len(list) == 0 {
			continue
		}
		out = append(out, model.Safef("to call for %s, %s:", purpose, c.Age(now)))
		for _, p := range list {
			out = append(out, model.Safef("  %s", p.Words(now)))
		}
	}
	if len(out) == 0 {
		out = append(out, model.Safef("nobody is known to call for %s; [[contact]] in the configuration names people", purpose))
	}
	return out
}

// bridgeLines say how the bridges of a room do, in the plain face.
func bridgeLines(v *model.View, now time.Time, zone *time.Location) []model.Safe {
	var out []model.Safe
	for _, p := range v.Room.PageViews() {
		out = append(out, model.Safef("Paged for %s at %s by %s: %s", p.Purpose, stamp(p.At, zone), p.By, p.Words()))
	}
	for _, t := range v.Room.BridgeTroubles(now) {
		out = append(out, model.Safef("BRIDGE %s", t.Words(zone)))
	}
	return out
}
