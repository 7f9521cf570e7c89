package cli

import (
	"cmp"
	"context"
	"io"

	"github.com/spf13/cobra"

	"warroom/model"
)

// rootCmd returns the table of commands.
func rootCmd(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "warroom",
		Short: "The incident room that works when everything else is suspect",
		Long: "warroom is a room for a security incident: everyone in it sees the same\n" +
			"timeline, roles, checklist and countdowns, live, on a log that nobody can change.\n" +
			"Without a command it opens the full screen.\n" +
			"\n" +
			"Exit codes:" + exitWords(),
		Args:          noCommandArgs,
		Version:       Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			if err := cmp.Or(noEmptyFlags(cmd), noEmptyArgs(cmd, args)); err != nil {
				return err
			}
			return a.configure()
		},
		RunE: func(cmd *cobra.Command, _ []string) error {
			return fullScreen{a}.run(cmd.Context(), nil, screenView{list: true})
		},
	}
	f := c.PersistentFlags()
	f.StringVar(&a.flags.config, "config", "", "configuration `FILE`")
	f.StringVar(&a.flags.data, "data", "", "data `DIR`: keys, outbox, embedded hub")
	f.StringVar(&a.flags.server, "server", "", "`URL` of a NATS server to use instead of the embedded one")
	f.StringVar(&a.flags.creds, "creds", "", "credentials `FILE` for the server")
	f.StringVar(&a.flags.as, "as", "", "your `HANDLE` in the room")
	f.BoolVar(&a.flags.plain, "plain", false, "plain sentences instead of the full screen")
	c.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return flagError(cmd, err, cmd.CommandPath()+" --help")
	})
	c.AddCommand(openCmd(a), wallCmd(a), demoCmd(a), declareCmd(a), roomsCmd(a), statusCmd(a), tailCmd(a),
		noteCmd(a), doCmd(a), ingestCmd(a), reportCmd(a), indicatorsCmd(a), closeCmd(a), playbookCmd(a),
		serveCmd(a), inviteCmd(a), revokeCmd(a), verifyCmd(a), evidenceCmd(a), exportCmd(a),
		importCmd(a), backupCmd(a), restoreCmd(a), onCallCmd(a), doctorCmd(a), versionCmd(a), manCmd())
	if r := restoreTerminalCmd(a); r != nil {
		c.AddCommand(r)
	}
	c.InitDefaultCompletionCmd()
	anyCase(c)
	groupHelp(c, "warroom")
	addCompletion(a, c)
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

// Run runs one command and returns the exit code.
func Run(ctx context.Context, env Env) int {
	a := &app{Env: env}
	root := rootCmd(a)
	root.SetArgs(orderArgs(root, env.Args))
	root.SetIn(env.Stdin)
	help := &checkedWriter{w: env.Stdout}
	root.SetOut(help)
	root.SetErr(env.Stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		err = help.err
	}
	return a.exit(err)
}

// checkedWriter keeps the first error of a writer, because cobra ignores those of help.
type checkedWriter struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (c *checkedWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if c.err == nil {
		c.err = err
	}
	return n, err
}
