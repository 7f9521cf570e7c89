package cli

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/ui/present"
)

// readRoom returns the room for a command that only reads: the named one, or the only
// open one. Otherwise it lists the rooms on stderr and returns a usageError. Commands
// that write require a name.
func readRoom(ctx context.Context, a *app, h backend.Hub, args []string) (string, error) {
	if len(args) > 0 {
		return model.ShortOf(ctx, h.List, args[0])
	}
	list, more, err := h.Recent(ctx, closedShown)
	if err != nil {
		return "", err
	}
	open := openRooms(list)
	if len(open) == 1 {
		return open[0].Short, nil
	}
	if len(list)+more == 0 {
		return "", model.Refuse(model.NotFound, "%s", noRoom)
	}
	why := model.Lit("several rooms are open; name one of them")
	if len(open) == 0 {
		open, why = list, model.Safef("%s; name one of these", present.NoOpenRoom.Full)
	}
	if err := writeRooms(a, a.Stderr, open, more, roomFilter{}); err != nil {
		return "", err
	}
	return "", usage(why)
}

// anyCase makes the commands that name a room take the name in capital letters too, as the
// receiver of alerts does.
func anyCase(c *cobra.Command) {
	for _, sub := range c.Commands() {
		anyCase(sub)
	}
	do := c.RunE
	if _, args, _ := strings.Cut(c.Use, " "); do == nil || !strings.HasPrefix(strings.TrimPrefix(args, "["), "ROOM") {
		return
	}
	c.RunE = func(cmd *cobra.Command, args []string) error {
		args = slices.Clone(args)
		for i, s := range args {
			if i == 0 || strings.Contains(c.Use, "ROOM...") {
				args[i] = strings.ToLower(s)
			}
		}
		return do(cmd, args)
	}
}

// openRooms returns the rooms of a list that are open.
func openRooms(list []model.RoomInfo) []model.RoomInfo {
	var open []model.RoomInfo
	for _, i := range list {
		if i.Room != nil && !i.Room.Lobby && i.Room.Status == model.Open {
			open = append(open, i)
		}
	}
	return open
}

// withReadSession opens the room for a command that only reads.
func (a *app) withReadSession(ctx context.Context, args []string,
	do func(context.Context, model.RoomSession) error) error {
	return a.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) error {
		short, err := readRoom(ctx, a, h, args)
		if err != nil {
			return err
		}
		return a.inSession(ctx, h, short, do)
	})
}
