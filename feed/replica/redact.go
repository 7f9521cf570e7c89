package replica

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"

	"warroom/feed/atomicfile"
	"warroom/feed/mirror"
	"warroom/feed/roomstore"
	"warroom/feed/subjects"
	"warroom/feed/wake"
	"warroom/model"
)

// Redactor deletes the redacted messages of a follower's room.
type Redactor struct {
	f    *Follower
	wake chan struct{} // receives a value after a redaction
	redo chan struct{} // receives a value when the room has to be refolded
	last redactionMark // used only by the follower's run

	// The fields below are guarded by the follower's mu.
	lastProblem string          // why the last deletion failed
	done        map[uint64]bool // deleted from the log
	wiped       map[uint64]bool // wiped from this machine's replica
	boxes       int             // number of redactions applied to the outboxes here

	refoldMu sync.Mutex // held during a refold
}

func newRedactor(f *Follower) Redactor {
	return Redactor{f: f, wake: make(chan struct{}, 1), redo: make(chan struct{}, 1), done: map[uint64]bool{},
		wiped: map[uint64]bool{}}
}

// redacted handles a new redaction. It removes the snapshot of the room at once; the rest
// follows when the room is shown.
func (rd *Redactor) redacted() {
	f := rd.f
	if err := os.Remove(roomstore.SnapshotPath(f.env.Store.Data, f.Room)); err != nil &&
		!errors.Is(err, os.ErrNotExist) {
		f.env.Logf(model.Safef("the cache of %s may still have text that was redacted, and cannot be removed: %s",
			f.Short, err))
	}
}

// wakeRedactor notifies the goroutines that handle redactions, when the room is shown.
func (rd *Redactor) wakeRedactor(anyway bool) {
	f := rd.f
	now := redactionMark{many: len(f.at.room.Redactions), stale: f.at.room.Stale()}
	if now == f.Deletions.last && !anyway || now.many == 0 {
		return
	}
	f.Deletions.last = now
	if now.stale {
		wake.Notify(f.Deletions.redo)
	}
	wake.Notify(f.Deletions.wake)
	if f.Copy != nil {
		wake.Notify(f.Copy.wake)
	}
}

// redactionMark is the number of redactions in a view and whether their texts are still
// in it.
type redactionMark struct {
	many  int
	stale bool
}

// afresh starts a refold of the room with the tombstones of redacted messages.
func (rd *Redactor) afresh(ctx context.Context) {
	f := rd.f
	f.wg.Go(func() {
		if !f.Deletions.refoldMu.TryLock() {
			return // the refold in progress is followed by another check, see adopt
		}
		out, ok := f.refold(ctx)
		f.Deletions.refoldMu.Unlock()
		if !ok {
			return
		}
		out.repaired, out.afresh = false, true
		select {
		case f.check <- out:
		case <-ctx.Done():
		}
	})
}

// empty applies the redactions to the outboxes, whether or not this process has the
// replica open.
func (c *Mirror) empty() error {
	n := len(c.f.View().Room.Redactions)
	c.f.mu.Lock()
	prev := c.f.Deletions.boxes
	c.f.mu.Unlock()
	if n == prev {
		return nil
	}
	err := c.f.env.WipeOutboxes(c.f.Room)
	if err == nil {
		c.f.mu.Lock()
		c.f.Deletions.boxes = n
		c.f.mu.Unlock()
	}
	return err
}

// wipe applies the redactions to the replica, and to the messages to publish again.
func (c *Mirror) wipe() error {
	f := c.f
	r := f.View().Room
	if len(r.Redactions) == c.wiped || r.Stale() {
		return nil
	}
	tombstones := f.Log.StandFor(r)
	var with []mirror.Message
	for _, d := range r.Redactions {
		if s, ok := tombstones[d.Seq]; ok {
			with = append(with, mirror.Instead(&s, subjects.Of(f.Short, subjects.Log, s.Handle, s.Key)))
		}
	}
	c.c.Losing = f.Deletions.forgets
	n, err := c.c.Redact(with)
	for i := range with {
		if err == nil {
			err = f.env.Store.WipeReplay(f.Room, &with[i])
		}
	}
	if err != nil {
		return err
	}
	f.mu.Lock()
	for i := range with {
		f.Deletions.wiped[with[i].Seq] = true
	}
	f.mu.Unlock()
	if n > 0 {
		f.env.Logf(model.Safef("the redacted text of %s is no longer in this machine's copy", f.Short))
		f.Deletions.leftovers()
	}
	if len(with) == len(r.Redactions) {
		c.wiped = len(with)
	}
	f.NotifyWatchers()
	return nil
}

// forgets removes the texts of redacted messages from the other files of terminals on
// this machine. The replica is the last to have the texts, and is wiped even if this
// fails.
func (rd *Redactor) forgets(data [][]byte) error {
	f := rd.f
	if f.env.Forget == nil {
		return nil
	}
	var texts []string
	for _, d := range data {
		texts = append(texts, model.FreeTexts(d)...)
	}
	if err := f.env.Forget(texts, f.env.Store.Sealer()); err != nil {
		f.env.Logf(model.Safef("drafts and histories on this machine may still have text that was redacted in "+
			"%s: %s",
			f.Short, err))
	}
	return nil
}

// leftovers logs the renamed files of this room that may still have the text. The user
// decides what becomes of them.
func (rd *Redactor) leftovers() {
	f := rd.f
	for _, p := range []string{filepath.Join(roomstore.Dir(f.env.Store.Data, f.Room), "log.*-*"),
		filepath.Join(f.env.Store.Data, "hub", "aside", f.Short+"-*"),
		filepath.Join(f.env.Store.Data, "outbox", "*", atomicfile.Name(f.Room)+"*.bad-*"),
		filepath.Join(roomstore.Dir(f.env.Store.Data, f.Room), "again", "*.bad-*")} {
		found, err := filepath.Glob(atomicfile.EscapeGlob(filepath.Dir(p)) + string(filepath.Separator) +
			filepath.Base(p))
		if err != nil {
			continue // only for an invalid pattern
		}
		for _, name := range found {
			f.env.Logf(model.Safef("%s was set aside earlier and may still have text that was redacted since; "+
				"remove it when you no longer need it", name))
		}
	}
}
