package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/secretscan"
	"warroom/ui/cli/jsonform"
	"warroom/ui/present"
)

// roomFilter selects the rooms to list. The zero value selects all.
type roomFilter struct {
	open, drill, overdue bool
	severity             string // id or alias
}

// keeps reports whether a room is listed.
func (f *roomFilter) keeps(o *model.Overview) bool {
	r := o.Room
	if r == nil {
		return *f == roomFilter{}
	}
	if f.severity != "" {
		if s := r.Plan.Severity(f.severity); !strings.EqualFold(r.Severity, f.severity) &&
			(s == nil || s.ID != r.Severity) {
			return false
		}
	}
	return (!f.open || r.Status == model.Open) && (!f.drill || r.Drill) && (!f.overdue || o.Overdue+o.Asks > 0)
}

// listed returns the rooms that a filter selects, the worst first.
func (f *roomFilter) listed(list []model.RoomInfo, now time.Time) []model.Overview {
	var out []model.Overview
	for _, o := range model.Overviews(list, now) {
		if f.keeps(&o) {
			out = append(out, o)
		}
	}
	return out
}

// closedShown is the number of closed rooms in a list, unless all of them are requested.
const closedShown = 100

// closed returns how many closed rooms have to be read for the filter; negative: all.
func (f *roomFilter) closed() int {
	switch {
	case f.open, f.overdue: // a closed room is neither
		return 0
	case *f == roomFilter{}:
		return closedShown
	}
	return -1
}

// roomsCmd lists the rooms.
func roomsCmd(a *app) *cobra.Command {
	var asJSON, all bool
	var f roomFilter
	c := &cobra.Command{
		Use:   "rooms",
		Short: "List the rooms of this hub, the worst first",
		Long: "List the rooms of this hub, the worst first. Of closed rooms the newest hundred are listed, and all\n" +
			"with --all, --json, --drill or --severity.",
		Args: exactly(0, "rooms"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h backend.Hub) error {
				closed := f.closed()
				if all || asJSON {
					closed = -1
				}
				list, more, err := h.Recent(ctx, closed)
				if err != nil {
					return err
				}
				if l := h.Link(); l.State == model.Offline {
					a.printErr(model.Safef("%s; these are the copies on this machine", present.HubSilent(l)))
				}
				reportLobby(ctx, a, h)
				if asJSON {
					return a.printJSON(jsonform.Rooms(f.listed(list, a.Clock.Now()), a.Clock.Now()))
				}
				return printRooms(a, list, more, f)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	c.Flags().BoolVar(&all, "all", false, "also list closed rooms beyond the newest hundred")
	c.Flags().BoolVar(&f.open, "open", false, "only rooms that are open")
	c.Flags().BoolVar(&f.drill, "drill", false, "only drills")
	c.Flags().BoolVar(&f.overdue, "overdue", false, "only rooms with a clock or an ask that is overdue")
	c.Flags().StringVar(&f.severity, "severity", "", "only rooms of this `LEVEL`")
	return c
}

// noRoom is the sentence for a hub without rooms.
var noRoom = model.Safef("%s; declare one: warroom declare --severity SEV-1 TITLE", present.NoRoom)

// printRooms prints the rooms that a filter selects. More closed ones were left out.
func printRooms(a *app, rooms []model.RoomInfo, more int, f roomFilter) error {
	w := bufio.NewWriter(a.Stdout)
	if err := errors.Join(writeRooms(a, w, rooms, more, f), w.Flush()); err != nil {
		return err
	}
	if more > 0 && f.closed() != 0 {
		a.printErr(model.Safef("%d older rooms that are closed are not listed; warroom rooms --all lists them", more))
	}
	return nil
}

// writeRooms writes the rooms that a filter selects.
func writeRooms(a *app, w io.Writer, all []model.RoomInfo, more int, f roomFilter) error {
	now := a.Clock.Now()
	list := f.listed(all, now)
	a.mention(model.StaleLine(all, now))
	switch {
	case len(all)+more == 0:
		a.printErr(noRoom)
	case len(list) == 0:
		a.printErr(model.Safef("%s; the hub has %s", present.NoRoomsMatch.Full,
			present.Plural(len(all)+more, "room", "rooms")))
	}
	for _, o := range list {
		if _, err := fmt.Fprintln(w, roomLine(&o, now, a.zone())); err != nil {
			return err
		}
		if words := o.Words(now); !words.IsEmpty() {
			if _, err := fmt.Fprintln(w, model.Safef("         %s", words)); err != nil {
				return err
			}
		}
	}
	return nil
}

// roomLine returns the row of a room in the list.
func roomLine(o *model.Overview, now time.Time, zone *time.Location) model.Safe {
	f, ok := present.Listed(o.RoomInfo)
	if !ok {
		return model.Safef("%-8s %s", f.Short, f.Status)
	}
	r := o.Room
	s := model.Safef("%-8s %-6s %-8s %-12s %s  %s", f.Short, f.Severity, f.Status, present.Phase(r),
		r.DeclaredAt.In(zone).Format("2006-01-02 15:04Z07:00"), f.Title)
	for _, mark := range []model.Safe{f.Drill, f.Restricted} {
		if !mark.IsEmpty() {
			s = model.Safef("%s  %s", s, mark)
		}
	}
	if !r.Lobby {
		s = model.Safef("%s  (%s)", s, r.Lifetime().Words(now))
	}
	return s
}

// closeCmd closes several rooms with one reason.
func closeCmd(a *app) *cobra.Command {
	var reason string
	var insist bool
	c := &cobra.Command{
		Use:   "close ROOM... --reason TEXT",
		Short: "Close rooms, with one reason for all of them",
		Long: "Close rooms, with one reason for all of them. What is not done there is overridden with the\n" +
			"reason, as with :close override REASON. A room that was not resolved is closed without it.",
		Args: atLeast(1, "close ROOM... --reason TEXT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if strings.TrimSpace(reason) == "" {
				return usage(model.Lit("give a reason: warroom close ROOM... --reason TEXT"))
			}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h backend.Hub) error {
				var first error
				for _, short := range args {
					err := a.inSession(ctx, h, short, func(ctx context.Context, s model.RoomSession) error {
						text := reason
						if !insist {
							var found []string
							if text, found = secretscan.Replace(s.Latest().Room, reason); len(found) > 0 {
								a.notices.once(a.printErr)(secretReplaced(found, insistFlag)) // once for all rooms
							}
						}
						return a.act(ctx, s, ":close override "+text, nil)
					})
					if err != nil {
						a.printErr(model.Safef("%s cannot be closed: %s", short, model.Sentence(err)))
						if first == nil {
							first = fmt.Errorf("%w: %w", errReported, err)
						}
					}
				}
				return first
			})
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "`TEXT`: the reason for all of the rooms")
	c.Flags().BoolVar(&insist, "insist", false, "store the reason unchanged, even if something in it looks like a "+
		"secret")
	return c
}

// reportLobby prints how many alerts wait in the lobby, if any do.
func reportLobby(ctx context.Context, a *app, h backend.Hub) {
	r, err := h.LobbyRoom(ctx)
	switch {
	case err != nil:
		a.printErr(model.Safef("the lobby could not be read: %s", model.Sentence(err)))
	case r != nil && len(r.OpenAlerts()) > 0:
		a.printErr(model.Safef("%s; warroom status lobby lists them", r.LobbyLine(a.Clock.Now())))
	}
}
