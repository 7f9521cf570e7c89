package cli

import (
	"bufio"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"warroom/model"
	"warroom/model/backend"
)

// heldRooms returns the rooms that the hub holds.
func heldRooms(ctx context.Context, h backend.Hub) (out []finding, err error) {
	sick, err := h.Damaged(ctx)
	for _, s := range sick {
		out = append(out, finding{room: s.Short, what: model.Safef("record: %s", s.Why)})
	}
	return out, err
}

// doubtful returns the rooms that are not held and whose log on the hub differs from what
// this machine has stored.
func doubtful(ctx context.Context, h backend.Hub, list []model.RoomInfo, held []finding) (out []finding) {
	for _, i := range list {
		if slices.ContainsFunc(held, func(f finding) bool { return f.room == i.Short }) {
			continue
		}
		if why := h.IntegrityWarning(ctx, i.Short); !why.IsEmpty() {
			out = append(out, finding{room: i.Short, what: model.Safef("record: %s: %s", i.Short, why)})
		}
	}
	return out
}

// damagedCopies returns the damaged replicas of this machine.
func damagedCopies(ctx context.Context, h backend.Hub) (out []finding) {
	for _, s := range h.Copies(ctx) {
		out = append(out,
			finding{what: s,
				do: model.Lit("open the room while the hub answers: the damaged part is set aside and read from " +
					"the hub again")})
	}
	return out
}

// asides are the files that were renamed because they could not be read, or were
// replaced, and what to do with them.
var asides = []struct{ pattern, what, do string }{
	{pattern: "outbox/*/*.bad-*", what: "outbox: part of it could not be read; that part is in",
		do: "check whether one of your entries is missing, then remove the file"},
	{pattern: "record/*/again/*.bad-*", what: "outbox: the lines to be sent again could not be read; they are in",
		do: "check whether one of your entries is missing, then remove the file"},
	{pattern: "record/*/*.bad-*"}, {pattern: "record/*/*.before-*"}, {pattern: "hub/aside/*"},
}

// checkAside reports such files.
func (a doctor) checkAside() (out []finding) {
	for _, s := range asides {
		names, err := filepath.Glob(filepath.Join(a.cfg.Data, filepath.FromSlash(s.pattern)))
		if err != nil {
			continue // the path is an invalid pattern
		}
		for _, n := range names {
			if s.do != "" {
				out = append(out, finding{what: model.Safef("%s %s", s.what, n), do: model.Safef("%s", s.do)})
				continue
			}
			out = append(out, finding{ok: true, what: model.Safef("set aside and no longer used: %s", n)})
		}
	}
	return out
}

// repair restores one room, or all that are held.
func (a doctor) repair(ctx context.Context, args []string, yes bool) error {
	if err := a.configure(); err != nil {
		return err
	}
	if !yes && !a.Terminal {
		return usage(model.Lit("a repair asks for confirmation, and there is no terminal; write it as: warroom " +
			"doctor --repair [ROOM] --yes"))
	}
	return a.withHub(ctx, "cli", func(ctx context.Context, h backend.Hub) error {
		rooms := args
		if len(rooms) == 0 {
			sick, err := h.Damaged(ctx)
			if err != nil {
				return err
			}
			for _, s := range sick {
				if err := a.print(s.Why); err != nil {
					return err
				}
				rooms = append(rooms, s.Short)
			}
		}
		if len(rooms) == 0 {
			return a.print(model.Lit("no room is held; there is nothing to repair"))
		}
		var errs []error
		for _, r := range rooms {
			errs = append(errs, a.repairOne(ctx, h, r, yes))
		}
		return errors.Join(errs...)
	})
}

// repairOne asks for confirmation, restores a room, and prints what was done.
func (a doctor) repairOne(ctx context.Context, h backend.Hub, room string, yes bool) error {
	if !yes &&
		!a.agreed(model.Safef("Restore %s from the copy of its log on this machine? The hub's version is kept "+
			"under another name. [y/N] ", room)) {
		return a.print(model.Safef("%s is unchanged", room))
	}
	done, err := h.Repair(ctx, room)
	if err != nil {
		return err
	}
	lines := []model.Safe{model.Safef("%s is restored: %d entries from %s", done.Short, done.Entries-uint64(done.More),
		done.Copy)}
	if done.More > 0 {
		lines = append(lines,
			model.Safef("%d more from the hub's own store, which the copy did not have yet", done.More))
	}
	if done.Aside != "" {
		lines = append(lines, model.Safef("the broken store is kept in %s", done.Aside))
	}
	lines = append(lines,
		model.Safef("entry %d of the log records it; the terminals of the authors will resend what is still missing",
			done.Seq))
	for _, l := range lines {
		if err := a.print(l); err != nil {
			return err
		}
	}
	return nil
}

// agreed asks a question and reports whether the answer is yes.
func (a doctor) agreed(question model.Safe) bool {
	if _, err := a.Stdout.Write([]byte(question.String())); err != nil {
		return false
	}
	line, _ := bufio.NewReader(a.Stdin).ReadString('\n') // the end of input counts as no
	return strings.EqualFold(strings.TrimSpace(line), "y") || strings.EqualFold(strings.TrimSpace(line), "yes")
}
