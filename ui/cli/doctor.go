package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/config"
	"warroom/model/playbook"
)

// finding is one line of the output.
type finding struct {
	ok   bool
	room string // the room it is about; if "", none
	what model.Safe
	do   model.Safe // how to fix it
}

// doctorCmd checks everything that the program needs.
func doctorCmd(a *app) *cobra.Command {
	var repair, yes bool
	c := &cobra.Command{
		Use:   "doctor [--repair [ROOM]]",
		Short: "Check configuration, data, hub, terminal and clock, and print what to do",
		Long: "Check everything that warroom needs, and print what is wrong and how to fix it.\nWith --repair, " +
			"restore the log of a held room from this terminal's copy, or take over\na room whose hub is gone for " +
			"good. Nothing is deleted: the broken store is kept\nunder a name that is printed.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && !repair || yes && !repair {
				return usage(model.Lit("write it as: warroom doctor, or warroom doctor --repair [ROOM] [--yes]"))
			}
			return nil
		},
		// An invalid configuration is a finding here, not an error.
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return noEmptyFlags(cmd) },
		RunE: func(cmd *cobra.Command, args []string) error {
			if repair {
				return doctor{a}.repair(cmd.Context(), args, yes)
			}
			return doctor{a}.diagnose(cmd.Context())
		},
	}
	c.Flags().BoolVar(&repair, "repair", false, "restore the log of a room from this terminal's copy")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// doctor checks what the program needs, and repairs rooms.
type doctor struct{ *app }

// diagnose prints one line per check.
func (a doctor) diagnose(ctx context.Context) error {
	bad := false
	for _, f := range a.examine(ctx) {
		s := model.Safef("ok   %s", f.what)
		switch {
		case !f.ok && f.do.IsEmpty():
			s = model.Safef("BAD  %s", f.what)
		case !f.ok:
			s = model.Safef("BAD  %s; %s", f.what, f.do)
		}
		bad = bad || !f.ok
		if err := a.print(s); err != nil {
			return err
		}
	}
	if bad {
		return errReported
	}
	return nil
}

// examine runs all checks.
func (a doctor) examine(ctx context.Context) []finding {
	out := []finding{a.checkConfig(), {}, a.checkData(), a.checkPlaybooks()}
	login := ""
	out = append(out, a.checkHub(ctx, &login)...)
	out[1] = a.checkHandle(login)
	out = append(out, a.checkAside()...)
	out = append(out, a.checkSSH()...)
	out = append(out, a.checkBridges(ctx)...)
	return append(out, a.checkTerminal())
}

func (a doctor) checkConfig() finding {
	if err := a.configure(); err != nil {
		a.cfg = config.DefaultConfig()
		a.applyFlags()
		return finding{what: model.Safef("configuration: %s", model.Sentence(err)),
			do: model.Lit("the rest was checked with the defaults")}
	}
	if a.path == "" {
		return finding{ok: true, what: model.Safef("configuration: none at %s; the defaults "+
			"apply", config.ConfigPath())}
	}
	return finding{ok: true, what: model.Safef("configuration: %s", a.path)}
}

// checkHandle reports the handle that this user writes as. login is the handle of the
// credentials, or "" without credentials. The hub uses it instead of --as.
func (a doctor) checkHandle(login string) finding {
	h, err := a.handle()
	switch {
	case login != "" && a.cfg.As != "" && a.cfg.As != login:
		return finding{ok: true, what: model.Safef("handle: %s, from the login in %s; the handle %s in the "+
			"configuration is not used there", login, a.cfg.Creds, a.cfg.As)}
	case login != "":
		return finding{ok: true, what: model.Safef("handle: %s, from the login in %s", login, a.cfg.Creds)}
	}
	if err != nil {
		return finding{what: model.Sentence(err), do: model.Lit("set as in the configuration")}
	}
	return finding{ok: true, what: model.Safef("handle: %s", h)}
}

// checkData checks that the data directory is writable and private.
func (a doctor) checkData() finding {
	dir := a.cfg.Data
	st, err := os.Stat(dir)
	if os.IsNotExist(err) {
		return finding{ok: true, what: model.Safef("data: %s does not exist yet and will be created", dir)}
	}
	if err != nil || !st.IsDir() {
		return finding{what: model.Safef("data: %s is not a usable directory", dir),
			do: model.Lit("give another with --data DIR")}
	}
	if runtime.GOOS != "windows" && st.Mode().Perm()&0o022 != 0 {
		return finding{what: model.Safef("data: %s can be written to by others (%s)", dir, st.Mode().Perm().String()),
			do: model.Safef("chmod 700 %s", dir)}
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return finding{what: model.Safef("data: %s cannot be written to: %s", dir, model.FileReason(err)),
			do: model.Lit("fix its permissions, free some space, or give another with --data DIR")}
	}
	_ = f.Close()
	_ = os.Remove(f.Name())
	return finding{ok: true, what: model.Safef("data: %s", dir)}
}

func (a doctor) checkPlaybooks() finding {
	list, err := playbook.Names(a.cfg.Playbooks)
	if err != nil {
		return finding{what: model.Safef("playbooks: %s", model.Sentence(err)), do: model.Lit("fix the directory")}
	}
	var names []string
	for _, i := range list {
		if i.Err != nil {
			return finding{what: model.Safef("playbooks: %s", model.Sentence(i.Err)),
				do: model.Safef("see warroom playbook check %s", i.Path)}
		}
		names = append(names, i.Name)
	}
	return finding{ok: true,
		what: model.Safef("playbooks: %s; put your own into %s as NAME.toml", strings.Join(names, ", "),
			a.cfg.Playbooks)}
}

// checkHub opens the hub and reads its clock. It sets login to the handle of the
// credentials, if there are any.
func (a doctor) checkHub(ctx context.Context, login *string) []finding {
	var out []finding
	err := a.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) error {
		l := h.Link()
		where := l.Where
		if l.Hosting {
			where = model.Safef("%s, hosted by this process for the check", where)
		}
		if a.cfg.Creds != "" {
			*login = h.Who().Handle
		}
		if n := h.Left(); n > 0 {
			out = append(out,
				finding{what: model.Safef("outbox: %s on this machine and not stored yet", lines(n)),
					do: model.Lit("they are sent as soon as warroom runs here and the hub answers")})
		}
		if l.State == model.Offline {
			return a.addOffline(ctx, h, l, &out)
		}
		out = append(out, finding{ok: true, what: model.Safef("hub: %s, %s", where, string(l.State))})
		if !l.Problem.IsEmpty() {
			out = append(out, finding{what: model.Safef("hub: %s", l.Problem)})
		}
		out = append(out, serverFindings(ctx, h)...)
		out = append(out, damagedCopies(ctx, h)...)
		out = append(out, atRestFinding(h)...)
		sick, err := heldRooms(ctx, h)
		out = append(out, sick...)
		if err != nil {
			return err
		}
		list, err := h.List(ctx)
		if err != nil {
			return err
		}
		out = append(out, finding{ok: true, what: model.Safef("rooms: %d", len(list))})
		for _, i := range list {
			if l.Bares(i.Room) {
				out = append(out, finding{what: model.Safef("%s is restricted, but %s", i.Short, model.OpenRoom)})
			}
		}
		out = append(out, doubtful(ctx, h, list, sick)...)
		if len(list) == 0 || len(sick) > 0 {
			return nil
		}
		s, err := openSession(ctx, h, list[0].Short)
		if err != nil {
			return err
		}
		defer s.Close()
		out = append(out, offsetFinding(s.Latest().Offset))
		return nil
	})
	if err != nil {
		out = append(out, finding{what: model.Safef("hub: %s", model.Sentence(err)), do: a.hubHelp()})
	}
	return out
}

// addOffline reports what is available while the hub does not answer.
func (a doctor) addOffline(ctx context.Context, h backend.Hub, l model.Link, out *[]finding) error {
	*out = append(*out, finding{what: model.Safef("hub: %s", l.Problem), do: a.hubHelp()})
	list, err := h.List(ctx)
	if err == nil {
		*out = append(*out,
			finding{ok: true, what: model.Safef("rooms: %d, from the copies on this machine", len(list))})
	}
	return err
}

// hubHelp returns where to look if the hub cannot be opened.
func (a doctor) hubHelp() model.Safe {
	if a.cfg.Server != "" || a.cfg.Creds != "" {
		return model.Lit("it is on another machine: check server, creds and ca in the configuration, and see " +
			"docs/cluster.md")
	}
	return model.Safef("its files are in %s", filepath.Join(a.cfg.Data, "hub"))
}

// serverFindings checks an external server.
func serverFindings(ctx context.Context, h backend.Hub) (out []finding) {
	good, bad := h.Examine(ctx)
	for _, s := range good {
		out = append(out, finding{ok: true, what: s})
	}
	for _, s := range bad {
		out = append(out,
			finding{what: s, do: model.Lit("docs/cluster.md lists what the server has to allow; ask its " +
				"administrator")})
	}
	return out
}

func offsetFinding(off time.Duration) finding {
	s := model.Safef("clock: it differs from the hub's by %s", off.Round(time.Millisecond))
	if off.Abs() > model.Skew {
		return finding{what: s, do: model.Lit("set this machine's clock, for example with NTP; countdowns use the " +
			"hub's")}
	}
	return finding{ok: true, what: s}
}

func (a doctor) checkTerminal() finding {
	if !a.Terminal {
		return finding{ok: true, what: model.Lit("terminal: none; the plain commands work without one")}
	}
	set := "UTF-8"
	if a.ascii() {
		set = "ASCII"
	}
	if t := a.Getenv("TERM"); t == "" || t == "dumb" {
		return finding{ok: true, what: model.Safef("terminal: TERM is %q, so only plain lines are shown", t)}
	}
	return finding{ok: true,
		what: model.Safef("terminal: %s, %s, %s", a.Getenv("TERM"), set, fmt.Sprint(colorWords(a.colors())))}
}

func colorWords(n int) string {
	switch {
	case n == 0:
		return "no colours"
	case n < 0:
		return "the terminal's own colours"
	}
	return "true colour"
}

// atRestFinding reports whether the files of this machine are encrypted.
func atRestFinding(h backend.Hub) []finding {
	is, ok := h.AtRest()
	return []finding{{ok: ok, what: model.Safef("at rest: %s", is)}}
}
