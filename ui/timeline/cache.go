package timeline

import (
	"sync"

	"warroom/model"
	"warroom/ui/draw"
	"warroom/ui/theme"
	"warroom/ui/view"
)

// maxRows is the number of lines in one generation of the cache.
const maxRows = 4096

// Cache has the wrapped rows of lines, shared by the terminals of a process. The key has
// everything that rows depend on, including whether the viewer is mentioned, and
// identifies a line by its pointer, so lines of different rooms do not collide. It is
// safe for concurrent use.
type Cache struct {
	mu         sync.RWMutex
	young, old map[shownKey]*shown
}

// NewCache returns an empty cache.
func NewCache() *Cache { return &Cache{young: map[shownKey]*shown{}} }

// shownKey is what the rows of a line depend on.
type shownKey struct {
	line *model.Line
	st   view.LineState
	th   *theme.Theme
}

// shown are the rows of a line, and what they depend on. They are not modified.
type shown struct {
	key  shownKey
	rows []draw.Line
}

// rows returns the rows of a line.
func (c *Cache) rows(r *model.Room, k shownKey) *shown {
	c.mu.RLock()
	out, ok := c.young[k]
	old := c.old[k]
	c.mu.RUnlock()
	if ok {
		return out
	}
	if old == nil {
		old = &shown{key: k, rows: view.EntryRows(r, k.line, k.st, k.th)}
	}
	return c.intern(k, old)
}

// intern stores rows and returns the stored ones: another terminal may have stored them
// first. Rows that were not used for a generation are dropped.
func (c *Cache) intern(k shownKey, out *shown) *shown {
	c.mu.Lock()
	defer c.mu.Unlock()
	if existing, ok := c.young[k]; ok {
		return existing
	}
	if len(c.young) >= maxRows {
		c.old, c.young = c.young, map[shownKey]*shown{}
	}
	c.young[k] = out
	return out
}
