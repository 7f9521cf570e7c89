package rooms

import (
	"errors"

	"warroom/feed/outbox"
	"warroom/feed/subjects"
	"warroom/feed/writer"
)

// WipeBoxes rewrites the outboxes of a room without the drafts that are stored.
func (c *Set) WipeBoxes(room string) error {
	c.mu.Lock()
	writers := make([]*writer.Writer, 0, len(c.writers))
	for _, d := range c.writers {
		if d.Follower.Room == room {
			writers = append(writers, d.Writer)
		}
	}
	c.mu.Unlock()
	var errs []error
	ownPaths := map[string]bool{}
	for _, d := range writers {
		path, err := d.Compact()
		ownPaths[path] = true
		errs = append(errs, err)
	}
	for _, path := range outbox.Files(c.env.Store.Data, "", room) {
		if !ownPaths[path] && !c.IsBusy(path) {
			errs = append(errs, c.wipeBox(path))
		}
	}
	return errors.Join(errs...)
}

// wipeBox rewrites an outbox that no process has open.
func (c *Set) wipeBox(path string) error {
	o, _, err := c.env.Store.ReadOutbox(path)
	if err != nil || subjects.CheckHandle(o.Head.Handle) != nil {
		return err
	}
	p, done, err := c.IdentityOf(o.Head.Handle, outbox.KeyOf(path))
	if p == nil || err != nil {
		return err
	}
	c.mu.Lock() // no writer may be opened meanwhile
	defer c.mu.Unlock()
	for _, d := range c.writers {
		if d.BoxPath() == path {
			return done()
		}
	}
	o, _, err = c.env.Store.OpenOutbox(path, o.Head)
	if err == nil {
		err = o.Close()
	}
	return errors.Join(err, done())
}
