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
	if c.agrees(p, model.Lit("the checkpoint that was pinned")) {
		c.good(model.Safef("the first %d of %d entries are those of the checkpoint that was pinned", p.Size, c.Size))
		hub, _ := c.keys()
		if n, ok := signing.UnderPin(c.w.Pin, c.Room.ID, hub); ok {
			c.timed(n, hub)
		}
		if p.Size < c.Size {
			c.open(model.Safef("the pinned checkpoint says nothing of the %d entries behind it", c.Size-p.Size))
		}
	}
}

// compareKnown compares the log with the newest checkpoint that this machine has seen.
func (c *check) compareKnown() {
	if p, err := signing.PinText(c.ev.KnownCheckpoint); err == nil &&
		c.agrees(p, model.Lit("the checkpoint on this machine")) {
		c.good(model.Safef("the first %d of %d entries are those of the checkpoint on this machine", p.Size, c.Size))
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
		c.less(model.Safef("the hub handed this on, and no checkpoint of it covers the last %d entries", c.Size-c.hub))
	case c.known == c.Size || ok:
		c.less(model.Safef("that the log ends at entry %d is the word of one person of the room, not of its hub",
			c.last()))
	default:
		c.bad(model.Safef("nobody whom the room knows signed that the log ends at entry %d: anybody may have cut it",
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
		c.good(model.Safef("cosigned up to %d entries by %s, whose terminals computed the same root", best, list(all)))
	}
	switch {
	case c.w.Witness > 0 && best == 0:
		c.less(model.Safef("no checkpoint in it is cosigned by %d people", c.w.Witness))
	case c.w.Witness > 0 && best < c.Size:
		c.less(model.Safef("%d people cosigned the first %d entries, not the last %d", c.w.Witness, best,
			c.Size-best))
	case best < c.Size && c.w.Pin == nil:
		c.open(model.Safef("only the hub signed the last %d entries: whoever has its key may have cut or "+
			"reordered them. A cosignature or a checkpoint that you kept (--pin) excludes that", c.Size-best))
	}
}
