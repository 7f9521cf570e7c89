package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/config"
	"warroom/model/playbook"
	"warroom/ui/logs"
	"warroom/ui/state"
)

// Env is the environment of a command.
type Env struct {
	Args   []string // without the program's name
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Getenv func(string) string
	// Unsetenv removes a variable from the environment of the programs that are started;
	// nil: none is removed.
	Unsetenv func(string)
	Clock    model.Clock
	// Open opens the hub at a location.
	Open func(ctx context.Context, p backend.Location) (backend.Hub, error)
	// LastRooms returns the rooms of a data directory as its hub knew them when it last ran,
	// how many closed ones it leaves out, and when the list was stored, which is zero if
	// there is none. Nil: there is never one.
	LastRooms func(p backend.Location) (rooms []model.RoomInfo, more int, at time.Time)
	// Invite creates a login of the hub of a data directory, and returns the text of its
	// invitation file.
	Invite func(ctx context.Context, data string, v backend.Invitation) (string, error)
	// Backup updates the backup in a directory, and Restore creates the data directory of
	// a location from a backup. agent names the program.
	Backup  func(ctx context.Context, p backend.Location, dir, agent string) (backend.BackupReport, error)
	Restore func(ctx context.Context, p backend.Location, dir string) (backend.RestoreReport, error)
	// Intake returns a reader of alerts with the masking key of a data directory. create
	// makes the key if there is none.
	Intake func(data string, create bool) (model.AlertSource, error)
	// CopyAlerts returns a function that makes masked copies of files of alerts.
	CopyAlerts func(data string) (model.AlertCopier, error)
	// Post sends alerts with the invitation of a tool, and IsTool reports whether a file
	// is such an invitation.
	Post   func(ctx context.Context, creds, source string, data []byte) (json.RawMessage, error)
	IsTool func(creds string) bool
	// CheckBridges checks the configured services and the permissions there.
	CheckBridges func(ctx context.Context, data string, b config.Bridges) []backend.BridgeFinding
	// Contacts returns the cached on-call contacts.
	Contacts func(data string, box model.Sealer) model.Contacts
	// Terminal reports whether stdin and stdout are a terminal.
	Terminal bool
	// StdinTerminal reports whether stdin is a terminal.
	StdinTerminal bool
	// Size returns the size of the terminal, zeros if it is not known. Nil: stdout is not a
	// terminal.
	Size func() (cols, rows int)
	// Executable is the program's file, to start it again. If "", it is not started.
	Executable string
	// User is the system's name of the user.
	User string
	// Hold leaves Ctrl-C to another program that uses the terminal, until release is
	// called. Nil: not needed.
	Hold func() (release func())
}

// The exit codes of the program.
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitUnreachable = 3
	exitTampered    = 4
	exitQueued      = 5
	exitIncomplete  = 6
)

// exitCodes describes the exit codes, in order.
var exitCodes = []struct {
	code int
	what string
}{
	{exitDone, "done"},
	{exitFailed, "refused or failed; the reason is on stderr"},
	{exitUsage, "wrong use of the command line; nothing was done"},
	{exitUnreachable, "the hub cannot be reached; nothing was stored"},
	{exitTampered, "the record was tampered with"},
	{exitQueued, "kept in this machine's outbox, not stored yet; nothing is printed on stdout"},
	{exitIncomplete, "the record has no fault, but part of it is not proven; that part is named"},
}

// exitWords lists the exit codes, one per line.
func exitWords() string {
	var b strings.Builder
	for _, e := range exitCodes {
		fmt.Fprintf(&b, "\n  %d  %s", e.code, e.what)
	}
	return b.String()
}

// usageError is an invalid use of the command line.
type usageError struct{ text model.Safe }

func (e usageError) Error() string { return e.text.String() }

func usage(s model.Safe) error { return usageError{s} }

// errIncomplete ends a check that found nothing wrong but could not compare everything.
// What is missing has been printed.
var errIncomplete = errors.New("incomplete")

// errReported ends a command whose failure has been printed.
var errReported = errors.New("said")

// app is one run of the program.
type app struct {
	Env
	cfg     config.Config
	path    string       // of the configuration file; if "", there is none
	notices noticeQueue  // messages that were printed once
	box     model.Sealer // encrypts the files of this machine; if nil, not encrypted

	rooms func(short string) (*model.Room, error) // a room of the open hub

	listed func() ([]model.RoomInfo, error) // the rooms of the open hub that the user may see

	listen string       // the address that serve opens to others
	log    *logs.Logger // of serve; if nil, messages go to stderr

	visitor bool // a guest, who may not use this machine's files

	// hostReceivers is receiversOf the process that a guest is logged in to; if nil, not known.
	hostReceivers func(audience string) model.Safe

	flags struct {
		config, data, server, creds, as string
		plain                           bool
	}
}

// configure reads the configuration and applies the flags.
func (a *app) configure() error {
	a.cfg = config.DefaultConfig()
	path := a.flags.config
	if path == "" {
		if _, err := os.Stat(config.ConfigPath()); !errors.Is(err, fs.ErrNotExist) {
			path = config.ConfigPath()
		}
	}
	if path != "" {
		c, err := config.ReadConfig(path)
		if err != nil {
			return err
		}
		a.cfg, a.path = c, path
	}
	a.applyFlags()
	a.hideSecrets()
	return nil
}

// applyFlags applies the flags to the configuration.
func (a *app) applyFlags() {
	for _, o := range []struct {
		flag string
		to   *string
	}{{a.flags.data, &a.cfg.Data}, {a.flags.server, &a.cfg.Server}, {a.flags.creds, &a.cfg.Creds},
		{a.flags.as, &a.cfg.As}} {
		if o.flag != "" {
			*o.to = o.flag
		}
	}
	if a.flags.plain || a.Getenv("ACCESSIBLE") != "" { // set for users of screen readers
		a.cfg.Screen.Plain = true
	}
}

// handle returns the user's handle: --as, the configuration, $USER, or the system's name.
func (a *app) handle() (string, error) {
	if h := a.cfg.As; h != "" {
		if !model.ValidHandle(h) {
			return "", usage(model.Safef("%s is not a handle; a handle is 1 to 32 characters from a-z 0-9 _ -, as "+
				"in --as ana", h))
		}
		if model.IsSelf(h) {
			return "", usage(model.Safef("@%s means whoever types it; choose another handle with --as", h))
		}
		return h, nil
	}
	for _, h := range []string{a.Getenv("USER"), a.User} {
		if _, after, ok := strings.Cut(h, `\`); ok {
			h = after
		}
		if h = strings.ToLower(h); model.ValidHandle(h) {
			return h, nil
		}
	}
	return "", usage(model.Lit("who are you? give a handle from a-z 0-9 _ -, as in --as ana"))
}

// hubLocation returns the location of the hub, with the user's options.
func (a *app) hubLocation(ctx context.Context, via string) (backend.Location, error) {
	h, err := a.handle()
	if err != nil {
		return backend.Location{}, err
	}
	atRest, err := a.cfg.AtRest.Get(ctx, "at_rest", a.Getenv)
	if err != nil {
		return backend.Location{}, err
	}
	evidence, err := a.cfg.Evidence.Get(ctx, "evidence_key", a.Getenv)
	return backend.Location{Logf: a.notices.once(a.printErr), HubLogf: a.logAt(slog.LevelWarn, "hub"), AtRest: atRest,
		Evidence: evidence, Data: a.cfg.Data,
		Server: a.cfg.Server,
		Creds:  a.cfg.Creds, CA: a.cfg.CA, Handle: h, Via: via, Listen: a.listen, Named: a.cfg.As != "",
		Bridges: a.bridges(), Readings: a.cfg.HTTP.Once,
		Forget: func(texts []string, box model.Sealer) error {
			return state.Forget(filepath.Join(a.cfg.Data, "state"), box, texts, a.Clock.Now())
		},
		Plan: func() (*model.Plan, error) { return a.plan("") }}, err
}

// zone returns the viewer's time zone. The configuration has been checked.
func (a *app) zone() *time.Location {
	if z, err := a.cfg.Screen.TimeZone(); err == nil {
		return z
	}
	return time.UTC
}

// plan loads a playbook by name, or the configured one for "".
func (a *app) plan(name string) (*model.Plan, error) {
	if name == "" {
		name = a.cfg.Playbook
	}
	return playbook.Load(a.cfg.Playbooks, name)
}

// bridges returns the configuration of the bridges.
func (a *app) bridges() config.Bridges {
	return config.Bridges{PagerDuty: a.cfg.PagerDuty, Notify: a.cfg.Notify, Contacts: a.cfg.KnownContacts(),
		Plan: func() (*model.Plan, error) { return a.plan("") }, Getenv: a.Getenv}
}

// hideSecrets removes the environment variables with secrets from the environment, so
// that the programs that this one starts do not get them. This program can still read
// them.
func (a *app) hideSecrets() {
	if a.Unsetenv == nil {
		return
	}
	saved := map[string]string{}
	for _, name := range a.cfg.SecretEnvs() {
		if v := a.Getenv(name); v != "" {
			saved[name] = v
			a.Unsetenv(name)
		}
	}
	if len(saved) == 0 {
		return
	}
	getenv := a.Getenv
	a.Getenv = func(name string) string {
		if v, ok := saved[name]; ok {
			return v
		}
		return getenv(name)
	}
}
