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

// Second returns the hub's time for display, as of the last full second of this machine.
// So the digits change once a second, and at the same moment on all terminals of the
// process.
func (c *Clock) Second() time.Time {
	return c.clock.Now().Truncate(time.Second).In(c.Zone()).Add(c.offset)
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
