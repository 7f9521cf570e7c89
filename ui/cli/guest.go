package cli

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/config"
	"warroom/ui"
	"warroom/ui/present"
	"warroom/ui/sshd"
)

// guestCommands are the commands for guests.
var guestCommands = []string{"rooms", "status", "tail", "note", "do", "evidence", "ingest", "report", "indicators",
	"verify", "export", "version", "help"}

// guestHandler runs the program for guests of this process.
type guestHandler struct{ *app }

var _ sshd.Handler = guestHandler{}

// Commands implements sshd.Handler.
func (f guestHandler) Commands() []string { return guestCommands }

// guest returns the program for a guest, with the guest's arguments and terminal. It can
// use nothing of this process but the directories of data and playbooks, and the settings
// that guests may read.
func (f guestHandler) guest(h sshd.Hub, v sshd.Visit) *app {
	g := &app{Env: Env{Args: v.Args, Stdin: v.Stdin, Stdout: v.Stdout, Stderr: v.Stderr, Getenv: v.Getenv,
		Clock: f.Clock,
		Open: func(context.Context, backend.Location) (backend.Hub, error) {
			return visitorHub{hub: h, box: f.box}, nil
		},
		Terminal: v.PTY, StdinTerminal: v.PTY, Size: v.Size}}
	g.visitor, g.Intake, g.CopyAlerts = true, f.Intake, f.CopyAlerts
	g.cfg = config.Config{As: v.Who.Handle, Data: f.cfg.Data, Playbooks: f.cfg.Playbooks, Playbook: f.cfg.Playbook,
		Screen: f.cfg.Screen}
	if v.Who.Right != model.Watch { // a person with the right "watch" pages nobody, and sees no phone numbers
		g.Contacts, g.cfg.Contacts = f.Contacts, f.cfg.Contacts
	}
	g.box, g.hostReceivers = f.box, receiversOf(f.app)
	g.cfg.Screen.ASCII, g.cfg.Screen.Plain = false, false // the guest's own terminal determines these
	g.cfg.Screen.Theme = config.ThemeAuto
	if g.cfg.Screen.Zone == "" {
		g.cfg.Screen.Zone = "UTC" // the zone of this machine does not concern guests
	}
	return g
}

// Screen implements sshd.Handler.
func (f guestHandler) Screen(h sshd.Hub, v sshd.Visit) ui.Options {
	g := f.guest(h, v)
	o := fullScreen{g}.options(visitorHub{hub: h, box: f.box}, v.Room)
	o.Guest = true
	o.State = filepath.Join(g.cfg.Data, "state", "ssh-"+v.Who.Handle)
	o.Edit, o.Collect, o.Ingest, o.Export = nil, nil, nil, nil // guests may not use editors and files of this machine
	return o
}

// Plain implements sshd.Handler.
func (f guestHandler) Plain(ctx context.Context, h sshd.Hub, v sshd.Visit) int {
	g := f.guest(h, v)
	return g.exit((&plainRoom{app: g, guestName: v.Who.Handle}).openGuest(ctx, visitorHub{hub: h, box: f.box}, v))
}

// openGuest shows the requested room, or the only open one, in plain mode.
func (a *plainRoom) openGuest(ctx context.Context, h backend.Hub, v sshd.Visit) error {
	if !v.PTY {
		a.printErr(model.Lit("there is no terminal, so this is plain text; ssh -t HOST ROOM opens the full screen"))
	}
	if v.Room != "" {
		return a.open(ctx, h, v.Room)
	}
	a.wrapOutput()
	list, more, err := h.Recent(ctx, closedShown)
	if err != nil {
		return err
	}
	reportLobby(ctx, a.app, h)
	if open := openRooms(list); len(open) == 1 {
		return a.open(ctx, h, open[0].Short)
	}
	if len(list) == 0 {
		a.printErr(present.NoRoom)
		return nil
	}
	return a.printChoice(list, more, model.Safef("pick a room: ssh HOST %s", list[0].Short))
}

// Command implements sshd.Handler.
func (f guestHandler) Command(ctx context.Context, h sshd.Hub, v sshd.Visit) int {
	g := f.guest(h, v)
	root := guestRootCmd(g)
	root.SetArgs(orderArgs(root, append([]string{}, v.Args...)))
	root.SetIn(g.Stdin)
	root.SetOut(g.Stdout)
	root.SetErr(g.Stderr)
	return g.exit(root.ExecuteContext(ctx))
}

// guestRootCmd returns the commands for a guest. It has no global flags, because the
// connection determines the guest's handle and hub.
func guestRootCmd(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:           "warroom",
		Short:         "The rooms of this server",
		Long:          "ssh HOST opens the room, ssh -t HOST ROOM a given one. Without the screen:",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          noCommandArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.CompletionOptions.DisableDefaultCmd = true
	c.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return flagError(cmd, err, "help "+cmd.Name())
	})
	c.AddCommand(roomsCmd(a), statusCmd(a), tailCmd(a), noteCmd(a), doCmd(a), evidenceCmd(a), ingestCmd(a),
		reportCmd(a), indicatorsCmd(a), verifyRoomCmd(a), exportGuestCmd(a), versionCmd(a))
	anyCase(c)
	groupHelp(c, "ssh HOST")
	return c
}
