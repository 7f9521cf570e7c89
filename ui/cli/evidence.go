package cli

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/namedfile"
	"warroom/ui/present"
)

// evidenceCmd is the parent of the commands for evidence.
func evidenceCmd(a *app) *cobra.Command {
	c := &cobra.Command{
		Use:   "evidence add|list|get|custody",
		Short: "Add files to a room's evidence, list it, or read it",
		Long: "Evidence is hashed on its way in and stored next to the room's log, with who collected\n" +
			"it, from where, and who has had it since. Reading a piece is an access: it is logged\n" +
			"before the first byte is written.",
		Args: noCommandArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(model.Lit("write it as: warroom evidence add, list, get or custody; see warroom evidence " +
				"--help"))
		},
	}
	c.AddCommand(evidenceAddCmd(a), evidenceListCmd(a), evidenceGetCmd(a), evidenceCustodyCmd(a))
	return c
}

// evidenceAddCmd adds files or stdin to evidence.
func evidenceAddCmd(a *app) *cobra.Command {
	var c model.Collection
	var resume string
	var insist bool
	e := evidence{a}
	cmd := &cobra.Command{
		Use:   "add ROOM FILE... | -",
		Short: "Add files to the evidence of a room; - reads stdin",
		Long: "Take files into evidence, or stdin with -, and print the number, the size and the SHA-256\n" +
			"of each piece. An interrupted transfer leaves an incomplete piece; the same command\n" +
			"with the same input continues it.",
		Args: atLeast(1, "evidence add ROOM FILE, or evidence add ROOM - for stdin"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if resume != "" {
				n, err := model.ParseEvidenceNumber(resume)
				if err != nil {
					return usageIfInvalid(err)
				}
				c.Resume = n
			}
			room, files := e.roomBefore(args)
			if room == "" {
				return usage(model.Lit("no room was given; write it as: warroom evidence add ROOM FILE, or - for " +
					"stdin"))
			}
			if len(files) == 0 {
				return usage(model.Lit("no file was given; write it as: warroom evidence add ROOM FILE, or - for " +
					"stdin"))
			}
			if c.Resume > 0 && len(files) > 1 {
				return usage(model.Lit("--resume continues one piece; give one file"))
			}
			if err := e.openable(files); err != nil {
				return err
			}
			return e.withBlobs(cmd.Context(), room,
				func(ctx context.Context, b model.Blobs, s model.RoomSession) error {
					for _, f := range files {
						if err := e.collect(ctx, b, s, c, f, insist); err != nil {
							return err
						}
					}
					return nil
				})
		},
	}
	f := cmd.Flags()
	choiceFlag(f, &c.Class, "class", "other", "`CLASS`: "+orWords(model.EvidenceClasses), model.EvidenceClasses...)
	f.StringVar(&c.Host, "host", "", "`HOST` that it comes from; by default, this machine")
	f.StringVar(&c.Name, "name", "", "`NAME` to store it under; by default, the name of the file")
	f.StringVar(&c.Command, "command", "", "`TEXT` of the command that produced it; by default, what was typed here")
	f.StringVar(&c.Note, "note", "", "`TEXT` about it")
	f.BoolVar(&insist, "insist", false, "store the command and the note unchanged, even if something in them looks "+
		"like a secret")
	f.StringVar(&resume, "resume", "", "continue this incomplete `PIECE`, such as E3")
	return cmd
}

// evidenceName matches the numbers of items of evidence.
var evidenceName = regexp.MustCompile(`^[eE][0-9]{1,6}$`)

// roomBefore splits the room off the front of some arguments; "" if they do not begin
// with a room. For a guest it does not look for a file of that name: the answer would show
// which files this machine has.
func (a evidence) roomBefore(args []string) (room string, rest []string) {
	if len(args) == 0 || args[0] == "-" {
		return "", args
	}
	switch {
	case model.IsRoomName(args[0]), model.IsULID(args[0]):
		return args[0], args[1:]
	case evidenceName.MatchString(args[0]):
		return "", args
	}
	if len(args) == 1 {
		return "", args
	}
	if !a.visitor {
		if _, err := os.Lstat(args[0]); err == nil {
			return "", args
		}
	}
	return args[0], args[1:]
}

// evidence adds files and streams to evidence and writes them out.
type evidence struct{ *app }

// openable returns an error if a file cannot be read, before any of them is sent.
func (a evidence) openable(files []string) error {
	for _, name := range files {
		switch {
		case name == "-" && len(files) > 1:
			return usage(model.Lit("- is stdin and cannot be combined with files"))
		case name == "-" && a.StdinTerminal:
			return usage(model.Lit("stdin is a terminal; write it as: COMMAND | warroom evidence add ROOM -"))
		case name == "-":
			continue
		case a.visitor:
			return model.Refuse(model.Forbidden, "%s", present.CollectElsewhere("ROOM", name))
		}
		f, err := openEvidence(name)
		if err != nil {
			return err
		}
		_ = f.Close() // it was only read
	}
	return nil
}

// openEvidence opens a file for evidence. It may be a device, for copying a disk.
func openEvidence(name string) (*os.File, error) {
	refuse := func(err error) error {
		if os.IsNotExist(err) {
			return model.Refuse(model.NotFound, "there is no file %s", name)
		}
		return model.Refuse(model.Invalid, "%s cannot be read: %s", name, model.FileReason(err))
	}
	st, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, refuse(err)
	case st.IsDir():
		return nil, model.Refuse(model.Invalid,
			"%s is a directory; pack it: tar c %s | warroom evidence add ROOM - --name %s.tar", name, name,
			filepath.Base(name))
	case isNamedPipe(name, st):
		return nil, model.Refuse(model.Invalid,
			"%s is a named pipe, which may never have anything in it: cat %s | warroom evidence add ROOM - reads it",
			name, name)
	case st.Mode().IsRegular() && st.Size() == 0:
		return nil, model.Refuse(model.Invalid, "%s is empty, so there is nothing to keep; write a note instead", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, refuse(err)
	}
	return f, nil
}

// isNamedPipe reports whether a name is that of a pipe in the file system, unlike a pipe that
// a shell opened.
func isNamedPipe(name string, st os.FileInfo) bool {
	return st.Mode()&os.ModeNamedPipe != 0 && !namedfile.IsDescriptor(name)
}

// collect adds one file, or stdin.
func (a evidence) collect(ctx context.Context, b model.Blobs, s model.RoomSession, c model.Collection, name string,
	insist bool) error {
	in, size := a.Stdin, int64(0)
	if name != "-" {
		f, err := openEvidence(name)
		if err != nil {
			return err
		}
		defer f.Close()
		in = f
		if st, err := f.Stat(); err == nil && st.Mode().IsRegular() {
			size = st.Size()
		}
	}
	a.describe(&c, name)
	if !insist {
		a.hide(s.Latest().Room, &c)
	}
	bar := a.meter(c.Name, size)
	p, err := b.Collect(ctx, s.Latest().Short, c, in, bar.at)
	bar.end()
	if err != nil {
		if model.CodeOf(err) == model.Queued {
			return model.Refuse(model.Queued,
				"%s is stored (%s, sha256 %s); its entry stays in this machine's outbox until the hub is back",
				p.Name, model.Bytes(p.Size), p.SHA256)
		}
		return err
	}
	return a.print(model.Safef("E%d  %s  sha256 %s  %s", p.N, model.Bytes(p.Size), p.SHA256, p.Name))
}

// withBlobs opens a session in a room, or in the only open room if room is "", for its
// evidence.
func (a evidence) withBlobs(ctx context.Context, room string,
	do func(context.Context, model.Blobs, model.RoomSession) error) error {
	return a.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) error {
		if room == "" {
			var err error
			if room, err = readRoom(ctx, a.app, h, nil); err != nil {
				return err
			}
		}
		s, err := openSession(ctx, h, room)
		if err != nil {
			return err
		}
		defer s.Close()
		a.warn(ctx, s)
		return do(ctx, h, s)
	})
}

// evidenceCustodyCmd records changes of custody.
func evidenceCustodyCmd(a *app) *cobra.Command {
	e := evidence{a}
	return &cobra.Command{
		Use:   "custody ROOM PIECE transfer @WHO REASON | accept | decline | seal | release REASON",
		Short: "Transfer, accept, seal or release a piece of evidence",
		Args:  atLeast(2, "evidence custody ROOM E3 transfer @WHO REASON, accept, decline, seal or release REASON"),
		RunE: func(cmd *cobra.Command, args []string) error {
			room, rest := e.roomBefore(args)
			if room == "" {
				return usage(model.Lit("no room was given; write it as: warroom evidence custody ROOM E3 accept"))
			}
			if err := model.CheckCustody(rest); err != nil {
				return usageIfInvalid(err)
			}
			return e.withBlobs(cmd.Context(), room,
				func(ctx context.Context, _ model.Blobs, s model.RoomSession) error {
					v := s.Latest()
					line := a.guarded(v.Room, ":custody "+strings.Join(rest, " "), insistFlag)
					act, err := model.Parse(line,
						model.Ctx{Room: v.Room, Who: s.Who(), Now: a.hubNow(v), Zone: a.zone(),
							JoinRequests: v.JoinRequests})
					if err != nil {
						return err
					}
					_, err = a.store(ctx, s, act)
					return err
				})
		},
	}
}
