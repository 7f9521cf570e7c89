package rooms

import "warroom/feed/replica"

// Open returns the rooms that are open in this process, by short id.
func (c *Set) Open() map[string]*replica.Follower {
	c.mu.Lock()
	defer c.mu.Unlock()
	out := map[string]*replica.Follower{}
	for short, op := range c.rooms {
		if f := op.room(); f != nil {
			out[short] = f
		}
	}
	return out
}
