package cli

import (
	"context"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/ui/cli/jsonform"
	"warroom/ui/present"
)

// tailCmd prints the timeline and new entries as they come.
func tailCmd(a *app) *cobra.Command {
	t := &tailer{app: a, room: model.NewRoom()}
	var flags lineFlags
	var follow, stop bool
	c := &cobra.Command{
		Use:   "tail [ROOM]",
		Short: "Print a room's timeline, then new entries as they come",
		Long: "Print a room's timeline, then new entries as they come, until Ctrl-C. Without ROOM, it is the\n" +
			"room that is open.",
		Args: maxArgs(1, "tail [ROOM]"),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if t.filter, err = flags.filter(a); err != nil {
				return err
			}
			switch {
			case follow && stop:
				return usage(model.Lit("give --follow or --no-follow, not both"))
			case cmd.Flags().Changed("lines") && t.last < 0:
				return usage(model.Lit("--lines takes a number from 0 up, as in -n 50"))
			case !cmd.Flags().Changed("lines"):
				t.last = -1
			}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h backend.Hub) error {
				short, err := readRoom(ctx, a, h, args)
				if err != nil {
					return err
				}
				return t.run(ctx, h, short, !stop)
			})
		},
	}
	f := c.Flags()
	f.BoolVar(&t.json, "json", false, "print JSON, one event a line")
	f.BoolVarP(&follow, "follow", "f", false, "print new entries as they come (the default)")
	f.BoolVar(&stop, "no-follow", false, "stop after the existing entries")
	f.IntVarP(&t.last, "lines", "n", 0, "begin with the last `N` entries; 0 prints only new ones")
	flags.add(f)
	return c
}

// tailer folds the events it prints, so that it can mark those without effect.
type tailer struct {
	*app
	filter          lineFilter
	last            int // start with so many entries; if -1, with all
	json            bool
	room            *model.Room
	restrictedShown bool // the notice about the restriction was printed
	shown           bool // an entry was printed
}

// run prints the entries of a room and, with follow, new ones as they come.
func (t *tailer) run(ctx context.Context, h backend.Hub, short string, follow bool) error {
	if l := h.Link(); l.State == model.Offline {
		t.printErr(model.Safef("%s; this is the copy on this machine", present.HubSilent(l)))
	}
	t.notices.once(t.printErr)(h.IntegrityWarning(ctx, short))
	from := uint64(1)
	if t.last >= 0 {
		if err := t.printLast(ctx, h, short); err != nil {
			return err
		}
		from = t.room.Seq + 1
	}
	if !follow {
		if t.last < 0 {
			if err := h.Events(ctx, short, from, t.event); err != nil {
				return err
			}
		}
		t.nothingMatches()
		return nil
	}
	ctx, done := whileRead(ctx, t.Stdout)
	defer done()
	err := h.Follow(ctx, short, from, t.event)
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// nothingMatches reports on stderr that the filter selects no entry, unless the output is
// JSON.
func (t *tailer) nothingMatches() {
	if n := len(t.room.Lines()); !t.shown && !t.json && t.last != 0 && n > 0 {
		t.printErr(model.Safef("no entries match this filter; the room has %s", present.Plural(n, "entry", "entries")))
	}
}

// printLast prints the last entries that the filter selects.
func (t *tailer) printLast(ctx context.Context, h backend.Hub, short string) error {
	var list []*model.Event
	err := h.Events(ctx, short, 1, func(e *model.Event) error {
		t.room = model.Apply(t.room, e)
		if l := t.room.Line(e.Seq); !t.filter.keeps(l.Kind, l.By, l.RecordedAt) || t.last == 0 {
			return nil
		}
		if list = append(list, e); len(list) > t.last {
			list = list[1:]
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, e := range list {
		if err := t.show(e); err != nil {
			return err
		}
	}
	return nil
}

// event folds an event and prints it if the filter selects it.
func (t *tailer) event(e *model.Event) error {
	t.room = model.Apply(t.room, e)
	if l := t.room.Line(e.Seq); !t.filter.keeps(l.Kind, l.By, l.RecordedAt) {
		return nil
	}
	return t.show(e)
}

// show prints a folded event.
func (t *tailer) show(e *model.Event) error {
	l := t.room.Line(e.Seq)
	t.shown = true
	if t.json {
		return t.printJSON(jsonform.Event(e, l.Refused))
	}
	// The line about the restriction may not have been selected.
	if t.room.IsRestricted() && !t.restrictedShown && (t.last >= 0 || !t.filter.isEmpty()) {
		t.printErr(present.Restricted(t.room))
	}
	t.restrictedShown = true
	return t.print(present.Entry(t.room, l, t.zone()))
}
