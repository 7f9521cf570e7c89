package cli

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"warroom/model"
	"warroom/ui/cli/jsonform"
	"warroom/ui/present"
)

// People in a room are asked to send their presence: hereWait is how long the first
// answer may take, and hereMore how long the others may take after that.
const (
	hereWait = 500 * time.Millisecond
	hereMore = 60 * time.Millisecond
)

// withPeople returns the view of a room with the people in it.
func withPeople(ctx context.Context, a *app, s model.RoomSession) (*model.View, error) {
	wait, cancel := context.WithTimeout(ctx, hereWait)
	defer cancel()
	for len(s.Latest().Here) == 0 {
		select {
		case <-s.Changed():
		case <-wait.Done():
			return s.Latest(), ctx.Err()
		}
	}
	if err := pause(ctx, hereMore); err != nil {
		return nil, err
	}
	return s.Latest(), nil
}

// statusCmd prints the state of a room.
func statusCmd(a *app) *cobra.Command {
	var asJSON, watch bool
	c := &cobra.Command{
		Use:   "status [ROOM]",
		Short: "Print the state of a room: clocks, roles, checklist, asks, alerts",
		Long: "Print the state of a room. Without ROOM, it is the room that is open. With --watch, it is\n" +
			"printed again as the room changes, on a terminal every second, until Ctrl-C.",
		Args: maxArgs(1, "status [ROOM]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withReadSession(cmd.Context(), args, func(ctx context.Context, s model.RoomSession) error {
				v, err := withPeople(ctx, a, s)
				if err != nil {
					return err
				}
				if watch {
					return watchStatus(ctx, a, s, asJSON)
				}
				return printStatus(a, a.Stdout, v, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&asJSON, "json", false, "as JSON")
	c.Flags().BoolVarP(&watch, "watch", "w", false, "print it again as the room changes")
	return c
}

// printStatus writes the state of a room once.
func printStatus(a *app, w io.Writer, v *model.View, asJSON bool) error {
	here, err := relatedHere(a, v)
	if err != nil {
		return err
	}
	if asJSON {
		return writeJSON(w, jsonform.Status(v, a.hubNow(v)).WithRelated(here.Room))
	}
	for _, l := range present.Status(here, a.hubNow(v), a.zone()) {
		if _, err := fmt.Fprintln(w, l); err != nil {
			return err
		}
	}
	return nil
}

// watchStatus prints the state of a room until ctx ends or stdout is closed: on a
// terminal in place, every second, because its clocks run; otherwise after each entry.
func watchStatus(ctx context.Context, a *app, s model.RoomSession, asJSON bool) error {
	ctx, done := whileRead(ctx, a.Stdout)
	defer done()
	redraws := a.Terminal && !asJSON && !a.cfg.Screen.Plain && a.Getenv("TERM") != "dumb"
	for last := uint64(0); ; {
		v := s.Latest()
		if !v.Over.IsEmpty() {
			return &model.Error{Code: model.Forbidden, Message: v.Over}
		}
		if redraws || v.Room.Seq != last {
			var page bytes.Buffer
			if last > 0 && !redraws && !asJSON {
				page.WriteByte('\n')
			}
			if err := printStatus(a, &page, v, asJSON); err != nil {
				return err
			}
			text := page.String()
			if redraws {
				text = redrawn(text, heightOf(a.Stdout))
			}
			if _, err := io.WriteString(a.Stdout, text); err != nil {
				return err
			}
			last = v.Room.Seq
		}
		second := time.NewTimer(time.Second)
		select {
		case <-ctx.Done():
			second.Stop()
			return nil
		case <-s.Changed():
		case <-second.C:
		}
		second.Stop()
	}
}

// redrawn returns the output that replaces the text on a terminal with a number of rows,
// 0 if that is unknown. It counts the lines that do not fit; the terminal cuts off wide
// ones.
func redrawn(text string, rows int) string {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	if rows > 2 && len(lines) > rows-1 {
		more := len(lines) - (rows - 2)
		lines = append(lines[:rows-2:rows-2], fmt.Sprintf("+%d more lines", more))
	}
	const home, noWrap, wrap, erase = "\x1b[H", "\x1b[?7l", "\x1b[?7h", "\x1b[K"
	return home + noWrap + strings.Join(lines, erase+"\r\n") + erase + "\x1b[J" + wrap + "\r\n"
}

// heightOf returns the number of rows of the terminal w, or 0 if w is not a terminal.
func heightOf(w io.Writer) int {
	f, ok := w.(*os.File)
	if !ok {
		return 0
	}
	_, rows, err := term.GetSize(int(f.Fd()))
	if err != nil {
		return 0
	}
	return rows
}
