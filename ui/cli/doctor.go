package cli

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/playbook"
)

// Version is the program's version; a release sets it when it is built.
var Version = "0.1.0-dev"

// versionLines say what program this is and what it is made of.
func versionLines() []model.Safe {
	out := []model.Safe{model.Safef("warroom %s, %s %s/%s, fold %d", Version, runtime.Version(), runtime.GOOS, runtime.GOARCH, model.FoldVersion)}
	if b, ok := debug.ReadBuildInfo(); ok {
		if s := commitOf(b.Settings); !s.IsEmpty() {
			out = append(out, s)
		}
		for _, d := range b.Deps {
			switch d.Path {
			case "github.com/nats-io/nats-server/v2", "github.com/nats-io/nats.go", "github.com/rivo/tview", "github.com/gdamore/tcell/v2":
				out = append(out, model.Safef("  %s %s", d.Path, d.Version))
			}
		}
	}
	return out
}

// commitOf returns the commit that the program was built from, where Go recorded it.
func commitOf(settings []debug.BuildSetting) model.Safe {
	of := map[string]string{}
	for _, s := range settings {
		of[s.Key] = s.Value
	}
	switch {
	case of["vcs.revision"] == "":
		return model.Safe{}
	case of["vcs.modified"] == "true":
		return model.Safef("  commit %s, with changes, %s", of["vcs.revision"], of["vcs.time"])
	}
	return model.Safef("  commit %s, %s", of["vcs.revision"], of["vcs.time"])
}

// finding is one line of doctor.
type finding struct {
	ok   bool
	what model.Safe
	do   model.Safe // how to mend it
}

// doctorCmd looks at everything the program needs.
func (a *app) doctorCmd() *cobra.Command {
	var repair, yes bool
	c := &cobra.Command{
		Use:   "doctor [--repair [ROOM]]",
		Short: "Look at configuration, data, hub, terminal and clock; say what is wrong and how to mend it",
		Long: "Look at everything that warroom needs, say what is wrong and how to mend it.\n" +
			"With --repair, restore the log of a room that is held from this terminal's copy,\n" +
			"or take over a room whose hub is gone for good. Nothing is deleted: the broken\n" +
			"store is kept under a name that is printed.",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 1 || len(args) == 1 && !repair || yes && !repair {
				return usage(model.Lit("write it as: warroom doctor, or warroom doctor --repair [ROOM] [--yes]"))
			}
			return nil
		},
		// A configuration that cannot be read is a finding here, not the end.
		PersistentPreRunE: func(*cobra.Command, []string) error { return nil },
		RunE: func(cmd *cobra.Command, args []string) error {
			if repair {
				return a.repair(cmd.Context(), args, yes)
			}
			return a.diagnose(cmd.Context())
		},
	}
	c.Flags().BoolVar(&repair, "repair", false, "restore the log of a room from this terminal's copy")
	c.Flags().BoolVar(&yes, "yes", false, "do not ask")
	return c
}

// diagnose says one line for everything that was looked at.
func (a *app) diagnose(ctx context.Context) error {
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
		if err := a.say(s); err != nil {
			return err
		}
	}
	if bad {
		return errSaid
	}
	return nil
}

// examine looks at one thing after the other.
func (a *app) examine(ctx context.Context) []finding {
	out := []finding{a.checkConfig(), a.checkHandle(), a.checkData(), a.checkPlaybooks()}
	out = append(out, a.checkHub(ctx)...)
	out = append(out, a.checkAside()...)
	out = append(out, a.checkSSH()...)
	out = append(out, a.checkBridges(ctx)...)
	return append(out, a.checkTerminal())
}

func (a *app) checkConfig() finding {
	if err := a.configure(); err != nil {
		a.cfg = DefaultConfig()
		return finding{what: model.Safef("configuration: %s", model.Sentence(err)), do: model.Lit("the rest was looked at with the defaults")}
	}
	if a.path == "" {
		return finding{ok: true, what: model.Safef("configuration: none at %s, the defaults hold", ConfigPath())}
	}
	return finding{ok: true, what: model.Safef("configuration: %s", a.path)}
}

func (a *app) checkHandle() finding {
	h, err := a.handle()
	if err != nil {
		return finding{what: model.Sentence(err), do: model.Lit("set as in the configuration")}
	}
	return finding{ok: true, what: model.Safef("handle: %s", h)}
}

// checkData looks whether the data directory can be written to and is private.
func (a *app) checkData() finding {
	dir := a.cfg.Data
	st, err := os.Stat(dir)
	if os.IsNotExist(err) {
		return finding{ok: true, what: model.Safef("data: %s is not there yet and will be made", dir)}
	}
	if err != nil || !st.IsDir() {
		return finding{what: model.Safef("data: %s is no directory that can be used", dir), do: model.Lit("give another with --data DIR")}
	}
	if runtime.GOOS != "windows" && st.Mode().Perm()&0o022 != 0 {
		return finding{what: model.Safef("data: %s can be written to by others (%s)", dir, st.Mode().Perm().String()), do: model.Safef("chmod 700 %s", dir)}
	}
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return finding{what: model.Safef("data: %s cannot be written to: %s", dir, reason(err)), do: model.Lit("mend its permissions, make room, or give another with --data DIR")}
	}
	_ = f.Close()
	_ = os.Remove(f.Name())
	return finding{ok: true, what: model.Safef("data: %s", dir)}
}

func (a *app) checkPlaybooks() finding {
	list, err := playbook.Names(a.cfg.Playbooks)
	if err != nil {
		return finding{what: model.Safef("playbooks: %s", model.Sentence(err)), do: model.Lit("mend the directory")}
	}
	var names []string
	for _, i := range list {
		if i.Err != nil {
			return finding{what: model.Safef("playbooks: %s", model.Sentence(i.Err)), do: model.Safef("see warroom playbook check %s", i.Path)}
		}
		names = append(names, i.Name)
	}
	return finding{ok: true, what: model.Safef("playbooks: %s; your own go into %s as NAME.toml", strings.Join(names, ", "), a.cfg.Playbooks)}
}

// checkHub opens the hub and reads its clock.
func (a *app) checkHub(ctx context.Context) []finding {
	var out []finding
	err := a.withHub(ctx, "cli", func(ctx context.Context, h Hub) error {
		l := h.Link()
		where := l.Where
		if l.Hosting {
			where = model.Safef("%s, nobody else hosts it now", where)
		}
		if who := h.Who().Handle; who != a.cfg.As && a.cfg.Creds != "" {
			out = append(out, finding{ok: true, what: model.Safef("login: %s", who)})
		}
		if n, ok := h.(leaver); ok && n.Left() > 0 {
			out = append(out, finding{what: model.Safef("outbox: %s here and not stored yet", lines(n.Left())), do: model.Lit("all is sent as soon as warroom runs here and the hub answers")})
		}
		if l.State == model.Offline {
			return a.alone(ctx, h, l, &out)
		}
		out = append(out, finding{ok: true, what: model.Safef("hub: %s, %s", where, string(l.State))})
		if !l.Trouble.IsEmpty() {
			out = append(out, finding{what: model.Safef("hub: %s", l.Trouble)})
		}
		out = append(out, serverFindings(ctx, h)...)
		out = append(out, damagedCopies(ctx, h)...)
		out = append(out, restFinding(h)...)
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
		s, err := seatIn(ctx, h, list[0].Short)
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

// alone says what there is while the hub does not answer.
func (a *app) alone(ctx context.Context, h Hub, l model.Link, out *[]finding) error {
	*out = append(*out, finding{what: model.Safef("hub: %s", l.Trouble), do: a.hubHelp()})
	list, err := h.List(ctx)
	if err == nil {
		*out = append(*out, finding{ok: true, what: model.Safef("rooms: %d, as the copies on this machine have them", len(list))})
	}
	return err
}

// hubHelp says where to look when the hub cannot be opened.
func (a *app) hubHelp() model.Safe {
	if a.cfg.Server != "" || a.cfg.Creds != "" {
		return model.Lit("it is somewhere else: see server, creds and ca in the configuration, and docs/cluster.md")
	}
	return model.Safef("its files are in %s", filepath.Join(a.cfg.Data, "hub"))
}

// Examiner is a hub that can say what its server has and lacks.
type Examiner interface {
	Examine(ctx context.Context) (good, bad []model.Safe)
}

// serverFindings says what a server that is not ours has and lacks.
func serverFindings(ctx context.Context, h Hub) (out []finding) {
	e, ok := h.(Examiner)
	if !ok {
		return nil
	}
	good, bad := e.Examine(ctx)
	for _, s := range good {
		out = append(out, finding{ok: true, what: s})
	}
	for _, s := range bad {
		out = append(out, finding{what: s, do: model.Lit("docs/cluster.md has the list that a server has to allow; ask who runs it")})
	}
	return out
}

func offsetFinding(off time.Duration) finding {
	s := model.Safef("clock: %s off the hub's", off.Round(time.Millisecond))
	if off.Abs() > model.Skew {
		return finding{what: s, do: model.Lit("set this machine's clock, as with NTP; countdowns use the hub's")}
	}
	return finding{ok: true, what: s}
}

func (a *app) checkTerminal() finding {
	if !a.Terminal {
		return finding{ok: true, what: model.Lit("terminal: none here; the plain commands work")}
	}
	set := "UTF-8"
	if a.ascii() {
		set = "ASCII"
	}
	if t := a.Getenv("TERM"); t == "" || t == "dumb" {
		return finding{ok: true, what: model.Safef("terminal: TERM is %q, which shows plain lines only", t)}
	}
	return finding{ok: true, what: model.Safef("terminal: %s, %s, %s", a.Getenv("TERM"), set, fmt.Sprint(colorWords(a.colors())))}
}

func colorWords(n int) string {
	switch {
	case n == 0:
		return "no colours"
	case n < 0:
		return "colours as the terminal has them"
	}
	return "true colour"
}
