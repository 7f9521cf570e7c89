package alerts

import (
	"context"

	"warroom/model"
)

// Check returns an error if a room accepts no alerts here: it does not exist, or is
// restricted. The lobby, "", always accepts them.
func (d *Receiver) Check(ctx context.Context, room string) error {
	if room == "" {
		return nil
	}
	l, err := d.queueFor(room)
	if err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.enter(ctx)
}

// enter opens the room, and returns an error if it accepts no alerts. The caller must hold
// mu.
func (l *roomQueue) enter(ctx context.Context) error {
	if l.closed {
		return model.Refuse(model.Unreachable, "this receiver is shutting down; try again in a moment")
	}
	if err := l.open(ctx); err != nil {
		return err
	}
	if l.session.Latest().Room.IsRestricted() { // it may have been restricted since it was opened
		return model.Refuse(model.NotFound, "there is no room %s here; `warroom rooms` lists them", l.room)
	}
	return nil
}
