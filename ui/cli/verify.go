package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/backend"
	"warroom/model/bundle"
	"warroom/model/namedfile"
	"warroom/ui/view"
)

// verifyCmd verifies a record, in a file or on the hub.
func verifyCmd(a *app) *cobra.Command {
	var pin, key string
	var witness int
	c := &cobra.Command{
		Use:   "verify [FILE|ROOM]",
		Short: "Verify a record: what is proven, by whom, and what is not",
		Long: "Verify the record of a room: an export, packed or unpacked, or the log on the hub. An\n" +
			"export is verified offline. The output lists what is wrong (BAD), what is proven, and by\n" +
			"whom (ok), and what is not proven (open).\n" +
			"Exit codes: 0 no fault, and all of it was compared with the log or is signed by the room's\n" +
			"hub; 4 it was tampered with, and the first fault is named; 6 no fault, but part of it is\n" +
			"not proven, and that part is named; 1 it cannot be read as a record.",
		Args: maxArgs(1, "verify [FILE|ROOM] [--pin CHECKPOINT] [--witness N] [--key KEY]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if witness < 0 {
				return usage(
					model.Lit("--witness takes the number of people who must have cosigned the record, as in " +
						"--witness 2"))
			}
			if cmd.Flags().Changed("key") && !bundle.IsKey(key) {
				return usage(model.Lit("--key takes a key as it is in a message (43 characters), or as ssh-keygen " +
					"-lf prints it (SHA256:...)"))
			}
			w := bundle.VerifyOptions{Witness: witness, Key: key}
			if pin != "" {
				raw, err := namedfile.Read(pin, namedfile.MaxLogin)
				if err != nil {
					return model.Refuse(model.Invalid, "the checkpoint %s cannot be read: %s", pin,
						model.FileReason(err))
				}
				if err := bundle.CheckPin(raw); err != nil {
					return usage(model.Safef("%s, given with --pin, is not a checkpoint: %s", pin, model.Sentence(err)))
				}
				w.Pin = raw
			}
			v, err := verification{a}.of(cmd.Context(), args, w)
			if err != nil {
				return err
			}
			return verification{a}.printVerdict(v)
		},
	}
	c.Flags().StringVar(&pin, "pin", "", "`FILE` with a checkpoint that you kept: the record must contain the same log")
	c.Flags().StringVar(&key, "key", "", "the `KEY` that must have signed the export, in full or as SHA256:...")
	c.Flags().IntVar(&witness, "witness", 0, "`NUMBER` of people who must have cosigned the whole log")
	return c
}

// verifyRoomCmd is the verify command for a guest, who may not use the files of this
// machine.
func verifyRoomCmd(a *app) *cobra.Command {
	return &cobra.Command{
		Use:   "verify [ROOM]",
		Short: "Verify the record of a room: what is proven, by whom, and what is not",
		Args:  maxArgs(1, "verify [ROOM]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h backend.Hub) error {
				short, err := readRoom(ctx, a, h, args)
				if err != nil {
					return err
				}
				return verification{a}.room(ctx, h, short)
			})
		},
	}
}

// verification verifies records and prints the results.
type verification struct{ *app }

// of verifies the named file or, if there is none, the named room. Without a name it
// verifies the only open room.
func (a verification) of(ctx context.Context, args []string, w bundle.VerifyOptions) (v *bundle.Verdict, err error) {
	if len(args) > 0 {
		b, done, err := openBag(args[0])
		defer done()
		switch {
		case err == nil:
			return b.Verify(w), nil
		case !errors.Is(err, os.ErrNotExist):
			return nil, err
		case strings.ContainsAny(args[0], `/\.`):
			return nil, model.Refuse(model.NotFound, "there is no file %s", args[0])
		}
	}
	err = a.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) error {
		name, err := readRoom(ctx, a.app, h, args)
		if err != nil {
			return err
		}
		ev, err := h.Record(ctx, name)
		if len(args) > 0 && model.CodeOf(err) == model.NotFound {
			return model.Refuse(model.NotFound, "there is neither a file nor a room with the name %s; give the "+
				"path of an export, or a room that warroom rooms lists", name)
		}
		if err == nil {
			v = bundle.Verify(ev, w)
		}
		return err
	})
	return v, err
}

// forScreen returns the function that verifies the record of a room for the screen. The
// screens of a process take turns, because it takes the whole log and a processor.
func (a verification) forScreen(h backend.Hub) func(context.Context, string) (view.Verified, error) {
	return func(ctx context.Context, short string) (view.Verified, error) {
		verifying.Lock()
		defer verifying.Unlock()
		ev, err := h.Record(ctx, short)
		if err != nil {
			return view.Verified{}, err
		}
		v := bundle.Verify(ev, bundle.VerifyOptions{})
		return view.Verified{Head: v.Head, Bad: v.Bad, Good: v.Good, Open: v.Open}, nil
	}
}

// verifying is held during a verification.
var verifying sync.Mutex

// room verifies the record of a room and prints the result.
func (a verification) room(ctx context.Context, h backend.Hub, short string) error {
	verifying.Lock()
	defer verifying.Unlock()
	ev, err := h.Record(ctx, short)
	if err != nil {
		return err
	}
	return a.printVerdict(bundle.Verify(ev, bundle.VerifyOptions{}))
}

// openBag opens a record in a file, or in the directory that it was unpacked to. It
// returns [os.ErrNotExist] if there is neither. The contents of evidence stay in the
// file; done closes it.
func openBag(name string) (b *bundle.Bag, done func(), err error) {
	done = func() {}
	st, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, done, os.ErrNotExist
	case err != nil:
		return nil, done, model.Refuse(model.Invalid, "%s cannot be read: %s", name, model.FileReason(err))
	case st.IsDir():
		b, err = bundle.OpenDir(os.DirFS(name))
		return b, done, inFile(name, err)
	case !st.Mode().IsRegular():
		return nil, done, model.Refuse(model.Invalid, "%s is not a regular file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, done, model.Refuse(model.Invalid, "%s cannot be read: %s", name, model.FileReason(err))
	}
	b, err = bundle.Open(f, st.Size())
	return b, func() { _ = f.Close() }, inFile(name, err) // it was only read
}

// inFile puts the name of the file in front of why it cannot be read as an export.
func inFile(name string, err error) error {
	var e *model.Error
	if !errors.As(err, &e) {
		return err
	}
	named := *e
	named.Message = model.Safef("%s: %s", model.CleanLine(name), e.Message)
	return &named
}

// printVerdict prints the result of a verification, the worst first.
func (a verification) printVerdict(v *bundle.Verdict) error {
	lines := []model.Safe{v.Head}
	for i, s := range v.Bad {
		if i == 10 {
			lines = append(lines, model.Safef("BAD   and %d more", len(v.Bad)-i))
			break
		}
		lines = append(lines, model.Safef("BAD   %s", s))
	}
	for _, s := range v.Good {
		lines = append(lines, model.Safef("ok    %s", s))
	}
	for _, s := range v.Open {
		lines = append(lines, model.Safef("open  %s", s))
	}
	for _, l := range lines {
		if err := a.print(l); err != nil {
			return err
		}
	}
	switch {
	case !v.Sound():
		return bundle.Tampered{Safe: model.Safef("the record does not verify: %s", v.Bad[0])}
	case v.Less && len(v.Lacks) > 1:
		a.printErr(model.Safef("the record has no fault, but part of it is not proven: %s; and %d more, see above",
			v.Lacks[0], len(v.Lacks)-1))
		return errIncomplete
	case v.Less:
		a.printErr(model.Safef("the record has no fault, but part of it is not proven: %s",
			model.JoinSafe(model.Safe{}, v.Lacks...)))
		return errIncomplete
	}
	return nil
}
