package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"warroom/model"
	"warroom/ui"
)

// app is one run of the program.
type app struct {
	Env
	cfg  Config
	path string       // of the configuration that was read, "" where there is none
	told said         // sentences that were told once already
	box  model.Sealer // what lies on this disk is sealed with; nil: it is plain

	listen string // the address that serve opens to others

	visitor bool // a guest: this machine's files are not theirs

	flags struct {
		config, data, server, creds, as string
		plain                           bool
	}
}

// root is the table of commands.
func (a *app) root() *cobra.Command {
	c := &cobra.Command{
		Use:   "warroom",
		Short: "The incident room that works when everything else is suspect",
		Long: "warroom is a room for a security incident: everyone in it sees the same\n" +
			"timeline, roles, checklist and countdowns, live, over a log that nobody can\n" +
			"change. Without a command it opens the full screen.",
		Args:              a.noArgs,
		Version:           Version,
		SilenceErrors:     true,
		SilenceUsage:      true,
		PersistentPreRunE: func(*cobra.Command, []string) error { return a.configure() },
		RunE:              func(cmd *cobra.Command, _ []string) error { return a.screen(cmd.Context(), "", false) },
	}
	f := c.PersistentFlags()
	f.StringVar(&a.flags.config, "config", "", "configuration `FILE`")
	f.StringVar(&a.flags.data, "data", "", "data `DIR`: keys, outbox, embedded hub")
	f.StringVar(&a.flags.server, "server", "", "NATS server `URL`; none is embedded then")
	f.StringVar(&a.flags.creds, "creds", "", "credentials `FILE` for the server")
	f.StringVar(&a.flags.as, "as", "", "your `HANDLE` in the room")
	f.BoolVar(&a.flags.plain, "plain", false, "plain sentences, no boxes")
	c.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(model.Safef("%s; see %s --help", flagWords(err), cmd.CommandPath()))
	})
	c.AddCommand(a.openCmd(), a.wallCmd(), a.demoCmd(), a.declareCmd(), a.roomsCmd(), a.statusCmd(), a.tailCmd(),
		a.noteCmd(), a.doCmd(), a.ingestCmd(), a.reportCmd(), a.playbookCmd(), a.serveCmd(), a.inviteCmd(), a.strikeCmd(), a.verifyCmd(), a.evidenceCmd(), a.exportCmd(),
		a.importCmd(), a.onCallCmd(), a.doctorCmd(), a.versionCmd())
	c.InitDefaultCompletionCmd()
	for _, sub := range c.Commands() {
		if sub.Name() == "completion" {
			sub.Args = cobra.ArbitraryArgs
			sub.RunE = func(*cobra.Command, []string) error {
				return usage(model.Lit("write it as: warroom completion bash, zsh, fish or powershell"))
			}
		}
	}
	return c
}

// flagWords leaves the library's own words out of a flag's error.
func flagWords(err error) string {
	var bad *pflag.InvalidValueError
	if errors.As(err, &bad) {
		takes := bad.GetFlag().Value.Type()
		if takes == "float64" {
			takes = "number"
		}
		return fmt.Sprintf("--%s takes a %s, not %q", bad.GetFlag().Name, takes, bad.GetValue())
	}
	return err.Error()
}

// noArgs refuses words that are no command.
func (a *app) noArgs(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	s := model.Safef("there is no command %s; see warroom --help", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		s = model.Safef("there is no command %s; did you mean warroom %s?", args[0], near[0])
	}
	return usage(s)
}

// exactly wants a number of arguments.
func exactly(n int, form string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usage(model.Safef("write it as: warroom %s", form))
		}
		return nil
	}
}

// atLeast wants a number of arguments or more.
func atLeast(n int, form string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) < n {
			return usage(model.Safef("write it as: warroom %s", form))
		}
		return nil
	}
}

// configure reads the configuration and lays the flags over it.
func (a *app) configure() error {
	a.cfg = DefaultConfig()
	path := a.flags.config
	if path == "" {
		if _, err := os.Stat(ConfigPath()); !errors.Is(err, fs.ErrNotExist) {
			path = ConfigPath()
		}
	}
	if path != "" {
		c, err := ReadConfig(path)
		if err != nil {
			return err
		}
		a.cfg, a.path = c, path
	}
	for _, o := range []struct {
		flag string
		to   *string
	}{{a.flags.data, &a.cfg.Data}, {a.flags.server, &a.cfg.Server}, {a.flags.creds, &a.cfg.Creds}, {a.flags.as, &a.cfg.As}} {
		if o.flag != "" {
			*o.to = o.flag
		}
	}
	if a.flags.plain {
		a.cfg.Screen.Plain = true
	}
	a.hideSecrets()
	return nil
}

// handle is who this is: --as, the configuration, $USER, the system's name.
func (a *app) handle() (string, error) {
	if h := a.cfg.As; h != "" {
		if !model.ValidHandle(h) {
			return "", usage(model.Safef("%s is no handle; handles are 1 to 32 of a-z 0-9 _ -, as in --as ana", h))
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
	return "", usage(model.Lit("who are you? give a handle of a-z 0-9 _ -, as in --as ana"))
}

// place is where the hub is and who comes.
func (a *app) place(ctx context.Context, via string) (Place, error) {
	h, err := a.handle()
	if err != nil {
		return Place{}, err
	}
	rest, err := a.cfg.AtRest.Get(ctx, "at_rest", a.Getenv)
	if err != nil {
		return Place{}, err
	}
	evidence, err := a.cfg.Evidence.Get(ctx, "evidence_key", a.Getenv)
	return Place{Logf: a.told.once(a.tell), AtRest: rest, Evidence: evidence, Data: a.cfg.Data, Server: a.cfg.Server, Creds: a.cfg.Creds, CA: a.cfg.CA, Handle: h, Via: via, Listen: a.listen, Named: a.cfg.As != "", Bridges: a.bridges(), Readings: a.cfg.HTTP.Once,
		Forget: func(texts []string, box model.Sealer) error {
			return ui.Forget(filepath.Join(a.cfg.Data, "state"), box, texts, a.Clock.Now())
		},
		Plan: func() (*model.Plan, error) { return a.plan("") }}, err
}

// zone is the viewer's time zone; the configuration was checked.
func (a *app) zone() *time.Location {
	if z, err := a.cfg.Screen.zone(); err == nil {
		return z
	}
	return time.UTC
}
