package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
)

// tailCmd prints the timeline and goes on as it grows.
func (a *app) tailCmd() *cobra.Command {
	var asJSON, stop bool
	var since string
	c := &cobra.Command{
		Use:   "tail ROOM",
		Short: "Print a room's timeline, and go on as it grows",
		Args:  exactly(1, "tail ROOM"),
		RunE: func(cmd *cobra.Command, args []string) error {
			from, err := a.timeFlag("since", since)
			if err != nil {
				return err
			}
			t := &tailer{app: a, from: from, json: asJSON, room: model.NewRoom()}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h Hub) error {
				if l := h.Link(); l.State == model.Offline {
					a.tell(model.Safef("the hub does not answer (%s); this is the copy on this machine", l.Trouble))
				}
				if d, ok := h.(roomDoubter); ok {
					a.told.once(a.tell)(d.Doubt(ctx, args[0]))
				}
				if stop {
					return h.Events(ctx, args[0], 1, t.event)
				}
				ctx, done := whileRead(ctx, a.Stdout)
				defer done()
				err := h.Follow(ctx, args[0], 1, t.event)
				if ctx.Err() != nil {
					return nil
				}
				return err
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "one event a line, as JSON")
	c.Flags().BoolVar(&stop, "no-follow", false, "end with what is there now")
	c.Flags().StringVar(&since, "since", "", "`TIME` from which on: -12m, 14:32, 'yesterday 23:10'")
	return c
}

// tailer folds what it prints, so that it can say what has no effect.
type tailer struct {
	*app
	from time.Time
	json bool
	room *model.Room
	said bool // that the room is restricted
}

func (t *tailer) event(e *model.Event) error {
	t.room = model.Apply(t.room, e)
	l := t.room.Line(e.Seq)
	switch {
	case l.RecordedAt.Before(t.from):
		return nil
	case t.json:
		return t.sayJSON(loggedOf(e, l.Refused))
	}
	if t.room.IsRestricted() && !t.said && !t.from.IsZero() { // the line that says so was left out
		t.tell(restrictedLine(t.room))
	}
	t.said = true
	return t.say(entryLine(t.room, l, t.zone()))
}
