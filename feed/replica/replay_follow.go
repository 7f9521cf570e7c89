package replica

import (
	"warroom/feed/mirror"
	"warroom/feed/subjects"
)

// queueReplay stores the lost messages of the keys of this data directory for publishing,
// and passes them to the open writers.
func (c *Mirror) queueReplay(lost []mirror.Message) error {
	f := c.f
	byKey := map[string][]mirror.Message{}
	for _, m := range lost {
		_, key, _ := subjects.Author(m.Subject)
		byKey[key] = append(byKey[key], m)
	}
	f.mu.Lock()
	writers := make(map[string]bool, len(f.writers))
	for k := range f.writers {
		writers[k] = true
	}
	f.mu.Unlock()
	for key, ms := range byKey {
		if !writers[key] && !f.env.Keys.Holds(key) {
			continue // the terminal of its author has it
		}
		if err := f.env.Store.AppendReplay(f.Room, key, ms); err != nil {
			return err
		}
	}
	c.collect()
	return nil
}

// collect makes each writer of this room load the messages to publish again.
func (c *Mirror) collect() {
	f := c.f
	f.mu.Lock()
	writers := make(map[string]Writer, len(f.writers))
	for k, d := range f.writers {
		writers[k] = d
	}
	f.mu.Unlock()
	for key, d := range writers {
		d.LoadReplay(key)
	}
}
