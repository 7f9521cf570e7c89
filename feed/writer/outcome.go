package writer

import (
	"context"
	"errors"

	"warroom/model"
)

// LacksAccess reports whether the writer's person may not see the room.
func (d *Writer) LacksAccess() bool {
	return d.env.CheckAccess(d.Identity, d.Follower.View().Room, d.Follower.Short) != nil
}

// outcome converts the outcome of a draft to an error for the caller. A refused draft is
// dismissed.
func (d *Writer) outcome(ctx context.Context, id string, o Outcome) error {
	if o.err != nil {
		if err := d.Dismiss(id); err != nil {
			return errors.Join(o.err, err)
		}
		return o.err
	}
	if err := d.Follower.AwaitEntry(ctx, o.seq); err != nil {
		return d.queuedError()
	}
	if why, no := d.Follower.View().Room.Refusal(o.seq); no {
		return model.Refuse(model.Conflict, "%s", why)
	}
	return nil
}

// AsForbidden converts an error of Submit from [model.Queued] to [model.Forbidden],
// because nothing was queued.
func AsForbidden(err error) error {
	var e *model.Error
	if errors.As(err, &e) && e.Code == model.Queued {
		return &model.Error{Code: model.Forbidden, Message: e.Message}
	}
	return err
}
