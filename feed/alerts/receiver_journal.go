package alerts

import (
	"context"
	"errors"
	"fmt"

	"warroom/model"
)

// journal writes a reading that is held to the journal, with the copy of its input. The
// caller must commit it after it has released the lock of the queue.
func (l *roomQueue) journal(ctx context.Context, g *model.AlertGroups, in *model.Intake, dl *Delivery,
	from origin) (*heldFile, int64, error) {
	if l.d.o.Journal == nil {
		return nil, 0, nil
	}
	if len(l.files) == 0 {
		f, err := l.d.o.Journal.begin()
		if err != nil {
			return nil, 0, journalError(err)
		}
		l.files = []*heldFile{f}
	}
	var raw []byte
	if l.files[0].takesRaw() {
		raw = l.packRaw(ctx, in, dl)
	}
	upto, err := l.files[0].add(l.room, from, *in, g, raw)
	if err != nil {
		return nil, 0, journalError(err)
	}
	return l.files[0], upto, nil
}

// journalError returns the error for a sender whose alerts could not be written to disk.
func journalError(err error) error {
	if errors.Is(err, errHeldFull) {
		return model.Refuse(model.Unreachable, "%s; send it again in a moment", errHeldFull)
	}
	return model.Refuse(model.Unreachable,
		"the alerts could not be written to the hub's disk: free some space, and send them again")
}

// settle removes the journal files of a queue whose alerts are stored. The caller must hold
// the lock of the queue.
func (l *roomQueue) settle() {
	for _, f := range l.files {
		if err := f.remove(); err != nil {
			l.d.o.Logf(model.Safef("%s cannot be removed, so its alerts are read again at the next start: %s", f.path,
				err))
		}
	}
	l.files = nil
}

// leave leaves the journal files of a queue, if it still holds something, to the next
// process.
func (l *roomQueue) leave() {
	for _, f := range l.files {
		_ = f.leave() // the file stays in any case
	}
	l.files = nil
}

// Restore stores the alerts that a killed process accepted but did not store. Alerts that
// are stored already are not stored twice. It returns at once; what cannot be stored is
// logged, and kept for the next start.
func (d *Receiver) Restore() {
	if d.o.Journal == nil {
		return
	}
	d.wg.Go(func() {
		if err := d.restoreAll(d.ctx); err != nil && d.ctx.Err() == nil {
			d.o.Logf(model.Safef("alerts that were accepted before have not been stored yet: %s", model.Sentence(err)))
		}
	})
}

// restoreAll stores the content of all files.
func (d *Receiver) restoreAll(ctx context.Context) error {
	files, err := d.o.Journal.leftovers()
	for _, f := range files {
		if rerr := d.restore(ctx, f); rerr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", f.path, rerr), f.leave())
		}
	}
	return err
}

// restore holds the alerts of a file in the queues of their rooms, and has them stored.
func (d *Receiver) restore(ctx context.Context, f *heldFile) error {
	queues := map[string]*roomQueue{}
	err := f.lines(func(line heldLine) error {
		l := queues[line.Room]
		if l == nil {
			var err error
			if l, err = d.queueFor(line.Room); err != nil {
				return err
			}
			queues[line.Room] = l
		}
		g := model.AlertGroups{Sender: line.Sender}
		if err := g.AddEncoded(line.Group); err != nil {
			return err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if err := l.open(ctx); err != nil {
			return err
		}
		now := d.o.Now()
		l.turn(now)
		l.hold(&g, line.origin(), string(line.Sum), line.N, now)
		return nil
	})
	if err != nil {
		return err
	}
	if len(queues) != 1 { // a file has one room; an empty one is removed
		return f.remove()
	}
	for _, l := range queues {
		l.mu.Lock()
		l.files = append(l.files, f)
		l.mu.Unlock()
		l.flush()
	}
	return nil
}
