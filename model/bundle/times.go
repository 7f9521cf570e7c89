package bundle

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/model/signing"
)

// clockSlack is the maximum difference between the clocks of a hub and of a witness.
// A client whose clock is further behind does not cosign.
const clockSlack = time.Hour

// ClockSlack is clockSlack, for packages that cosign.
const ClockSlack = clockSlack

// rulesTimes is the first version of a room's rules under which a cosignature is
// never older than the messages that it covers.
const rulesTimes = 2

// clock collects the recorded times of the messages read so far.
type clock struct {
	sum    signing.Times
	newest time.Time
	back   uint64 // the first message that was recorded before its predecessor

	sums  map[uint64]signing.Times // at the sizes of the checkpoints
	upto  map[uint64]time.Time
	timed uint64 // the size up to which the hub's key signed the times
}

func newClock() clock {
	return clock{sums: map[uint64]signing.Times{}, upto: map[uint64]time.Time{}}
}

// add adds the next message of the log.
func (k *clock) add(seq uint64, at time.Time) {
	k.sum = k.sum.Add(seq, at)
	if at.Before(k.newest) {
		if k.back == 0 {
			k.back = seq
		}
		return
	}
	k.newest = at
}

// save records the times at a size.
func (k *clock) save(size uint64) { k.sums[size], k.upto[size] = k.sum, k.newest }

// timed compares the times with a checkpoint. A statement of the hub has to match
// exactly; a cosignature has to be later than the messages that it covers.
func (c *check) timed(n signing.Note, hub []string) {
	size := n.Point.Size
	for _, t := range n.Times {
		switch {
		case !slices.Contains(hub, t.Key):
		case t.Sum != c.clock.sums[size] && len(c.Room.Breaks) > 0: // the restored log may have other sequences
			c.less(model.Safef("the recording times of the first %d entries are not those that the hub signed before "+
				"the log was restored from a copy", size))
		case t.Sum != c.clock.sums[size]:
			c.bad(model.Safef("the recording times of the first %d entries are not those that the hub signed: at "+
				"least one was changed", size))
		default:
			c.clock.timed = max(c.clock.timed, size)
		}
	}
	for _, s := range n.Seen {
		if m, ok := c.Room.Member(s.Key); !ok || m.Handle != s.Handle {
			continue
		}
		if late := c.clock.upto[size]; late.After(s.At.Add(clockSlack)) {
			what := model.Safef("%s cosigned the first %d entries at %s, but one of them has the recording time %s, "+
				"which is later", s.Handle, size, model.FormatTime(s.At), model.FormatTime(late))
			if c.Room.Rules >= rulesTimes {
				c.bad(what)
			} else {
				c.less(what)
			}
		}
	}
}

// recorded reports the messages whose recorded time is not signed by anybody.
func (c *check) recorded() {
	if k := c.clock.back; k > 0 {
		c.open(model.Safef("entry %d has an earlier recording time than the one before it: the hub's clock was set "+
			"back, or a time was changed", k))
	}
	if c.clock.timed > 0 {
		c.good(model.Safef("the hub signed the recording times of %s", c.firstEntries(c.clock.timed)))
	}
	b := c.ev.Bag
	if b == nil {
		return
	}
	if m, ok := c.Room.Member(b.Key); ok && m.Hub && m.Handle == b.Principal {
		return // its signature of the bag covers them
	}
	switch last := c.Size - c.clock.timed; {
	case last > 0:
		c.less(model.Safef("the recording times of the last %d entries are signed by the exporter only, not by the hub",
			last))
	case c.clock.sum != c.Times:
		c.less(model.Lit("the recording times of the last copies of redactions are signed by the exporter only, not " +
			"by the hub"))
	}
}
