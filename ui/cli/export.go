package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"warroom/model"
	"warroom/model/record"
)

// errEntryAndProfile is two wishes at once.
var errEntryAndProfile = model.Lit("--entry is one entry, whatever a profile shows; leave one of both")

// exportCmd writes a room's record into a file.
func (a *app) exportCmd() *cobra.Command {
	var out, profile string
	var entry uint64
	var bare bool
	c := &cobra.Command{
		Use:   "export ROOM -o FILE",
		Short: "Write the record of a room into a file that can be checked anywhere",
		Long: "Write the record of a room as a BagIt bag in a zip: the log as it was published,\n" +
			"checkpoints, keys, plan and a timeline to read, signed. Anybody can check it with\n" +
			"warroom verify FILE, or with sha256sum and ssh-keygen; the README in it says how.",
		Args: exactly(1, "export ROOM -o FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usage(model.Lit("where to? write it as: warroom export ROOM -o FILE"))
			}
			p, err := profileOf(profile)
			if err != nil {
				return err
			}
			if !p.IsWhole() && cmd.Flags().Changed("entry") {
				return usage(errEntryAndProfile)
			}
			return a.withKeeper(cmd.Context(), func(ctx context.Context, k record.Keeper) error {
				if h, ok := k.(Hub); ok {
					a.handsOut(ctx, h, args[0], exportOf(p, entry))
				}
				write := k.Export
				switch {
				case !p.IsWhole():
					write = func(ctx context.Context, short, agent string, w io.Writer) error {
						return k.ExportPart(ctx, short, agent, p, w)
					}
				case cmd.Flags().Changed("entry"):
					write = func(ctx context.Context, short, agent string, w io.Writer) error {
						return k.ExportEntry(ctx, short, agent, entry, w)
					}
				case bare:
					write = k.ExportBare
				}
				return a.export(out, func(w io.Writer) error { return write(ctx, args[0], "warroom "+Version, w) })
			})
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "`FILE` to write; - is stdout")
	c.Flags().Uint64Var(&entry, "entry", 0, "the entry of that `NUMBER` alone, with a proof that it lies in the log")
	c.Flags().BoolVar(&bare, "without-evidence", false, "leave the bytes of evidence out; their SHA-256 stay in it")
	c.Flags().StringVar(&profile, "profile", model.Profiles[0].Name, profileHelp())
	return c
}

// profileOf finds the profile that was asked for.
func profileOf(name string) (*model.Profile, error) {
	p, err := model.ProfileOf(name)
	if err != nil {
		return nil, usage(model.Sentence(err))
	}
	return p, nil
}

// profileHelp names the profiles.
func profileHelp() string {
	var names []string
	for _, p := range model.Profiles {
		names = append(names, p.Name)
	}
	return "for whom, `NAME`: " + strings.Join(names, ", ") + "; what is left out stands as hashes"
}

// export writes a record into a file, or with - to stdout.
func (a *app) export(out string, write func(io.Writer) error) error {
	if out == "-" {
		return a.exportOut(write)
	}
	bar := a.meter(filepath.Base(out), 0)
	n, err := exportTo(out, bar.at, write)
	bar.end()
	if err == nil {
		a.tell(model.Safef("%s is written, %s; warroom verify %s checks it", out, model.Bytes(n), out))
	}
	return err
}

// exportOut writes a record to stdout, which no terminal can show.
func (a *app) exportOut(write func(io.Writer) error) error {
	if f, ok := a.Stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) || a.visitor && a.Terminal {
		return usage(model.Lit("a record is no text for a terminal; send it into a file, as in: export ROOM > FILE (over SSH without -t)"))
	}
	return write(a.Stdout)
}

// exportTo writes a record into a file, and says on the way how many bytes there
// are. One that does not check is written as it is, and told.
func exportTo(out string, at func(int64), write func(io.Writer) error) (n int64, err error) {
	var late error
	to := &metered{at: at}
	err = writeStream(out, func(w io.Writer) error {
		to.w = w
		err := write(to)
		if to.n > 0 && errors.As(err, new(record.Tampered)) {
			late, err = err, nil
		}
		return err
	})
	return to.n, errors.Join(err, late)
}

// metered tells how much was written.
type metered struct {
	w  io.Writer
	n  int64
	at func(int64)
}

// Write implements io.Writer.
func (m *metered) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.n += int64(n)
	m.at(m.n)
	return n, err
}

// writeStream writes a file as a whole or not at all, for this user alone: fill
// writes it. What fill returns is returned as it is.
func writeStream(path string, fill func(io.Writer) error) error {
	refuse := func(err error) error {
		return model.Refuse(model.Invalid, "%s cannot be written: %s", path, reason(err))
	}
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return model.Refuse(model.Invalid, "%s is no plain file; give another name with -o", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".warroom-*")
	if err != nil {
		return refuse(err)
	}
	w := &failing{w: f}
	ferr := fill(w)
	err = w.err
	if err == nil && ferr == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil && ferr == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil || ferr != nil {
		_ = os.Remove(f.Name())
	}
	if err != nil {
		return refuse(err)
	}
	return ferr
}

// failing keeps why a file could not be written.
type failing struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (f *failing) Write(p []byte) (int, error) {
	n, err := f.w.Write(p)
	f.err = err
	return n, err
}
