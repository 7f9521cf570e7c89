package cli

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/spf13/cobra"

	"warroom/model"
)

// evidenceCmd is the table of what is done with evidence.
func (a *app) evidenceCmd() *cobra.Command {
	c := &cobra.Command{
		Use:   "evidence add|list|get|custody",
		Short: "Take files and streams into evidence, list them, get them out",
		Long: "Evidence is hashed on its way in and kept beside the room's log, with who collected\n" +
			"it, from where, and who has had it since. Getting a piece out is an access, which\n" +
			"the log has before the first byte comes. Where one room is open alone, ROOM may be\n" +
			"left out.",
		Args: a.noEvidenceArgs,
		RunE: func(*cobra.Command, []string) error {
			return usage(model.Lit("write it as: warroom evidence add, list, get or custody; see warroom evidence --help"))
		},
	}
	c.AddCommand(a.evidenceAddCmd(), a.evidenceListCmd(), a.evidenceGetCmd(), a.evidenceCustodyCmd())
	return c
}

func (a *app) noEvidenceArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage(model.Safef("there is no command evidence %s; there are add, list, get and custody", args[0]))
	}
	return nil
}

// evidenceAddCmd takes files or a stream into evidence.
func (a *app) evidenceAddCmd() *cobra.Command {
	var c model.Collection
	var resume string
	var insist bool
	cmd := &cobra.Command{
		Use:   "add [ROOM] FILE... | -",
		Short: "Take files into evidence; - takes what comes by stdin",
		Long: "Take files into evidence, or with - what comes by stdin, as in\n" +
			"    journalctl -u sshd | warroom evidence add inc-7 - --class log --name sshd.log\n" +
			"    ssh HOST evidence add inc-7 - --name dump < dump\n" +
			"It prints the number of each piece, its size and its SHA-256. What is cut stays and\n" +
			"is incomplete; the same command with the same input goes on behind it.",
		Args: atLeast(1, "evidence add ROOM FILE, or evidence add ROOM - for stdin"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if resume != "" {
				n, err := model.PieceNumber(resume)
				if err != nil {
					return err
				}
				c.Resume = n
			}
			room, files := roomBefore(args)
			if len(files) == 0 {
				return usage(model.Lit("which file? write it as: warroom evidence add ROOM FILE, or - for stdin"))
			}
			if c.Resume > 0 && len(files) > 1 {
				return usage(model.Lit("--resume goes on with one piece; give one file"))
			}
			if err := a.openable(files); err != nil {
				return err
			}
			return a.withBlobs(cmd.Context(), room, func(ctx context.Context, b model.Blobs, s model.Seat) error {
				for _, f := range files {
					if err := a.collect(ctx, b, s, c, f, insist); err != nil {
						return err
					}
				}
				return nil
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&c.Class, "class", "other", "`CLASS`: "+strings.Join(model.EvidenceClasses, ", "))
	f.StringVar(&c.Host, "host", "", "`HOST` that it comes from; else this machine")
	f.StringVar(&c.Name, "name", "", "`NAME` to keep it under; else the file's own")
	f.StringVar(&c.Command, "command", "", "`TEXT` of the command that made it; else what was typed here")
	f.StringVar(&c.Note, "note", "", "`TEXT` about it")
	f.BoolVar(&insist, "insist", false, "send command and note as they are, also what looks like a secret")
	f.StringVar(&resume, "resume", "", "go on with this incomplete `PIECE`, as E3")
	return cmd
}

// roomName is how rooms are called.
var roomName = regexp.MustCompile(`^[a-z0-9_]{1,40}-[0-9]{1,9}$`)

// pieceName is how pieces of evidence are called.
var pieceName = regexp.MustCompile(`^[eE][0-9]{1,6}$`)

// roomBefore takes the room off the beginning of some words, "" where they have
// none.
func roomBefore(args []string) (room string, rest []string) {
	if len(args) == 0 || args[0] == "-" {
		return "", args
	}
	switch {
	case roomName.MatchString(args[0]):
		return args[0], args[1:]
	case pieceName.MatchString(args[0]):
		return "", args
	}
	if _, err := os.Lstat(args[0]); err != nil && len(args) > 1 {
		return args[0], args[1:]
	}
	return "", args
}

// openable refuses files that cannot be read, before any of them is sent.
func (a *app) openable(files []string) error {
	for _, name := range files {
		switch {
		case name == "-" && len(files) > 1:
			return usage(model.Lit("- is stdin and stands alone"))
		case name == "-" && a.StdinTerminal:
			return usage(model.Lit("stdin is a terminal; write it as: COMMAND | warroom evidence add ROOM -"))
		case name == "-":
			continue
		case a.visitor:
			return model.Refuse(model.Forbidden, "the files of this server are not yours to give; send your own by stdin: ssh HOST evidence add ROOM - --name %s < %s", name, name)
		}
		f, err := openEvidence(name)
		if err != nil {
			return err
		}
		_ = f.Close() // nothing was written
	}
	return nil
}

// openEvidence opens a file to be taken into evidence. It may be a device: that is
// how a disk is copied.
func openEvidence(name string) (*os.File, error) {
	refuse := func(err error) error {
		if os.IsNotExist(err) {
			return model.Refuse(model.NotFound, "there is no file %s", name)
		}
		return model.Refuse(model.Invalid, "%s cannot be read: %s", name, reason(err))
	}
	st, err := os.Stat(name)
	switch {
	case err != nil:
		return nil, refuse(err)
	case st.IsDir():
		return nil, model.Refuse(model.Invalid, "%s is a directory; pack it: tar c %s | warroom evidence add ROOM - --name %s.tar", name, name, filepath.Base(name))
	case st.Mode().IsRegular() && st.Size() == 0:
		return nil, model.Refuse(model.Invalid, "%s is empty: there is nothing to keep; note it instead", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, refuse(err)
	}
	return f, nil
}

// collect takes one file, or stdin.
func (a *app) collect(ctx context.Context, b model.Blobs, s model.Seat, c model.Collection, name string, insist bool) error {
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
		if model.CodeOf(err) == model.Kept {
			return model.Refuse(model.Kept, "%s is stored (%s, sha256 %s); its entry waits in the outbox of this machine until the hub is back", p.Name, model.Bytes(p.Size), p.SHA256)
		}
		return err
	}
	return a.say(model.Safef("E%d  %s  sha256 %s  %s", p.N, model.Bytes(p.Size), p.SHA256, p.Name))
}

// withBlobs takes a seat in a room, the only open one where none is named, and
// opens its evidence.
func (a *app) withBlobs(ctx context.Context, room string, do func(context.Context, model.Blobs, model.Seat) error) error {
	return a.withHub(ctx, "cli", func(ctx context.Context, h Hub) error {
		b, ok := h.(model.Blobs)
		if !ok {
			return model.Refuse(model.Internal, "this hub keeps no evidence")
		}
		if room == "" {
			var err error
			if room, err = onlyRoom(ctx, h); err != nil {
				return err
			}
		}
		s, err := seatIn(ctx, h, room)
		if err != nil {
			return err
		}
		defer s.Close()
		a.warn(ctx, s)
		return do(ctx, b, s)
	})
}

// onlyRoom is the one room that is open.
func onlyRoom(ctx context.Context, h Hub) (string, error) {
	list, err := h.List(ctx)
	if err != nil {
		return "", err
	}
	var open []string
	for _, i := range list {
		if i.Room != nil && i.Room.Status == model.Open {
			open = append(open, i.Short)
		}
	}
	switch len(open) {
	case 0:
		return "", usage(model.Lit("no room is open; name one behind the command, as in: warroom evidence list inc-1"))
	case 1:
		return open[0], nil
	}
	return "", usage(model.Safef("which room? %s are open; name one behind the command, as in: warroom evidence list %s", strings.Join(open, ", "), open[0]))
}

// evidenceCustodyCmd says what happens to a piece.
func (a *app) evidenceCustodyCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "custody [ROOM] PIECE transfer @WHO REASON | accept | decline | seal | release REASON",
		Short: "Hand a piece of evidence over, take it, seal or release it",
		Args:  atLeast(2, "evidence custody ROOM E3 transfer @WHO REASON, accept, decline, seal or release REASON"),
		RunE: func(cmd *cobra.Command, args []string) error {
			room, rest := roomBefore(args)
			return a.withBlobs(cmd.Context(), room, func(ctx context.Context, _ model.Blobs, s model.Seat) error {
				v := s.Latest()
				line := a.guarded(v.Room, ":custody "+strings.Join(rest, " "), insistFlag)
				act, err := model.Parse(line, model.Ctx{Room: v.Room, Who: s.Who(), Now: a.hubNow(v), Zone: a.zone(), Knocks: v.Knocks})
				if err != nil {
					return err
				}
				_, err = a.store(ctx, s, act)
				return err
			})
		},
	}
}
