package cli

import (
	"bufio"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"warroom/model"
)

// heldRooms are the rooms whose log is not the one that was known.
func heldRooms(ctx context.Context, h Hub) (out []finding, err error) {
	m, ok := h.(model.Mender)
	if !ok {
		return nil, nil
	}
	sick, err := m.Ailing(ctx)
	for _, s := range sick {
		out = append(out, finding{what: model.Safef("record: %s", s.Why)})
	}
	return out, err
}

// doubtful are the rooms whose log on the hub is not the one that this machine
// knew, but those that are held.
func doubtful(ctx context.Context, h Hub, list []model.RoomInfo, held []finding) (out []finding) {
	d, ok := h.(roomDoubter)
	if !ok {
		return nil
	}
	for _, i := range list {
		f := finding{what: model.Safef("record: %s: %s", i.Short, d.Doubt(ctx, i.Short))}
		known := slices.ContainsFunc(held, func(o finding) bool {
			return strings.Contains(f.what.String(), strings.TrimPrefix(o.what.String(), "record: "))
		})
		if f.what.String() != "record: "+i.Short+": " && !known {
			out = append(out, f)
		}
	}
	return out
}

// copyKeeper is a hub that can read its copies as a whole.
type copyKeeper interface {
	Copies(ctx context.Context) (bad []model.Safe)
}

// damagedCopies are the copies that a repair would end in.
func damagedCopies(ctx context.Context, h Hub) (out []finding) {
	if k, ok := h.(copyKeeper); ok {
		for _, s := range k.Copies(ctx) {
			out = append(out, finding{what: s, do: model.Lit("open the room while the hub answers: the rest is put aside and read from it again")})
		}
	}
	return out
}

// asides are the files that were set aside because they could not be read, and
// what a person should look at who finds one.
var asides = []struct{ pattern, what, do string }{
	{"outbox/*/*.bad-*", "outbox: part of it could not be read, it is in", "look whether an entry of yours is missing, and take the file away when you have"},
	{"record/*/again/*.bad-*", "outbox: what was to be sent again could not be read, it is in", "look whether an entry of yours is missing, and take the file away when you have"},
	{"record/*/*.bad-*", "", ""}, {"record/*/*.before-*", "", ""}, {"hub/aside/*", "", ""},
}

// checkAside names what was set aside.
func (a *app) checkAside() (out []finding) {
	for _, s := range asides {
		names, err := filepath.Glob(filepath.Join(a.cfg.Data, filepath.FromSlash(s.pattern)))
		if err != nil {
			continue // a directory with a name that is a bad pattern
		}
		for _, n := range names {
			if s.do != "" {
				out = append(out, finding{what: model.Safef("%s %s", s.what, n), do: model.Safef("%s", s.do)})
				continue
			}
			out = append(out, finding{ok: true, what: model.Safef("set aside, and not used any more: %s", n)})
		}
	}
	return out
}

// repair restores one room, or all that are held.
func (a *app) repair(ctx context.Context, args []string, yes bool) error {
	if err := a.configure(); err != nil {
		return err
	}
	if !yes && !a.Terminal {
		return usage(model.Lit("a repair asks first, and here is no terminal; write it as: warroom doctor --repair [ROOM] --yes"))
	}
	return a.withHub(ctx, "cli", func(ctx context.Context, h Hub) error {
		m, ok := h.(model.Mender)
		if !ok {
			return model.Refuse(model.Internal, "this hub cannot be repaired from here")
		}
		rooms := args
		if len(rooms) == 0 {
			sick, err := m.Ailing(ctx)
			if err != nil {
				return err
			}
			for _, s := range sick {
				if err := a.say(s.Why); err != nil {
					return err
				}
				rooms = append(rooms, s.Short)
			}
		}
		if len(rooms) == 0 {
			return a.say(model.Lit("no room is held; there is nothing to repair"))
		}
		var errs []error
		for _, r := range rooms {
			errs = append(errs, a.repairOne(ctx, m, r, yes))
		}
		return errors.Join(errs...)
	})
}

// repairOne asks, repairs, and says what was done.
func (a *app) repairOne(ctx context.Context, m model.Mender, room string, yes bool) error {
	if !yes && !a.agreed(model.Safef("Restore %s from the copy of its log on this machine? What the hub has of it is kept under another name. [y/N] ", room)) {
		return a.say(model.Safef("%s is left as it is", room))
	}
	done, err := m.Repair(ctx, room)
	if err != nil {
		return err
	}
	lines := []model.Safe{model.Safef("%s is restored: %d entries from %s", done.Short, done.Entries-uint64(done.More), done.Copy)}
	if done.More > 0 {
		lines = append(lines, model.Safef("%d more, which the copy did not have yet, from the hub's own store", done.More))
	}
	if done.Aside != "" {
		lines = append(lines, model.Safef("the broken store is kept in %s", done.Aside))
	}
	lines = append(lines, model.Safef("entry %d of the log says so; what others wrote and is still missing, their terminals send again", done.Seq))
	for _, l := range lines {
		if err := a.say(l); err != nil {
			return err
		}
	}
	return nil
}

// agreed asks and waits for an answer.
func (a *app) agreed(question model.Safe) bool {
	if _, err := a.Stdout.Write([]byte(question.String())); err != nil {
		return false
	}
	line, _ := bufio.NewReader(a.Stdin).ReadString('\n') // the end of the input is a no
	return strings.EqualFold(strings.TrimSpace(line), "y") || strings.EqualFold(strings.TrimSpace(line), "yes")
}
