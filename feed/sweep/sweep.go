// Package sweep completes the work of processes that have ended: it sends outboxes that
// no process has open, publishes lost messages again, and deletes redacted messages. In a
// process that hosts for others it also follows the active rooms, so that the machine has
// replicas of their logs.
package sweep

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"warroom/feed/atomicfile"
	"warroom/feed/keyring"
	"warroom/feed/outbox"
	"warroom/feed/rooms"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/feed/writer"
	"warroom/model"
)

// sweepFor is the time limit for one room.
const sweepFor = 20 * time.Second

// sweepEvery is how often a host checks for work of processes that have ended.
const sweepEvery = 30 * time.Second

// Sweeper completes the work of processes on this machine that have ended.
type Sweeper struct {
	*writer.Env
	Rooms      *rooms.Set
	Shorts     func(ctx context.Context) ([]string, error) // returns all rooms
	Via        string                                      // origin of the owner of this process
	HubService bool                                        // this process runs the hub service of a server

	wake chan struct{}
}

// New initializes a Sweeper. Run starts it.
func New(c *Sweeper) *Sweeper {
	c.wake = make(chan struct{}, 1)
	return c
}

// Look makes it check now.
func (c *Sweeper) Look() { wake.Notify(c.wake) }

// Run sends the outboxes that no process has open: at the start, when this process begins
// to host, and at intervals while it hosts. A one-shot command does not, unless it hosts,
// because it would end before it is done.
func (c *Sweeper) Run() {
	t := time.NewTicker(sweepEvery)
	defer t.Stop()
	finished := false // redacted messages were deleted since this process hosts
	dropped := false  // redacted texts were dropped from the replicas
	for {
		select {
		case <-c.Ctx.Done():
			return
		case <-c.wake:
		case <-t.C:
			if !c.Hosting() && c.Via != subjects.HubHandle {
				continue
			}
		}
		if c.Via == "cli" && !c.Hosting() {
			continue
		}
		for _, b := range outbox.Files(c.Store.Data, "", "") {
			if err := c.sweepBox(b); err != nil && c.Ctx.Err() == nil && c.Link().State != model.Offline {
				c.Logf(model.Safef("the lines in %s were not sent: %s", b, err))
			}
		}
		c.sweepReplays()
		hosts := c.Hosting() || c.HubService
		if hosts && !finished && c.Via != "cli" {
			c.finishDeletions()
		}
		finished = hosts
		if !dropped && c.Via != "cli" {
			dropped = true
			c.dropRedacted()
		}
	}
}

// sweepReplays publishes the lost messages of keys that no process holds.
func (c *Sweeper) sweepReplays() {
	files, err := filepath.Glob(filepath.Join(atomicfile.EscapeGlob(c.Store.Data), "record", "*", "again", "*"))
	if err != nil {
		return // only for an invalid pattern
	}
	for _, p := range files {
		if strings.Contains(filepath.Base(p), ".") {
			continue // being written, or renamed
		}
		if err := c.sweepReplay(p); err != nil && c.Ctx.Err() == nil && c.Link().State != model.Offline {
			c.Logf(model.Safef("the lines in %s were not sent again: %s", p, err))
		}
	}
}

// sweepBox sends one outbox if its key is free.
func (c *Sweeper) sweepBox(path string) error {
	if c.Ctx.Err() != nil {
		return nil
	}
	o, _, err := c.Store.ReadOutbox(path) // the writer that opens it moves damaged lines away
	if err != nil {
		return err
	}
	if o.Unsent() == 0 || c.Rooms.IsBusy(path) || subjects.CheckHandle(o.Head.Handle) != nil {
		return nil
	}
	p, done, err := c.Rooms.IdentityOf(o.Head.Handle, outbox.KeyOf(path))
	if p == nil || err != nil {
		return err
	}
	return errors.Join(c.sendAll(p, path, o), done())
}

// sendAll sends an outbox. If its room was never stored, because its process ended during
// the declaration, the outbox is renamed.
func (c *Sweeper) sendAll(p *keyring.Identity, path string, o *outbox.Box) error {
	ctx, cancel := context.WithTimeout(c.Ctx, sweepFor)
	defer cancel()
	room := outbox.RoomOf(path)
	var first *model.Event
	err := error(model.Refuse(model.NotFound, "it has no name yet"))
	if o.Head.Short != "" {
		_, first, err = c.First(ctx, o.Head.Short)
	}
	if err == nil && first.Room != room {
		err = model.Refuse(model.NotFound, "%s is another room on this hub", o.Head.Short)
	}
	if model.CodeOf(err) == model.NotFound && o.Drafts[0].Draft.Kind.Begins() {
		return os.Rename(path, path+".never")
	}
	if err != nil {
		return err
	}
	return c.sendOut(p, o.Head.Short, room)
}

// sendOut sends the drafts of an identity for a room.
func (c *Sweeper) sendOut(p *keyring.Identity, short, room string) error {
	ctx, cancel := context.WithTimeout(c.Ctx, sweepFor)
	defer cancel()
	d, err := c.Rooms.Attach(ctx, p, short)
	if err != nil {
		return err
	}
	if d.Follower.Room != room {
		return errors.Join(model.Refuse(model.NotFound, "%s is another room on this hub", short), c.Rooms.Detach(d))
	}
	if p.Away {
		if err = d.Follower.AwaitTip(ctx); err != nil || !d.Admission.Inside() {
			return errors.Join(err, c.Rooms.Detach(d))
		}
	}
	return errors.Join(d.Empty(ctx), c.Rooms.Detach(d))
}

// sweepReplay publishes the lost messages of one key, if no process holds it.
func (c *Sweeper) sweepReplay(path string) error {
	key, room := filepath.Base(path), filepath.Base(filepath.Dir(filepath.Dir(path)))
	k, err := roomstore.ReadCheckpoint(c.Store.Data, room, c.Now())
	if err != nil || k == nil || k.Where != c.Store.Server || c.Ctx.Err() != nil {
		return err
	}
	ms := c.Store.ReadReplay(room, key)
	if len(ms) == 0 {
		return nil
	}
	handle, _, _ := subjects.Author(ms[0].Subject)
	if subjects.CheckHandle(handle) != nil {
		return nil // the hub's own key, which the process that hosts has
	}
	p, done, err := c.Rooms.IdentityOf(handle, key)
	if p == nil || err != nil {
		return err
	}
	return errors.Join(c.sendOut(p, k.Short, room), done())
}
