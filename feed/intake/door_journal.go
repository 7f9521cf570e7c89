package intake

import (
	"context"
	"errors"
	"fmt"

	"warroom/model"
)

// journal writes a reading that is to be held to disk. The caller commits it, when
// it does not hold the lock of the lane any more.
func (l *lane) journal(g *model.AlertGroups, in model.Intake) (*heldFile, int64, error) {
	if l.d.o.Journal == nil {
		return nil, 0, nil
	}
	if len(l.files) == 0 {
		f, err := l.d.o.Journal.begin()
		if err != nil {
			return nil, 0, notKept(err)
		}
		l.files = []*heldFile{f}
	}
	upto, err := l.files[0].add(l.room, in.Format, in, g)
	if err != nil {
		return nil, 0, notKept(err)
	}
	return l.files[0], upto, nil
}

// notKept is what a sender gets whose alerts could not be written to disk.
func notKept(err error) error {
	if errors.Is(err, errHeldFull) {
		return model.Refuse(model.Unreachable, "%s; send it again in a moment", errHeldFull)
	}
	return model.Refuse(model.Unreachable,
		"the alerts could not be written to the hub's disk: see that it has room, and send them again")
}

// settle removes the files of a lane whose alerts are stored. It must be called
// with the lane's lock held.
func (l *lane) settle() {
	for _, f := range l.files {
		if err := f.remove(); err != nil {
			l.d.o.Logf(model.Safef("%s cannot be removed, its alerts are read once more at the next start: %s", f.path, err))
		}
	}
	l.files = nil
}

// leave leaves the files of a lane to the next process, where something is held
// still.
func (l *lane) leave() {
	for _, f := range l.files {
		_ = f.leave() // it lies there all the more
	}
	l.files = nil
}

// Restore stores the alerts that a process has accepted and not stored, because it
// was killed. What is stored already is not stored twice. It returns at once; what
// cannot be stored is logged, and stays for the next start.
func (d *Door) Restore() {
	if d.o.Journal == nil {
		return
	}
	d.wg.Go(func() {
		if err := d.restoreAll(d.ctx); err != nil && d.ctx.Err() == nil {
			d.o.Logf(model.Safef("alerts that were accepted before are not stored yet: %s", model.Sentence(err)))
		}
	})
}

// restoreAll stores what all files hold.
func (d *Door) restoreAll(ctx context.Context) error {
	files, err := d.o.Journal.leftovers()
	for _, f := range files {
		if rerr := d.restore(ctx, f); rerr != nil {
			err = errors.Join(err, fmt.Errorf("%s: %w", f.path, rerr), f.leave())
		}
	}
	return err
}

// restore holds the alerts of a file in the lanes of their rooms, and has them
// stored.
func (d *Door) restore(ctx context.Context, f *heldFile) error {
	lanes := map[string]*lane{}
	err := f.lines(func(line heldLine) error {
		l := lanes[line.Room]
		if l == nil {
			var err error
			if l, err = d.lane(line.Room); err != nil {
				return err
			}
			lanes[line.Room] = l
		}
		var g model.AlertGroups
		if err := g.AddPart(line.Group); err != nil {
			return err
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if err := l.open(ctx); err != nil {
			return err
		}
		now := d.o.Now()
		l.turn(now)
		l.hold(&g, line.Format, string(line.Sum), line.N, now)
		return nil
	})
	if err != nil {
		return err
	}
	if len(lanes) != 1 { // a file has one room; an empty one is removed
		return f.remove()
	}
	for _, l := range lanes {
		l.mu.Lock()
		l.files = append(l.files, f)
		l.mu.Unlock()
		l.flush()
	}
	return nil
}
