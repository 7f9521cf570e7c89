package cli

import (
	"context"
	"strings"
	"time"

	"github.com/spf13/cobra"

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
	return append(out, a.checkOverdue()...)
}

// known are the people to call: those that a service named last, and those that
// the configuration names.
func (a *app) known() []model.Contacts {
	out := []model.Contacts{a.cfg.contacts()}
	if a.Contacts != nil {
		out = append([]model.Contacts{a.Contacts(a.cfg.Data, a.box)}, out...)
	}
	return out
}

// contacts are whom to call for a purpose; "": all that are known.
func (a *app) contacts(purpose string, now time.Time) []model.Safe {
	var out []model.Safe
	for _, c := range a.known() {
		for _, p := range c.Purposes() {
			if purpose != "" && p != purpose {
				continue
			}
			out = append(out, model.Safef("to call for %s, %s:", p, c.Age(now)))
			for _, who := range c.For(p) {
				out = append(out, model.Safef("  %s", who.Words(now)))
			}
		}
	}
	if len(out) == 0 && purpose != "" {
		out = append(out, model.Safef("nobody is known to call for %s; [[contact]] in the configuration names people", purpose))
	}
	return out
}

// onCallCmd says whom to call.
func (a *app) onCallCmd() *cobra.Command {
	var asJSON bool
	c := &cobra.Command{
		Use:   "oncall [PURPOSE]",
		Short: "Say whom to call, as PagerDuty said last and as the configuration says; asks nobody",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 {
				return usage(model.Lit("write it as: warroom oncall [PURPOSE]"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			purpose := strings.Join(args, "")
			if a.cfg.AtRest.IsEmpty() { // nothing has to be opened: it works when everything else is dead
				return a.sayOnCall(purpose, asJSON)
			}
			return a.withHub(cmd.Context(), "cli", func(context.Context, Hub) error { return a.sayOnCall(purpose, asJSON) })
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	return c
}

func (a *app) sayOnCall(purpose string, asJSON bool) error {
	if asJSON {
		out := []model.Contacts{}
		for _, c := range a.known() {
			if purpose != "" {
				c.List = c.For(purpose)
			}
			if len(c.List) > 0 {
				out = append(out, c)
			}
		}
		return a.sayJSON(out)
	}
	lines := a.contacts(purpose, a.Clock.Now())
	if len(lines) == 0 {
		a.tell(model.Lit("nobody is known to call; [[contact]] in the configuration names people, and docs/bridges.md says how PagerDuty does"))
		return nil
	}
	for _, l := range lines {
		if err := a.say(l); err != nil {
			return err
		}
	}
	return nil
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
