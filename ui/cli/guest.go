package cli

import (
	"context"
	"path/filepath"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/ui"
	"warroom/ui/sshd"
)

// Guest is somebody who comes in by another door of a process that has a hub.
type Guest struct {
	Handle string
	Dir    string // where their keys lie below the keys of the data directory
	Right  model.Right
	Door   string // how they are known, for the record
	Name   string // the person, as the door knows them
	Job    string
}

// GuestHub is what a guest reaches of a hub.
type GuestHub = sshd.Hub

// Guard stands at a way by which other people come in: see the package feed.
type Guard interface {
	Restrict(short string, handles []string)
	Strike(handle string) (ended int)
	Lift(handle string)
}

// Doorkeeper is a hub that lets guests in.
type Doorkeeper interface {
	Hub
	// Guest returns the rooms as a guest has them. They are closed before the hub.
	Guest(ctx context.Context, g Guest) (GuestHub, error)
	// Struck says whether a person, or their key of SSH, was struck from the hub.
	Struck(handle, sshKey string) bool
	// Guard has somebody told who may come in, until the hub is closed.
	Guard(g Guard)
}

// guestCommands are the commands that a guest may give.
var guestCommands = []string{"rooms", "status", "tail", "note", "do", "evidence", "ingest", "report", "verify", "export", "version", "help"}

// face is what guests of this process see.
type face struct{ *app }

var _ sshd.Face = face{}

// Commands implements sshd.Face.
func (f face) Commands() []string { return guestCommands }

// guest is the program for a guest: their words, their terminal, and nothing of
// this process but where its data and its playbooks are.
func (f face) guest(h sshd.Hub, v sshd.Visit) *app {
	g := &app{Env: Env{Args: v.Args, Stdin: v.Stdin, Stdout: v.Stdout, Stderr: v.Stderr, Getenv: v.Getenv, Clock: f.Clock,
		Open: func(context.Context, Place) (Hub, error) { return h, nil }, Terminal: v.PTY, StdinTerminal: v.PTY}}
	g.visitor, g.Intake, g.CopyAlerts = true, f.Intake, f.CopyAlerts
	g.cfg = Config{As: v.Who.Handle, Data: f.cfg.Data, Playbooks: f.cfg.Playbooks, Playbook: f.cfg.Playbook, Screen: f.cfg.Screen}
	if v.Who.Right != model.Watch { // who may only watch pages nobody, and sees no numbers
		g.Contacts, g.cfg.Contacts = f.Contacts, f.cfg.Contacts
	}
	g.box = f.box
	g.cfg.Screen.ASCII, g.cfg.Screen.Plain = false, false // the guest's terminal says that
	if g.cfg.Screen.Zone == "" {
		g.cfg.Screen.Zone = "UTC" // where this machine stands is nothing to them
	}
	return g
}

// Screen implements sshd.Face.
func (f face) Screen(h sshd.Hub, v sshd.Visit) ui.Options {
	g := f.guest(h, v)
	o := g.options(h, v.Room)
	o.Guest = true
	o.State = filepath.Join(g.cfg.Data, "state", "ssh-"+v.Who.Handle)
	o.Edit, o.Collect, o.Ingest, o.Export = nil, nil, nil, nil // this machine's editors and files are not theirs
	return o
}

// Plain implements sshd.Face.
func (f face) Plain(ctx context.Context, h sshd.Hub, v sshd.Visit) int {
	g := f.guest(h, v)
	return g.exit(g.plainGuest(ctx, h, v))
}

// plainGuest shows the room that was named, or the only open one, in plain
// sentences.
func (a *app) plainGuest(ctx context.Context, h Hub, v sshd.Visit) error {
	if !v.PTY {
		a.tell(model.Lit("plain lines, as there is no terminal; ssh -t HOST ROOM opens the full screen"))
	}
	if v.Room != "" {
		return a.plain(ctx, h, v.Room)
	}
	list, err := h.List(ctx)
	if err != nil {
		return err
	}
	var open []string
	for _, i := range list {
		if i.Room != nil && i.Room.Status == model.Open {
			open = append(open, i.Short)
		}
	}
	if len(open) == 1 {
		return a.plain(ctx, h, open[0])
	}
	if len(list) == 0 {
		a.tell(model.Lit("there is no room yet"))
		return nil
	}
	a.tell(model.Safef("pick a room: ssh HOST %s", list[0].Short))
	return a.sayRooms(list)
}

// Command implements sshd.Face.
func (f face) Command(ctx context.Context, h sshd.Hub, v sshd.Visit) int {
	g := f.guest(h, v)
	root := g.guestRoot()
	root.SetArgs(append([]string{}, v.Args...))
	root.SetIn(g.Stdin)
	root.SetOut(g.Stdout)
	root.SetErr(g.Stderr)
	return g.exit(root.ExecuteContext(ctx))
}

// guestRoot is the table of a guest's commands. There are no flags for all of
// them: as whom one comes and to which hub is not the guest's to say.
func (a *app) guestRoot() *cobra.Command {
	c := &cobra.Command{
		Use:           "warroom",
		Short:         "The rooms of this server",
		Long:          "ssh HOST opens the room, ssh -t HOST ROOM a certain one. Without the screen:",
		SilenceErrors: true,
		SilenceUsage:  true,
		Args:          a.noArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	c.CompletionOptions.DisableDefaultCmd = true
	c.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(model.Safef("%s; see help %s", err, cmd.Name()))
	})
	c.AddCommand(a.roomsCmd(), a.statusCmd(), a.tailCmd(), a.noteCmd(), a.doCmd(), a.evidenceCmd(), a.ingestCmd(), a.reportCmd(), a.verifyRoomCmd(), a.exportGuestCmd(), a.versionCmd())
	return c
}
