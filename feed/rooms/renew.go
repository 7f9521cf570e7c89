package rooms

import (
	"fmt"
	"os"
	"path/filepath"

	"warroom/feed/keyring"
	"warroom/feed/writer"
	"warroom/model"
)

// Renew retires a key that cannot be used any more and creates a new one. The waiting
// drafts move to the new key; they are not signed yet. why is logged. Locks are taken in
// the order client, identity, writer, follower.
func (c *Set) Renew(p *keyring.Identity, old *keyring.Key, why model.Safe) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var writers []*writer.Writer
	var held []func()
	defer func() {
		for _, release := range held {
			release()
		}
	}()
	return p.Renew(old, func(k *keyring.Key) error {
		for id, d := range c.writers {
			if id.identity == p {
				held, writers = append(held, d.Hold()), append(writers, d.Writer)
			}
		}
		from, to := filepath.Join(c.env.Store.Data, "outbox", old.Text),
			filepath.Join(c.env.Store.Data, "outbox", k.Text)
		if err := os.Rename(from, to); err != nil {
			return fmt.Errorf("move outbox: %w", err)
		}
		return nil
	}, func(k *keyring.Key) error {
		for _, d := range writers {
			if err := d.MoveKey(k.Text, old.Text); err != nil {
				return fmt.Errorf("move outbox: %w", err)
			}
		}
		c.env.Logf(model.Safef("the key %s of %s %s; it was set aside, and this terminal now writes with a new one",
			old.Text, p.Handle, why))
		return nil
	})
}
