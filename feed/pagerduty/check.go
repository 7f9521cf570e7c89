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
			What: model.Lit("pagerduty: signed webhooks are accepted at /hooks/pagerduty of `warroom serve --http`")}
		if s, err := b.c.Hook.Get(ctx); err != nil || s.IsEmpty() {
			f = bridge.Finding{What: model.Safef("pagerduty: the secret of webhooks cannot be read: %v", err),
				Do: model.Lit("correct webhook in [pagerduty]")}
		}
		out = append(out, f)
	} else if b.c.Poll <= 0 && b.c.Token != nil {
		out = append(out,
			bridge.Finding{What: model.Lit("pagerduty: acknowledgements do not reach the room: there is no " +
				"webhook, and poll is 0"),
				Do: model.Lit("set poll or webhook in [pagerduty]")})
	}
	if st, err := os.Stat(b.asidePath()); err == nil && st.Size() > 0 {
		out = append(out,
			bridge.Finding{What: model.Safef("pagerduty: events of incidents that belong to no room are in %s",
				b.asidePath()), Do: model.Lit("read them, and delete the file")})
	}
	return out
}

func (b *Bridge) checkToken(ctx context.Context) bridge.Finding {
	if b.c.Token == nil {
		return bridge.Finding{OK: true,
			What: model.Lit("pagerduty: no token: pages are sent with integration keys; acknowledgements do not " +
				"reach the room, notes are not mirrored, and the people on call are unknown")}
	}
	err := b.callREST(ctx, func(ctx context.Context, c *pagerduty.Client) error {
		_, err := c.ListAbilitiesWithContext(ctx)
		return err
	})
	if err != nil {
		do := model.Lit("check api in [pagerduty] and the network; pages wait and are tried again")
		if s := status(err); s == http.StatusUnauthorized || s == http.StatusForbidden {
			do = model.Lit("create a new REST API key at PagerDuty, and put it where token in [pagerduty] reads it")
		}
		return bridge.Finding{What: model.Safef("pagerduty: %s", err), Do: do}
	}
	if _, err := b.user(ctx); err != nil {
		return bridge.Finding{What: model.Safef("pagerduty: the token can read, but not write: %s", err),
			Do: model.Lit("to open, join, mirror and resolve, use the key of a user, or set from")}
	}
	return bridge.Finding{OK: true,
		What: model.Safef("pagerduty: reachable; the token can read, and write as %s; the limits of the "+
			"account's plan are not checked", b.mail)}
}

// checkTarget checks whether the target of a purpose exists.
func (b *Bridge) checkTarget(ctx context.Context, t Target) bridge.Finding {
	if t.Key != nil {
		s, err := t.Key.Get(ctx)
		if err != nil || len(s.Reveal()) != 32 {
			return bridge.Finding{What: model.Safef("pagerduty: %s has no usable integration key (%s)", t.Purpose,
				orLength(err)), Do: model.Lit("a key of an Events API v2 integration has 32 characters")}
		}
		if t.Policy == "" || b.c.Token == nil {
			return bridge.Finding{OK: true,
				What: model.Safef("pagerduty: %s is paged with an integration key, which is not checked until the "+
					"first page", t.Purpose)}
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
			Do: model.Lit("correct the schedule at PagerDuty, or add a [[contact]] for it")}
	}
	return bridge.Finding{OK: true, What: model.Safef("pagerduty: %s pages %s", t.Purpose, strings.Join(who, ", "))}
}

func orLength(err error) string {
	if err != nil {
		return err.Error()
	}
	return "it does not have 32 characters"
}
