// Command warroom is the incident room that works when everything else is
// suspect. This file only wires the packages together: feed brings the log, ui
// the faces, model says what an incident is.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"os/user"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/term"

	"warroom/feed"
	"warroom/feed/bridge"
	"warroom/feed/intake"
	"warroom/model"
	"warroom/ui/cli"
)

func main() { os.Exit(run()) }

// run wires one process and returns its exit code.
func run() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	in := term.IsTerminal(int(os.Stdin.Fd()))
	return cli.Run(ctx, cli.Env{
		Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, Getenv: os.Getenv,
		Clock: clock{}, Open: open(os.Stderr), Invite: invite, Intake: alerts, Post: post, IsTool: feed.IsTool, CheckBridges: checkBridges, Contacts: contacts, Terminal: in && term.IsTerminal(int(os.Stdout.Fd())), StdinTerminal: in, User: userName(),
	})
}

// clock is the one place where the program asks for the time.
type clock struct{}

func (clock) Now() time.Time { return time.Now() }

// open brings the hub of a place. What the hub has to say and no caller can be
// told goes where the place says; what it says of itself while it serves, to stderr.
func open(stderr io.Writer) func(context.Context, cli.Place) (cli.Hub, error) {
	return func(ctx context.Context, p cli.Place) (cli.Hub, error) {
		logf := p.Logf
		if p.Via == "hub" {
			logf = func(s model.Safe) { _, _ = io.WriteString(stderr, "warroom: "+s.String()+"\n") }
		}
		f, err := feed.Open(ctx, feed.Options{Listen: p.Listen, Steward: p.Via == "hub" && p.Server != "", Named: p.Named, Data: p.Data, Server: p.Server, Creds: p.Creds, CA: p.CA, Handle: p.Handle,
			Via: p.Via, AtRest: p.AtRest, Evidence: p.Evidence, Plan: p.Plan, Now: clock{}.Now, Logf: logf})
		if err != nil {
			return nil, err
		}
		return hub{f, serve(f, p, logf), newDoor(f, p, logf)}, nil
	}
}

// invite gives somebody a login of the hub of a data directory.
func invite(ctx context.Context, data string, v cli.Invitation) (string, error) {
	return feed.Invite{Handle: v.Handle, Right: v.Right, Rooms: v.Rooms, Name: v.Name, Job: v.Job, Until: v.Until, At: v.At}.Write(ctx, data, clock{}.Now)
}

// alerts returns what reads alerts for the installation of a data directory.
func alerts(data string, keep bool) (model.AlertSource, error) {
	key, err := intake.Key(filepath.Join(data, "intake.key"), keep)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, r io.Reader, source string, emit func(*model.Alert) error) (model.Intake, error) {
		return intake.Read(ctx, r, intake.Options{Key: key, Source: source}, emit)
	}, nil
}

// hub is a feed that lets guests in, and what its bridges do.
type hub struct {
	*feed.Feed
	*bridge.Runner
	door *intake.Door
}

var (
	_ cli.Doorkeeper = hub{}
	_ cli.Striker    = hub{}
	_ cli.Hooker     = hub{}
	_ cli.Webbed     = hub{}
)

// Guest returns the rooms as somebody who came by SSH has them.
func (h hub) Guest(ctx context.Context, g cli.Guest) (cli.Hub, error) {
	f, err := h.Feed.Guest(ctx, feed.Guest{Handle: g.Handle, Via: "ssh", Dir: g.Dir, Right: g.Right, Door: g.Door, Name: g.Name, Job: g.Job})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Guard has somebody told who may come in.
func (h hub) Guard(g cli.Guard) { h.Feed.Guard(g) }

// userName is the system's name for the user, "" where it has none.
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}
