package cli

import (
	"context"
	"errors"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/gdamore/tcell/v2"
	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/playbook"
	"warroom/ui"
	"warroom/ui/roomlist"
	"warroom/ui/screen"
)

// openCmd opens one room in full screen.
func openCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "open [ROOM]",
		Short: "Open a room in full screen",
		Args:  maxArgs(1, "open [ROOM]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return fullScreen{a}.run(cmd.Context(), args, screenView{})
		},
	}
}

// wallCmd shows a room on a wall display.
func wallCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "wall [ROOM]",
		Short: "Show the state of an incident, to be read from across a room",
		Long: "Show the state of an incident, to be read from across a room. It takes no input.\n" +
			"\n" +
			"Without ROOM it shows the one that is open, or, if there are several, all of them as cards.",
		Args: maxArgs(1, "wall [ROOM]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return fullScreen{a}.run(cmd.Context(), args, screenView{wall: true, list: true})
		},
	}
}

// fullScreen is the program in full screen.
type fullScreen struct{ *app }

// screenView is the first page: a room, the wall display, or the list of rooms.
type screenView struct{ wall, list bool }

// run opens the full screen, or plain mode if the terminal has none. Without the name of
// a room it shows the only open one or, with show.list, the list.
func (a fullScreen) run(ctx context.Context, args []string, show screenView) error {
	short := strings.Join(args, "")
	if !a.Terminal {
		if short == "" {
			return usage(model.Lit("opening a room needs a terminal; without one, use warroom rooms, " +
				"warroom status ROOM, warroom tail ROOM, warroom note ROOM TEXT"))
		}
		return usage(model.Safef("opening a room needs a terminal; without one, use warroom tail %s, "+
			"warroom status %s, warroom note %s TEXT", short, short, short))
	}
	via := "tui"
	if show.wall {
		via = "wall"
	}
	if a.Size == nil {
		a.Size = sizeOf(a.Stdout)
	}
	if a.isPlain() {
		defer a.takeLines(ctx)()
	} else {
		defer a.notices.hold(a.printErr)()
	}
	if show.list || short != "" {
		if shown, err := a.whileStarting(ctx, via, short, show.wall); shown {
			return err
		}
	}
	return a.withHub(ctx, via, func(ctx context.Context, h backend.Hub) error {
		if !show.list {
			var err error
			if short, err = readRoom(ctx, a.app, h, args); err != nil {
				return err
			}
		}
		if err := a.showIn(ctx, h, short, show.wall); err != nil {
			return err
		}
		return left(h)
	})
}

// showIn shows a room, which must exist, or the list.
func (a fullScreen) showIn(ctx context.Context, h backend.Hub, short string, wall bool) error {
	if short != "" {
		s, err := h.Enter(ctx, short)
		if err != nil {
			return err
		}
		defer s.Close()
	}
	return a.show(ctx, h, short, wall)
}

// show runs the screen on an open hub.
func (a fullScreen) show(ctx context.Context, h backend.Hub, short string, wall bool) error {
	if a.isPlain() {
		return (&plainRoom{app: a.app, wall: wall}).open(ctx, h, short)
	}
	if err := a.checkTheme(); err != nil {
		return err
	}
	s, err := a.terminal()
	if errors.Is(err, screen.ErrNoScreen) {
		return (&plainRoom{app: a.app, wall: wall}).open(ctx, h, short)
	}
	if err != nil {
		return model.Refuse(model.Internal, "the terminal cannot be used: %s; try --plain", err)
	}
	o := a.options(h, short)
	o.Wall, o.Stop = wall, stopProcess
	defer a.watchCrash(o.State)()
	return ui.Run(ctx, s, o)
}

// terminal returns the screen of this process's own terminal.
func (a fullScreen) terminal() (ui.Screen, error) {
	if runtime.GOOS == "windows" { // its console has an interface of its own
		s, err := tcell.NewScreen()
		if err != nil {
			return nil, err
		}
		return ui.Basic(s), nil
	}
	return screen.Local(screen.Options{Term: a.Getenv("TERM"), Colors: a.colors(), ASCII: a.ascii()})
}

// screenOptions returns the options of the screen that need no hub.
func (a fullScreen) screenOptions(short string) ui.Options {
	return ui.Options{
		Clock: a.Clock, Room: short, Zone: a.zone(), ASCII: a.ascii(),
		Mouse: a.cfg.Screen.Mouse, Bell: a.cfg.Screen.Bell, Colors: a.colors(), Theme: a.theme(),
		ColorFGBG: a.Getenv("COLORFGBG"), Edit: editor(a.app),
		Plans: func() ([]roomlist.PlanChoice, error) {
			list, err := playbook.Names(a.cfg.Playbooks)
			var out []roomlist.PlanChoice
			for _, i := range list {
				if i.Err == nil {
					out = append(out, roomlist.PlanChoice{Name: i.Name, Title: model.Safef("%s", i.Title)})
				}
			}
			return out, err
		},
		Playbook:  a.cfg.Playbook,
		Plan:      func(name string) (*model.Plan, error) { return a.plan(name) },
		Contacts:  a.contacts,
		Receivers: receiversOf(a.app),
		Subscribe: a.notices.subscribe,
	}
}

// options returns the options of the screen for one person.
func (a fullScreen) options(h backend.Hub, short string) ui.Options {
	o := a.screenOptions(short)
	o.Rooms, o.Handle = h, h.Who().Handle
	o.State, o.Box = filepath.Join(a.cfg.Data, "state", o.Handle), a.box
	o.Verify = verification(a).forScreen(h)
	o.Collect = evidence(a).collector(h)
	o.Ingest = ingestFrom(a.app, h)
	o.Export = exports(a).forScreen(h)
	return o
}
