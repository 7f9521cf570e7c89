package pagerduty

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"strings"

	"github.com/PagerDuty/go-pagerduty"

	"warroom/feed/bridge"
	"warroom/model"
)

// Check implements [bridge.Bridge]. It reports whether the service can be reached, and what
// the token may and may not do. It pages nobody.
func (b *Bridge) Check(ctx context.Context) []bridge.Finding {
	out := []bridge.Finding{b.checkToken(ctx)}
	for _, t := range b.c.Pages {
		out = append(out, b.checkTarget(ctx, t))
	}
	if b.c.Hook != nil {
		f := bridge.Finding{OK: true,
			What: model.Lit("pagerduty: webhooks are taken, signed, at /hooks/pagerduty of `warroom serve --http`")}
		if s, err := b.c.Hook.Get(ctx); err != nil || s.IsEmpty() {
			f = bridge.Finding{What: model.Safef("pagerduty: the secret of webhooks cannot be read: %v", err),
				Do: model.Lit("mend webhook in [pagerduty]")}
		}
		out = append(out, f)
	} else if b.c.Poll <= 0 && b.c.Token != nil {
		out = append(out,
			bridge.Finding{What: model.Lit("pagerduty: nobody hears who answers: there is no webhook, and poll is 0"),
				Do: model.Lit("set poll or webhook in [pagerduty]")})
	}
	if st, err := os.Stat(b.asidePath()); err == nil && st.Size() > 0 {
		out = append(out,
			bridge.Finding{What: model.Safef("pagerduty: events of incidents that no room knows lie in %s",
				b.asidePath()), Do: model.Lit("look at them and delete the file")})
	}
	return out
}

func (b *Bridge) checkToken(ctx context.Context) bridge.Finding {
	if b.c.Token == nil {
		return bridge.Finding{OK: true,
			What: model.Lit("pagerduty: no token: pages go out by integration keys; nobody hears who answers, " +
				"nothing is mirrored, and who is on call is not known")}
	}
	err := b.callREST(ctx, func(ctx context.Context, c *pagerduty.Client) error {
		_, err := c.ListAbilitiesWithContext(ctx)
		return err
	})
	if err != nil {
		do := model.Lit("look at api in [pagerduty] and at the network; pages wait and are tried again")
		if s := status(err); s == http.StatusUnauthorized || s == http.StatusForbidden {
			do = model.Lit("make a new REST API key at PagerDuty and put it where token in [pagerduty] says")
		}
		return bridge.Finding{What: model.Safef("pagerduty: %s", err), Do: do}
	}
	if _, err := b.user(ctx); err != nil {
		return bridge.Finding{What: model.Safef("pagerduty: the token reads, but cannot write: %s", err),
			Do: model.Lit("a key of a user, or from, is needed to open, join, mirror and resolve")}
	}
	return bridge.Finding{OK: true,
		What: model.Safef("pagerduty: reachable; the token reads, and writes as %s; what the account's plan lacks "+
			"shows when it is used", b.mail)}
}

// checkTarget checks whether the target of a purpose exists.
func (b *Bridge) checkTarget(ctx context.Context, t Target) bridge.Finding {
	if t.Key != nil {
		s, err := t.Key.Get(ctx)
		if err != nil || len(s.Reveal()) != 32 {
			return bridge.Finding{What: model.Safef("pagerduty: %s has no usable integration key (%s)", t.Purpose,
				orLength(err)), Do: model.Lit("it is the 32 characters of an Events API v2 integration")}
		}
		if t.Policy == "" || b.c.Token == nil {
			return bridge.Finding{OK: true,
				What: model.Safef("pagerduty: %s is paged by an integration key; whether it is known shows when "+
					"somebody is paged", t.Purpose)}
		}
	}
	if b.c.Token == nil {
		return bridge.Finding{What: model.Safef("pagerduty: %s needs a token", t.Purpose),
			Do: model.Lit("set token in [pagerduty]")}
	}
	list, err := b.levels(ctx, t)
	if err != nil {
		return bridge.Finding{What: model.Safef("pagerduty: %s: %s", t.Purpose, err),
			Do: model.Lit("compare the ids in [[pagerduty.page]] with PagerDuty's")}
	}
	var who []string
	for _, c := range list {
		who = append(who, fmt.Sprintf("%d %s", c.Level, c.Name))
	}
	if len(who) == 0 {
		return bridge.Finding{What: model.Safef("pagerduty: nobody is on call for %s now", t.Purpose),
			Do: model.Lit("mend the schedule at PagerDuty, or have a [[contact]] for it")}
	}
	return bridge.Finding{OK: true, What: model.Safef("pagerduty: %s pages %s", t.Purpose, strings.Join(who, ", "))}
}

func orLength(err error) string {
	if err != nil {
		return err.Error()
	}
	return "it has not 32 characters"
}
