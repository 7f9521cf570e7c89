package feed

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"warroom/feed/logcopy"
	"warroom/model"
)

// grave is what a follower knows of what was redacted in its room.
type grave struct {
	bell chan struct{} // something was redacted
	redo chan struct{} // the room has to be folded anew
	last digs          // of the follower's goroutine

	// Guarded by the follower's mu.
	told  string          // by the sexton: why something is not deleted
	done  map[uint64]bool // deleted from the log
	wiped map[uint64]bool // and from this machine's copy
	boxes int             // how many redactions are out of the outboxes here

	again sync.Mutex // one at a time folds anew
}

func newGrave() grave {
	return grave{bell: make(chan struct{}, 1), redo: make(chan struct{}, 1), done: map[uint64]bool{}, wiped: map[uint64]bool{}}
}

// witness adds to a redaction what the log says of the message that it is about.
func (d *desk) witness(ctx context.Context, b *model.EntryRedacted) error {
	r, err := d.h.w.probe(ctx, d.f.short, query{Seq: b.Seq})
	switch {
	case errors.Is(err, errNothing):
		return model.Refuse(model.Conflict, "entry %d is not in the log any more; look again", b.Seq)
	case err != nil:
		return d.h.unreachable(err)
	}
	rest, err := model.WithoutText(r.data)
	if err != nil {
		return model.Refuse(model.Invalid, "what is text in entry %d cannot be told: %s", b.Seq, err)
	}
	_, void := d.f.view().room.Refusal(b.Seq)
	b.Leaf, b.Recorded, b.Void, b.Event = messageLeaf(r).String(), d.h.w.recorded(d.f.short, r).UnixNano(), void, rest
	return nil
}

// redacted is told that something was taken out of the room. The snapshot of it
// goes at once, the rest when the room is shown, see dig.
func (f *follower) redacted() {
	if err := os.Remove(snapshotPath(f.h.o.Data, f.room)); err != nil && !errors.Is(err, os.ErrNotExist) {
		f.h.o.Logf(model.Safef("the cache of %s may still have text that was redacted, and cannot be removed: %s", f.short, err))
	}
}

// dig wakes those who have to do with what was redacted, when the room is shown.
func (f *follower) dig(anyway bool) {
	now := digs{len(f.at.room.Redactions), f.at.room.Stale()}
	if now == f.grave.last && !anyway || now.many == 0 {
		return
	}
	f.grave.last = now
	if now.stale {
		ring(f.grave.redo)
	}
	ring(f.grave.bell)
	if f.copy != nil {
		ring(f.copy.bell)
	}
}

// digs is what was redacted when a room was shown.
type digs struct {
	many  int
	stale bool
}

// afresh folds the room anew beside what is shown, with what stands for what was
// redacted, and puts it in its place.
func (f *follower) afresh(ctx context.Context) {
	f.wg.Go(func() {
		if !f.grave.again.TryLock() {
			return // what is under way looks once more, see adopt
		}
		out, ok := f.refold(ctx)
		f.grave.again.Unlock()
		if !ok {
			return
		}
		out.anew, out.afresh = false, true
		select {
		case f.check <- out:
		case <-ctx.Done():
		}
	})
}

// empty takes what was redacted out of the outboxes, whoever holds the copy.
func (c *copyist) empty() error {
	n := len(c.f.view().room.Redactions)
	c.f.mu.Lock()
	was := c.f.grave.boxes
	c.f.mu.Unlock()
	if n == was {
		return nil
	}
	err := c.f.h.wipeBoxes(c.f.room)
	if err == nil {
		c.f.mu.Lock()
		c.f.grave.boxes = n
		c.f.mu.Unlock()
	}
	return err
}

// wipe takes what was redacted out of the copy of the log, and out of what is owed.
func (c *copyist) wipe() error {
	f := c.f
	r := f.view().room
	if len(r.Redactions) == c.wiped || r.Stale() {
		return nil
	}
	stones := f.log.standFor(r)
	var with []logcopy.Message
	for _, d := range r.Redactions {
		if s, ok := stones[d.Seq]; ok {
			with = append(with, logcopy.Instead(&s, lane(f.short, laneLog, s.Handle, s.Key)))
		}
	}
	c.c.Losing = f.forgets
	n, err := c.c.Redact(with)
	for i := range with {
		if err == nil {
			err = f.h.wipeOwed(f.room, &with[i])
		}
	}
	if err != nil {
		return err
	}
	f.mu.Lock()
	for i := range with {
		f.grave.wiped[with[i].Seq] = true
	}
	f.mu.Unlock()
	if n > 0 {
		f.h.o.Logf(model.Safef("the text of what was redacted in %s is no longer in this machine's copy", f.short))
		f.leftovers()
	}
	if len(with) == len(r.Redactions) {
		c.wiped = len(with)
	}
	f.bell()
	return nil
}

// forgets takes what messages said out of what terminals on this machine keep: only
// the copy still knows it. Where that fails the copy is wiped all the same.
func (f *follower) forgets(data [][]byte) error {
	if f.h.o.Forget == nil {
		return nil
	}
	var texts []string
	for _, d := range data {
		texts = append(texts, model.FreeTexts(d)...)
	}
	if err := f.h.o.Forget(texts, f.h.sealer()); err != nil {
		f.h.o.Logf(model.Safef("drafts and histories on this machine may still have text that was redacted in %s: %s",
			f.short, err))
	}
	return nil
}

// leftovers names what was put away of this room and may still have the text: it
// is a person's to decide what becomes of it.
func (f *follower) leftovers() {
	for _, p := range []string{filepath.Join(recordDir(f.h.o.Data, f.room), "log.*-*"), filepath.Join(f.h.o.Data, "hub", "aside", f.short+"-*"),
		filepath.Join(f.h.o.Data, "outbox", "*", f.room+"*.bad-*"), filepath.Join(recordDir(f.h.o.Data, f.room), "again", "*.bad-*")} {
		found, err := filepath.Glob(escapeGlob(filepath.Dir(p)) + string(filepath.Separator) + filepath.Base(p))
		if err != nil {
			continue // only a bad pattern
		}
		for _, name := range found {
			f.h.o.Logf(model.Safef("%s was put away earlier and may still have text that was redacted since; remove it when you do not need it any more", name))
		}
	}
}

// wipeBoxes writes the outboxes of a room anew, without what is stored already.
func (h *house) wipeBoxes(room string) error {
	h.mu.Lock()
	desks := make([]*desk, 0, len(h.desks))
	for _, d := range h.desks {
		if d.f.room == room {
			desks = append(desks, d)
		}
	}
	h.mu.Unlock()
	var errs []error
	mine := map[string]bool{}
	for _, d := range desks {
		d.mu.Lock()
		mine[d.box.path] = true
		errs = append(errs, d.box.compact())
		d.mu.Unlock()
	}
	boxes, err := filepath.Glob(filepath.Join(escapeGlob(h.o.Data), "outbox", "*", room+boxEnd))
	if err != nil {
		return errors.Join(errs...) // only a bad pattern
	}
	for _, path := range boxes {
		if !mine[path] && !h.isBusy(path) {
			errs = append(errs, h.wipeBox(path))
		}
	}
	return errors.Join(errs...)
}

// wipeBox does so for a box that nobody holds; whoever holds it does it.
func (h *house) wipeBox(path string) error {
	o, _, err := readOutbox(path, h.safe.Box(outboxPurpose))
	if err != nil || checkHandle(o.head.Handle) != nil {
		return err
	}
	p, done, err := h.penOf(o.head.Handle, filepath.Base(filepath.Dir(path)))
	if p == nil || err != nil {
		return err
	}
	h.mu.Lock() // no desk is opened meanwhile
	defer h.mu.Unlock()
	for _, d := range h.desks {
		if d.box.path == path {
			return done()
		}
	}
	o, _, err = h.outbox(path, o.head)
	if err == nil {
		err = o.close()
	}
	return errors.Join(err, done())
}

// wipeOwed forgets a message that was redacted and that a key owes to the room.
func (h *house) wipeOwed(room string, gone *logcopy.Message) error {
	_, key, _ := author(gone.Subject)
	all := h.readOwed(room, key)
	left := slices.DeleteFunc(slices.Clone(all), func(m logcopy.Message) bool { return m.Leaf() == gone.Leaf() })
	if len(left) == len(all) {
		return nil
	}
	path := owedPath(h.o.Data, room, key)
	if len(left) == 0 {
		return ifNot(os.Remove(path), os.ErrNotExist)
	}
	return h.writeOwed(room, key, left)
}
