package pagerduty

import (
	"time"

	"warroom/feed/bridge"
	"warroom/model"
	"warroom/model/config"
)

// FromConfig returns the configured bridge. Its cache is in dir, encrypted with box.
func FromConfig(c config.Bridges, dir string, box model.Sealer, now func() time.Time) *Bridge {
	p := c.PagerDuty
	o := Config{PagerDuty: p, Poll: p.Every(), Dir: dir, Box: box, Now: now,
		Token: bridge.SourceFrom(c, "pagerduty.token", p.Token),
		Hook:  bridge.SourceFrom(c, "pagerduty.webhook", p.Webhook)}
	for _, t := range p.Pages {
		key := bridge.SourceFrom(c, "pagerduty.page.routing_key of "+t.Purpose, t.Key)
		o.Pages = append(o.Pages, Target{PagerDutyPage: t, Key: key})
	}
	return New(o)
}
