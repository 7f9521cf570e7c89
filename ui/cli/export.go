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
	"warroom/model/backend"
	"warroom/model/bundle"
)

// errEntryAndProfile is the error for two options that exclude each other.
var errEntryAndProfile = model.Lit("--entry exports one entry whatever the profile shows; leave out --entry or " +
	"--profile")

// exportCmd writes a room's record to a file.
func exportCmd(a *app) *cobra.Command {
	var out, profile string
	var entry uint64
	var bare bool
	c := &cobra.Command{
		Use:   "export ROOM -o FILE",
		Short: "Export the record of a room into a file that can be verified anywhere",
		Long: "Write the record of a room as a signed BagIt bag in a ZIP: the log as it was published,\n" +
			"checkpoints, keys, plan and a readable timeline. Anybody can check it with\n" +
			"warroom verify FILE, or with sha256sum and ssh-keygen as its README explains.",
		Args: exactly(1, "export ROOM -o FILE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return usage(model.Lit("no file was given; write it as: warroom export ROOM -o FILE"))
			}
			p, err := profileOf(profile)
			if err != nil {
				return err
			}
			if !p.IsWhole() && cmd.Flags().Changed("entry") {
				return usage(errEntryAndProfile)
			}
			if err := checkEntry(cmd, entry); err != nil {
				return err
			}
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h backend.Hub) error {
				write := h.Export
				switch {
				case !p.IsWhole():
					write = func(ctx context.Context, short, agent string, w io.Writer) error {
						return h.ExportSubset(ctx, short, agent, p, w)
					}
				case cmd.Flags().Changed("entry"):
					write = func(ctx context.Context, short, agent string, w io.Writer) error {
						return h.ExportEntry(ctx, short, agent, entry, w)
					}
				case bare:
					write = h.ExportBare
				}
				short, err := readRoom(ctx, a, h, args)
				if err != nil {
					return err
				}
				return exports{a}.writeFile(out, func(w io.Writer) error { // the file can be written
					if err := (exports{a}).noteExport(ctx, h, short, exportOf(p, entry), entry); err != nil {
						return err
					}
					return write(ctx, short, "warroom "+Version, w)
				})
			})
		},
	}
	c.Flags().StringVarP(&out, "output", "o", "", "`FILE` to write; - is stdout")
	c.Flags().Uint64Var(&entry, "entry", 0, "only the entry of this `NUMBER`, with a proof that it is in the log")
	c.Flags().BoolVar(&bare, "without-evidence", false, "leave out the bytes of the evidence; their SHA-256 sums stay")
	c.Flags().StringVar(&profile, "profile", model.Profiles[0].Name, profileHelp()+othersAsHashes)
	return c
}

// profileOf returns the profile with a name, or a usageError.
func profileOf(name string) (*model.Profile, error) {
	p, err := model.ProfileOf(name)
	if err != nil {
		return nil, usage(model.Sentence(err))
	}
	return p, nil
}

// othersAsHashes describes what an export with a profile has of the entries that it leaves out.
const othersAsHashes = "; the other entries are exported as hashes"

// profileHelp lists the profiles.
func profileHelp() string {
	var names []string
	for _, p := range model.Profiles {
		names = append(names, p.Name)
	}
	return "for whom, `NAME`: " + strings.Join(names, ", ")
}

// exports writes records of rooms.
type exports struct{ *app }

// writeFile writes a record to a file, or to stdout for "-".
func (a exports) writeFile(out string, write func(io.Writer) error) error {
	if out == "-" {
		return a.writeStdout(write)
	}
	bar := a.meter(filepath.Base(out), 0)
	n, err := exportTo(out, bar.at, write)
	bar.end()
	if err == nil {
		a.printErr(model.Safef("%s is written (%s); check it with warroom verify %s", out, model.Bytes(n), out))
	}
	return err
}

// writeStdout writes a record to stdout, unless that is a terminal.
func (a exports) writeStdout(write func(io.Writer) error) error {
	if f, ok := a.Stdout.(*os.File); ok && term.IsTerminal(int(f.Fd())) || a.visitor && a.Terminal {
		return usage(model.Lit("an export is not written to a terminal; redirect it to a file, as in: export ROOM > " +
			"FILE (over SSH without -t)"))
	}
	return write(a.Stdout)
}

// exportTo writes a record to a file and calls at with the number of bytes written so
// far. A record that does not verify is written nevertheless, and then returned as the
// error.
func exportTo(out string, at func(int64), write func(io.Writer) error) (n int64, err error) {
	var late error
	to := &metered{at: at}
	err = writeStream(out, func(w io.Writer) error {
		to.w = w
		err := write(to)
		if to.n > 0 && errors.As(err, new(bundle.Tampered)) {
			late, err = err, nil
		}
		return err
	})
	return to.n, errors.Join(err, late)
}

// metered counts written bytes and calls at.
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

// writeStream writes a file atomically, with mode 0600. fill writes the content; its
// error is returned unchanged.
func writeStream(path string, fill func(io.Writer) error) error {
	refuse := func(err error) error {
		return model.Refuse(model.Invalid, "%s cannot be written: %s", path, model.FileReason(err))
	}
	if st, err := os.Stat(path); err == nil && !st.Mode().IsRegular() {
		return model.Refuse(model.Invalid, "%s is not a regular file; give another name with -o", path)
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

// failing records the error of a write.
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
