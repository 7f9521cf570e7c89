package cli

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"warroom/model"
	"warroom/model/record"
	"warroom/ui"
)

// errIncomplete ends a check that found nothing wrong and could not go to the
// end. What is missing was told already.
var errIncomplete = errors.New("incomplete")

// verifyCmd checks a record, in a file or on the hub.
func (a *app) verifyCmd() *cobra.Command {
	var pin, key string
	var witness int
	c := &cobra.Command{
		Use:   "verify FILE|ROOM",
		Short: "Check a record: what is proven, by whom, and what is not",
		Long: "Check the record of a room: an export, packed or unpacked, or the log on the hub.\n" +
			"An export is checked offline. It says what is proven, by whom, and what is not.\n" +
			"Exit code: 0 everything in it was compared, or the key of the room's hub stands for it;\n" +
			"4 it was tampered with (the first bad place is named); 6 it is good as far as it goes, and\n" +
			"what could not be compared is named; 1 it cannot be read as a record.",
		Args: exactly(1, "verify FILE|ROOM [--pin CHECKPOINT] [--witness N] [--key KEY]"),
		RunE: func(cmd *cobra.Command, args []string) error {
			if witness < 0 {
				return usage(model.Lit("--witness takes how many people have to stand for the record, as in --witness 2"))
			}
			if cmd.Flags().Changed("key") && !record.IsKey(key) {
				return usage(model.Lit("--key takes a key as it stands in a message (43 characters), or as ssh-keygen -lf prints it (SHA256:...)"))
			}
			w := record.Wish{Witness: witness, Key: key}
			if pin != "" {
				raw, err := os.ReadFile(pin)
				if err != nil {
					return model.Refuse(model.Invalid, "the checkpoint %s cannot be read: %s", pin, reason(err))
				}
				w.Pin = raw
			}
			v, err := a.verified(cmd.Context(), args[0], w)
			if err != nil {
				return err
			}
			return a.verdict(v)
		},
	}
	c.Flags().StringVar(&pin, "pin", "", "a checkpoint in `FILE` that you kept: the record has to go on from it")
	c.Flags().StringVar(&key, "key", "", "the `KEY` that you know its signer by, in full or as SHA256:...")
	c.Flags().IntVar(&witness, "witness", 0, "how many people besides the hub have to stand for it")
	return c
}

// verifyRoomCmd is verify for a guest: a room, and no files of this machine.
func (a *app) verifyRoomCmd() *cobra.Command {
	return &cobra.Command{
		Use:   "verify ROOM",
		Short: "Check the record of a room: what is proven, by whom, and what is not",
		Args:  exactly(1, "verify ROOM"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withHub(cmd.Context(), "cli", func(ctx context.Context, h Hub) error {
				return a.verifyRoom(ctx, h, args[0])
			})
		},
	}
}

// verified checks a file where there is one of that name, else a room.
func (a *app) verified(ctx context.Context, name string, w record.Wish) (v *record.Verdict, err error) {
	b, done, err := openBag(name)
	defer done()
	switch {
	case err == nil:
		return b.Verify(w), nil
	case !errors.Is(err, os.ErrNotExist):
		return nil, err
	case strings.ContainsAny(name, `/\.`):
		return nil, model.Refuse(model.NotFound, "there is no file %s", name)
	}
	err = a.withKeeper(ctx, func(ctx context.Context, k record.Keeper) error {
		ev, err := k.Record(ctx, name)
		if err == nil {
			v = record.Verify(ev, w)
		}
		return err
	})
	return v, err
}

// recorder is a hub that hands out the log of a room as it is stored.
type recorder interface {
	Record(ctx context.Context, short string) (record.Evidence, error)
}

// verifier returns what reads and checks the record of a room for the screen, nil
// where this hub hands out none. All screens of a process take turns: it takes a
// processor and the whole log.
func (a *app) verifier(h Hub) func(context.Context, string) (ui.Verified, error) {
	k, ok := h.(recorder)
	if !ok {
		return nil
	}
	return func(ctx context.Context, short string) (ui.Verified, error) {
		verifying.Lock()
		defer verifying.Unlock()
		ev, err := k.Record(ctx, short)
		if err != nil {
			return ui.Verified{}, err
		}
		v := record.Verify(ev, record.Wish{})
		return ui.Verified{Head: v.Head, Bad: v.Bad, Good: v.Good, Open: v.Open}, nil
	}
}

// verifying is held by the one that checks a record.
var verifying sync.Mutex

// verifyRoom checks the record of a room and prints what was found.
func (a *app) verifyRoom(ctx context.Context, h Hub, short string) error {
	k, ok := h.(recorder)
	if !ok {
		return model.Refuse(model.Internal, "this hub hands out no records")
	}
	verifying.Lock()
	defer verifying.Unlock()
	ev, err := k.Record(ctx, short)
	if err != nil {
		return err
	}
	return a.verdict(record.Verify(ev, record.Wish{}))
}

// openBag reads a record from a file, or from the directory that it was unpacked
// into. The error is [os.ErrNotExist] where there is neither. The bytes of evidence
// stay in the file until done is called.
func openBag(name string) (b *record.Bag, done func(), err error) {
	done = func() {}
	st, err := os.Stat(name)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil, done, os.ErrNotExist
	case err != nil:
		return nil, done, model.Refuse(model.Invalid, "%s cannot be read: %s", name, reason(err))
	case st.IsDir():
		b, err = record.OpenDir(os.DirFS(name))
		return b, done, err
	case !st.Mode().IsRegular():
		return nil, done, model.Refuse(model.Invalid, "%s is no plain file", name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, done, model.Refuse(model.Invalid, "%s cannot be read: %s", name, reason(err))
	}
	b, err = record.Open(f, st.Size())
	return b, func() { _ = f.Close() }, err // it was read only
}

// verdict prints what a check found, the worst first.
func (a *app) verdict(v *record.Verdict) error {
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
		if err := a.say(l); err != nil {
			return err
		}
	}
	switch {
	case !v.Sound():
		return record.Tampered{Safe: model.Safef("the record does not verify: %s", v.Bad[0])}
	case v.Less && len(v.Lacks) > 1:
		a.tell(model.Safef("the record verifies as far as it goes; not compared: %s; and %d more, see above", v.Lacks[0], len(v.Lacks)-1))
		return errIncomplete
	case v.Less:
		a.tell(model.Safef("the record verifies as far as it goes; not compared: %s", model.JoinSafe(model.Safe{}, v.Lacks...)))
		return errIncomplete
	}
	return nil
}

// withKeeper opens the hub for its records.
func (a *app) withKeeper(ctx context.Context, fn func(context.Context, record.Keeper) error) error {
	return a.withHub(ctx, "cli", func(ctx context.Context, h Hub) error {
		k, ok := h.(record.Keeper)
		if !ok {
			return model.Refuse(model.Internal, "this hub hands out no records")
		}
		return fn(ctx, k)
	})
}
