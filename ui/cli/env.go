package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"warroom/model"
	"warroom/model/record"
)

// Hub is what a command works on: the rooms, and an end to it.
type Hub interface {
	model.Rooms
	// Who says as whom this process writes.
	Who() model.Actor
	// Close ends the process's part in the hub.
	Close() error
}

// Place says which hub to open, and as whom.
type Place struct {
	Data   string // data directory
	Server string // external server; "": the embedded hub
	Creds  string
	CA     string
	Handle string
	Via    string       // tui, wall, cli, hub, demo
	Listen string       // TCP address to open to others; "": none
	Named  bool         // Handle was asked for, not guessed
	AtRest model.Secret // encrypts what lies on this disk; empty: it is plain

	Evidence model.Secret // encrypts evidence before it leaves this process; empty: nothing does

	// Readings is how many inputs of alerts are read at the same time; 0: 4.
	Readings int

	// Plan is that of the lobby which this process opens for others.
	Plan func() (*model.Plan, error)

	// Forget takes texts that were redacted out of what terminals keep in Data,
	// sealed with box.
	Forget func(texts []string, box model.Sealer) error

	// Bridges are the ways to services outside, for where this process hosts.
	Bridges Bridges

	// Logf takes what the hub has to say and no caller can be told.
	Logf func(model.Safe)
}

// Env is what a command gets from outside.
type Env struct {
	Args   []string // without the program's name
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	// Unsetenv takes a variable out of the environment of programs that are
	// started; nil: none is taken out.
	Unsetenv func(string)
	Clock    model.Clock
	// Open opens the hub of a place.
	Open func(ctx context.Context, p Place) (Hub, error)
	// Invite gives somebody a login of the hub of a data directory, and returns
	// the file that proves it.
	Invite func(ctx context.Context, data string, v Invitation) (string, error)
	// Intake returns what reads alerts, with the key of the installation whose
	// data directory that is; keep says whether a key may be made there.
	Intake func(data string, keep bool) (model.AlertSource, error)
	// CopyAlerts returns what makes the copies of files of alerts that are kept.
	CopyAlerts func(data string) (model.AlertCopier, error)
	// Post sends alerts with the invitation of a tool, and IsTool says whether a
	// file is one.
	Post   func(ctx context.Context, creds, source string, data []byte) (json.RawMessage, error)
	IsTool func(creds string) bool
	// CheckBridges asks the services that are configured what we may do there.
	CheckBridges func(ctx context.Context, data string, b Bridges) []BridgeFinding
	// Contacts are the people to call, as a service named them last.
	Contacts func(data string, box model.Sealer) model.Contacts
	// Terminal says whether stdin and stdout are a terminal.
	Terminal bool
	// StdinTerminal says whether stdin is one.
	StdinTerminal bool
	// User is the system's name for the user.
	User string
}

// The exit codes of the program.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitTampered    = 4
	exitKept        = 5
	exitIncomplete  = 6
)

// usageError is a wrong use of the command line.
type usageError struct{ text model.Safe }

func (e usageError) Error() string { return e.text.String() }

func usage(s model.Safe) error { return usageError{s} }

// Run runs one command and returns the exit code.
func Run(ctx context.Context, env Env) int {
	a := &app{Env: env}
	root := a.root()
	root.SetArgs(env.Args)
	root.SetIn(env.Stdin)
	root.SetOut(env.Stdout)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	return a.exit(err)
}

// exit tells the person what went wrong, in one sentence, and picks the code.
func (a *app) exit(err error) int {
	var u usageError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &u):
		a.tell(model.Safef("%s", u.text))
		return exitUsage
	case errors.Is(err, context.Canceled):
		return exitFailed
	case errors.Is(err, errSaid):
		return exitFailed
	case errors.Is(err, errIncomplete):
		return exitIncomplete
	case errors.As(err, new(record.Tampered)):
		a.tell(model.Sentence(err))
		return exitTampered
	case brokenPipe(err):
		return exitDone
	}
	a.tell(model.Sentence(err))
	switch model.CodeOf(err) {
	case model.Unreachable:
		return exitUnreachable
	case model.Kept:
		return exitKept
	}
	return exitFailed
}

// errSaid ends a command whose failure was told already.
var errSaid = errors.New("said")

// tell writes one line to stderr.
func (a *app) tell(s model.Safe) { fmt.Fprintf(a.Stderr, "warroom: %s\n", s) }

// say writes one line of an answer to stdout.
func (a *app) say(s model.Safe) error {
	_, err := fmt.Fprintln(a.Stdout, s)
	return err
}

// brokenPipe says whether the reader of our stdout has gone, which is no
// failure of ours.
func brokenPipe(err error) bool {
	var p *os.PathError
	return errors.As(err, &p) && p.Op == "write" && strings.Contains(p.Err.Error(), "pipe") || errors.Is(err, io.ErrClosedPipe)
}
