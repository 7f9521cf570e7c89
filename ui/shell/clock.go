package shell

import (
	"time"

	"warroom/model"
)

// Clock is the hub's time in the time zone of the screen.
type Clock struct {
	clock  model.Clock
	own    *time.Location // zone of the viewer
	utc    bool           // show times in UTC instead of own
	offset time.Duration  // of the hub's clock from this machine's
}

// Local returns this machine's time.
func (c *Clock) Local() time.Time { return c.clock.Now() }

// Now returns the hub's time.
func (c *Clock) Now() time.Time { return c.clock.Now().In(c.Zone()).Add(c.offset) }

// Second returns the hub's time for display, in full seconds. Whatever the difference between
// the clocks of the hub and of this machine, all machines show the same seconds until a time.
func (c *Clock) Second() time.Time {
	return c.clock.Now().Add(c.offset).Truncate(time.Second).In(c.Zone())
}

// Zone returns the zone in which times are shown.
func (c *Clock) Zone() *time.Location {
	if c.utc {
		return time.UTC
	}
	return c.own
}

// ToggleUTC switches between UTC and the viewer's zone.
func (c *Clock) ToggleUTC() { c.utc = !c.utc }
