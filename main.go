// Command warroom is the incident room that works when everything else is suspect. This
// file only wires the packages together: feed is the log, ui the user interface, and
// model defines what an incident is.
package main

import (
	"context"
	"io"
	"os"
	"os/user"
	"time"

	"golang.org/x/term"

	"warroom/feed"
	"warroom/feed/node"
	"warroom/model"
	"warroom/ui/cli"
)

func main() { os.Exit(run()) }

// run runs the program and returns its exit code.
func run() int {
	var interrupts cli.Interrupts
	ctx, stop := interrupts.Context(context.Background())
	defer stop()
	in := term.IsTerminal(int(os.Stdin.Fd()))
	n := node.New(clock{}.Now, logTo(os.Stderr))
	return cli.Run(ctx, cli.Env{
		Args:          os.Args[1:],
		Stdin:         os.Stdin,
		Stdout:        os.Stdout,
		Stderr:        os.Stderr,
		Getenv:        os.Getenv,
		Unsetenv:      func(name string) { _ = os.Unsetenv(name) }, // no error for a name that was read
		Clock:         clock{},
		Open:          n.Open,
		LastRooms:     n.LastRooms,
		Invite:        n.Invite,
		Backup:        n.Backup,
		Restore:       n.Restore,
		Intake:        n.Alerts,
		CopyAlerts:    n.CopyAlerts,
		Post:          feed.Post,
		IsTool:        feed.IsTool,
		CheckBridges:  n.CheckBridges,
		Contacts:      n.Contacts,
		Terminal:      in && term.IsTerminal(int(os.Stdout.Fd())),
		StdinTerminal: in,
		Executable:    executable(),
		User:          userName(),
		Hold:          interrupts.Hold,
	})
}

// clock is the only place where the program reads the time.
type clock struct{}

func (clock) Now() time.Time { return time.Now() }

// logTo returns a function that writes the log lines of a serving hub to w.
func logTo(w io.Writer) func(model.Safe) {
	return func(s model.Safe) { _, _ = io.WriteString(w, "warroom: "+s.String()+"\n") }
}

// executable returns the program's file, or "" if it is not known.
func executable() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	return path
}

// userName returns the system's name of the user, or "".
func userName() string {
	u, err := user.Current()
	if err != nil {
		return ""
	}
	return u.Username
}
