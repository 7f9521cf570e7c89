package bundle

import (
	"slices"

	"warroom/model"
	"warroom/model/signing"
)

// pin compares the log with the checkpoint that the verifier kept.
func (c *check) pin() {
	if c.w.Pin == nil {
		return
	}
	p, err := signing.PinText(c.w.Pin)
	if err != nil {
		c.bad(model.Safef("the checkpoint given with --pin cannot be read: %s", err))
		return
	}
	if c.agrees(p, model.Lit("the pinned checkpoint")) {
		c.good(model.Safef("%s match the pinned checkpoint", c.firstEntries(p.Size)))
		hub, _ := c.keys()
		if n, ok := signing.UnderPin(c.w.Pin, c.Room.ID, hub); ok {
			c.timed(n, hub)
		}
		if p.Size < c.Size {
			c.open(model.Safef("the pinned checkpoint does not cover the last %d entries", c.Size-p.Size))
		}
	}
}

// compareKnown compares the log with the newest checkpoint that this machine has seen.
func (c *check) compareKnown() {
	if p, err := signing.PinText(c.ev.KnownCheckpoint); err == nil &&
		c.agrees(p, model.Lit("the checkpoint that this machine stored")) {
		c.good(model.Safef("%s match the checkpoint that this machine stored", c.firstEntries(p.Size)))
	}
}

// covered reports the entries that no signature of the hub covers.
func (c *check) covered() {
	if c.ev.Bag == nil {
		if c.hub < c.Size {
			c.open(model.Safef("no checkpoint of the hub covers the last %d entries yet", c.Size-c.hub))
		}
		return
	}
	signer, ok := c.Room.Member(c.ev.Bag.Key)
	switch {
	case c.hub == c.Size:
	case ok && signer.Hub:
		c.less(model.Safef("the hub signed the export, but none of its checkpoints covers the last %d entries",
			c.Size-c.hub))
	case c.known == c.Size || ok:
		c.less(model.Safef("only a member of the room, not its hub, signed that the log ends at entry %d", c.last()))
	default:
		c.bad(model.Safef("no key of the room signed that the log ends at entry %d: anybody could have cut off its end",
			c.last()))
	}
}

// witnessed reports who cosigned the log.
func (c *check) witnessed() {
	sizes, best, all := make([]uint64, 0, len(c.seen)), uint64(0), []string(nil)
	for n := range c.seen {
		sizes = append(sizes, n)
	}
	slices.Sort(sizes)
	for _, n := range sizes {
		if who := c.seen[n]; len(who) >= max(1, c.w.Witness) {
			best, all = n, who
		}
	}
	if best > 0 {
		slices.Sort(all)
		c.good(model.Safef("a checkpoint over %s is cosigned by %s, whose terminals computed the same root",
			c.firstEntries(best), list(all)))
	}
	switch {
	case c.w.Witness > 0 && best == 0:
		c.less(model.Safef("no checkpoint is cosigned by %s, as --witness requires",
			counted(c.w.Witness, "person", "people")))
	case c.w.Witness > 0 && best < c.Size:
		c.less(model.Safef("the last %d entries are not cosigned by %s, as --witness requires", c.Size-best,
			counted(c.w.Witness, "person", "people")))
	case best < c.Size && c.w.Pin == nil:
		what := model.Lit("the log")
		if best > 0 {
			what = model.Safef("the last %d entries", c.Size-best)
		}
		c.open(model.Safef("no cosignature covers %s: whoever has the hub's key could have removed or reordered "+
			"entries. A cosignature or a checkpoint that you kept (--pin) rules that out", what))
	}
}
