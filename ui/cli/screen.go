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
	"warroom/model/playbook"
	"warroom/ui"
	"warroom/ui/screen"
)

// openCmd opens one room in full screen.
func (a *app) openCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "open ROOM",
		Short: "Open a room in full screen",
		Args:  exactly(1, "open ROOM"),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.screen(cmd.Context(), args[0], false) },
	}
}

// wallCmd shows a room on a wall.
func (a *app) wallCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "wall ROOM",
		Short: "Big clocks and the phase, to be read from across a room; no input",
		Args:  exactly(1, "wall ROOM"),
		RunE:  func(cmd *cobra.Command, args []string) error { return a.screen(cmd.Context(), args[0], true) },
	}
}

// screen opens the full screen, or its plain face where the terminal can show
// none.
func (a *app) screen(ctx context.Context, short string, wall bool) error {
	if !a.Terminal {
		if short == "" {
			return usage(model.Lit("the full screen needs a terminal; without one: warroom rooms, warroom status ROOM, warroom tail ROOM, warroom note ROOM TEXT"))
		}
		return usage(model.Safef("the full screen needs a terminal; without one: warroom tail %s, warroom status %s, warroom note %s TEXT", short, short, short))
	}
	via := "tui"
	if wall {
		via = "wall"
	}
	defer a.told.hold(a.tell)()
	return a.withHub(ctx, via, func(ctx context.Context, h Hub) error {
		if err := a.showIn(ctx, h, short, wall); err != nil {
			return err
		}
		return left(h)
	})
}

// showIn shows a room that has to be there, or the list.
func (a *app) showIn(ctx context.Context, h Hub, short string, wall bool) error {
	if short != "" {
		s, err := h.Enter(ctx, short)
		if err != nil {
			return err
		}
		defer s.Close()
	}
	return a.show(ctx, h, short, wall)
}

// show runs the screen over a hub that is open.
func (a *app) show(ctx context.Context, h Hub, short string, wall bool) error {
	if a.cfg.Screen.Plain {
		return a.plain(ctx, h, short)
	}
	s, err := a.terminal()
	if errors.Is(err, screen.ErrNoScreen) {
		return a.plain(ctx, h, short)
	}
	if err != nil {
		return model.Refuse(model.Internal, "the terminal cannot be used: %s; try --plain", err)
	}
	o := a.options(h, short)
	o.Wall = wall
	return ui.Run(ctx, s, o)
}

// terminal makes the screen of this process's own terminal.
func (a *app) terminal() (tcell.Screen, error) {
	if runtime.GOOS == "windows" {
		return tcell.NewScreen() // the console is no terminal with escape codes of its own
	}
	return screen.Local(screen.Options{Term: a.Getenv("TERM"), Colors: a.colors(), ASCII: a.ascii()})
}

// colors picks the colours by what the terminal says of itself.
func (a *app) colors() int {
	switch {
	case a.Getenv("NO_COLOR") != "":
		return screen.Mono
	case a.Getenv("COLORTERM") == "truecolor" || a.Getenv("COLORTERM") == "24bit":
		return screen.TrueColor
	}
	return screen.ColorsAuto
}

// ascii says whether only ASCII may be drawn: as configured, or where the
// locale has no UTF-8. No locale at all counts as UTF-8.
func (a *app) ascii() bool {
	if a.cfg.Screen.ASCII {
		return true
	}
	for _, k := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToUpper(a.Getenv(k)); v != "" {
			return !strings.Contains(v, "UTF-8") && !strings.Contains(v, "UTF8")
		}
	}
	return false
}

// options are the screen's, for one person.
func (a *app) options(h Hub, short string) ui.Options {
	return ui.Options{
		Rooms: h, Clock: a.Clock, Handle: h.Who().Handle, Room: short, Zone: a.zone(), ASCII: a.ascii(),
		Mouse: a.cfg.Screen.Mouse, Bell: a.cfg.Screen.Bell, Colors: a.colors(),
		State: filepath.Join(a.cfg.Data, "state", h.Who().Handle), Box: a.box, Edit: a.editor(),
		Plans: func() ([]ui.PlanChoice, error) {
			list, err := playbook.Names(a.cfg.Playbooks)
			var out []ui.PlanChoice
			for _, i := range list {
				if i.Err == nil {
					out = append(out, ui.PlanChoice{Name: i.Name, Title: model.Safef("%s", i.Title)})
				}
			}
			return out, err
		},
		Plan:     func(name string) (*model.Plan, error) { return a.plan(name) },
		Verify:   a.verifier(h),
		Contacts: a.contacts,
		Collect:  a.collector(h),
		Ingest:   a.ingestFrom(h),
		Hear:     a.told.hear,
		Export:   a.exporter(h),
	}
}
