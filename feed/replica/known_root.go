package replica

import (
	"errors"

	"warroom/feed/logreader"
	"warroom/model"
)

// knownRoot returns the root that this terminal has stored for the room, or nil.
func (c *Mirror) knownRoot() *logreader.KnownRoot {
	f := c.f
	k, err := f.env.Store.Known(f.Room)
	if err != nil || k == nil || k.Short != f.Short || k.Where != f.env.Store.Server || k.Size == 0 {
		return nil // a damaged file is reported when it is written
	}
	return logreader.NewKnownRoot(k.Size, k.Root)
}

// otherLog handles a log whose root differs from the stored one.
func (c *Mirror) otherLog(k *logreader.KnownRoot) {
	f := c.f
	size, has, want := k.Found()
	f.alarm(model.Safef("the first %d entries of the hub's log are not those that this terminal knows (root %.8s "+
		"instead of %.8s): there are two records; export both and compare",
		size, has, want))
}

// ErrFound ends reading early.
var ErrFound = errors.New("found")
