package record

import (
	"slices"
	"time"

	"warroom/model"
	"warroom/model/seal"
)

// clockSlack is how far the clocks of a hub and of a witness may be apart. A terminal
// whose clock is further behind does not cosign.
const clockSlack = time.Hour

// ClockSlack is clockSlack for who cosigns.
const ClockSlack = clockSlack

// rulesTimes is the version of a room's rules from which on no cosignature is older
// than what it covers.
const rulesTimes = 2

// clock is when the messages of a log were recorded, as far as they were read.
type clock struct {
	sum    seal.Times
	newest time.Time
	back   uint64 // the first message that was recorded before the one that it follows

	sums  map[uint64]seal.Times // at the sizes that somebody speaks of
	upto  map[uint64]time.Time
	timed uint64 // the size up to which the hub's key signed the times
}

func newClock() clock {
	return clock{sums: map[uint64]seal.Times{}, upto: map[uint64]time.Time{}}
}

// add takes the next message of the log.
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

// keep notes where the times are at a size.
func (k *clock) keep(size uint64) { k.sums[size], k.upto[size] = k.sum, k.newest }

// timed compares the times with what a checkpoint says of them: the hub exactly, a
// witness that what it saw was recorded by then.
func (c *check) timed(n seal.Note, hub []string) {
	size := n.Point.Size
	for _, t := range n.Times {
		switch {
		case !slices.Contains(hub, t.Key):
		case t.Sum != c.clock.sums[size] && len(c.Room.Breaks) > 0: // the restored log may have other sequences
			c.less(model.Safef("the times of recording of the first %d entries are not those that the hub's key "+
				"signed before the log was restored from a copy", size))
		case t.Sum != c.clock.sums[size]:
			c.bad(model.Safef("the times of recording of the first %d entries are not those that the hub's key "+
				"signed: at least one was changed", size))
		default:
			c.clock.timed = max(c.clock.timed, size)
		}
	}
	for _, s := range n.Seen {
		if m, ok := c.Room.Member(s.Key); !ok || m.Handle != s.Handle {
			continue
		}
		if late := c.clock.upto[size]; late.After(s.At.Add(clockSlack)) {
			what := model.Safef("one of the first %d entries says that it was recorded at %s, and %s cosigned "+
				"them at %s, before that", size, model.Stamp(late), s.Handle, model.Stamp(s.At))
			if c.Room.Rules >= rulesTimes {
				c.bad(what)
			} else {
				c.less(what)
			}
		}
	}
}

// recorded names what nobody's signature says of when messages were recorded.
func (c *check) recorded() {
	if k := c.clock.back; k > 0 {
		c.open(model.Safef("entry %d was recorded before the one that it follows: the hub's clock was set back, "+
			"or a time was changed", k))
	}
	if c.clock.timed > 0 {
		c.good(model.Safef("when they were recorded is signed by the hub's key for the first %d "+
			"entries", c.clock.timed))
	}
	b := c.ev.Bag
	if b == nil {
		return
	}
	if m, ok := c.Room.Member(b.Key); ok && m.Hub && m.Handle == b.Principal {
		return // its signature of the record covers them
	}
	switch last := c.Size - c.clock.timed; {
	case last > 0:
		c.less(model.Safef("when the last %d entries were recorded is signed by the exporter alone, not by the "+
			"hub", last))
	case c.clock.sum != c.Times:
		c.less(model.Lit("when the last messages about what was redacted were stored is signed by the exporter " +
			"alone, not by the hub"))
	}
}
